/** Breaks something, and notes when people were told, and when they were told that it is over. */
import { type Break, type Alarm, TOGETHER } from "./breaks.ts";
import { clusterIp } from "../../../operations/demo/stage.ts";
import { startLoadElsewhere } from "../../../sandbox/demo/load/elsewhere.ts";
import type { Captured } from "../../monitoring/capture.ts";
import { FACTOR, milliseconds } from "./scale.ts";
import { type Stage, until } from "./stage.ts";

export { TOGETHER as BREAKS_TOGETHER } from "./breaks.ts";

export interface Told {
  what: string;
  alert: string;
  /** How long the rule wants it to hold, scaled. */
  durationMs: number;
  /** From the break to the message, by way. */
  toldAfterMs: Partial<Record<Captured["way"], number>>;
  /** From the mend to the message that it is over, in Slack. */
  endToldAfterMs: number;
}

const TOLD_MS = 240_000;
const RATE = 5;
const POLL_MS = 100;

/** Light load on both colors; resolves when it is measured and nothing is wrong. @returns ends it */
export async function watch(stage: Stage): Promise<() => Promise<void>> {
  const loads = await Promise.all(["blue", "green"].map(async (color) => startLoadElsewhere(stage.cluster.inside, { url: `http://${await clusterIp(stage.cluster, `app-${color}`)}`, plan: { keepAlive: RATE, new: 0, long: 0 } })));
  const alerts = TOGETHER.flatMap(({ alarms }) => alarms.map(({ alert }) => alert)).join("|");
  await until("a quiet beginning", async () => {
    const busy = await values(stage, "golive:color_requests:rate5m > 1");
    const measured = await values(stage, "golive:color_cpu:ratio and golive:color_memory:ratio");
    const firing = await values(stage, `ALERTS{alertname=~"${alerts}|AppDown"}`);
    return busy.length === 2 && measured.length === 2 && firing.length === 0 ? true : undefined;
  });
  return async () => { await Promise.all(loads.map((load) => load.stop())); };
}

/** What an instant query answers. */
export async function values(stage: Stage, query: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  return (await stage.ask<{ data: { result: { metric: Record<string, string>; value: [number, string] }[] } }>("prometheus", `/api/v1/query?query=${encodeURIComponent(query)}`)).data.result;
}

/** One break from its cause to the news of its end. */
export async function told(stage: Stage, one: Break, rules: readonly [string, { alert?: string; for?: string; labels?: Record<string, string> }][]): Promise<Told[]> {
  const { alarms } = one;
  const broken = performance.now();
  await one.cause(stage);
  const news = await Promise.all(alarms.map(async (alarm) => Promise.all(alarm.ways.map((way) => message(stage, alarm, way, "FIRING", broken)))));
  const mended = performance.now();
  await one.mend(stage);
  return Promise.all(alarms.map(async (alarm, index) => {
    const over = await message(stage, alarm, "slack", "RESOLVED", mended);
    const hold = rules.find(([, rule]) => rule.alert === alarm.alert && rule.labels?.["severity"] === alarm.severity)?.[1].for;
    if (hold === undefined) throw new Error(`no rule ${alarm.alert} of severity ${alarm.severity}`);
    return {
      what: alarm.what, alert: alarm.alert, durationMs: milliseconds(hold) / FACTOR,
      toldAfterMs: Object.fromEntries((news[index] ?? []).map(({ way, arrived }) => [way, arrived - broken])),
      endToldAfterMs: over.arrived - mended,
    };
  }));
}

/** The first message of this alert and severity by a way, that came after a time. PagerDuty is told by its own words what has begun and what is over. */
async function message(stage: Stage, { alert, severity }: Alarm, way: Captured["way"], state: "FIRING" | "RESOLVED", after: number): Promise<Stage["messages"][number]> {
  const about = ({ way: by, arrived, to, kind, text }: Stage["messages"][number]): boolean => {
    const said = `${kind}\n${text}`;
    // `AppCpu blue, severity 2`: one message is of one color.
    return by === way && arrived >= after && new RegExp(`\\b${alert}( \\w+)?, severity ${severity},`).test(said) && (way === "pagerduty" ? to === (state === "FIRING" ? "trigger" : "resolve") : said.includes(`[${state}`));
  };
  const started = performance.now();
  return until(`${alert} ${state} by ${way}`, async () => stage.messages.find(about), TOLD_MS, POLL_MS).catch(async (error: unknown) => {
    const seen = await values(stage, `ALERTS{alertname="${alert}"}`).catch(() => []);
    throw new Error(`${alert} did not come by ${way} within ${Math.round((performance.now() - started) / 1000)} s. Prometheus: ${JSON.stringify(seen)}. Messages since: ${JSON.stringify(stage.messages.filter((one) => one.arrived >= after).map(({ way: by, to, kind, text }) => `${by} ${to} ${kind} ${text.slice(0, 80)}`))}`, { cause: error });
  });
}

/** The table that the test prints. */
export function report(results: readonly Told[]): string {
  const seconds = (ms: number | undefined): string => (ms === undefined ? "-" : `${(ms / 1000).toFixed(1)} s`).padStart(9);
  const head = `${"broken".padEnd(28)}${"alert".padEnd(22)}${"must hold".padStart(10)}${"PagerDuty".padStart(11)}${"Slack".padStart(11)}${"mail".padStart(11)}${"over".padStart(11)}`;
  return [
    `All durations, windows and intervals are divided by ${FACTOR}. Times count from the break, and from the mend.`, head,
    ...results.map(({ what, alert, durationMs, toldAfterMs, endToldAfterMs }) => `${what.padEnd(28)}${alert.padEnd(22)} ${seconds(durationMs)}  ${seconds(toldAfterMs.pagerduty)}  ${seconds(toldAfterMs.slack)}  ${seconds(toldAfterMs.mail)}  ${seconds(endToldAfterMs)}`),
  ].join("\n");
}
