/** Alertmanager itself, as the Prometheus Operator runs it: two copies that tell each alert once. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AlertRoutingArgs } from "./index.ts";
import { ALERTMANAGER, ALERTMANAGER_SECRET } from "./notifications.ts";

/** The operator puts these on the pods (Prometheus Operator, pkg/alertmanager). */
export const ALERTMANAGER_PODS = { "app.kubernetes.io/name": "alertmanager", alertmanager: ALERTMANAGER };

/** What the image is built from; the operator chooses flags by it. */
const VERSION = "0.34.0";
const REPLICAS = 2;
/** Silences and what was told already; some megabytes even with thousands of alerts. */
const STORAGE = "1Gi";

/**
 * Alertmanager, its disruption budget and its service account, which has no rights and mounts no token. The storage class is
 * the cluster's encrypted default where the cluster is ours.
 *
 * @param config what makes the Secret with configuration and credentials; without one the operator's own configuration holds, which tells nobody
 */
export function alertmanager(name: string, args: AlertRoutingArgs & { image: string }, labels: Record<string, string>, config: pulumi.Resource | undefined, parent: pulumi.Resource): void {
  const account = new k8s.core.v1.ServiceAccount(`${name}-alertmanager-account`, {
    metadata: { name: "alertmanager", namespace: args.namespace, labels },
    automountServiceAccountToken: false,
  }, { parent });
  const budget = new k8s.policy.v1.PodDisruptionBudget(`${name}-alertmanager-budget`, {
    metadata: { name: "alertmanager", namespace: args.namespace, labels },
    spec: { maxUnavailable: 1, selector: { matchLabels: ALERTMANAGER_PODS } },
  }, { parent });
  new k8s.apiextensions.CustomResource(`${name}-alertmanager`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Alertmanager",
    metadata: { name: ALERTMANAGER, namespace: args.namespace, labels },
    spec: {
      image: args.image,
      version: VERSION,
      replicas: REPLICAS,
      ...(config === undefined ? {} : { configSecret: ALERTMANAGER_SECRET, secrets: [ALERTMANAGER_SECRET] }),
      serviceAccountName: account.metadata.name,
      automountServiceAccountToken: false,
      logFormat: "json",
      // Five days, so that silences and repetitions outlast a long weekend.
      retention: "120h",
      resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
      securityContext: { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 2000, fsGroup: 2000, seccompProfile: { type: "RuntimeDefault" } },
      storage: {
        volumeClaimTemplate: {
          metadata: { labels },
          spec: { ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }), accessModes: ["ReadWriteOnce"], resources: { requests: { storage: STORAGE } } },
        },
      },
      ...spread(),
      podMetadata: { labels: { "app.kubernetes.io/component": "alertmanager", "app.kubernetes.io/part-of": args.prefix } },
    },
  }, { parent, dependsOn: [...(config === undefined ? [] : [config]), budget, ...(args.definitions ?? [])] });
}

/** Never two on one node, and two zones where there are any. */
function spread(): Record<string, unknown> {
  const labelSelector = { matchLabels: ALERTMANAGER_PODS };
  return {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: "kubernetes.io/hostname" }] } },
    topologySpreadConstraints: [{ labelSelector, topologyKey: "topology.kubernetes.io/zone", maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" }],
  };
}
