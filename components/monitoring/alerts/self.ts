/** Monitoring itself: what must not be missing, and the alert whose silence tells that all is. */
import { type Alert, figure, MINUTE, type RuleGroup } from "./alert.ts";
import { signals } from "./metrics.ts";
import type { Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "platform", dashboard: "system", missing: "quiet" } as const;

export function selfGroup(scope: Scope, limits: Thresholds): RuleGroup {
  return { name: "golive-monitoring", interval: 30, recordings: [], alerts: [watchdog(), ...missing(scope), ...pipeline(scope, limits)] };
}

/** Always fires; the receiver calls when it stops. */
function watchdog(): Alert {
  return {
    ...SHARED, name: "Watchdog", severity: "none", for: 0, missing: "fires", expr: "vector(1)",
    summary: "Alerts are evaluated and delivered", description: "This alert always fires. When it stops, Prometheus, Alertmanager or the way to the pager is broken.",
  };
}

/** One alert an exporter: the others stay quiet without series, and this says so. */
function missing(scope: Scope): Alert[] {
  const watched = Object.entries(signals(scope)).filter(([exporter]) => scope.exporters.some((one) => one === exporter));
  if (watched.length === 0) return [];
  const absent = watched.map(([exporter, series]) => `label_replace(max(absent(${series})), "exporter", "${exporter}", "", "")`);
  return [{
    ...SHARED, name: "SignalMissing", severity: 2, for: 10 * MINUTE, missing: "fires", expr: absent.join(" or "),
    summary: "Nothing comes from the exporter {{ $labels.exporter }}: it is away, or slower than a scrape may take", description: "Alerts on its metrics can not fire.",
  }];
}

function pipeline(scope: Scope, limits: Thresholds): Alert[] {
  // The application and NGINX have alerts of their own when all of their pods are gone.
  const targets = `up{namespace!~"${scope.namespace}|${scope.ingressNamespace}"}`;
  const own = `namespace="${scope.monitoringNamespace}"`;
  return [
    {
      ...SHARED, name: "TargetDown", severity: 3, for: 10 * MINUTE, expr: `1 - avg by (namespace, job) (${targets}) > ${figure(limits.targetsDown)}`,
      summary: "Targets of {{ $labels.job }} can not be scraped", description: "{{ $value | humanizePercentage }} of them in {{ $labels.namespace }}.",
    },
    {
      ...SHARED, name: "RuleEvaluationFailing", severity: 2, for: 15 * MINUTE, expr: `sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total{${own}}[5m])) > 0`,
      summary: "Rules can not be evaluated", description: "Group {{ $labels.rule_group }}: its alerts can not fire.",
    },
    {
      ...SHARED, name: "AlertmanagerUnreachable", severity: 1, for: 5 * MINUTE, expr: `min by (pod) (prometheus_notifications_alertmanagers_discovered{${own}}) < 1`,
      summary: "Prometheus has no Alertmanager", description: "{{ $labels.pod }} can hand its alerts to nobody.",
    },
    {
      ...SHARED, name: "AlertsNotDelivered", severity: 1, for: 5 * MINUTE,
      // Over a quarter of an hour: notifications are rare.
      expr: `sum by (integration) (rate(alertmanager_notifications_failed_total{${own}}[15m])) / (sum by (integration) (rate(alertmanager_notifications_total{${own}}[15m])) > 0) > ${figure(limits.undelivered)}`,
      summary: "Notifications by {{ $labels.integration }} fail", description: "{{ $value | humanizePercentage }} of them.",
    },
    {
      ...SHARED, name: "MonitoringConfigRejected", severity: 3, for: 10 * MINUTE, expr: `min by (pod) (prometheus_config_last_reload_successful{${own}} or alertmanager_config_last_reload_successful{${own}}) == 0`,
      summary: "{{ $labels.pod }} refuses its configuration", description: "It goes on with the last good one; changed rules and routes do not hold.",
    },
    ...logs(),
  ];
}

/** Fluent Bit tries for ever and keeps what waits on the node, so nothing is lost before that is full: both are told. */
function logs(): Alert[] {
  const rate = (what: string) => `sum by (pod, name) (rate(fluentbit_output_${what}_total[5m]))`;
  const shared = { ...SHARED, name: "LogsNotDelivered", severity: 3, for: 15 * MINUTE } as const;
  return [
    {
      ...shared, window: "lost", expr: `${rate("dropped_records")} > 0`,
      summary: "Logs are lost on the way to {{ $labels.name }}", description: "{{ $labels.pod }} gives up {{ $value | humanize }} lines a second.",
    },
    {
      ...shared, window: "held", expr: `${rate("retries")} > 0 and ${rate("proc_records")} == 0`,
      summary: "Logs do not reach {{ $labels.name }}", description: "{{ $labels.pod }} tries again {{ $value | humanize }} times a second and delivers nothing; what waits is on its node.",
    },
  ];
}
