/** What runs of each color, as the cluster says. */
import type { Api, KubeObject } from "../cluster/api.ts";
import { type Color, LIVE_SERVICE } from "./names.ts";

export interface ColorState {
  color: Color;
  /** Image of the application's container, by digest; nothing where there is no Deployment. */
  image: string | undefined;
  /** Pods that are wanted, and that are there, newest and available. */
  desired: number;
  available: number;
  /** Ready endpoints of the color's own Service. */
  ready: number;
}

interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  availableReplicas?: number;
}

export async function colorState(api: Api, namespace: string, color: Color): Promise<ColorState> {
  const [deployment, ready] = await Promise.all([
    api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/app-${color}`),
    readyEndpoints(api, namespace, `${LIVE_SERVICE}-${color}`),
  ]);
  if (deployment === undefined) return { color, image: undefined, desired: 0, available: 0, ready };
  const spec = deployment["spec"] as { replicas?: number; template: { spec: { containers: { name: string; image?: string }[] } } };
  const status = (deployment["status"] ?? {}) as DeploymentStatus;
  // Until the controller has seen the newest specification, the counts are of the one before.
  const isObserved = (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);
  return {
    color,
    image: spec.template.spec.containers.find(({ name }) => name === "app")?.image,
    desired: spec.replicas ?? 1,
    available: isObserved ? newestAvailable(status) : 0,
    ready,
  };
}

/** Pods of an earlier version, which the controller counts as available too, are taken for available first. */
function newestAvailable({ replicas = 0, updatedReplicas = 0, availableReplicas = 0 }: DeploymentStatus): number {
  return Math.max(0, Math.min(updatedReplicas, availableReplicas - Math.max(0, replicas - updatedReplicas)));
}

interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean };
  targetRef?: { kind?: string; name?: string };
}

/** Ready endpoints of a Service: an address may be in two slices while they are rebalanced. */
export async function readyEndpoints(api: Api, namespace: string, service: string): Promise<number> {
  return new Set((await readyOf(api, namespace, service)).flatMap(({ addresses }) => addresses)).size;
}

/** Pods behind the ready endpoints of a Service. */
export async function readyPods(api: Api, namespace: string, service: string): Promise<string[]> {
  const targets = (await readyOf(api, namespace, service)).flatMap(({ targetRef }) => (targetRef?.kind === "Pod" && targetRef.name !== undefined ? [targetRef.name] : []));
  return [...new Set(targets)];
}

async function readyOf(api: Api, namespace: string, service: string): Promise<Endpoint[]> {
  const slices = (await api.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${encodeURIComponent(`kubernetes.io/service-name=${service}`)}`)) as (KubeObject & { endpoints?: Endpoint[] })[];
  return slices.flatMap((slice) => slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
}
