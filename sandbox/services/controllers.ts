/**
 * Stands in for the controllers of External Secrets and cert-manager, which a stack's configuration may call present: makes
 * the Secrets that they would make, and says of the objects what they would say. Secrets have the values of the sandbox's
 * copy of a stack file, certificates come from the sandbox's own authority.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "../cluster/client.ts";
import { sandboxSecrets } from "../images/jobs.ts";
import { standIn } from "../workspace/standIn.ts";
import { certificateFor, storeAuthority } from "./authority.ts";
import { applyAll, applyStatus, type KubeObject } from "./objects.ts";

const POLL_MS = 300;

interface Kind {
  list: string;
  /** What is to be done for an object whose newest generation has not been seen. */
  reconcile(client: ApiClient, object: Found): Promise<unknown>;
}

interface Found extends KubeObject {
  metadata: KubeObject["metadata"] & { namespace: string; uid: string; generation: number };
  spec: Record<string, unknown>;
}

const KINDS: readonly Kind[] = [
  { list: "/apis/external-secrets.io/v1/secretstores", reconcile: (client, store) => ready(client, store, "Valid", "store validated") },
  { list: "/apis/external-secrets.io/v1/externalsecrets", reconcile: externalSecret },
  { list: "/apis/cert-manager.io/v1/issuers", reconcile: (client, issuer) => ready(client, issuer, "IsReady", "the issuer may sign") },
  { list: "/apis/cert-manager.io/v1/certificates", reconcile: certificate },
];

/** Works until the signal ends it. What the API server refuses or a restart of it interrupts is tried again. */
export async function runControllers(client: ApiClient, signal: AbortSignal): Promise<void> {
  const seen = new Map<string, number>();
  while (!signal.aborted) {
    for (const kind of KINDS) await round(client, kind, seen).catch(() => undefined);
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function round(client: ApiClient, kind: Kind, seen: Map<string, number>): Promise<void> {
  const { status, body } = await client.get(kind.list);
  if (status !== 200) return;
  const { apiVersion, items } = body as { apiVersion: string; kind: string; items: Found[] };
  for (const item of items) {
    if (seen.get(item.metadata.uid) === item.metadata.generation) continue;
    // Lists leave out what all of their items are.
    await kind.reconcile(client, { ...item, apiVersion, kind: item.kind ?? (body as { kind: string }).kind.replace(/List$/, "") });
    seen.set(item.metadata.uid, item.metadata.generation);
  }
}

interface ExternalSecretSpec {
  target?: { name?: string; template?: { metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> } } };
  data?: { secretKey: string; remoteRef: { key: string; property?: string } }[];
}

async function externalSecret(client: ApiClient, found: Found): Promise<void> {
  const { target, data = [] } = found.spec as ExternalSecretSpec;
  const { labels, annotations } = target?.template?.metadata ?? {};
  await applyAll(client, [{
    apiVersion: "v1", kind: "Secret", type: "Opaque",
    metadata: { name: target?.name ?? found.metadata.name, namespace: found.metadata.namespace, labels, annotations, ownerReferences: [owner(found)] },
    stringData: Object.fromEntries(data.map(({ secretKey, remoteRef }) => [secretKey, valueOf(remoteRef.key, remoteRef.property)])),
  }]);
  await ready(client, found, "SecretSynced", "secret synced");
}

/** As the stack's copy in the sandbox has it: known secrets by their name, any other as what stands in for it. */
function valueOf(key: string, property: string | undefined): string {
  const known = Object.entries(sandboxSecrets("")).find(([name]) => key.endsWith(`/${name}`))?.[1];
  if (known === undefined) return standIn(key.split("/").at(-1) ?? key);
  return property === undefined ? known : (JSON.parse(known) as Record<string, string>)[property] ?? "";
}

async function certificate(client: ApiClient, found: Found): Promise<void> {
  const { secretName, dnsNames = [] } = found.spec as { secretName: string; dnsNames?: string[] };
  const made = await certificateFor(await storeAuthority(), dnsNames);
  await applyAll(client, [{
    apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls",
    metadata: { name: secretName, namespace: found.metadata.namespace, ownerReferences: [owner(found)] },
    stringData: { "tls.crt": made.certificate, "tls.key": made.key },
  }]);
  await ready(client, found, "Ready", "certificate is up to date and has not expired");
}

function owner({ apiVersion, kind, metadata: { name, uid } }: Found): object {
  return { apiVersion, kind, name, uid, controller: true };
}

function ready(client: ApiClient, found: Found, reason: string, message: string): Promise<void> {
  return applyStatus(client, found, { conditions: [{ type: "Ready", status: "True", reason, message, lastTransitionTime: new Date().toISOString() }] });
}
