/** The application as users and as its pods see it, by color: a bad release is told from a bad day. */
import { type Alert, figure, MINUTE, type Recording, type RuleGroup } from "./alert.ts";
import { COLORED, colored, requestsOf, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

export function applicationGroup(scope: Scope, limits: Thresholds): RuleGroup {
  return { name: "golive-application", interval: 30, recordings: byColor(scope), alerts: [...reachable(scope, limits), ...answers(limits), ...releases(scope, limits), ...pods(scope, limits)] };
}

/** A color's share of the process time and memory that its pods may use is that of the color, or of its fullest pod. */
function byColor(scope: Scope): Recording[] {
  const rate = (more = "") => `sum by (color) (rate(http_requests_total{${requestsOf(scope, more)}}[5m]))`;
  const ours = `namespace="${scope.namespace}",pod=~"${COLORED}-.+"`;
  const limit = (resource: string) => colored(`sum by (namespace, pod) (kube_pod_container_resource_limits{${ours},resource="${resource}"})`, "pod");
  return [
    { record: "golive:color_requests:rate5m", expr: rate() },
    { record: "golive:color_errors:ratio_rate5m", expr: `(${rate('code=~"5.."')} or 0 * ${rate()}) / (${rate()} > 0)` },
    { record: "golive:color_latency:p95_5m", expr: `histogram_quantile(0.95, sum by (color, le) (rate(http_request_duration_seconds_bucket{${requestsOf(scope)}}[5m])))` },
    {
      record: "golive:color_cpu:ratio",
      expr: `sum by (color) (${colored(`sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${ours},container!=""}[5m]))`, "pod")}) / sum by (color) (${limit("cpu")})`,
    },
    {
      record: "golive:color_memory:ratio",
      expr: `max by (color) (${colored(`sum by (namespace, pod) (container_memory_working_set_bytes{${ours},container!=""})`, "pod")} / ${limit("memory")})`,
    },
  ];
}

/** Down at all: told within a minute. */
function reachable(scope: Scope, limits: Thresholds): Alert[] {
  const shared = { team: "application", dashboard: "application", missing: "quiet" } as const;
  const unavailable = `1 - avg(avg_over_time(probe_success{probe="public"}[1h]))`;
  const availability = (severity: 1 | 3, limit: number, hold: number): Alert => ({
    ...shared, name: "Availability", severity, expr: `${unavailable} > ${figure(limit)}`, for: hold,
    summary: `Available for less than ${figure(100 - limit * 100)} % of the last hour`,
    description: "{{ $value | humanizePercentage }} of the probes of the last hour failed from outside.",
  });
  return [
    {
      ...shared, name: "AppDown", severity: 1, expr: `absent(up{namespace="${scope.namespace}",color!=""} == 1)`, for: MINUTE, missing: "fires",
      summary: "No pod of the application answers", description: "Prometheus reaches no pod of either color.",
    },
    {
      ...shared, name: "PublicRouteDown", severity: 1, expr: 'max by (instance) (probe_success{probe="public"}) == 0', for: MINUTE,
      summary: "{{ $labels.instance }} does not answer", description: "Every probe of {{ $labels.instance }} fails, on the way that users take.",
    },
    availability(3, limits.unavailableWarning, 5 * MINUTE),
    availability(1, limits.unavailableCritical, MINUTE),
  ];
}

/** Errors and latency by color, when there is traffic enough for a share to mean something. */
function answers(limits: Thresholds): Alert[] {
  const busy = `golive:color_requests:rate5m > ${figure(limits.requestsPerSecond)}`;
  const shared = { team: "application", dashboard: "application", for: 5 * MINUTE, missing: "quiet" } as const;
  const errors = (severity: 1 | 3, limit: number): Alert => ({
    ...shared, name: "AppErrors", severity, expr: `golive:color_errors:ratio_rate5m > ${figure(limit)} and ${busy}`,
    summary: `More than ${figure(limit * 100)} % of {{ $labels.color }}'s answers are errors`,
    description: "{{ $value | humanizePercentage }} of the requests to {{ $labels.color }} end in a 5xx.",
  });
  const latency = (severity: 1 | 3, limit: number): Alert => ({
    ...shared, name: "AppLatency", severity, expr: `golive:color_latency:p95_5m > ${figure(limit)} and ${busy}`,
    summary: `{{ $labels.color }} answers slowly: p95 above ${figure(limit)} s`,
    description: "One request of twenty to {{ $labels.color }} takes longer than {{ $value | humanizeDuration }}.",
  });
  return [errors(3, limits.errorsWarning), errors(1, limits.errorsCritical), latency(3, limits.p95Warning), latency(1, limits.p95Critical)];
}

/** The release, not the day: the errors are as young as the pods, or the other color has none. */
function releases(scope: Scope, limits: Thresholds): Alert[] {
  const shared = { team: "application", dashboard: "release", missing: "quiet" } as const;
  const errors = "golive:color_errors:ratio_rate5m";
  const busy = `golive:color_requests:rate5m > ${figure(limits.requestsPerSecond)}`;
  // The oldest pod counts: a scaled or restarted pod among old ones is no release.
  const young = `time() - min by (color) (process_start_time_seconds{namespace="${scope.namespace}",color!=""}) < ${figure(limits.releaseSeconds)}`;
  return [
    {
      ...shared, name: "ReleaseErrors", severity: 1, for: 2 * MINUTE,
      expr: `${errors} > ${figure(limits.errorsCritical)} and ${busy} and ${young}`,
      summary: "The new release of {{ $labels.color }} fails", description: "{{ $value | humanizePercentage }} of the requests to {{ $labels.color }} end in a 5xx, and none of its pods is older than the release.",
    },
    {
      ...shared, name: "CanaryWorse", severity: 2, for: 5 * MINUTE,
      expr: `${errors} > on () group_left () (${figure(limits.colorFactor)} * min(${errors})) and ${errors} > ${figure(limits.errorsWarning)} and ${busy} and on () (count(${busy}) == 2)`,
      summary: "{{ $labels.color }} fails far more often than the other color", description: "{{ $value | humanizePercentage }} of the requests to {{ $labels.color }} end in a 5xx; both colors have traffic.",
    },
  ];
}

function pods(scope: Scope, limits: Thresholds): Alert[] {
  const ours = `namespace="${scope.namespace}",deployment=~"${COLORED}"`;
  const shared = { team: "application", dashboard: "application", missing: "quiet" } as const;
  const available = `kube_deployment_status_replicas_available{${ours}}`;
  const wanted = `kube_deployment_spec_replicas{${ours}}`;
  const perColor = (expr: string) => `max by (color) (${colored(expr, "deployment")})`;
  const used = (name: string, series: string, what: string, severity: 2 | 3, limit: number): Alert => ({
    ...shared, name, severity, for: 5 * MINUTE, expr: `${series} > ${figure(limit)}`,
    summary: `{{ $labels.color }} uses more than ${figure(limit * 100)} % of its ${what}`, description: `{{ $value | humanizePercentage }} of what {{ $labels.color }} may use.`,
  });
  return [
    {
      ...shared, name: "ColorDown", severity: 2, for: 5 * MINUTE, expr: perColor(`${available} == 0 and ${wanted} > 0`),
      summary: "{{ $labels.color }} has no ready pod", description: "If {{ $labels.color }} is live, users are cut off; if it is idle, there is no way back to it.",
    },
    {
      ...shared, name: "AppReplicasShort", severity: 3, for: 15 * MINUTE, expr: perColor(`${wanted} - ${available} > 0`),
      summary: "{{ $labels.color }} has fewer ready pods than it should", description: "{{ $value }} pods of {{ $labels.color }} are not ready.",
    },
    used("AppCpu", "golive:color_cpu:ratio", "CPU", 3, limits.cpuWarning),
    used("AppCpu", "golive:color_cpu:ratio", "CPU", 2, limits.cpuCritical),
    used("AppMemory", "golive:color_memory:ratio", "memory", 3, limits.memoryWarning),
    used("AppMemory", "golive:color_memory:ratio", "memory", 2, limits.memoryCritical),
  ];
}
