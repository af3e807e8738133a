/** Every part of the environment (requirements, section 1) has at least one alert. */
import { expect, test } from "vitest";
import { alertGroups, alertNames } from "../../components/monitoring/alerts/index.ts";
import { PHRASES } from "../requirements/phrases.ts";
import { SCOPE } from "./stack.ts";

/** Alerts by row of the requirements' table. */
const ALERTS: Record<string, string[]> = {
  "region, zones": ["ZoneLost"],
  network: ["NatPortsExhausted"],
  cluster: ["ClusterServiceDown", "NodeAgentsMissing", "PodUnschedulable", "VolumeFilling"],
  compute: ["NodeNotReady", "NodePressure", "NodeCpu", "NodeMemory", "NodeDiskFilling"],
  Postgres: ["DatabaseDown", "DatabaseFailover", "DatabaseConnections", "DatabaseCpu", "ReplicationLag", "DatabaseStorageFilling", "DatabaseLongTransaction", "TransactionIdsRunningOut"],
  Redis: ["RedisDown", "RedisMemory", "RedisEvictions", "RedisReplicationLag", "RedisCpu"],
  "object storage": ["BucketShrinking"],
  keys: ["KeyRotationOverdue", "SuspiciousActivity"],
  edge: ["PublicRouteDown", "CdnErrors", "WafBlocks", "CertificateExpiring", "AcmCertificateNotRenewed", "LoadBalancerTargetsUnhealthy"],
  ingress: ["IngressDown", "IngressErrors", "IngressClientErrors", "IngressLatency", "IngressConfigRejected", "RateLimitHits", "ClusterCertificateNotRenewed", "ClusterCertificateNotReady"],
  application: ["AppDown", "Availability", "AppErrors", "AppLatency", "AvailabilityBurnFast", "AvailabilityBurnSlow", "LatencyBurnFast", "LatencyBurnSlow", "ErrorBudgetLow", "AppCpu", "AppMemory", "AppReplicasShort", "AutoscalerAtMaximum", "ColorDown", "ReleaseErrors", "CanaryWorse", "PodCrashLooping", "PodNotReady", "ContainerOutOfMemory", "PodsEvicted"],
  access: ["ConsoleLoginFailures", "UnauthorizedCalls", "SuspiciousActivity", "FailedLogins"],
  secrets: ["SecretsNotSynced"],
  "audit and SIEM": ["AuditTrailSilent", "ThreatFound", "ThreatSuspected", "SecurityFinding", "FindingsNotDelivered", "PolicyExceptionExpiring"],
  "backups and recovery": ["BackupMissing", "RestoreDrillOverdue", "StateExportMissing", "RecoveryTooSlow"],
  maintenance: ["MaintenanceJobOverdue", "JobFailed", "JobSuspended"],
  cost: ["CostJump"],
  // Partitions and clean-up carry out retention; a log that is lost can not be shown, one that is touched is told.
  privacy: ["MaintenanceJobOverdue", "LogsNotDelivered", "SuspiciousActivity"],
};
/** Monitoring itself is no row of the table. */
const OWN = ["Watchdog", "SignalMissing", "TargetDown", "RuleEvaluationFailing", "AlertmanagerUnreachable", "AlertsNotDelivered", "MonitoringConfigRejected"];

test("every row of the table has alerts, and every alert a row", () => {
  const names = alertNames(alertGroups(SCOPE));
  expect(Object.keys(ALERTS)).toEqual(Object.keys(PHRASES));
  expect(Object.entries(ALERTS).filter(([, list]) => list.length === 0)).toEqual([]);
  const listed = new Set([...Object.values(ALERTS).flat(), ...OWN]);
  expect([...listed].filter((name) => !names.has(name))).toEqual([]);
  expect([...names].filter((name) => !listed.has(name))).toEqual([]);
});
