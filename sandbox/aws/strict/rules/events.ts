/** EventBridge patterns, schedules, other JSON texts of the observation services. */
import { isObject, isUnknown } from "../../values.ts";
import { jsonObject } from "./json.ts";
import { absent, text, type Fail, type Rule, type Rules } from "./rule.ts";

/**
 * EventBridge User Guide, "Creating event patterns": an object whose leaves are lists of values to match, each a
 * text, number, boolean, null or one content filter; `$or` has a list of patterns.
 */
const eventPattern: Rule = (props, fail) => {
  const pattern = jsonObject(props.eventPattern, "eventPattern", fail);
  if (pattern !== undefined) checkPattern(pattern, "", (reason) => fail("eventPattern", reason));
};

function checkPattern(pattern: Record<string, unknown>, path: string, say: (reason: string) => void): void {
  if (Object.keys(pattern).length === 0) say(`${path === "" ? "The pattern" : path} is empty and matches nothing.`);
  for (const [key, value] of Object.entries(pattern)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (isUnknown(value)) continue;
    if (isObject(value)) checkPattern(value, at, say);
    else if (!Array.isArray(value)) say(`${at} must be a list of values to match, such as [${JSON.stringify(value)}].`);
    else if (value.length === 0) say(`${at} is an empty list and matches nothing.`);
    else if (key === "$or") value.forEach((one, index) => (isObject(one) ? checkPattern(one, `${at}[${index}]`, say) : say(`${at}[${index}] must be a pattern.`)));
    else if (value.some((one) => Array.isArray(one))) say(`${at} must not hold a list inside its list.`);
  }
}

/** EventBridge and EventBridge Scheduler User Guides, "Schedule types": rate(n unit), cron(six fields), at(time). */
export function checkSchedule(property: string, kinds: readonly string[]): Rule {
  return (props, fail) => {
    const value = text(props[property]);
    if (value !== undefined) checkExpression(value, property, kinds, fail);
  };
}

function checkExpression(value: string, property: string, kinds: readonly string[], fail: Fail): void {
  const [, kind = "", inner = ""] = /^([a-z]+)\((.*)\)$/.exec(value) ?? [];
  if (!kinds.includes(kind)) return fail(property, `${value} is no schedule; use ${kinds.map((one) => `${one}(…)`).join(" or ")}.`);
  if (kind === "rate") {
    const [, count = "", unit = ""] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
    if (count === "" || count === "0") return fail(property, `${value}: a rate is a whole number above zero and minutes, hours or days.`);
    // The unit's number must agree with the value: rate(1 hour), rate(2 hours).
    if ((count === "1") === inner.endsWith("s")) fail(property, `${value}: write ${count === "1" ? unit : `${unit}s`} after ${count}.`);
  } else if (kind === "cron") {
    const fields = inner.trim().split(/\s+/);
    if (fields.length !== 6) fail(property, `${value}: six fields are needed (minutes, hours, day of month, month, day of week, year).`);
    else if ((fields[2] === "?") === (fields[4] === "?")) fail(property, `${value}: exactly one of day of month and day of week must be "?".`);
  } else if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(inner)) fail(property, `${value}: a time looks like at(2026-01-31T04:00:00).`);
}

/** EventBridge API, PutRule: a rule needs a pattern, a schedule, or both. */
const patternOrSchedule: Rule = (props, fail) => {
  if (absent(props.eventPattern) && absent(props.scheduleExpression)) fail("eventPattern", "A rule needs an eventPattern or a scheduleExpression.");
};

function json(property: string): Rule {
  return (props, fail) => {
    jsonObject(props[property], property, fail);
  };
}

export const eventRules: Rules = {
  "aws:cloudwatch/eventRule:EventRule": [eventPattern, checkSchedule("scheduleExpression", ["rate", "cron"]), patternOrSchedule],
  "aws:scheduler/schedule:Schedule": [checkSchedule("scheduleExpression", ["rate", "cron", "at"])],
  "aws:ssm/maintenanceWindow:MaintenanceWindow": [checkSchedule("schedule", ["rate", "cron", "at"])],
  "aws:cloudwatch/dashboard:Dashboard": [json("dashboardBody")],
  "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": [json("policyDocument")],
  "aws:sfn/stateMachine:StateMachine": [json("definition")],
  "aws:sns/topicSubscription:TopicSubscription": [json("filterPolicy"), json("redrivePolicy"), json("deliveryPolicy")],
  "aws:eks/addon:Addon": [
    (props, fail) => {
      // EKS takes JSON or YAML here; only what begins like JSON is judged.
      if (text(props.configurationValues)?.trimStart().startsWith("{") === true) jsonObject(props.configurationValues, "configurationValues", fail);
    },
  ],
};
