/** What release commands ask of Prometheus and Alertmanager: by the same series and names as rules and routes. */
import { COLORED, colored, requestsOf } from "./alerts/scope.ts";

/** Namespace of monitoring in every stack. */
export const MONITORING_NAMESPACE = "monitoring";
/** Services with their ports, as the API server's proxy takes them and as rights name them. The operator makes Alertmanager's. */
export const PROMETHEUS_WAY = "prometheus:web";
export const ALERTMANAGER_WAY = "alertmanager-operated:web";
export const PROMETHEUS_PORT = 9090;
export const ALERTMANAGER_PORT = 9093;

/** Figures of a color, each a series with the labels `color` and `signal`. */
export const SIGNALS = ["pods", "requests", "errors", "p95", "p99", "cpu", "memory"] as const;
export type Signal = (typeof SIGNALS)[number];

/**
 * One query for all figures of both colors, so that all come from one copy of Prometheus and of one moment: pods that are
 * scraped; requests of users in the window, and those of them that ended in a 5xx; percentiles of their duration in seconds;
 * cores that a pod uses, on average; bytes that the fullest pod uses. A figure without series is left out.
 *
 * @param window in seconds; with less than two scrapes in it counters have no figure
 */
export function signalQuery(namespace: string, window: number): string {
  const range = `[${window}s]`;
  const requests = (more?: string) => `sum by (color) (increase(http_requests_total{${requestsOf({ namespace }, more)}}${range}))`;
  const quantile = (share: number) => `histogram_quantile(${share}, sum by (color, le) (rate(http_request_duration_seconds_bucket{${requestsOf({ namespace })}}${range})))`;
  const ours = `namespace="${namespace}",pod=~"${COLORED}-.+",container!=""`;
  const byPod = (expr: string) => colored(`sum by (namespace, pod) (${expr})`, "pod");
  const expressions: Record<Signal, string> = {
    pods: `count by (color) (up{namespace="${namespace}",color!=""} == 1)`,
    requests: requests(),
    errors: requests('code=~"5.."'),
    p95: quantile(0.95),
    p99: quantile(0.99),
    cpu: `avg by (color) (${byPod(`rate(container_cpu_usage_seconds_total{${ours}}${range})`)})`,
    memory: `max by (color) (${byPod(`container_memory_working_set_bytes{${ours}}`)})`,
  };
  return SIGNALS.map((signal) => `label_replace(${expressions[signal]}, "signal", "${signal}", "", "")`).join(" or ");
}

/** As Alertmanager's API takes it (api/v2, `matcher`). */
export interface Matcher {
  name: string;
  value: string;
  isRegex: boolean;
  isEqual: boolean;
}

/** Planned work, and the color that it is done to. */
export type Work = "deploy" | "rolling" | "flip" | "rollback";

/** Pods that come and go, at most as busy as a cold start makes them. */
const STARTING = ["AppReplicasShort", "AppCpu", "AppMemory"];

/**
 * Alerts with the label `color` that the work itself causes on its color. Of a color that users have they are no symptoms
 * that users see: nobody but the release is to be told of those, and the release must not keep anybody from it.
 */
const BY_COLOR: Readonly<Record<Work, readonly string[]>> = {
  // Users have the other color.
  deploy: [...STARTING, "ColorDown", "AppErrors", "AppLatency"],
  rolling: STARTING,
  // A canary that is worse goes back by itself.
  flip: [...STARTING, "CanaryWorse"],
  rollback: STARTING,
};
const BY_POD = ["PodNotReady", "PodUnschedulable", "PodCrashLooping", "ContainerOutOfMemory"];
const BY_AUTOSCALER = ["AutoscalerAtMaximum"];

/**
 * Matchers of the silences for planned work, one list a silence: of this stack, this color, and never of severity 1.
 *
 * @param prefix `<app>-<stack>`, the label that Prometheus puts on all that it sends
 */
export function expectedAlerts(work: Work, { prefix, namespace, color }: { prefix: string; namespace: string; color: string }): Matcher[][] {
  const is = (name: string, value: string): Matcher => ({ name, value, isRegex: false, isEqual: true });
  const like = (name: string, value: string): Matcher => ({ name, value, isRegex: true, isEqual: true });
  const of = (alerts: readonly string[], ...more: Matcher[]): Matcher[] => [is("stack", prefix), like("alertname", alerts.join("|")), like("severity", "2|3|4"), ...more];
  return [
    of(BY_COLOR[work], is("color", color)),
    of(BY_POD, is("namespace", namespace), like("pod", `app-${color}-.+`)),
    of(BY_AUTOSCALER, is("horizontalpodautoscaler", `app-${color}`)),
  ];
}
