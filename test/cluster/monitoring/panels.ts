/** Every panel of the dashboards as Grafana would ask it, through this Prometheus; and what is not here to answer, with the reason. */
import type { Exporter } from "../../../components/monitoring/alerts/metrics.ts";
import type { KubeObject } from "../../../sandbox/services/objects.ts";
import { metricsOf } from "../../monitoring/promql.ts";
import { FACTOR, scaled, scaledExpression } from "./scale.ts";

/** Exporters that the sandbox does not have. */
export const ABSENT: Partial<Record<Exporter, string>> = {
  nginx: "F5's controller is served by no Go module and in no Debian package",
  logs: "Fluent Bit is served by no Go module and in no Debian package",
  certManager: "the sandbox has a stand-in for the controller, which has no metrics",
  externalSecrets: "the sandbox has a stand-in for the controller, which has no metrics",
  cloudwatch: "AWS is simulated, and CloudWatch has no figures",
};

const CLUSTER_HAS_NONE = "the cluster of one node has none: no autoscaler, scheduled job or claim of a volume";

/** Series of exporters that are here, which nothing here makes. */
export const UNMADE: Readonly<Record<string, string>> = {
  kube_pod_status_unschedulable: "every pod has found its place",
  kube_horizontalpodautoscaler_status_current_replicas: CLUSTER_HAS_NONE,
  kube_horizontalpodautoscaler_spec_max_replicas: CLUSTER_HAS_NONE,
  kube_cronjob_status_last_successful_time: CLUSTER_HAS_NONE,
  kube_cronjob_spec_suspend: CLUSTER_HAS_NONE,
  kube_job_failed: CLUSTER_HAS_NONE,
  kubelet_volume_stats_available_bytes: CLUSTER_HAS_NONE,
  redis_memory_max_bytes: "Redis has no limit of its own here",
};

/** Panels that show what is wrong, and are empty while nothing is; and those that look further back than the cluster is old. */
export const QUIET: Readonly<Record<string, string>> = {
  "application / NGINX: replicas that answer": "F5's controller is not here",
  "system / Crash loops": "no container is in one",
  "system / Killed for their memory": "no container was",
  "database / Keys found": "the application of this test asks no cache for anything",
  "security / Refused logins and tokens": "the demo application refuses nobody",
  "security / Refused by route": "the demo application refuses nobody",
  "business / Requests served an hour": "a week ago, which is one of its two lines, the cluster was not there",
};

export interface Question { board: string; panel: string; expr: string }

/** Four scrapes of the slowest exporter, as Grafana takes it: 12 s when it is scaled. */
const RATE = `${12 * FACTOR}s`;

interface Panel { title?: string; type: string; targets?: { expr?: string }[] }

/** All queries of the dashboards that the components declare, with their variables filled in and their time scaled. */
export function questions(objects: readonly KubeObject[]): Question[] {
  return objects.filter(({ kind, metadata }) => kind === "ConfigMap" && metadata.labels?.["grafana_dashboard"] !== undefined).flatMap(({ metadata, data }) =>
    Object.values(data as Record<string, string>).flatMap((text) => (JSON.parse(text) as { panels: Panel[] }).panels)
      .flatMap(({ title = "", targets = [] }) => targets.map(({ expr = "" }) => ({ board: metadata.name.replace(/^dashboard-/, ""), panel: title, expr: filled(expr) }))));
}

function filled(expr: string): string {
  return scaledExpression(expr.replaceAll("$__rate_interval", RATE).replaceAll("$color", "blue|green").replaceAll("$namespace", ".+")).replaceAll("$__range", scaled("1h"));
}

/** Why a query may be without an answer; nothing when it must have one. Recorded series stand for what they are recorded from. */
export function whyEmpty({ board, panel, expr }: Question, exporterOf: ReadonlyMap<string, Exporter>, recorded: ReadonlyMap<string, string>): string | undefined {
  const quiet = QUIET[`${board} / ${panel}`];
  if (quiet !== undefined) return quiet;
  for (const name of metricsOf(expr)) {
    const inner = recorded.get(name);
    const exporter = exporterOf.get(name);
    const why = UNMADE[name] ?? (exporter === undefined ? undefined : ABSENT[exporter]) ?? (inner === undefined ? undefined : whyEmpty({ board: "", panel: "", expr: inner }, exporterOf, recorded));
    if (why !== undefined) return `${name}: ${why}`;
  }
  return undefined;
}
