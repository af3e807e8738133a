/** Kinds that the stack's cluster services would bring: with their makers' schemas, or with none where those can not be had. */
import type { ApiClient } from "../cluster/client.ts";
import { installCrd } from "../cluster/crds.ts";
import { applyAll, type KubeObject } from "./objects.ts";

const SERVED: readonly [group: string, kinds: readonly string[]][] = [
  ["external-secrets.io", ["SecretStore", "ExternalSecret"]],
  ["cert-manager.io", ["Issuer", "Certificate"]],
  ["monitoring.coreos.com", ["ServiceMonitor", "PodMonitor", "Probe", "PrometheusRule", "Prometheus", "Alertmanager"]],
];

/** F5's definitions are not served as a Go module (sandbox/cluster/crds.ts): any content is taken. */
const UNSERVED: readonly [kind: string, plural: string][] = [["VirtualServer", "virtualservers"], ["VirtualServerRoute", "virtualserverroutes"], ["Policy", "policies"]];

/** Installs them all and waits until they are served. */
export async function installDefinitions(client: ApiClient): Promise<void> {
  await Promise.all([
    ...SERVED.flatMap(([group, kinds]) => kinds.map((kind) => installCrd(client, group, kind))),
    applyAll(client, UNSERVED.map(([kind, plural]) => withoutSchema("k8s.nginx.org", kind, plural))),
  ]);
}

function withoutSchema(group: string, kind: string, plural: string): KubeObject {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: "v1", served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } }],
    },
  };
}
