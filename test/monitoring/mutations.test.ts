/** Every limit and every duration, 10 % more and 10 % less: the cases of the alerts notice each of them. */
import { beforeAll, expect, test } from "vitest";
import { type Alert, idOf } from "../../components/monitoring/alerts/alert.ts";
import { alertGroups, type RuleGroup, type Thresholds } from "../../components/monitoring/alerts/index.ts";
import { DEFAULTS } from "../../components/monitoring/alerts/thresholds.ts";
import type { AlertCase, Limit } from "./case.ts";
import { CASES } from "./cases/index.ts";
import { groupsFor, shownBy, type Suite, testOf, testRules } from "./promtool.ts";
import { SCOPE } from "./stack.ts";

const FACTORS = [0.9, 1.1];
const original = alertGroups(SCOPE);

/** A change, the alert that it changes, and the limit whose case must notice it. */
interface Mutant {
  name: string;
  alert: Alert;
  limit: Limit | undefined;
  groups: RuleGroup[];
}

const alertsOf = (groups: readonly RuleGroup[]) => groups.flatMap((group) => group.alerts);
const textOf = (groups: readonly RuleGroup[], alert: Alert) => JSON.stringify(groupsFor(groups, alert).map(({ recordings, alerts }) => [recordings.map(({ expr, labels }) => [expr, labels]), alerts.map(({ expr, for: hold }) => [expr, hold])]));

/** The same rules with one number changed. */
function mutantsOf(limit: Limit, factor: number, groups: RuleGroup[]): Mutant[] {
  return alertsOf(original).filter((alert) => textOf(original, alert) !== textOf(groups, alert)).map((alert) => ({ name: `${idOf(alert)}: ${limit} × ${factor}`, alert, limit, groups }));
}

function limitMutants(): Mutant[] {
  return FACTORS.flatMap((factor) => [
    ...(Object.keys(DEFAULTS) as (keyof Thresholds)[]).flatMap((limit) => mutantsOf(limit, factor, alertGroups(SCOPE, { ...DEFAULTS, [limit]: DEFAULTS[limit] * factor }))),
    ...mutantsOf("maxAge", factor, alertGroups({ ...SCOPE, jobs: SCOPE.jobs.map((job) => ({ ...job, maxAgeHours: job.maxAgeHours * factor })) })),
  ]);
}

function durationMutants(): Mutant[] {
  return alertsOf(original).filter((alert) => alert.for > 0).flatMap((alert) => FACTORS.map((factor) => ({
    name: `${idOf(alert)}: for × ${factor}`, alert, limit: undefined,
    groups: original.map((group) => ({ ...group, alerts: group.alerts.map((one) => (idOf(one) === idOf(alert) ? { ...one, for: Math.round(one.for * factor) } : one)) })),
  })));
}

/** The mutated rules under the tests that the original passes: of one limit, or of the duration. */
function suiteOf({ name, alert, limit, groups }: Mutant): Suite {
  const entry: AlertCase | undefined = CASES[idOf(alert)];
  if (entry === undefined) throw new Error(`${idOf(alert)} has no case`);
  const shown = shownBy(entry).filter(([one, shows]) => (limit === undefined ? shows === "duration" : one === limit));
  return { name, groups: groupsFor(groups, alert), tests: shown.map(([one, shows]) => testOf(alert, entry, one, shows)) };
}

const mutants = [...limitMutants(), ...durationMutants()];
let survived: string[] = [];
beforeAll(async () => {
  const verdicts = await testRules(mutants.map(suiteOf).filter((suite) => suite.tests.length > 0));
  survived = [...verdicts].filter(([, verdict]) => verdict === "").map(([name]) => name);
}, 300_000);

test("every limit changes an alert", () => {
  const used = new Set(mutants.map((mutant) => mutant.limit));
  expect(Object.keys(DEFAULTS).filter((limit) => !used.has(limit as Limit))).toEqual([]);
});

test("every limit of an alert has a case", () => {
  const missing = mutants.filter(({ alert, limit }) => limit !== undefined && CASES[idOf(alert)]?.at[limit] === undefined);
  expect([...new Set(missing.map(({ alert, limit }) => `${idOf(alert)}: ${limit ?? ""}`))]).toEqual([]);
});

test("every case of a limit is one that the alert has", () => {
  const used = new Set(mutants.map(({ alert, limit }) => `${idOf(alert)}: ${limit ?? "state"}`));
  const named = Object.entries(CASES).flatMap(([id, entry]) => Object.keys(entry.at).filter((limit) => limit !== "state").map((limit) => `${id}: ${limit}`));
  expect(named.filter((one) => !used.has(one))).toEqual([]);
});

test("no changed limit and no changed duration goes unnoticed", () => {
  expect(mutants.length).toBeGreaterThan(250);
  expect(survived).toEqual([]);
});
