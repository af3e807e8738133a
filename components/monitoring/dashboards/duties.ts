/** Panels of what must happen regularly, and of monitoring itself. */
import { MAX_AGE } from "../alerts/jobs.ts";
import { signals } from "../alerts/metrics.ts";
import { measuresOf, type Panel, type Subject, watched } from "./panel.ts";

const OVERDUE = ["BackupMissing", "RestoreDrillOverdue", "StateExportMissing", "MaintenanceJobOverdue"];

export function duties(subject: Subject): Panel[] {
  const age = OVERDUE.flatMap((alert) => measuresOf(subject, alert)).map(({ expr }) => `(${expr})`).join(" or ");
  return [
    {
      title: "Last success, as a share of the time allowed", description: "Of every scheduled job, backups and restore drill among them; above 1 it is overdue.", unit: "none", shape: "lines", width: 12, decimals: 2,
      alerts: OVERDUE, limits: { side: "above", steps: [{ value: 1, severity: 2 }] },
      queries: [{ expr: `(${age}) / on (namespace, cronjob) ${MAX_AGE}`, legend: "{{cronjob}}" }],
    },
    { title: "Since the last success", description: "Of every scheduled job.", unit: "s", shape: "table", width: 12, queries: [{ expr: `sort_desc(${age})`, legend: "since" }] },
    watched(subject, "JobFailed", { title: "Failed runs", description: "Runs of jobs that failed; they stay for a week to be looked at.", unit: "none", shape: "states", none: "none", legend: "{{namespace}}/{{job_name}}", states: { zero: "no", one: "failed", bad: 1 } }),
    watched(subject, "JobSuspended", { title: "Suspended jobs", description: "Somebody has stopped it by hand.", unit: "none", shape: "states", none: "none", legend: "{{cronjob}}", states: { zero: "scheduled", one: "suspended", bad: 1 } }),
    watched(subject, "RecoveryTooSlow", { title: "Restore: time", description: "How long the last restore drill took.", unit: "s", shape: "numbers", width: 4, none: "no drill", legend: "took" }, "time"),
    watched(subject, "RecoveryTooSlow", { title: "Restore: data lost", description: "How much of the latest data the last restore drill did not bring back, in seconds.", unit: "s", shape: "numbers", width: 4, none: "no drill", legend: "lost" }, "point"),
  ];
}

export function self(subject: Subject): Panel[] {
  const { scope } = subject;
  const heard = Object.entries(signals(scope)).filter(([exporter]) => scope.exporters.some((one) => one === exporter))
    .map(([exporter, series]) => `label_replace(clamp_max(count(${series}), 1) or vector(0), "exporter", "${exporter}", "", "")`).join(" or ");
  return [
    {
      title: "Firing alerts", description: "Of the whole stack. The watchdog always fires: when it is missing, alerts are not evaluated.", unit: "none", shape: "table", width: 12, alerts: ["Watchdog"], none: "none: not even the watchdog",
      queries: [{ expr: 'sort_desc(count by (alertname, severity, team) (ALERTS{alertstate="firing"}))', legend: "alerts" }],
    },
    ...(heard === "" ? [] : [{
      title: "Exporters", description: "Whether anything comes from them; alerts on metrics of a silent one can not fire.", unit: "none", shape: "states", width: 12, alerts: ["SignalMissing"], states: { zero: "silent", one: "heard", bad: 0 },
      queries: [{ expr: heard, legend: "{{exporter}}" }],
    } satisfies Panel]),
    watched(subject, "TargetDown", { title: "Targets that can not be scraped", description: "Share of each job's targets.", unit: "percentunit", shape: "lines", max: 1, legend: "{{namespace}}/{{job}}" }),
    watched(subject, "RuleEvaluationFailing", { title: "Rules that can not be evaluated", description: "Failures by group: its alerts can not fire.", unit: "none", shape: "lines", decimals: 0, legend: "{{rule_group}}" }),
    watched(subject, "LogsNotDelivered", { title: "Logs given up", description: "Lines a second that were lost on the way.", unit: "ops", shape: "lines", width: 4, legend: "{{pod}}" }, "lost"),
    watched(subject, "LogsNotDelivered", { title: "Logs held up", description: "Attempts a second that had to be repeated. While nothing at all is delivered, an alert.", unit: "ops", shape: "lines", width: 4, legend: "{{pod}}" }, "held"),
    watched(subject, "AlertmanagerUnreachable", { title: "Alertmanagers", description: "That each Prometheus hands alerts to; at none nobody is told.", unit: "none", shape: "lines", decimals: 0, legend: "{{pod}}" }),
    watched(subject, "AlertsNotDelivered", { title: "Notifications that fail", description: "Share, by the way that they go.", unit: "percentunit", shape: "lines", none: "none sent", legend: "{{integration}}" }),
    watched(subject, "MonitoringConfigRejected", { title: "Configuration", description: "Of Prometheus and Alertmanager; refused ones leave the last good one in force.", unit: "none", shape: "states", legend: "{{pod}}", states: { zero: "refused", one: "taken", bad: 0 } }),
  ];
}
