/**
 * The cluster's name server: CoreDNS as a server of the node, reached by pods under the usual Service. It knows the
 * names of Services, and of the stores that stand in for those of the cloud (sandbox/services); any other name does not
 * exist, as nothing outside of the cluster can be reached.
 */
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { UserError } from "../errors.ts";
import type { ApiClient } from "./client.ts";
import { CLUSTER_DOMAIN, DNS_ADDRESS } from "./node.ts";
import { DNS_USER } from "./credentials.ts";

const PORT = 53;
/** Addresses of the Services of the stores, free or not: what is not there does not answer. */
export const STORE_ADDRESSES = { postgres: "10.96.0.20", redis: "10.96.0.21" };
/** Names under which the cloud's stores are known, instances of it and aliases of the stack's own (components/postgres). */
const STORE_NAMES = {
  postgres: String.raw`^([a-z0-9-]+\.)+rds\.amazonaws\.com\.$ ^postgres(-ro)?\.[a-z0-9-]+\.internal\.$`,
  redis: String.raw`^([a-z0-9-]+\.)+cache\.amazonaws\.com\.$`,
};

const NAME = "kube-dns";
const MANAGER = "golive";
const RULES = "/apis/rbac.authorization.k8s.io/v1";
const CONNECT_MS = 1_000;
/** No such namespace yet, a conflict with the controllers that make their own objects, too many requests. */
const TRY_AGAIN = new Set([404, 409, 429]);

/** Writes the settings; the server's arguments. */
export async function writeDnsSettings(folder: string, address: string, kubeconfig: string): Promise<string[]> {
  const file = path.join(folder, "settings", "Corefile");
  await writeFile(file, `${CLUSTER_DOMAIN}:${PORT} in-addr.arpa:${PORT} {
  bind ${address}
  errors
  kubernetes ${CLUSTER_DOMAIN} in-addr.arpa {
    kubeconfig ${JSON.stringify(kubeconfig)} golive
  }
}
.:${PORT} {
  bind ${address}
${stores()}
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`);
  return ["-conf", file];
}

/** Lines of a Corefile's block by which it knows the stores. */
export function stores(): string {
  return Object.entries(STORE_NAMES).map(([store, names]) => storeNames(names, STORE_ADDRESSES[store as keyof typeof STORE_ADDRESSES])).join("\n");
}

/** Answers IPv4, and that there is nothing else under the name. */
function storeNames(names: string, address: string): string {
  return `  template IN A {
    match ${names}
    answer "{{ .Name }} 30 IN A ${address}"
    fallthrough
  }
  template IN AAAA {
    match ${names}
    rcode NOERROR
    fallthrough
  }`;
}

/**
 * Gives the server the right to see what it answers for, and a Service that leads to it.
 *
 * @returns whether the API server has taken all of it: in its first moments it may have no namespace kube-system yet, and no
 * addresses for Services. Safe to ask again.
 * @throws UserError when it refuses for good
 */
export async function installDns(client: ApiClient, address: string): Promise<boolean> {
  const role = "system:coredns";
  const labels = { "k8s-app": NAME, "kubernetes.io/name": "CoreDNS" };
  const ports = [{ name: "dns", port: PORT, protocol: "UDP" }, { name: "dns-tcp", port: PORT, protocol: "TCP" }];
  const objects: [path: string, object: object][] = [
    [`${RULES}/clusterroles/${role}`, {
      apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: role },
      rules: [
        { apiGroups: [""], resources: ["services", "namespaces", "pods"], verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
    }],
    [`${RULES}/clusterrolebindings/${role}`, {
      apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding", metadata: { name: role },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role }, subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: DNS_USER }],
    }],
    [`/api/v1/namespaces/kube-system/services/${NAME}`, {
      apiVersion: "v1", kind: "Service", metadata: { name: NAME, namespace: "kube-system", labels }, spec: { clusterIP: DNS_ADDRESS, ports },
    }],
    [`/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices/${NAME}-node`, {
      apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice",
      metadata: { name: `${NAME}-node`, namespace: "kube-system", labels: { ...labels, "kubernetes.io/service-name": NAME, "endpointslice.kubernetes.io/managed-by": MANAGER } },
      addressType: "IPv4", endpoints: [{ addresses: [address], conditions: { ready: true } }], ports,
    }],
  ];
  const taken = await Promise.all(objects.map(async ([at, object]) => {
    const answer = await client.apply(`${at}?fieldManager=${MANAGER}&force=true`, object).catch(() => undefined);
    if (answer === undefined || TRY_AGAIN.has(answer.status) || answer.status >= 500) return false;
    if (answer.status >= 300) throw new UserError(`The cluster does not take ${at}.`, JSON.stringify(answer.body));
    return true;
  }));
  return taken.every(Boolean);
}

/** Whether the server listens, which it does once it knows the cluster's Services. */
export function dnsAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: PORT, timeout: CONNECT_MS });
    const end = (answer: boolean): void => { socket.destroy(); resolve(answer); };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
