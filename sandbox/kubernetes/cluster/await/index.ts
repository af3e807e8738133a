/** Which readiness a resource has, and how long it may take. */
import { annotationOf, type KubeObject } from "../json.ts";
import { ANY_KIND, parseWaitFor } from "./custom.ts";
import { INGRESS, SERVICE } from "./network.ts";
import type { Readiness } from "./readiness.ts";
import { CLAIM, DEFINITION, QUOTA, TOKEN_SECRET, VOLUME } from "./storage.ts";
import { DAEMON_SET, DEPLOYMENT, JOB, POD, REPLICATION_CONTROLLER, STATEFUL_SET } from "./workloads.ts";

/** By apiVersion and kind; every other kind is ready when the server has taken it. */
const KINDS: Readonly<Record<string, Readiness>> = {
  "apps/v1/Deployment": DEPLOYMENT,
  "apps/v1/StatefulSet": STATEFUL_SET,
  "apps/v1/DaemonSet": DAEMON_SET,
  "batch/v1/Job": JOB,
  "v1/Pod": POD,
  "v1/ReplicationController": REPLICATION_CONTROLLER,
  "v1/Service": SERVICE,
  "networking.k8s.io/v1/Ingress": INGRESS,
  "v1/PersistentVolumeClaim": CLAIM,
  "v1/PersistentVolume": VOLUME,
  "v1/ResourceQuota": QUOTA,
  "v1/Secret": TOKEN_SECRET,
  "apiextensions.k8s.io/v1/CustomResourceDefinition": DEFINITION,
};

/** Kinds whose deletion is not waited for with `pulumi.com/skipAwait` (overrides.go, `allowsSkipAwaitWithDelete`). */
const SKIPS_DELETE = new Set(["v1/Namespace", "v1/Pod", "v1/ReplicationController", "apps/v1/DaemonSet", "apps/v1/Deployment", "apps/v1/StatefulSet", "batch/v1/Job"]);

export const SKIP_AWAIT = "pulumi.com/skipAwait";
const WAIT_FOR = "pulumi.com/waitFor";
const TIMEOUT = "pulumi.com/timeoutSeconds";
const DEFAULT_SECONDS = 600;

/** The readiness to wait for; nothing when there is nothing to wait for. @throws Error when `pulumi.com/waitFor` can not be read */
export function readinessOf(object: KubeObject): Readiness | undefined {
  if (annotationOf(object, SKIP_AWAIT) === "true") return undefined;
  const own = annotationOf(object, WAIT_FOR);
  if (own !== "") return parseWaitFor(own);
  return KINDS[`${object.apiVersion}/${object.kind}`] ?? (process.env["PULUMI_K8S_AWAIT_ALL"] === "true" ? ANY_KIND : undefined);
}

/** The readiness that a refresh looks at; a custom one is not looked at again (await.go, `Read`). */
export function readinessInRefresh(object: KubeObject): Readiness | undefined {
  const readiness = annotationOf(object, SKIP_AWAIT) === "true" ? undefined : KINDS[`${object.apiVersion}/${object.kind}`];
  return readiness?.onceOnly === true ? undefined : readiness;
}

export function waitsForDeletion(object: KubeObject): boolean {
  return annotationOf(object, SKIP_AWAIT) !== "true" || !SKIPS_DELETE.has(`${object.apiVersion}/${object.kind}`);
}

/** How long an operation may take: the resource option, the annotation, the kind's own limit, ten minutes (overrides.go, `TimeoutDuration`). */
export function timeoutMs(object: KubeObject, optionSeconds: number, readiness?: Readiness): number {
  if (optionSeconds > 0) return optionSeconds * 1000;
  const annotated = annotationOf(object, TIMEOUT);
  if (/^\d+$/.test(annotated)) return Number(annotated) * 1000;
  return (readiness?.seconds ?? DEFAULT_SECONDS) * 1000;
}
