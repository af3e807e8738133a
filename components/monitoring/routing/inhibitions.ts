/** Which alert makes which others pointless to tell. */
import type { Alert } from "../alerts/alert.ts";

export interface Inhibition {
  /** Alerts that silence; those of one entry have one severity. */
  by: readonly string[];
  severity: Exclude<Alert["severity"], "none">;
  /** Alerts that follow from them; never those of a worse severity, whatever their name. */
  silences: readonly string[];
  /** Labels in which both must agree. Labels that both lack agree as well. */
  same: readonly string[];
}

/** Symptoms that the application's users see, and what is counted from them. */
const BURNS = ["AvailabilityBurnFast", "AvailabilityBurnSlow", "LatencyBurnFast", "LatencyBurnSlow"];
const ANSWERS = ["AppErrors", "AppLatency", "ReleaseErrors", "CanaryWorse", ...BURNS];

/** Down silences slow and failing of the same thing. Causes never silence what users see: two teams then know. */
export const INHIBITIONS: readonly Inhibition[] = [
  {
    by: ["AppDown"], severity: 1, same: [],
    silences: [...ANSWERS, "Availability", "ColorDown", "AppReplicasShort", "AutoscalerAtMaximum", "IngressErrors", "IngressLatency", "CdnErrors", "LoadBalancerTargetsUnhealthy"],
  },
  { by: ["IngressDown"], severity: 1, same: [], silences: ["PublicRouteDown", "Availability", "IngressErrors", "IngressLatency", "IngressClientErrors", "CdnErrors", "LoadBalancerTargetsUnhealthy", "IngressConfigRejected"] },
  { by: ["PublicRouteDown"], severity: 1, same: [], silences: ["Availability", "CdnErrors"] },
  // A release that fails is rolled back; the share of errors, the canary and the budget tell the same.
  { by: ["ReleaseErrors"], severity: 1, same: ["color"], silences: ["AppErrors", "CanaryWorse"] },
  { by: ["ColorDown"], severity: 2, same: ["color"], silences: ["AppReplicasShort", "AppLatency", "AppCpu", "AppMemory", "CanaryWorse"] },
  { by: ["AvailabilityBurnFast"], severity: 1, same: [], silences: ["AvailabilityBurnSlow", "ErrorBudgetLow"] },
  { by: ["LatencyBurnFast"], severity: 1, same: [], silences: ["LatencyBurnSlow"] },
  { by: ["DatabaseDown"], severity: 1, same: ["instance"], silences: ["DatabaseConnections", "DatabaseLongTransaction"] },
  // CloudWatch names instances by its own dimension, which the exporter does not know.
  { by: ["DatabaseDown"], severity: 1, same: [], silences: ["ReplicationLag", "DatabaseCpu"] },
  { by: ["RedisDown"], severity: 1, same: ["instance"], silences: ["RedisMemory", "RedisEvictions"] },
  { by: ["RedisDown"], severity: 1, same: [], silences: ["RedisReplicationLag", "RedisCpu"] },
  { by: ["ZoneLost"], severity: 2, same: [], silences: ["NodeNotReady", "NodeAgentsMissing", "PodNotReady", "TargetDown"] },
  { by: ["NodeNotReady"], severity: 2, same: ["node"], silences: ["NodePressure"] },
  // kube-state-metrics tells the node of a pod in a series of its own: which pods were on it, their alerts do not say.
  { by: ["NodeNotReady"], severity: 2, same: [], silences: ["PodNotReady", "NodeAgentsMissing", "AppReplicasShort", "TargetDown"] },
];

/** Labels that tell things of one kind apart: the worse severity silences the milder one of the same thing only. */
export const IDENTITY = [
  "alertname", "team", "color", "namespace", "pod", "container", "persistentvolumeclaim", "node", "instance", "device", "datname", "name", "job",
  "dimension_DBInstanceIdentifier", "dimension_CacheClusterId", "dimension_CertificateArn", "dimension_NatGatewayId",
] as const;

/** As Alertmanager takes them. */
export function inhibitRules(): Record<string, unknown>[] {
  return [
    { source_matchers: ['severity="1"'], target_matchers: ['severity=~"2|3|4"'], equal: [...IDENTITY] },
    { source_matchers: ['severity="2"'], target_matchers: ['severity=~"3|4"'], equal: [...IDENTITY] },
    ...INHIBITIONS.map(({ by, severity, silences, same }) => ({
      source_matchers: [`alertname=~"${by.join("|")}"`, `severity="${severity}"`],
      target_matchers: [`alertname=~"${silences.join("|")}"`, `severity=~"${[1, 2, 3, 4].filter((one) => one >= severity).join("|")}"`],
      equal: [...same],
    })),
  ];
}
