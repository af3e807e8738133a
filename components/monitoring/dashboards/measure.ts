/** What an alert measures, and against which limit: panels show exactly that. */
import { type Alert, idOf, type Severity } from "../alerts/alert.ts";

export interface Measure {
  /** The left side of the alert's comparison. */
  expr: string;
  operator: Operator;
  /** The right side, where it is a number. */
  limit: number | undefined;
  severity: Severity;
}

export type Operator = ">" | ">=" | "<" | "<=" | "==" | "!=";

/** A share measured over five minutes, as rules do, becomes one over what a point of the panel stands for. */
const RULE_RANGE = "[5m]";
export const PANEL_RANGE = "[$__rate_interval]";

/**
 * The expression of an alert up to its first comparison: `errors > 0.01 and busy` measures `errors`.
 *
 * @throws when it compares nothing at its top; such an alert needs a panel of its own.
 */
export function measureOf(alert: Alert): Measure {
  const first = upTo(alert.expr, /^ (?:and|unless) /);
  const left = upTo(first, /^ (?:[<>]=?|[=!]=) /);
  const [, operator, right] = /^ ([<>]=?|[=!]=) (.*)$/s.exec(first.slice(left.length)) ?? [];
  if (operator === undefined || right === undefined) throw new Error(`dashboards: ${idOf(alert)} compares nothing, so a panel must say itself what to show`);
  const limit = Number(right);
  return { expr: left.replaceAll(RULE_RANGE, PANEL_RANGE), operator: operator as Operator, limit: Number.isFinite(limit) ? limit : undefined, severity: alert.severity };
}

/** A text up to where something stands outside of brackets and quotes; all of it when it does not. */
function upTo(text: string, what: RegExp): string {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? "";
    if (isQuoted) {
      if (sign === "\\") at++;
      else if (sign === '"') isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    else if (depth === 0 && what.test(text.slice(at, at + 10))) return text.slice(0, at);
  }
  return text;
}
