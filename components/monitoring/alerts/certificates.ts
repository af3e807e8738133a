/** Certificates and keys near their end. */
import { type Alert, DAY, figure, HOUR, MINUTE, type RuleGroup } from "./alert.ts";
import { cloudWatch, jobMetric, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "platform", dashboard: "security", missing: "quiet" } as const;

export function certificatesGroup(scope: Scope, limits: Thresholds): RuleGroup {
  // A probe that fails tells no certificate; the last one that was seen counts, or the hour would begin anew.
  const seen = "min by (instance) (last_over_time(probe_ssl_earliest_cert_expiry[1h]))";
  const served = (severity: 1 | 3, days: number): Alert => ({
    ...SHARED, name: "CertificateExpiring", severity, for: HOUR, expr: `${seen} - time() < ${figure(days * DAY)}`,
    summary: `The certificate that {{ $labels.instance }} serves ends within ${figure(days)} days`, description: "It is valid for another {{ $value | humanizeDuration }}.",
  });
  return {
    name: "golive-certificates",
    interval: MINUTE,
    recordings: [],
    alerts: [
      served(3, limits.certificateDays),
      served(1, limits.certificateCriticalDays),
      {
        ...SHARED, name: "AcmCertificateNotRenewed", severity: 3, for: HOUR, expr: `min by (dimension_CertificateArn) (${cloudWatch("AWS/CertificateManager", "DaysToExpiry", "Minimum")}) < ${figure(limits.certificateDays)}`,
        summary: "ACM has not renewed a certificate", description: "{{ $labels.dimension_CertificateArn }} ends in {{ $value }} days; ACM renews 60 days ahead.",
      },
      {
        ...SHARED, name: "ClusterCertificateNotRenewed", severity: 2, for: HOUR, expr: `min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time() < ${figure(limits.clusterCertificateDays * DAY)}`,
        summary: "cert-manager has not renewed {{ $labels.namespace }}/{{ $labels.name }}", description: "It is valid for another {{ $value | humanizeDuration }}.",
      },
      {
        ...SHARED, name: "ClusterCertificateNotReady", severity: 3, for: 15 * MINUTE, expr: 'min by (namespace, name) (certmanager_certificate_ready_status{condition="True"}) == 0',
        summary: "Certificate {{ $labels.namespace }}/{{ $labels.name }} is not ready", description: "cert-manager can not issue it.",
      },
      {
        // The job looks once a day; its last word counts.
        ...SHARED, name: "KeyRotationOverdue", team: "security", severity: 3, for: 10 * MINUTE, expr: `max(last_over_time(${jobMetric(scope, "ExpiryProblems")}[1d])) > 0`,
        summary: "A key does not rotate, or a secret or certificate is too old", description: "The daily check found {{ $value }} of them.",
      },
    ],
  };
}
