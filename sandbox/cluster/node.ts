/** Settings of what runs on the node: containerd, the network of pods, kubelet and kube-proxy. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { NODE_NAME, type Credentials } from "./credentials.ts";

/** Pods and what they are reached by from the node. */
const POD_RANGE = "10.244.0.0/16";
const POD_SUBNET = "10.244.0.0/24";
/** The Service of the cluster's name server. */
export const DNS_ADDRESS = "10.96.0.10";
export const CLUSTER_DOMAIN = "cluster.local";

const LABELS = { "topology.kubernetes.io/region": "sandbox", "topology.kubernetes.io/zone": "sandbox-a" };

export interface NodeSettings {
  folder: string;
  credentials: Credentials;
  /** The node's address. */
  address: string;
  cgroup: string;
  pauseImage: string;
  /** Folder of the CNI plugins. */
  plugins: string;
  /** How often the kubelet measures containers, such as `1s`; every 10 s without. */
  housekeeping?: string | undefined;
}

export interface NodeArguments {
  containerd: string[];
  kubelet: string[];
  proxy: string[];
}

/** containerd's socket. */
export function containerdSocket(folder: string): string {
  return path.join(folder, "containerd", "containerd.sock");
}

/** Writes the settings; what is left are the arguments that name them. */
export async function writeNodeSettings(settings: NodeSettings): Promise<NodeArguments> {
  const { folder, credentials, address } = settings;
  const file = (name: string): string => path.join(folder, "settings", name);
  await mkdir(file("cni"), { recursive: true });
  await mkdir(path.join(folder, "containerd"), { recursive: true });
  await Promise.all([
    writeFile(file("containerd.toml"), containerdSettings(settings, file("cni"))),
    writeFile(file(path.join("cni", "pods.conflist")), JSON.stringify(podNetwork())),
    writeFile(file("kubelet.json"), JSON.stringify(kubeletSettings(settings))),
    writeFile(file("kube-proxy.json"), JSON.stringify(proxySettings(settings))),
  ]);
  return {
    containerd: ["--config", file("containerd.toml")],
    kubelet: [
      `--config=${file("kubelet.json")}`, `--kubeconfig=${credentials.kubeconfigs.kubelet}`, `--hostname-override=${NODE_NAME}`, `--node-ip=${address}`,
      // Pods may ask to be spread over zones.
      `--node-labels=${Object.entries(LABELS).map(([key, value]) => `${key}=${value}`).join(",")}`,
      `--root-dir=${path.join(folder, "kubelet")}`, `--cert-dir=${path.join(folder, "kubelet", "pki")}`,
      // Without it metrics of containers have no names; the flag is there until the kubelet asks containerd itself.
      `--containerd=${containerdSocket(folder)}`,
      ...(settings.housekeeping === undefined ? [] : [`--housekeeping-interval=${settings.housekeeping}`]),
    ],
    proxy: [`--config=${file("kube-proxy.json")}`],
  };
}

function containerdSettings({ folder, pauseImage, plugins }: NodeSettings, cni: string): string {
  const own = (name: string): string => JSON.stringify(path.join(folder, "containerd", name));
  return `version = 2
root = ${own("root")}
state = ${own("state")}
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
address = ${JSON.stringify(containerdSocket(folder))}

[plugins."io.containerd.internal.v1.opt"]
path = ${own("opt")}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = ${JSON.stringify(pauseImage)}
# Raising the priority of pods for the kernel's memory killer needs CAP_SYS_RESOURCE, which build machines may lack.
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"
default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = ${JSON.stringify(plugins)}
conf_dir = ${JSON.stringify(cni)}
`;
}

/**
 * Every pod has a pair of interfaces of its own to the node, no bridge: packets between pods then pass the node's
 * firewall rules, which carry Services, without the kernel module br_netfilter.
 */
function podNetwork(): object {
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [{ type: "ptp", ipMasq: false, ipam: { type: "host-local", ranges: [[{ subnet: POD_SUBNET }]], routes: [{ dst: "0.0.0.0/0" }] } }],
  };
}

function kubeletSettings({ folder, credentials, cgroup }: NodeSettings): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: path.join(credentials.folder, "ca.crt") } },
    authorization: { mode: "Webhook" },
    containerRuntimeEndpoint: `unix://${containerdSocket(folder)}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    enforceNodeAllocatable: [],
    // Without it the node offers no ephemeral storage to pods that ask for some, and judges no memory either.
    localStorageCapacityIsolation: true,
    failSwapOn: false,
    // The machine's disk is not the cluster's to judge: a full one would drive every pod away.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%", "imagefs.inodesFree": "0%" },
    // No image can be pulled again.
    imageGCHighThresholdPercent: 100,
    podLogsDir: path.join(folder, "logs", "pods"),
    volumePluginDir: path.join(folder, "kubelet", "plugins-exec"),
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: CLUSTER_DOMAIN,
    resolvConf: "",
    makeIPTablesUtilChains: false,
    kubeAPIQPS: 200,
    kubeAPIBurst: 400,
    serializeImagePulls: false,
  };
}

function proxySettings({ credentials }: NodeSettings): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: credentials.kubeconfigs.proxy, qps: 200, burst: 400 },
    mode: "nftables",
    // One second by default, which saves work where many Services change; here there are few.
    nftables: { minSyncPeriod: "100ms" },
    clusterCIDR: POD_RANGE,
    hostnameOverride: NODE_NAME,
    // Its size is the whole machine's.
    conntrack: { maxPerCore: 0 },
  };
}
