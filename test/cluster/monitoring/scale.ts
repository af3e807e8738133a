/** Time made shorter by one factor: durations of rules, windows of their expressions, intervals of scrapes and of messages. */

/** An hour is two minutes, five minutes are ten seconds, and a scrape comes twice a second. */
export const FACTOR = 30;

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `1h30m` → 5,400,000. @throws when it is no duration of Prometheus */
export function milliseconds(duration: string): number {
  if (!/^(\d+(ms|[smhdw]))+$/.test(duration)) throw new Error(`"${duration}" is no duration`);
  return Array.from(duration.matchAll(/(\d+)(ms|[smhdw])/g), ([, count, unit]) => Number(count) * (MS[unit ?? ""] ?? Number.NaN)).reduce((sum, one) => sum + one, 0);
}

/** `5m` → `10000ms`; never less than a millisecond, as 0 means something else. */
export function scaled(duration: string): string {
  const ms = milliseconds(duration);
  return ms === 0 ? "0s" : `${Math.max(1, Math.round(ms / FACTOR))}ms`;
}

/** Windows, subqueries and offsets of an expression; names of series, which hold a window, too, stay. */
export function scaledExpression(expr: string): string {
  return expr
    .replaceAll(/\[([\dsmhdw]+)(?::([\dsmhdw]*))?\]/g, (_, range: string, step?: string) => `[${scaled(range)}${step === undefined ? "" : `:${step === "" ? "" : scaled(step)}`}]`)
    .replaceAll(/\boffset (\d+[smhdw])/g, (_, by: string) => `offset ${scaled(by)}`);
}

/** Keys whose values are durations, in the objects of the operator and in Alertmanager's configuration. */
const KEYS = new Set(["interval", "for", "scrapeInterval", "scrapeTimeout", "evaluationInterval", "group_wait", "group_interval", "repeat_interval"]);

/** A copy of an object with all of its time scaled. A scrape may take as long as its interval, which is short enough. */
export function scaledObject<T>(value: T): T {
  if (Array.isArray(value)) return value.map((one: unknown) => scaledObject(one)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    if (key === "expr" && typeof inner === "string") return [key, scaledExpression(inner)] as const;
    return [key, KEYS.has(key) && typeof inner === "string" ? scaled(inner) : scaledObject(inner)] as const;
  });
  const copy = Object.fromEntries(entries) as Record<string, unknown>;
  if (copy["scrapeTimeout"] !== undefined && copy["interval"] !== undefined) copy["scrapeTimeout"] = copy["interval"];
  return copy as T;
}
