/** The API server and its store as Go tools. */
import type { GoToolSpec } from "../engine/goTool.ts";

/** The newest minor version that EKS and the clients used here know; times measured cold on two shared cores. */
export const KUBERNETES_VERSION = "v1.36.3";
const STAGING_VERSION = "v0.36.3";

/**
 * Modules that live inside the Kubernetes repository: its go.mod asks for v0.0.0 of each and replaces them by
 * folders, which reaches no user of the module (k8s.io/kubernetes v1.36.3, go.mod).
 */
const STAGING = [
  "api", "apiextensions-apiserver", "apimachinery", "apiserver", "cli-runtime", "client-go", "cloud-provider", "cluster-bootstrap",
  "code-generator", "component-base", "component-helpers", "controller-manager", "cri-api", "cri-client", "cri-streaming",
  "csi-translation-lib", "dynamic-resource-allocation", "endpointslice", "externaljwt", "kms", "kube-aggregator",
  "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet", "metrics", "mount-utils",
  "pod-security-admission", "sample-apiserver", "streaming",
];

/** About 5 minutes on two shared cores, 105 MB. */
export const KUBE_APISERVER_TOOL: GoToolSpec = {
  name: "kube-apiserver",
  version: KUBERNETES_VERSION,
  module: "k8s.io/kubernetes",
  package: "k8s.io/kubernetes/cmd/kube-apiserver",
  replaces: Object.fromEntries(STAGING.map((name) => [`k8s.io/${name}`, `k8s.io/${name} ${STAGING_VERSION}`])),
  // Without its version the server calls itself v0.0.0 and refuses features as too new.
  ldflags: ["-s", "-w", "-X", `k8s.io/component-base/version.gitVersion=${KUBERNETES_VERSION}`],
};

/** About one minute on two shared cores, 25 MB. */
export const ETCD_TOOL: GoToolSpec = {
  name: "etcd",
  version: "v3.7.3",
  module: "go.etcd.io/etcd/server/v3",
  package: "go.etcd.io/etcd/server/v3",
  ldflags: ["-s", "-w"],
};
