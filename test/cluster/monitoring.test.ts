/**
 * Monitoring alive: the real operator makes a real Prometheus and Alertmanager of the objects as the components declare
 * them, and the demo application under light load is broken in eight ways. All time is shorter by one factor.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { metrics } from "../../components/monitoring/alerts/metrics.ts";
import { metricsOf } from "../monitoring/promql.ts";
import { SCOPE } from "../monitoring/stack.ts";
import { DOWN, fault } from "./monitoring/breaks.ts";
import { PREFIX } from "./monitoring/objects.ts";
import { type Question, questions, QUIET, UNMADE, whyEmpty } from "./monitoring/panels.ts";
import { BREAKS_TOGETHER, report, told, type Told, values, watch } from "./monitoring/told.ts";
import { FACTOR, milliseconds } from "./monitoring/scale.ts";
import { openStage, type Stage, until } from "./monitoring/stage.ts";

const BUILD_MS = 1_800_000;
const TEST_MS = 270_000;
const MINUTE_MS = 60_000;
/** Four scrapes of the slowest exporter. */
const PANEL_MS = 12_000;

let stage: Stage;
let endLoad: (() => Promise<void>) | undefined;
beforeAll(async () => { stage = await openStage(); }, BUILD_MS);
afterAll(async () => {
  await endLoad?.();
  await stage?.[Symbol.asyncDispose]();
}, MINUTE_MS);

interface RuleObject { alert?: string; record?: string; expr: string; for?: string }
interface LoadedRule { name: string; type: string; query: string; duration?: number; health: string; lastError?: string }

/** Every rule that the components declare, by group. */
function declaredRules(): [group: string, rule: RuleObject][] {
  return stage.objects.filter(({ kind }) => kind === "PrometheusRule")
    .flatMap(({ spec }) => (spec as { groups: { name: string; rules: RuleObject[] }[] }).groups)
    .flatMap((group) => group.rules.map((rule): [string, RuleObject] => [group.name, rule]));
}

async function loadedRules(): Promise<[group: string, rule: LoadedRule][]> {
  const { data } = await stage.ask<{ data: { groups: { name: string; rules: LoadedRule[] }[] } }>("prometheus", "/api/v1/rules");
  return data.groups.flatMap((group) => group.rules.map((rule): [string, LoadedRule] => [group.name, rule]));
}

/** An expression as Prometheus itself writes it, with matchers in the order of their labels. */
async function formatted(expr: string): Promise<string> {
  const { data } = await stage.ask<{ data: string }>("prometheus", `/api/v1/format_query?query=${encodeURIComponent(expr)}`);
  return data.replaceAll(/\s+/g, " ").replaceAll(/\{([^}]*)\}/g, (_, matchers: string) => `{${matchers.split(/,\s*(?=\w+\s*[=!])/).sort().join(",")}}`);
}

describe("the operator", () => {
  it.each([["prometheuses", "Prometheus"], ["alertmanagers", "Alertmanager"]])("runs what %s say, and says so", async (plural) => {
    const conditions = await until(`conditions of ${plural}`, async () => {
      const { body } = await stage.cluster.client.get(`/apis/monitoring.coreos.com/v1/namespaces/monitoring/${plural}/golive`);
      const found = (body as { status?: { conditions?: { type: string; status: string }[] } }).status?.conditions ?? [];
      return found.length > 1 && found.every(({ status }) => status === "True") ? found : undefined;
    });
    expect(conditions.map(({ type }) => type).sort()).toEqual(["Available", "Reconciled"]);
  });

  it("gives Prometheus every rule as it is declared", async () => {
    const declared = declaredRules();
    expect(declared.length).toBeGreaterThan(120);
    const loaded = await until("rules", async () => {
      const rules = await loadedRules();
      return rules.length > 0 ? rules : undefined;
    });
    const lines = async (rules: [group: string, name: string, seconds: number, expr: string][]): Promise<string[]> =>
      (await Promise.all(rules.map(async ([group, name, seconds, expr]) => `${group} ${name} ${seconds} s ${await formatted(expr)}`))).sort();
    expect(await lines(loaded.map(([group, { name, duration, query }]) => [group, name, duration ?? 0, query])))
      .toEqual(await lines(declared.map(([group, rule]) => [group, rule.alert ?? rule.record ?? "", milliseconds(rule.for ?? "0s") / 1000, rule.expr])));
  }, MINUTE_MS);

  it("finds the targets by monitors and probes, with the color of the application's pods", async () => {
    const up = async (selector: string): Promise<Record<string, string>[]> => {
      const { data } = await stage.ask<{ data: { result: { metric: Record<string, string>; value: [number, string] }[] } }>("prometheus", `/api/v1/query?query=${encodeURIComponent(`${selector} == 1`)}`);
      return data.result.map(({ metric }) => metric);
    };
    await until("targets to be up", async () => {
      const colors = (await up('up{namespace="shop"}')).map(({ color }) => color).sort();
      const jobs = new Set((await up("up")).map(({ job }) => job));
      const probes = await up('probe_success{probe="public"}');
      return colors.join() === "blue,green" && ["kubelet", "kube-state-metrics", "node-exporter", "blackbox-exporter", "postgres-exporter", "redis-exporter", "color-blue", "color-green", "postgres", "redis", "prometheus", "alertmanager", "prometheus-operator"].every((job) => jobs.has(job)) && probes.length === 1 ? true : undefined;
    }, MINUTE_MS).catch(async (error: unknown) => { throw new Error(`up: ${JSON.stringify(await up("up"))}`, { cause: error }); });
  }, 2 * MINUTE_MS);
});

describe(`broken in eight ways, with time ${FACTOR} times as fast`, () => {
  const results: Told[] = [];
  let ended: Promise<unknown>;

  beforeAll(async () => {
    await stage.scaleRules();
    endLoad = await watch(stage);
    ended = (async () => {
      const together = BREAKS_TOGETHER.map((one) => told(stage, one, declaredRules()));
      // The certificate's rule holds for an hour; the application may go down meanwhile.
      results.push(...(await Promise.all(together.slice(0, -1))).flat());
      results.push(...await told(stage, DOWN, declaredRules()));
      results.push(...await (together.at(-1) ?? []));
    })();
    await ended;
    console.log(report(results));
  }, TEST_MS);

  it.each([["down", "AppDown"], ["errors", "ReleaseErrors"], ["slow", "AppLatency"], ["CPU", "AppCpu"], ["memory", "AppMemory"], ["database gone", "DatabaseDown"], ["Redis gone", "RedisDown"], ["certificate about to expire", "CertificateExpiring"]])("%s: %s is told by every way of its severity within a minute of its duration, not before it, and its end is told, too", (what, alert) => {
    const found = results.find((one) => one.what === what);
    expect(found?.alert).toBe(alert);
    for (const [way, ms] of Object.entries(found?.toldAfterMs ?? {})) {
      expect(ms, way).toBeGreaterThanOrEqual(found?.durationMs ?? Infinity);
      expect(ms, way).toBeLessThan((found?.durationMs ?? 0) + MINUTE_MS);
    }
    expect(Object.keys(found?.toldAfterMs ?? {}).length).toBeGreaterThanOrEqual(2);
    expect(found?.endToldAfterMs).toBeLessThan(MINUTE_MS);
  });

  it("every rule could be evaluated, every time", async () => {
    const rules = await loadedRules();
    expect(rules).toHaveLength(declaredRules().length);
    expect(rules.filter(([, { health }]) => health !== "ok").map(([, { name, health, lastError }]) => `${name} ${health} ${lastError ?? ""}`)).toEqual([]);
    expect(await values(stage, "prometheus_rule_evaluation_failures_total > 0")).toEqual([]);
  });

  it("errors of a release are told once: its own alert silences that of the share of errors", async () => {
    expect(await values(stage, 'max_over_time(ALERTS{alertname="AppErrors",color="green",alertstate="firing"}[30m])')).not.toEqual([]);
    expect(stage.messages.filter(({ text, kind }) => text.includes("AppErrors green") || kind.includes("AppErrors green"))).toEqual([]);
  });
});

describe("dashboards", () => {
  interface Answered { question: Question; why: string | undefined; isEmpty: boolean }
  const answered: Answered[] = [];
  const named = ({ question: { board, panel } }: Answered): string => `${board} / ${panel}`;

  beforeAll(async () => {
    // So that panels of errors have some to show.
    await Promise.all(["blue", "green"].map((color) => fault(stage, color, "failing:0.1")));
    const exporterOf = metrics({ ...SCOPE, prefix: PREFIX });
    const recorded = new Map(declaredRules().flatMap(([, { record, expr }]): [string, string][] => (record === undefined ? [] : [[record, expr]])));
    for (const question of questions(stage.objects)) {
      const why = whyEmpty(question, exporterOf, recorded);
      const ask = async (): Promise<true | undefined> => ((await values(stage, question.expr)).length > 0 ? true : undefined);
      const isEmpty = await (why === undefined ? until("an answer", ask, PANEL_MS).then(() => false, () => true) : ask().then((one) => one !== true));
      answered.push({ question, why, isEmpty });
    }
    const empty = answered.filter(({ isEmpty }) => isEmpty);
    console.log(`${answered.length - empty.length} of ${answered.length} queries of panels have an answer. Without, and why:\n${[...new Set(empty.map((one) => `${named(one)}: ${one.why ?? "?"}`))].join("\n")}`);
  }, 2 * MINUTE_MS);

  it("every query of every panel has an answer, or the table says what the sandbox has not", () => {
    expect(answered.length).toBeGreaterThan(100);
    expect(answered.filter(({ isEmpty, why }) => isEmpty && why === undefined).map((one) => `${named(one)}: ${one.question.expr}`)).toEqual([]);
    // More than what the table excuses: it must not grow over what is shown.
    expect(answered.filter(({ isEmpty }) => !isEmpty).length).toBeGreaterThan(answered.length / 2);
  });

  it("the table excuses nothing that has an answer", () => {
    const excused = Map.groupBy(answered.filter(({ why }) => why !== undefined), named);
    expect([...excused].filter(([, queries]) => queries.every(({ isEmpty }) => !isEmpty)).map(([panel]) => panel)).toEqual([]);
    expect(Object.keys(QUIET).filter((panel) => !excused.has(panel))).toEqual([]);
    const used = answered.flatMap(({ question }) => metricsOf(question.expr));
    expect(Object.keys(UNMADE).filter((name) => !used.includes(name))).toEqual([]);
  });
});
