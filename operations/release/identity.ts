/** Whether a cluster is the one of a stack: a kubeconfig may point anywhere. */
import { existsSync } from "node:fs";
import { Api, ApiRefusal, type KubeObject } from "../cluster/api.ts";
import { readAccess } from "../cluster/kubeconfig.ts";
import { UserError } from "../../sandbox/errors.ts";
import type { Changes } from "./configFile.ts";
import { RECORDS } from "./names.ts";

const PART_OF = "app.kubernetes.io/part-of";
const HINT = "Choose the context of this stack's cluster (kubectl config use-context NAME), or name its kubeconfig with --kubeconfig.";

/**
 * The program labels its namespaces with `<app>-<stack>`, which another cluster of a stack of that name has as well;
 * commands keep in the stack file and in their records of which cluster those are, so that another one is known for it.
 *
 * @param own cluster of the stack file, where it tells one
 * @throws UserError when the namespace is not there, belongs to another stack, or has been copied from another cluster, or
 * the stack is of another cluster
 */
export async function demandOwnCluster(api: Api, stack: string, namespace: string, own?: string): Promise<void> {
  const [found, records, id] = await Promise.all([
    api.get(`/api/v1/namespaces/${namespace}`),
    allowed(api.get(`/api/v1/namespaces/${namespace}/configmaps/${RECORDS}`)),
    clusterId(api),
  ]);
  const wanted = `${namespace}-${stack}`;
  if (found === undefined) throw new UserError(`${api.name} is not the cluster of stack "${stack}": it has no namespace ${namespace}.`, HINT);
  const owner = found.metadata.labels?.[PART_OF];
  if (owner !== wanted) throw new UserError(`${api.name} is not the cluster of stack "${stack}": its namespace ${namespace} belongs to ${owner ?? "nobody's stack"}, not to ${wanted}.`, HINT);
  if (own !== undefined && id !== undefined && own !== id) throw new UserError(`${api.name} is not the cluster of stack "${stack}": it was released in cluster ${own}, and this is ${id}.`, `${HINT} If this cluster has been made anew and takes the other one's place, remove golive:release.cluster from Pulumi.${stack}.yaml.`);
  const recorded = (records?.["data"] as Record<string, string> | undefined)?.["cluster"];
  if (recorded === undefined || id === undefined || recorded === id) return;
  throw new UserError(`${api.name} is not the cluster of stack "${stack}": the records of its releases are of cluster ${recorded}, and this is ${id}.`, `${HINT} If this cluster has been made anew from a backup and takes the other one's place, remove data.cluster from ConfigMap ${namespace}/${RECORDS}.`);
}

const known = new WeakMap<Api, Promise<string | undefined>>();

/** What tells a cluster from all others, for as long as it lives; undefined for who may not look. */
export function clusterId(api: Api): Promise<string | undefined> {
  const id = known.get(api) ?? allowed(api.get("/api/v1/namespaces/kube-system")).then((found) => found?.metadata.uid);
  known.set(api, id);
  // The API server may be back at the next question.
  id.catch(() => known.delete(api));
  return id;
}

/** What a release writes into the stack file of the cluster that it is made in. */
export async function clusterChange(api: Api): Promise<Changes> {
  const value = await clusterId(api);
  return value === undefined ? [] : [{ path: ["golive:release", "cluster"], value }];
}

/**
 * Of a stage on this machine: the engine acts on the cluster of its own kubeconfig, so another one must lead there, too.
 *
 * @param own the stage's kubeconfig
 * @throws UserError when it leads elsewhere, or nobody can tell
 */
export async function demandSameCluster(api: Api, own: string): Promise<void> {
  if (!existsSync(own)) return;
  const its = new Api(await readAccess([own]), 0);
  try {
    if ((await its.access()).server === (await api.access()).server) return;
    const [here, there] = await Promise.all([clusterId(api), clusterId(its).catch(() => undefined)]);
    if (here !== undefined && here === there) return;
    throw new UserError(`--kubeconfig leads to ${api.name}, and the engine of this stage acts on ${its.name}${there === undefined ? ", which does not answer" : ""}.`, "Leave out --kubeconfig: a stage on this machine has one of its own.");
  } finally {
    its.close();
  }
}

/** Nothing where the asker may not look: what is not known is not compared. */
async function allowed(asked: Promise<KubeObject | undefined>): Promise<KubeObject | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 403) return undefined;
    throw error;
  }
}
