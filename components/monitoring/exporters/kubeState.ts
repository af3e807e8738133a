/** kube-state-metrics: what the objects of the cluster say of themselves. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { apiServerOut, eksApiServer } from "../../networkRules.ts";
import { seriesOf } from "../alerts/metrics.ts";
import { podMonitor } from "./monitors.ts";
import { exporterServer, labelsOfExporter, type Place } from "./server.ts";

export interface KubeStateArgs {
  /** Image by digest, built from {@link KUBE_STATE_VERSION}. */
  image: string;
}

/** From 2.13 on it says whether it is ready; the sandbox builds the same one. */
export const KUBE_STATE_VERSION = "2.15.0";

const NAME = "kube-state-metrics";
/** Its own state, where it says whether it is ready. */
const TELEMETRY = 8081;
const LIST = ["list", "watch"];

/** Kinds of which rules and dashboards use a series; it starts with no other, and may read no other. ConfigMaps and Secrets are not among them. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "": ["endpoints", "nodes", "pods"],
  apps: ["daemonsets", "deployments"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
};

/**
 * Only the series that rules and dashboards use, of the whole cluster: nodes belong to it, and services of the cluster run in
 * namespaces that others may own. It may list, and not read one by one.
 *
 * One pod: two would tell each series twice, and sums would double. While it is away its alerts are quiet; SignalMissing says so.
 *
 * Costs 20m CPU and 64 MiB (its documentation: 0.1 cores and 250 MiB for 100 nodes with every series).
 */
export function kubeState(place: Place, { image }: KubeStateArgs): void {
  const { args } = place;
  exporterServer(place, {
    name: NAME,
    image,
    port: 8080,
    args: [
      "--port=8080",
      `--telemetry-port=${TELEMETRY}`,
      `--resources=${Object.values(KINDS).flat().sort().join(",")}`,
      `--metric-allowlist=${seriesOf("kubeState").join(",")}`,
      "--metric-labels-allowlist=nodes=[topology.kubernetes.io/zone]",
    ],
    ready: { path: "/readyz", port: TELEMETRY },
    replicas: 1,
    requests: { cpu: "20m", memory: "64Mi" },
    memory: "256Mi",
    reach: [apiServerOut(args.apiServer ?? eksApiServer(args.vpcCidr))],
    mountsToken: true,
    after: [access(place)],
  });
  podMonitor(place, NAME, { replacement: NAME });
}

function access({ name, args, namespace, parent }: Place): pulumi.Resource {
  const metadata = { name: `${args.prefix}-${NAME}`, labels: labelsOfExporter(args, NAME) };
  const rules = Object.entries(KINDS).map(([group, resources]) => ({ apiGroups: [group], resources: [...resources], verbs: LIST }));
  const role = new k8s.rbac.v1.ClusterRole(`${name}-${NAME}-role`, { metadata, rules }, { parent });
  return new k8s.rbac.v1.ClusterRoleBinding(`${name}-${NAME}-binding`, {
    metadata,
    subjects: [{ kind: "ServiceAccount", name: NAME, namespace: namespace.metadata.name }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
  }, { parent });
}
