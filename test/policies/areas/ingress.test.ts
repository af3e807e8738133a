/** Whether a ConfigMap is the controller's decides on nine rules: it must not be taken for another's because nobody knows yet. */
import policyProxy from "@pulumi/policy/proxy.js";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../../policies/catalog.ts";
import { SETTINGS } from "../scene.ts";

const { unknownCheckingProxy, unknownStringValue: UNKNOWN } = policyProxy as unknown as { unknownCheckingProxy: (value: object) => object; unknownStringValue: string };

/** What becomes of the closed rule on snippets. */
function outcome(props: object, type = "ConfigMap"): string | undefined {
  const declared = { urn: "urn:x", type: `kubernetes:core/v1:${type}`, name: "settings", props: unknownCheckingProxy(props) as Record<string, unknown> };
  return CATALOG.judgeAlone(declared, SETTINGS).find((verdict) => verdict.rule.id === "ingress/no-snippets")?.outcome;
}

const SNIPPET = { "server-snippets": "server_tokens on;" };

describe("the ConfigMap of NGINX", () => {
  it.each<[what: string, props: object, expected: string | undefined]>([
    ["has its name", { metadata: { name: "nginx-config" }, data: SNIPPET }, "violated"],
    ["has its name, and what it holds is unknown", { metadata: { name: "nginx-config" }, data: UNKNOWN }, "undecided"],
    ["has its keys", { metadata: { name: "other" }, data: { "ssl-protocols": "TLSv1.3", ...SNIPPET } }, "violated"],
    ["has its keys with unknown values", { metadata: { name: "other" }, data: { "ssl-ciphers": UNKNOWN, ...SNIPPET } }, "violated"],
    ["has its keys, whatever its name and label", { metadata: { name: UNKNOWN, labels: { "app.kubernetes.io/name": "orders" } }, data: { "server-tokens": "off", ...SNIPPET } }, "violated"],
    ["may be one of which nothing is known", { metadata: { name: "other" }, data: UNKNOWN }, "undecided"],
    ["may be one without a known name", { metadata: { name: UNKNOWN }, data: { LOG_LEVEL: "info" } }, "undecided"],
    ["may be one with its label", { metadata: { name: "other", labels: { "app.kubernetes.io/name": "nginx-ingress" } }, data: UNKNOWN }, "undecided"],
    ["may be one with an unknown label", { metadata: { name: "other", labels: UNKNOWN }, data: UNKNOWN }, "undecided"],
    ["is none with another's label", { metadata: { name: UNKNOWN, labels: { "app.kubernetes.io/name": "orders" } }, data: UNKNOWN }, undefined],
    ["is none with another name and other keys", { metadata: { name: "other" }, data: { LOG_LEVEL: UNKNOWN, ...SNIPPET } }, undefined],
  ])("%s", (_, props, expected) => {
    expect(outcome(props)).toBe(expected);
  });

  it("may be one that a patch does not show", () => {
    expect(outcome({ metadata: { name: "other" } }, "ConfigMapPatch")).toBe("undecided");
  });
});
