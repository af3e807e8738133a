/** Which exporter exposes a metric: rules and dashboards may use no other. Names are those of the exporters' own documentation. */
import { cloudWatch, jobMetric, type Scope, trailMetric } from "./scope.ts";

/** Who exposes metrics. */
export const EXPORTERS = ["application", "blackbox", "kubeState", "kubelet", "node", "postgres", "redis", "nginx", "logs", "certManager", "externalSecrets", "cloudwatch", "prometheus", "alertmanager"] as const;
export type Exporter = (typeof EXPORTERS)[number];

/** The series whose absence shows that an exporter is gone. Prometheus itself is told by the watchdog's silence. */
export function signals(scope: Scope): Record<Exclude<Exporter, "prometheus">, string> {
  return {
    application: `http_requests_total{namespace="${scope.namespace}"}`,
    blackbox: 'probe_success{probe="public"}',
    kubeState: "kube_node_status_condition",
    kubelet: "container_memory_working_set_bytes",
    node: "node_memory_MemAvailable_bytes",
    postgres: "pg_up",
    redis: "redis_up",
    nginx: "nginx_ingress_controller_nginx_last_reload_status",
    logs: "fluentbit_uptime",
    certManager: "certmanager_certificate_expiration_timestamp_seconds",
    externalSecrets: "externalsecret_status_condition",
    cloudwatch: cloudWatch("AWS/RDS", "CPUUtilization", "Average"),
    alertmanager: "alertmanager_notifications_total",
  };
}

const STATIC: Record<Exclude<Exporter, "cloudwatch">, string[]> = {
  application: ["http_requests_total", "http_request_duration_seconds_bucket", "http_request_duration_seconds_count", "http_request_duration_seconds_sum", "process_start_time_seconds"],
  // Probe objects carry the label `probe`: public for routes that users take.
  blackbox: ["probe_success", "probe_ssl_earliest_cert_expiry"],
  // With `--metric-labels-allowlist=nodes=[topology.kubernetes.io/zone]`.
  kubeState: [
    "kube_node_status_condition", "kube_node_spec_unschedulable", "kube_node_labels",
    "kube_pod_status_phase", "kube_pod_owner", "kube_pod_status_unschedulable", "kube_pod_status_reason",
    "kube_pod_container_status_waiting_reason", "kube_pod_container_status_last_terminated_reason", "kube_pod_container_status_restarts_total", "kube_pod_container_resource_limits",
    "kube_deployment_status_replicas_available", "kube_deployment_spec_replicas", "kube_daemonset_status_desired_number_scheduled", "kube_daemonset_status_number_available",
    "kube_horizontalpodautoscaler_status_current_replicas", "kube_horizontalpodautoscaler_spec_max_replicas", "kube_horizontalpodautoscaler_spec_min_replicas",
    "kube_cronjob_status_last_successful_time", "kube_cronjob_created", "kube_cronjob_spec_suspend", "kube_job_failed", "kube_job_status_start_time",
    "kube_pod_info", "kube_pod_container_info", "kube_endpoint_address",
  ],
  kubelet: ["container_cpu_usage_seconds_total", "container_memory_working_set_bytes", "kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"],
  node: ["node_cpu_seconds_total", "node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"],
  // With the collectors postmaster, stat_activity and stat_database on.
  postgres: [
    "pg_up", "pg_stat_activity_count", "pg_stat_activity_max_tx_duration", "pg_settings_max_connections", "pg_postmaster_start_time_seconds",
    "pg_stat_database_xact_commit", "pg_stat_database_xact_rollback", "pg_stat_database_deadlocks", "pg_stat_database_blks_hit", "pg_stat_database_blks_read",
  ],
  redis: [
    "redis_up", "redis_memory_used_bytes", "redis_memory_max_bytes", "redis_evicted_keys_total",
    "redis_connected_clients", "redis_commands_processed_total", "redis_keyspace_hits_total", "redis_keyspace_misses_total",
  ],
  nginx: ["nginx_ingress_controller_nginx_last_reload_status"],
  // Fluent Bit: its own metrics, and those of its filter log_to_metrics on NGINX's access log (logs/fluentBit.ts).
  logs: ["fluentbit_uptime", "fluentbit_output_dropped_records_total", "fluentbit_output_retries_total", "fluentbit_output_proc_records_total", "log_metric_counter_nginx_responses_total"],
  certManager: ["certmanager_certificate_expiration_timestamp_seconds", "certmanager_certificate_ready_status"],
  externalSecrets: ["externalsecret_status_condition"],
  // `up` and `ALERTS` are Prometheus's own: of every target, of every alert that is pending or fires.
  prometheus: ["up", "ALERTS", "prometheus_rule_evaluation_failures_total", "prometheus_notifications_alertmanagers_discovered", "prometheus_config_last_reload_successful"],
  alertmanager: ["alertmanager_notifications_total", "alertmanager_notifications_failed_total", "alertmanager_config_last_reload_successful"],
};

/** Metrics of AWS's own namespaces; discovery is limited to the stack by its tags. */
export const CLOUDWATCH: readonly [namespace: string, metric: string, statistic: string][] = [
  ["AWS/RDS", "CPUUtilization", "Average"],
  ["AWS/RDS", "FreeStorageSpace", "Average"],
  ["AWS/RDS", "ReplicaLag", "Maximum"],
  ["AWS/RDS", "MaximumUsedTransactionIDs", "Maximum"],
  ["AWS/ElastiCache", "EngineCPUUtilization", "Average"],
  ["AWS/ElastiCache", "ReplicationLag", "Maximum"],
  ["AWS/ApplicationELB", "RequestCount", "Sum"],
  ["AWS/ApplicationELB", "HTTPCode_Target_4XX_Count", "Sum"],
  ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum"],
  ["AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum"],
  ["AWS/ApplicationELB", "TargetResponseTime", "p95"],
  ["AWS/ApplicationELB", "UnHealthyHostCount", "Maximum"],
  ["AWS/CloudFront", "5xxErrorRate", "Average"],
  ["AWS/WAFV2", "BlockedRequests", "Sum"],
  ["AWS/NATGateway", "ErrorPortAllocation", "Sum"],
  ["AWS/CertificateManager", "DaysToExpiry", "Minimum"],
  ["AWS/S3", "NumberOfObjects", "Average"],
  ["AWS/Events", "TriggeredRules", "Sum"],
  ["AWS/Events", "FailedInvocations", "Sum"],
  ["AWS/Logs", "IncomingLogEvents", "Sum"],
  ["AWS/Billing", "EstimatedCharges", "Maximum"],
];

/** Events of the trail that are never harmless; the others have limits of their own. */
export const TRAIL_PAGES = ["console-without-mfa", "root-used", "break-glass-used", "deploy-role-elsewhere", "trail-changed", "keys-disabled"];
export const TRAIL_COUNTS = ["sign-in-failures", "unauthorized-calls"];
export const JOB_METRICS = ["ExpiryProblems", "RecoveryPointSeconds", "RecoverySeconds"];

/** Series of an exporter that rules and dashboards use. */
export function seriesOf(exporter: Exclude<Exporter, "cloudwatch">): readonly string[] {
  return STATIC[exporter];
}

/** Exporter by metric. */
export function metrics(scope: Scope): ReadonlyMap<string, Exporter> {
  const found = new Map<string, Exporter>();
  for (const [exporter, names] of Object.entries(STATIC)) for (const name of names) found.set(name, exporter as Exporter);
  const cloud = [...CLOUDWATCH.map(([namespace, metric, statistic]) => cloudWatch(namespace, metric, statistic)), ...[...TRAIL_PAGES, ...TRAIL_COUNTS].map((event) => trailMetric(scope, event)), ...JOB_METRICS.map((metric) => jobMetric(scope, metric))];
  for (const name of cloud) found.set(name, "cloudwatch");
  return found;
}
