/** Every alert in a real Prometheus: fires at its limit after its duration, not before, ends, is quiet at the target and on nothing. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Alert, idOf } from "../../components/monitoring/alerts/alert.ts";
import { alertGroups, renderedGroups, type RuleGroup } from "../../components/monitoring/alerts/index.ts";
import { CASES } from "./cases/index.ts";
import { quietTrail } from "./cases/duties.ts";
import type { AlertCase } from "./case.ts";
import { groupsFor, promtool, type PromTest, shownBy, testOf, testRules } from "./promtool.ts";
import type { Series } from "./series.ts";
import { SCOPE } from "./stack.ts";

const groups = alertGroups(SCOPE);
const alerts = groups.flatMap((group) => group.alerts);
const HOUR = 3600;
const PROMTOOL_MS = 180_000;

function caseOf(alert: Alert): AlertCase {
  const found = CASES[idOf(alert)];
  if (found === undefined) throw new Error(`${idOf(alert)} has no case in test/monitoring/cases`);
  return found;
}

function testsOf(alert: Alert): PromTest[] {
  const entry = caseOf(alert);
  return shownBy(entry).map(([limit, shows]) => testOf(alert, entry, limit, shows));
}

test("every alert has a case, every case an alert, and no two alerts are told apart by nothing", () => {
  expect(alerts.map(idOf).sort()).toEqual(Object.keys(CASES).sort());
  expect(new Set(alerts.map(idOf)).size).toBe(alerts.length);
});

test("promtool reads the rules as they are rendered", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-rules-"));
  try {
    const file = path.join(folder, "rules.json");
    writeFileSync(file, JSON.stringify({ groups: renderedGroups(groups) }));
    const output = await promtool(["check", "rules", file]);
    expect(output).toContain(`SUCCESS: ${groups.reduce((sum, group) => sum + group.recordings.length + group.alerts.length, 0)} rules found`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("in Prometheus", () => {
  let verdicts = new Map<string, string>();
  beforeAll(async () => {
    verdicts = await testRules(alerts.map((alert) => ({ name: idOf(alert), groups: groupsFor(groups, alert), tests: testsOf(alert) })));
  }, PROMTOOL_MS);

  test.each(alerts.map(idOf))("%s fires at its limit after its duration, not before, and ends", (id) => {
    expect(verdicts.get(id)).toBe("");
  });
});

describe("a whole stack", () => {
  const whole = (name: string, series: Series, firing: (alert: Alert) => boolean, of: RuleGroup[]) => testRules([{
    name, groups: of,
    tests: [{
      name, step: 120, sample: 60, phases: [{ seconds: 2 * HOUR, series }],
      expectations: [HOUR, 2 * HOUR - 120].flatMap((at) => alerts.map((alert) => ({ alert, at, labels: firing(alert) ? expectedOf(alert) : [] }))),
    }],
  }]);
  const withoutExceptions = alertGroups({ ...SCOPE, exceptions: [] });

  test("at its targets tells nothing but that alerts work", async () => {
    const series: Series = Object.assign({}, ...Object.values(CASES).map((entry) => entry.target), quietTrail) as Series;
    expect((await whole("target", series, (alert) => alert.name === "Watchdog", withoutExceptions)).get("target")).toBe("");
  }, PROMTOOL_MS);

  test("without any series tells what its alerts say they tell", async () => {
    expect((await whole("nothing", {}, (alert) => alert.missing === "fires", withoutExceptions)).get("nothing")).toBe("");
  }, PROMTOOL_MS);
});

/** Without series every exporter is missed; other alerts have no labels to tell. */
function expectedOf(alert: Alert): Record<string, string>[] {
  return alert.name === "SignalMissing" ? SCOPE.exporters.filter((exporter) => exporter !== "prometheus").map((exporter) => ({ exporter })) : [{}];
}
