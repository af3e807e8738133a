/** Silences of planned work: what they cover, and that nothing waits or fails for them. The real Alertmanager has them in test/cluster/signals.test.ts. */
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { ALERT_NAMES } from "../../../components/monitoring/alerts/names.ts";
import { alertGroups } from "../../../components/monitoring/alerts/index.ts";
import { Silences } from "../../../operations/release/silences.ts";
import { expectedAlerts, type Matcher, type Work } from "../../../stacks/config/releaseSignals.ts";
import { SCOPE } from "../../monitoring/stack.ts";
import { SignalDouble } from "./signalDouble.ts";

const WORKS: readonly Work[] = ["deploy", "rolling", "flip", "rollback"];
const SCOPED = { prefix: "shop-sandbox", namespace: "shop", color: "green" };

interface Silence { matchers: Matcher[]; startsAt: string; endsAt: string; createdBy: string; comment: string }

let double: SignalDouble;
let said: string[];
let made: Silence[];
let lifted: string[];
beforeEach(async () => {
  [said, made, lifted] = [[], [], []];
  double = await SignalDouble.start();
  double.alertmanager = (what, sent) => {
    if (what === "lift") {
      lifted.push(String(sent));
      return { status: 200, body: "" };
    }
    made.push(sent as Silence);
    return { status: 200, body: { silenceID: `id-${made.length}` } };
  };
});
afterEach(() => {
  double.close();
  expect(double.strange).toEqual([]);
});

const silences = (more: object = { alertmanager: "alertmanager" }) => new Silences(double.stage({}, { budgetSeconds: 600, ...more }), { command: "./golive flip sandbox green", say: (line) => said.push(line) });

describe("what is silenced", () => {
  test.each(WORKS)("for %s is of its stack and color, and never of severity 1", (work) => {
    for (const matchers of expectedAlerts(work, SCOPED)) {
      expect(matchers.every(({ isEqual }) => isEqual)).toBe(true);
      expect(matchers).toContainEqual({ name: "stack", value: "shop-sandbox", isRegex: false, isEqual: true });
      expect(matchers).toContainEqual({ name: "severity", value: "2|3|4", isRegex: true, isEqual: true });
      expect(matchers.some(({ name, value }) => ["color", "pod", "horizontalpodautoscaler"].includes(name) && value.includes("green"))).toBe(true);
    }
  });

  test.each(WORKS)("for %s are alerts that there are, by labels that they have", (work) => {
    const alerts = alertGroups(SCOPE).flatMap((group) => group.alerts);
    for (const matchers of expectedAlerts(work, SCOPED)) {
      const names = matchers.find(({ name }) => name === "alertname")?.value.split("|") ?? [];
      expect(names.filter((name) => !ALERT_NAMES.has(name))).toEqual([]);
      const label = matchers.at(-1)?.name ?? "";
      for (const name of names) expect(alerts.filter((alert) => alert.name === name).every(({ expr, summary, description }) => `${expr} ${summary} ${description}`.includes(label)), `${name} by ${label}`).toBe(true);
    }
  });

  it("of the color that users have is nothing that they see, and never that it is down", () => {
    for (const work of WORKS.filter((one) => one !== "deploy")) {
      const names = expectedAlerts(work, SCOPED).flatMap((matchers) => matchers.find(({ name }) => name === "alertname")?.value.split("|") ?? []);
      expect(names.filter((name) => /Down|Errors|Latency|Burn|Availability/.test(name)), work).toEqual([]);
    }
  });
});

it("is made once for a work, by whoever does it, for the command, until its budget is used up, and lifted at its end", async () => {
  const all = silences();
  all.cover("flip", "green");
  all.cover("flip", "green");
  await all.lift();
  expect(made.map(({ matchers }) => matchers)).toEqual(expectedAlerts("flip", SCOPED));
  for (const { startsAt, endsAt, comment, createdBy } of made) {
    expect(Date.parse(endsAt) - Date.parse(startsAt)).toBe(600_000);
    expect(comment).toBe(`./golive flip sandbox green (${createdBy}): planned work, lifted at its end`);
    expect(createdBy).not.toBe("");
  }
  expect(lifted.sort()).toEqual(["id-1", "id-2", "id-3"]);
  expect(said).toEqual([expect.stringMatching(/^Alerts that this causes are silenced while it lasts, until .*Z at the latest\.$/)]);
  await all.lift();
  expect(lifted).toHaveLength(3);
});

it("is waited for at the end of the work and not before", async () => {
  const all = silences();
  all.cover("flip", "green");
  expect([made, said]).toEqual([[], []]);
  await all.lift();
  expect([made.length, lifted.length]).toEqual([3, 3]);
});

it("is not asked for where the stack has no Alertmanager of its own, as its configuration or its broken file says", async () => {
  const none = silences({});
  none.cover("deploy", "green");
  await none.lift();
  const broken = { ...double.stage(), brief: () => ({ serial: 0, drainIdle: false, images: {}, servers: { prometheus: false, alertmanager: false }, mistake: "it is no YAML" }) };
  const { config: _, ...place } = broken;
  const other = new Silences(place, { command: "./golive rollback sandbox", say: (line) => said.push(line) });
  other.cover("rollback", "green");
  await other.lift();
  expect([made, said]).toEqual([[], []]);
});

it.each([
  ["refuses", { status: 400, body: "bad matcher" }, "Alertmanager answers 400: bad matcher"],
  ["is away", { status: 503, body: { kind: "Status", message: "no endpoints available" } }, "Alertmanager answers 503: no endpoints available"],
  ["is forbidden", { status: 403, body: { kind: "Status", message: "may not" } }, "Alertmanager answers 403: may not"],
  ["is something else", { status: 200, body: "<html>" }, "Alertmanager answers 200: <html>"],
])("an Alertmanager that %s is told in one line, and the work goes on", async (_, reply, text) => {
  double.alertmanager = () => reply;
  const all = silences();
  all.cover("deploy", "green");
  await all.lift();
  expect(said).toEqual([`Alerts of this work are not all silenced: ${text}. It goes on.`]);
});

it("lifts what it has made when one could not be, and asks again the copy that has not heard of it yet", async () => {
  let count = 0;
  let unknown = 1;
  double.alertmanager = (what, sent) => {
    if (what === "make") return ++count === 2 ? { status: 500, body: "full" } : { status: 200, body: { silenceID: `id-${count}` } };
    if (unknown-- > 0) return { status: 404, body: "" };
    lifted.push(String(sent));
    return { status: 200, body: "" };
  };
  const all = silences();
  all.cover("deploy", "green");
  await all.lift();
  expect(lifted.sort()).toEqual(["id-1", "id-3"]);
  expect(said).toEqual([expect.stringContaining("not all silenced: Alertmanager answers 500: full")]);
});

it("says which ones it could not lift", async () => {
  double.alertmanager = (what, sent) => (what === "make" ? { status: 200, body: { silenceID: `id-${(sent as Silence).matchers.at(-1)?.name ?? ""}` } } : { status: 500, body: "" });
  const all = silences();
  all.cover("flip", "green");
  await all.lift();
  expect(said.at(-1)).toBe("Silences id-color, id-pod, id-horizontalpodautoscaler could not be lifted, and end by themselves.");
});
