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

/** The one place of the sandbox's version of the Prometheus Operator, whose module also has the definitions; that of components/monitoring/operator.ts. */
export const PROMETHEUS_OPERATOR = { module: "github.com/prometheus-operator/prometheus-operator", version: "v0.85.0" };

/** Told to a program by its linker, as all of Prometheus's family take it. */
function calledVersion(version: string): string[] {
  return ["-s", "-w", "-X", `github.com/prometheus/common/version.Version=${version}`];
}

/** They share a module, so that one `go build` makes both: about two minutes on two idle cores, 50 and 15 MB. */
function operatorTool(name: string, folder: string): GoToolSpec {
  return {
    name,
    ...PROMETHEUS_OPERATOR,
    package: `${PROMETHEUS_OPERATOR.module}/cmd/${folder}`,
    ldflags: calledVersion(PROMETHEUS_OPERATOR.version.slice(1)),
  };
}

export const PROMETHEUS_OPERATOR_TOOL = operatorTool("prometheus-operator", "operator");
export const CONFIG_RELOADER_TOOL = operatorTool("prometheus-config-reloader", "prometheus-config-reloader");

/** What Prometheus calls itself. */
export const PROMETHEUS_VERSION = "3.5.0";

/**
 * Prometheus itself: Debian's is built without the discovery of Kubernetes' targets. Its module counts 3.5.0 as v0.305.0. About
 * three minutes on two idle cores, 130 MB; without the files of its pages, which nobody opens here.
 */
export const PROMETHEUS_TOOL: GoToolSpec = {
  name: "prometheus",
  version: "v0.305.0",
  module: "github.com/prometheus/prometheus",
  package: "github.com/prometheus/prometheus/cmd/prometheus",
  ldflags: calledVersion(PROMETHEUS_VERSION),
};

/** kube-state-metrics, of the version that components/monitoring/exporters/kubeState.ts names: about a minute and a half on two idle cores, 60 MB. */
export const KUBE_STATE_TOOL: GoToolSpec = {
  name: "kube-state-metrics",
  version: "v2.15.0",
  module: "k8s.io/kube-state-metrics/v2",
  package: "k8s.io/kube-state-metrics/v2",
  ldflags: calledVersion("2.15.0"),
};

/** The exporter of PostgreSQL: Debian's, 0.11, knows neither several servers nor when one was started. About half a minute, 15 MB. */
export const POSTGRES_EXPORTER_TOOL: GoToolSpec = {
  name: "postgres_exporter",
  version: "v0.17.1",
  module: "github.com/prometheus-community/postgres_exporter",
  package: "github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter",
  ldflags: calledVersion("0.17.1"),
};

/** What a node tells of itself: a quarter of a minute, 15 MB. */
export const NODE_EXPORTER_TOOL: GoToolSpec = {
  name: "node_exporter",
  version: "v1.12.1",
  module: "github.com/prometheus/node_exporter",
  package: "github.com/prometheus/node_exporter",
  ldflags: calledVersion("1.12.1"),
};

/** Another tool for blue/green releases, which ours are measured beside (test/bench/release/argo.ts); later ones ask for a Go newer than 1.26.9. */
export const ARGO_ROLLOUTS = { module: "github.com/argoproj/argo-rollouts", version: "v1.10.0" };
