/** Label selectors, as Kubernetes reads them. */
import policyProxy from "@pulumi/policy/proxy.js";
import { describe, expect, it } from "vitest";
import { picks, selects } from "../../policies/labels.ts";
import { Undecided, Value } from "../../policies/value.ts";

const { unknownStringValue } = policyProxy as unknown as { unknownStringValue: string };
const LABELS = { app: "shop", color: "blue" };

function value(data: unknown): Value {
  return new Value("", () => data, { patch: false, undecided: () => undefined });
}

describe("a LabelSelector", () => {
  it.each([
    ["nothing", {}, true],
    ["one label", { matchLabels: { app: "shop" } }, true],
    ["all labels", { matchLabels: { app: "shop", color: "blue" } }, true],
    ["one label of two", { matchLabels: { app: "shop", color: "green" } }, false],
    ["a label that is not there", { matchLabels: { tier: "web" } }, false],
    ["In with the value", { matchExpressions: [{ key: "color", operator: "In", values: ["green", "blue"] }] }, true],
    ["In without the value", { matchExpressions: [{ key: "color", operator: "In", values: ["green"] }] }, false],
    ["In without the label", { matchExpressions: [{ key: "tier", operator: "In", values: ["web"] }] }, false],
    ["NotIn with the value", { matchExpressions: [{ key: "color", operator: "NotIn", values: ["blue"] }] }, false],
    ["NotIn without the value", { matchExpressions: [{ key: "color", operator: "NotIn", values: ["green"] }] }, true],
    ["NotIn without the label", { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["web"] }] }, true],
    ["Exists", { matchExpressions: [{ key: "color", operator: "Exists" }] }, true],
    ["Exists without the label", { matchExpressions: [{ key: "tier", operator: "Exists" }] }, false],
    ["DoesNotExist", { matchExpressions: [{ key: "color", operator: "DoesNotExist" }] }, false],
    ["DoesNotExist without the label", { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, true],
    ["labels that match and expressions that do not", { matchLabels: { app: "shop" }, matchExpressions: [{ key: "color", operator: "DoesNotExist" }] }, false],
    ["expressions that match and labels that do not", { matchLabels: { app: "blog" }, matchExpressions: [{ key: "color", operator: "Exists" }] }, false],
  ])("with %s", (_name, selector, expected) => {
    expect(selects(value(selector), value(LABELS))).toBe(expected);
  });

  it("is decided by what differs, whatever is unknown", () => {
    expect(selects(value({ matchLabels: { app: unknownStringValue, color: "green" } }), value(LABELS))).toBe(false);
    expect(selects(value({ matchLabels: { color: "green", app: unknownStringValue } }), value(LABELS))).toBe(false);
  });

  it("is not decided while the rest is unknown", () => {
    expect(() => selects(value({ matchLabels: { app: unknownStringValue, color: "blue" } }), value(LABELS))).toThrow(Undecided);
    expect(() => selects(value({ matchLabels: { app: "shop" } }), value({ app: unknownStringValue }))).toThrow(Undecided);
  });
});

describe("a Service's selector", () => {
  it.each([
    ["nothing", {}, false],
    ["one label", { app: "shop" }, true],
    ["all labels", { app: "shop", color: "blue" }, true],
    ["another value", { app: "shop", color: "green" }, false],
  ])("with %s", (_name, selector, expected) => {
    expect(picks(value(selector), value(LABELS))).toBe(expected);
  });
});

it("mistakes in the rules are not taken for doubts", () => {
  const broken = new Value("", () => { throw new TypeError("broken"); }, { patch: false, undecided: () => undefined });
  expect(() => picks(value({ app: "shop" }), broken)).toThrow(TypeError);
});
