/** The samples of every rule. The pack itself never loads them: they are for the tests and for the reference. */
import type { RuleSamples, Samples } from "./sample.ts";
import { samples as audit } from "./audit.ts";
import { samples as auditDetection } from "./auditDetection.ts";
import { samples as auditTrail } from "./auditTrail.ts";
import { samples as cache } from "./cache.ts";
import { samples as cluster } from "./cluster.ts";
import { samples as clusterAccess } from "./clusterAccess.ts";
import { samples as clusterNodes } from "./clusterNodes.ts";
import { samples as databaseAccess } from "./databaseAccess.ts";
import { samples as databaseAvailability } from "./databaseAvailability.ts";
import { samples as edge } from "./edge.ts";
import { samples as edgeHeaders } from "./edgeHeaders.ts";
import { samples as edgeNames } from "./edgeNames.ts";
import { samples as edgeWaf } from "./edgeWaf.ts";
import { samples as encryptionAtRest } from "./encryptionAtRest.ts";
import { samples as encryptionDisks } from "./encryptionDisks.ts";
import { samples as encryptionInTransit } from "./encryptionInTransit.ts";
import { samples as iam } from "./iam.ts";
import { samples as iamGrants } from "./iamGrants.ts";
import { samples as iamTrust } from "./iamTrust.ts";
import { samples as images } from "./images.ts";
import { samples as imagesCharts } from "./imagesCharts.ts";
import { samples as ingress } from "./ingress.ts";
import { samples as ingressGateway } from "./ingressGateway.ts";
import { samples as ingressHeaders } from "./ingressHeaders.ts";
import { samples as ingressLimits } from "./ingressLimits.ts";
import { samples as ingressTls } from "./ingressTls.ts";
import { samples as keys } from "./keys.ts";
import { samples as monitoring } from "./monitoring.ts";
import { samples as monitoringAlerts } from "./monitoringAlerts.ts";
import { samples as monitoringDelivery } from "./monitoringDelivery.ts";
import { samples as networkBalancers } from "./networkBalancers.ts";
import { samples as networkFirewall } from "./networkFirewall.ts";
import { samples as networkPolicy } from "./networkPolicy.ts";
import { samples as networkPolicyCoverage } from "./networkPolicyCoverage.ts";
import { samples as networkReach } from "./networkReach.ts";
import { samples as networkRoutes } from "./networkRoutes.ts";
import { samples as podSecurity } from "./podSecurity.ts";
import { samples as podSecurityConfinement } from "./podSecurityConfinement.ts";
import { samples as podSecurityContainer } from "./podSecurityContainer.ts";
import { samples as podSecurityHost } from "./podSecurityHost.ts";
import { samples as protection } from "./protection.ts";
import { samples as rbacBindings } from "./rbacBindings.ts";
import { samples as rbacRoles } from "./rbacRoles.ts";
import { samples as rbacTokens } from "./rbacTokens.ts";
import { samples as release } from "./release.ts";
import { samples as releaseBounds } from "./releaseBounds.ts";
import { samples as releaseCanary } from "./releaseCanary.ts";
import { samples as retentionAudit } from "./retentionAudit.ts";
import { samples as retentionBackups } from "./retentionBackups.ts";
import { samples as secrets } from "./secrets.ts";
import { samples as secretsPlain } from "./secretsPlain.ts";
import { samples as storageAccess } from "./storageAccess.ts";
import { samples as storageKeeping } from "./storageKeeping.ts";
import { samples as tagging } from "./tagging.ts";
import { samples as workloadContainers } from "./workloadContainers.ts";
import { samples as workloadJobs } from "./workloadJobs.ts";
import { samples as workloadPlacement } from "./workloadPlacement.ts";
import { samples as workloadReplicas } from "./workloadReplicas.ts";

const ALL: Samples = {
  ...audit,
  ...auditDetection,
  ...auditTrail,
  ...cache,
  ...cluster,
  ...clusterAccess,
  ...clusterNodes,
  ...databaseAccess,
  ...databaseAvailability,
  ...edge,
  ...edgeHeaders,
  ...edgeNames,
  ...edgeWaf,
  ...encryptionAtRest,
  ...encryptionDisks,
  ...encryptionInTransit,
  ...iam,
  ...iamGrants,
  ...iamTrust,
  ...images,
  ...imagesCharts,
  ...ingress,
  ...ingressGateway,
  ...ingressHeaders,
  ...ingressLimits,
  ...ingressTls,
  ...keys,
  ...monitoring,
  ...monitoringAlerts,
  ...monitoringDelivery,
  ...networkBalancers,
  ...networkFirewall,
  ...networkPolicy,
  ...networkPolicyCoverage,
  ...networkReach,
  ...networkRoutes,
  ...podSecurity,
  ...podSecurityConfinement,
  ...podSecurityContainer,
  ...podSecurityHost,
  ...protection,
  ...rbacBindings,
  ...rbacRoles,
  ...rbacTokens,
  ...release,
  ...releaseBounds,
  ...releaseCanary,
  ...retentionAudit,
  ...retentionBackups,
  ...secrets,
  ...secretsPlain,
  ...storageAccess,
  ...storageKeeping,
  ...tagging,
  ...workloadContainers,
  ...workloadJobs,
  ...workloadPlacement,
  ...workloadReplicas,
};

/** @throws where a rule has none, which a test refuses */
export function samplesOf(rule: string): RuleSamples {
  const found = ALL[rule];
  if (found === undefined) throw new Error(`rule ${rule} has no samples in policies/samples`);
  return found;
}

export const SAMPLED: readonly string[] = Object.keys(ALL);
