/** The stack that the alerts are tested on. Times count from 1970-01-01, where tests of Prometheus begin. */
import { EXPORTERS } from "../../components/monitoring/alerts/metrics.ts";
import type { Scope } from "../../components/monitoring/alerts/index.ts";

export const MAX_AGE_HOURS = 30;

export const SCOPE: Scope = {
  prefix: "shop-production",
  namespace: "shop",
  ingressNamespace: "ingress",
  jobsNamespace: "shop-jobs",
  monitoringNamespace: "monitoring",
  serviceNamespaces: ["kube-system", "cert-manager"],
  retentionDays: 15,
  jobs: ["database-dump", "restore-drill", "state-export", "vacuum"].map((name) => ({ name, maxAgeHours: MAX_AGE_HOURS })),
  // Ends just within and just outside of 14 days.
  exceptions: [
    { rule: "network/nat-per-zone", resource: "near", expires: "1970-01-14T12:00:00Z" },
    { rule: "network/nat-per-zone", resource: "far", expires: "1970-01-15T12:00:00Z" },
  ],
  exporters: EXPORTERS,
};
