/** The programs of a Kubernetes cluster as Go tools. */
import path from "node:path";
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

/** One program of the Kubernetes repository. They share a module, so that one `go build` makes all that are missing. */
function kubernetesTool(name: string): GoToolSpec {
  return {
    name,
    version: KUBERNETES_VERSION,
    module: "k8s.io/kubernetes",
    package: `k8s.io/kubernetes/cmd/${name}`,
    replaces: Object.fromEntries(STAGING.map((module) => [`k8s.io/${module}`, `k8s.io/${module} ${STAGING_VERSION}`])),
    // Without its version the server calls itself v0.0.0 and refuses features as too new.
    ldflags: ["-s", "-w", "-X", `k8s.io/component-base/version.gitVersion=${KUBERNETES_VERSION}`],
  };
}

/** About 5 minutes on two shared cores, 105 MB. */
export const KUBE_APISERVER_TOOL = kubernetesTool("kube-apiserver");

/** What a node and its control plane need beside the API server; the five together take little longer than the first alone. */
export const CONTROLLER_MANAGER_TOOL = kubernetesTool("kube-controller-manager");
export const SCHEDULER_TOOL = kubernetesTool("kube-scheduler");
export const KUBELET_TOOL = kubernetesTool("kubelet");
export const KUBE_PROXY_TOOL = kubernetesTool("kube-proxy");

/** About one minute on two shared cores, 25 MB. */
export const ETCD_TOOL: GoToolSpec = {
  name: "etcd",
  version: "v3.7.3",
  module: "go.etcd.io/etcd/server/v3",
  package: "go.etcd.io/etcd/server/v3",
  ldflags: ["-s", "-w"],
};

/** CoreDNS, as a program of our own that takes from its module what a cluster here needs: about a minute when its libraries are compiled, 50 MB. */
export const COREDNS_TOOL: GoToolSpec = {
  name: "coredns",
  version: "v1.14.7",
  module: "golive.local/coredns",
  package: "golive.local/coredns",
  source: path.join(import.meta.dirname, "coredns"),
  ldflags: ["-s", "-w"],
};
