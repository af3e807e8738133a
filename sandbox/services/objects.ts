/** Objects applied to a cluster of this machine, each at the address of its kind. */
import { UserError } from "../errors.ts";
import type { ApiClient } from "../cluster/client.ts";

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; [more: string]: unknown };
  [more: string]: unknown;
}

const MANAGER = "golive-sandbox";
/** Names of kinds in addresses, where they are not the kind with an s. */
const PLURALS: Partial<Record<string, string>> = { Policy: "policies", NetworkPolicy: "networkpolicies", Prometheus: "prometheuses" };

/** One after the other, as namespaces come before what is in them. @throws UserError when the server refuses one */
export async function applyAll(client: ApiClient, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) {
    const { status, body } = await client.apply(`${addressOf(object)}?fieldManager=${MANAGER}&force=true`, object);
    if (status >= 300) throw new UserError(`The cluster does not take ${object.kind} ${object.metadata.name}.`, JSON.stringify(body));
  }
}

/** Sets what a controller says of an object. */
export async function applyStatus(client: ApiClient, { apiVersion, kind, metadata: { name, namespace } }: KubeObject, status: unknown): Promise<void> {
  const object = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  await client.apply(`${addressOf(object)}/status?fieldManager=${MANAGER}-status&force=true`, { ...object, status });
}

function addressOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): string {
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return `${apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}/${name}`;
}
