/** Names of the stores that stand in for the cloud's, in the name server of a cluster that is there already. */
import { UserError } from "../errors.ts";
import type { ApiClient } from "./client.ts";
import { stores } from "./dns.ts";

const PLACE = "/api/v1/namespaces/kube-system/configmaps/coredns";
const [BEGIN, END] = ["  # golive: begin", "  # golive: end"];
/** The block that answers for all names. CoreDNS takes a changed file within half a minute (plugin `reload`). */
const BLOCK = /^\.:53 \{\n/m;

/**
 * Adds them to CoreDNS's settings.
 *
 * @returns takes them away again
 * @throws UserError when there is no CoreDNS, as kubeadm, kind and k3s set it up
 */
export async function knowStores(client: ApiClient): Promise<() => Promise<void>> {
  const before = without(await corefile(client));
  const after = before.replace(BLOCK, (block) => `${block}${BEGIN}\n${stores()}\n${END}\n`);
  if (after === before) throw new UserError("The settings of the cluster's CoreDNS have no block `.:53 {`.", "Look: kubectl get configmap coredns -n kube-system -o yaml");
  await write(client, after);
  return async () => { await write(client, without(await corefile(client))); };
}

function without(text: string): string {
  return text.replace(new RegExp(`^${BEGIN}\n[^]*?^${END}\n`, "m"), "");
}

async function corefile(client: ApiClient): Promise<string> {
  const { body } = await client.get(PLACE);
  const text = (body as { data?: { Corefile?: string } }).data?.Corefile;
  if (text === undefined) throw new UserError("The cluster has no ConfigMap coredns in kube-system.", "Names of the database and the cache are made known there: use a cluster of kind, k3d or kubeadm.");
  return text;
}

async function write(client: ApiClient, text: string): Promise<void> {
  const { status, body } = await client.merge(PLACE, { data: { Corefile: text } });
  if (status >= 300) throw new UserError("The settings of the cluster's CoreDNS could not be changed.", JSON.stringify(body));
}
