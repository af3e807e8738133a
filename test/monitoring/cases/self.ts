import { signals } from "../../../components/monitoring/alerts/metrics.ts";
import { DEFAULTS as limits } from "../../../components/monitoring/alerts/thresholds.ts";
import type { AlertCases } from "../case.ts";
import { gauge, rate, type Series } from "../series.ts";
import { SCOPE } from "../stack.ts";

const MONITORING = 'namespace="monitoring",pod="prometheus-0"';

/** One series of every exporter, but for one of them. */
const heard = (without?: string): Series => Object.fromEntries(Object.entries(signals(SCOPE)).filter(([exporter]) => exporter !== without).map(([, series]) => [series, gauge(series.includes("timestamp") ? 1e9 : 1)]));

/** Ten targets of one job, some of which do not answer; the share that is reached. */
const targets = (down: number): Series => ({ 'up{namespace="kube-system",job="kubelet",instance="a"}': gauge(1 - down) });
const own = (metric: string, value: number): Series => ({ [`${metric}{${MONITORING}}`]: gauge(value) });
const notifications = (failing: number): Series => ({
  'alertmanager_notifications_total{namespace="monitoring",integration="slack"}': rate(0.1),
  'alertmanager_notifications_failed_total{namespace="monitoring",integration="slack"}': rate(0.1 * failing),
});

const AGENT = { pod: "fluent-bit-x", name: "cloudwatch_logs.0" };
const agent = (counts: Record<string, number>): Series => Object.fromEntries(Object.entries(counts).map(([what, each]) => [`fluentbit_output_${what}_total{pod="fluent-bit-x",name="cloudwatch_logs.0"}`, rate(each)]));

export const self: AlertCases = {
  "Watchdog/none": { labels: {}, at: { state: () => ({}) }, target: {}, constant: true },
  "SignalMissing/2": { labels: { exporter: "postgres" }, at: { state: () => heard("postgres") }, target: heard() },
  "TargetDown/3": { labels: { namespace: "kube-system", job: "kubelet" }, at: { targetsDown: (factor) => targets(factor * limits.targetsDown) }, target: targets(0) },
  "RuleEvaluationFailing/2": {
    labels: { rule_group: "golive-slo" }, at: { state: () => ({ 'prometheus_rule_evaluation_failures_total{namespace="monitoring",rule_group="golive-slo"}': rate(0.1) }) },
    target: { 'prometheus_rule_evaluation_failures_total{namespace="monitoring",rule_group="golive-slo"}': rate(0) },
  },
  "AlertmanagerUnreachable/1": { labels: { pod: "prometheus-0" }, at: { state: () => own("prometheus_notifications_alertmanagers_discovered", 0) }, target: own("prometheus_notifications_alertmanagers_discovered", 2) },
  "AlertsNotDelivered/1": { labels: { integration: "slack" }, at: { undelivered: (factor) => notifications(factor * limits.undelivered) }, target: notifications(0) },
  "MonitoringConfigRejected/3": { labels: { pod: "prometheus-0" }, at: { state: () => own("prometheus_config_last_reload_successful", 0) }, target: own("prometheus_config_last_reload_successful", 1) },
  "LogsNotDelivered/3/lost": { labels: AGENT, at: { state: () => agent({ dropped_records: 0.1, proc_records: 5 }) }, target: agent({ dropped_records: 0 }) },
  // An agent that repeats some and delivers others is slow, and tells nobody.
  "LogsNotDelivered/3/held": { labels: AGENT, at: { state: () => agent({ retries: 0.1, proc_records: 0 }) }, target: agent({ retries: 0.1, proc_records: 5 }) },
};
