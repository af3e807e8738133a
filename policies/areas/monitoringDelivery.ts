/** From Prometheus to people: what a whole monitoring stack must have. */
import type { Resource, Stack } from "../resource.ts";
import type { Report, Rule } from "../rule.ts";
import { any } from "../search.ts";
import type { Value } from "../value.ts";
import { eachAlert, expression, isSwitch, PAGES, RULES } from "./monitoringAlerts.ts";

const PROMETHEUS = "k8s:monitoring.coreos.com:Prometheus";
const RECEIVERS = "k8s:monitoring.coreos.com:AlertmanagerConfig";

/** Every alert of a stack. */
export function alertsOf(stack: Stack): Value[] {
  const found: Value[] = [];
  for (const rule of stack.of(RULES)) eachAlert(rule, (alert) => found.push(alert));
  return found;
}

/** Whether any alert of a stack has an expression for which a test holds. @throws Undecided */
function someAlert(stack: Stack, test: (expr: string) => boolean): boolean {
  return any(alertsOf(stack), (alert) => test(expression(alert)));
}

/** Windows of an expression over errors: `[5m]`, or the recorded `…rate5m`. */
function isBurnRate(expr: string): boolean {
  const windows = Array.from(expr.matchAll(/(?:\[|rate_?)(\d+[smhd])/g), ([, window]) => window);
  return new Set(windows).size >= 2 && /\band\b/.test(expr);
}

/** The receiver to which an alert of the highest severity goes: of the first route that takes it, else of the route above. */
function receiverOf(route: Value, inherited: string | undefined): string | undefined {
  const own = route.at("receiver").text ?? inherited;
  const next = route.at("routes").items.find((one) => one.at("matchers").items.every(takesCritical));
  return next === undefined ? own : receiverOf(next, own);
}

function takesCritical(matcher: Value): boolean {
  if (matcher.at("name").text !== "severity") return false;
  const values = (matcher.at("value").text ?? "").split("|");
  const listed = values.some((value) => PAGES.includes(value));
  return matcher.at("matchType").text?.startsWith("!") === true ? !listed : listed;
}

function checkReceiver(config: Resource, report: Report): void {
  const route = config.at("spec.route");
  const name = receiverOf(route, undefined);
  const receiver = config.at("spec.receivers").items.find((one) => one.at("name").text === name);
  if (receiver === undefined) return report(route, `sends critical alerts to ${name ?? "nobody"}, which is no declared receiver`);
  const ways = receiver.entries.filter(([key, list]) => key.endsWith("Configs") && list.items.length > 0);
  if (ways.length === 0) report(receiver, "receives critical alerts and tells nobody");
}

export const deliveryRules: Rule[] = [
  {
    id: "monitoring/burn-rate",
    title: "An alert watches how fast the error budget burns, over two windows",
    items: ["monitoring-coverage"],
    severity: "medium",
    frameworks: [],
    why: "A threshold alone sleeps through the slow leak that eats the month, and wakes people for a spike that is over.",
    mend: "Declare alerts such as `errors:rate1h > 14.4 * 0.001 and errors:rate5m > 14.4 * 0.001` beside the thresholds.",
    kinds: [PROMETHEUS],
    relate: (prometheus, stack, report) => {
      if (!someAlert(stack, isBurnRate)) report(prometheus, "has no alert on the burn rate of an error budget over two windows");
    },
  },
  {
    id: "monitoring/dead-mans-switch",
    title: "An alert always fires, so that silence is heard",
    items: ["monitoring-coverage"],
    severity: "medium",
    frameworks: [],
    why: "When Prometheus, Alertmanager or the way to the pager is broken, nothing fires; that looks like a quiet night.",
    mend: "Declare an alert with `expr: vector(1)`, and let the pager call when it stops.",
    kinds: [PROMETHEUS],
    relate: (prometheus, stack, report) => {
      if (!someAlert(stack, isSwitch)) report(prometheus, "has no alert that always fires");
    },
  },
  {
    id: "monitoring/alertmanager",
    title: "Prometheus hands its alerts to an Alertmanager",
    items: ["monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "Without one, alerts fire on a page that nobody has open.",
    mend: "Set `spec.alerting.alertmanagers`.",
    kinds: [PROMETHEUS],
    check: (prometheus, report) => {
      const list = prometheus.at("spec.alerting.alertmanagers");
      if (list.items.length === 0) report(list, "names no Alertmanager");
    },
  },
  {
    id: "monitoring/critical-receiver",
    title: "Critical alerts reach somebody",
    items: ["monitoring-coverage"],
    severity: "high",
    frameworks: [],
    why: "A route to a receiver without an integration swallows alerts: they count as delivered.",
    mend: "Let the route for `severity = critical` name a receiver with `pagerdutyConfigs`, `slackConfigs` or the like.",
    kinds: [RECEIVERS],
    check: checkReceiver,
  },
];
