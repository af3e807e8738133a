/** Names that the product's alerts take; they do not depend on where anything runs. */
import { alertGroups, alertNames } from "./index.ts";
import { EXPORTERS } from "./metrics.ts";

export const ALERT_NAMES: ReadonlySet<string> = alertNames(alertGroups({
  prefix: "app-stack", namespace: "app", ingressNamespace: "ingress", jobsNamespace: "app-jobs", monitoringNamespace: "monitoring", serviceNamespaces: [], retentionDays: 1, jobs: [], exceptions: [], exporters: EXPORTERS,
}));
