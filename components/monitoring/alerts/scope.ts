/** What the rules of one stack look at: selectors of its series, names of its CloudWatch metrics. */
import type { Exporter } from "./metrics.ts";

export interface Scope {
  /** `<app>-<stack>`; names of cloud resources begin with it. */
  prefix: string;
  /** Namespaces of application, NGINX, scheduled jobs and monitoring. */
  namespace: string;
  ingressNamespace: string;
  jobsNamespace: string;
  monitoringNamespace: string;
  /** Namespaces of cluster services. */
  serviceNamespaces: string[];
  /** Days that Prometheus keeps metrics. */
  retentionDays: number;
  /** Scheduled jobs, and the hours that may pass without success. */
  jobs: { name: string; maxAgeHours: number }[];
  /** Exceptions of the policies that end: a date such as `2026-12-31`. */
  exceptions: { rule: string; resource: string; expires: string }[];
  /** Exporters that are there; the absence of each is an alert. */
  exporters: readonly Exporter[];
}

/**
 * Requests of users to the application. `color` is put on by the ServiceMonitor; routes of probes and metrics are left
 * out: kubelet and Prometheus ask every few seconds, and would be most of the traffic of an idle color.
 */
export function requestsOf(scope: Pick<Scope, "namespace">, more = ""): string {
  return `namespace="${scope.namespace}",color!="",route!~"/?health.*|/?metrics"${more === "" ? "" : `,${more}`}`;
}

/** Pods and Deployments of the two colors. */
export const COLORED = "app-(blue|green)";

/** The color that a pod's or Deployment's name says, as the label `color`. */
export function colored(expr: string, from: "pod" | "deployment"): string {
  return `label_replace(${expr}, "color", "$1", "${from}", "${COLORED}${from === "pod" ? "-.+" : ""}")`;
}

/** Every namespace of the stack. */
export function namespaces(scope: Scope): string {
  return [...new Set([scope.namespace, scope.ingressNamespace, scope.jobsNamespace, scope.monitoringNamespace, ...scope.serviceNamespaces])].join("|");
}

/** `CPUUtilization` → `cpuutilization`, `FreeStorageSpace` → `free_storage_space`. */
function snake(text: string): string {
  return text.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[\s,/\\.:=@<>()-]/g, "_").toLowerCase();
}

/**
 * The name under which YACE exposes a metric of CloudWatch: namespace, metric without the words that it repeats of the
 * namespace, statistic (yet-another-cloudwatch-exporter, pkg/promutil, BuildMetricName).
 */
export function cloudWatch(namespace: string, metric: string, statistic: string): string {
  const space = snake(namespace.toLowerCase()).replace(/^_/, "");
  let name = snake(metric);
  for (const word of space.split("_")) if (name.startsWith(word)) name = name.slice(word.length);
  return `${space.startsWith("aws") ? "" : "aws_"}${space}_${name.replace(/^_/, "")}_${snake(statistic)}`;
}

/** Metrics that the scheduled jobs publish (components/jobs/scripts/lib.sh). */
export function jobMetric(scope: Scope, metric: string): string {
  return cloudWatch(`Golive/${scope.prefix}`, metric, "Maximum");
}

/** Events that the metric filters of the trail count (components/audit/trailAlarms.ts). */
export function trailMetric(scope: Scope, event: string): string {
  return cloudWatch(`Golive/${scope.prefix}/Trail`, event, "Sum");
}
