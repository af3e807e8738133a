/** Whether a cluster is the one of a stack: a kubeconfig may point anywhere. */
import type { Api } from "../cluster/api.ts";
import { UserError } from "../../sandbox/errors.ts";

const PART_OF = "app.kubernetes.io/part-of";

/**
 * The program labels its namespaces with `<app>-<stack>`.
 *
 * @throws UserError when the namespace is not there, or belongs to another stack
 */
export async function demandOwnCluster(api: Api, stack: string, app: string): Promise<void> {
  const namespace = await api.get(`/api/v1/namespaces/${app}`);
  const wanted = `${app}-${stack}`;
  const hint = "Choose the context of this stack's cluster (kubectl config use-context NAME), or name its kubeconfig with --kubeconfig.";
  if (namespace === undefined) throw new UserError(`${api.name} is not the cluster of stack "${stack}": it has no namespace ${app}.`, hint);
  const found = namespace.metadata.labels?.[PART_OF];
  if (found !== wanted) throw new UserError(`${api.name} is not the cluster of stack "${stack}": its namespace ${app} belongs to ${found ?? "nobody's stack"}, not to ${wanted}.`, hint);
}
