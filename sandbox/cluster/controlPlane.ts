/** Arguments of the control plane's servers. */
import path from "node:path";
import { NODE_NAME, type Credentials } from "./credentials.ts";

export const SERVICE_RANGE = "10.96.0.0/16";
/** First address of the range: the Service `kubernetes`. */
export const SERVICE_ADDRESS = "10.96.0.1";
/** Ports as everywhere: a cluster has a network of its own. */
export const API_PORT = 6443;
const STORE_PORTS = [2379, 2380] as const;

export function etcdArguments(folder: string, port: number = STORE_PORTS[0], peer: number = STORE_PORTS[1]): string[] {
  const [clients, peers] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peer}`];
  return [
    "--data-dir", path.join(folder, "etcd"),
    // Nothing here outlives the process, so nothing has to reach the disk.
    "--unsafe-no-fsync",
    "--listen-client-urls", clients, "--advertise-client-urls", clients,
    "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", `default=${peers}`,
    "--log-level", "error",
  ];
}

/** Tokens of service accounts, with the keys of `writeAccountKeys`. */
export function accountArguments(folder: string): string[] {
  return [
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${path.join(folder, "accounts.pub")}`, `--service-account-signing-key-file=${path.join(folder, "accounts.key")}`,
  ];
}

/** @param address the cluster's, which becomes the endpoint of the Service `kubernetes` */
export function apiServerArguments(credentials: Credentials, address: string): string[] {
  const file = (name: string): string => path.join(credentials.folder, name);
  return [
    `--etcd-servers=http://127.0.0.1:${STORE_PORTS[0]}`,
    "--bind-address=0.0.0.0", `--secure-port=${API_PORT}`, `--advertise-address=${address}`,
    `--tls-cert-file=${file("apiserver.crt")}`, `--tls-private-key-file=${file("apiserver.key")}`,
    `--kubelet-client-certificate=${file("kubelet-client.crt")}`, `--kubelet-client-key=${file("kubelet-client.key")}`,
    "--kubelet-preferred-address-types=InternalIP",
    `--client-ca-file=${file("ca.crt")}`, `--requestheader-client-ca-file=${file("ca.crt")}`, "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${file("front-proxy.crt")}`, `--proxy-client-key-file=${file("front-proxy.key")}`,
    `--token-auth-file=${credentials.tokens}`, "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
    ...accountArguments(credentials.folder), `--service-cluster-ip-range=${SERVICE_RANGE}`,
    "--allow-privileged=true",
  ];
}

export function controllerManagerArguments(credentials: Credentials): string[] {
  const { folder, kubeconfigs } = credentials;
  return [
    `--kubeconfig=${kubeconfigs.controllerManager}`, ...delegation(kubeconfigs.controllerManager), "--use-service-account-credentials=true",
    `--root-ca-file=${path.join(folder, "ca.crt")}`, `--service-account-private-key-file=${path.join(folder, "accounts.key")}`,
    `--cluster-signing-cert-file=${path.join(folder, "ca.crt")}`, `--cluster-signing-key-file=${path.join(folder, "ca.key")}`,
    "--allocate-node-cidrs=false",
    ...single(folder, "controller-manager"),
  ];
}

export function schedulerArguments(credentials: Credentials): string[] {
  const { folder, kubeconfigs } = credentials;
  return [`--kubeconfig=${kubeconfigs.scheduler}`, ...delegation(kubeconfigs.scheduler), ...single(folder, "scheduler")];
}

/** So that the servers' metrics can be read by a token that the API server knows. */
function delegation(kubeconfig: string): string[] {
  return [`--authentication-kubeconfig=${kubeconfig}`, `--authorization-kubeconfig=${kubeconfig}`];
}

/** There is one of each; clients are as fast as a small cluster's may be. */
function single(folder: string, name: string): string[] {
  return ["--leader-elect=false", "--kube-api-qps=200", "--kube-api-burst=400", `--cert-dir=${path.join(folder, name)}`];
}

/** Where the API server tells of the node. */
export const NODE_PATH = `/api/v1/nodes/${NODE_NAME}`;
