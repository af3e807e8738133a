/**
 * What keeps a pod away from the node and from its neighbors: controls of the Pod Security Standard, at the version of
 * Kubernetes 1.36 (each with the conditions of the API server's own admission; a test compares the two).
 */
import { podSpec } from "../pods.ts";
import { type Rule, shown } from "../rule.ts";
import { any } from "../search.ts";
import type { Value } from "../value.ts";
import { eachContext, eachOf, ON_PODS, pod } from "./podSecurityReading.ts";

const HOST_NAMESPACES = ["hostNetwork", "hostPID", "hostIPC"];

/** Kinds of volumes that hold nothing of a node, and come from the cluster or from a storage driver. */
const VOLUMES = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

/** Where a container has the kubelet call somebody. */
const CALLERS = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];

/** Settings that are a pod's own, or that the kernel keeps apart (Pod Security Standard, "Sysctls", v1.32). */
const SYSCTLS: readonly (string | undefined)[] = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

/** Volumes of kinds that are not allowed, with the names of what they say; one that says nothing becomes an `emptyDir`. */
function eachForeignVolume(spec: Value, look: (volume: Value, kinds: string[]) => void): void {
  spec.key("volumes").each((volume) => {
    const kinds = volume.entries.filter(([key]) => key !== "name");
    if (kinds.length > 0 && !any(VOLUMES.map((kind) => volume.key(kind)), (source) => source.exists)) look(volume, kinds.map(([key]) => key));
  });
}

export const rules: Rule[] = [
  {
    ...ON_PODS,
    id: "pod-security/privileged",
    title: "No container is privileged",
    severity: "critical",
    closed: true,
    frameworks: ["PSS baseline", "CIS EKS 1.7: 4.2.1", "CIS Kubernetes 1.10: 5.2.2", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "A privileged container has every device and every capability of the node: whoever takes it over has the node, its credentials and all pods on it.",
    mend: "Remove `securityContext.privileged`; give the one capability or device that is needed in another way.",
    check: eachOf((container, report) => {
      const privileged = container.at("securityContext.privileged");
      if (privileged.flag === true) report(privileged, "is true, must be false or not set");
    }),
  },
  {
    ...ON_PODS,
    id: "pod-security/host-namespaces",
    title: "No pod shares the network, the processes or the IPC of its node",
    severity: "critical",
    closed: true,
    frameworks: ["PSS baseline", "CIS EKS 1.7: 4.2.2", "CIS EKS 1.7: 4.2.3", "CIS EKS 1.7: 4.2.4", "CIS Kubernetes 1.10: 5.2.3", "CIS Kubernetes 1.10: 5.2.4", "CIS Kubernetes 1.10: 5.2.5", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "In the node's namespaces a pod reads the traffic of its neighbors past every network policy, asks the metadata service for the node's role, and can see or signal other pods' processes.",
    mend: "Remove `hostNetwork`, `hostPID` and `hostIPC`; publish ports with a Service, and exchange data over a volume.",
    check: pod((spec, report) => {
      for (const name of HOST_NAMESPACES) {
        spec.try(() => {
          const shared = spec.key(name);
          if (shared.flag === true) report(shared, "is true, must be false or not set");
        });
      }
    }),
  },
  {
    ...ON_PODS,
    id: "pod-security/host-process",
    title: "No Windows container runs as a process of its node",
    severity: "critical",
    closed: true,
    frameworks: ["PSS baseline", "CIS Kubernetes 1.10: 5.2.11"],
    why: "A HostProcess container is no container at all: it runs on the node with the node's files, network and services.",
    mend: "Remove `securityContext.windowsOptions.hostProcess` from the pod and its containers.",
    check: eachContext((context, report) => {
      const hostProcess = context.at("windowsOptions.hostProcess");
      if (hostProcess.flag === true) report(hostProcess, "is true, must be false or not set");
    }),
  },
  {
    ...ON_PODS,
    id: "pod-security/host-path",
    title: "No pod mounts a folder of its node",
    severity: "critical",
    closed: true,
    frameworks: ["PSS baseline", "CIS Kubernetes 1.10: 5.2.12", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "A folder of the node reaches the container runtime's socket, the kubelet's keys or other pods' data, and what is written there outlives the pod on one node only.",
    mend: "Use `emptyDir` for scratch files, a `persistentVolumeClaim` for data and `configMap` or `secret` for settings.",
    check: pod((spec, report) => eachForeignVolume(spec, (volume) => {
      const hostPath = volume.key("hostPath");
      if (hostPath.exists) report(hostPath, `mounts ${shown(hostPath.key("path"))} of the node`);
    })),
  },
  {
    ...ON_PODS,
    id: "pod-security/volume-types",
    title: "Volumes come from the cluster or from a storage driver",
    severity: "medium",
    frameworks: ["PSS restricted"],
    why: "The old in-tree kinds take their servers and credentials from the pod itself: a pod that may write them mounts whatever share its node can reach.",
    mend: `Use a persistentVolumeClaim or a csi volume; allowed are ${VOLUMES.join(", ")}.`,
    check: pod((spec, report) => eachForeignVolume(spec, (volume, kinds) => {
      if (!volume.key("hostPath").exists) report(volume, `is of the kind ${kinds.join(", ")}, must be one of ${VOLUMES.join(", ")}`);
    })),
  },
  {
    ...ON_PODS,
    id: "pod-security/host-ports",
    title: "No container takes a port of its node",
    severity: "high",
    frameworks: ["PSS baseline", "CIS Kubernetes 1.10: 5.2.13"],
    why: "A port on the node is reached past Services, and only one pod per node can have it: the second one stays pending during an update.",
    mend: "Remove `hostPort`; publish the port with a Service.",
    check: eachOf((container, report) => {
      container.key("ports").each((port) => {
        const hostPort = port.key("hostPort");
        if ((hostPort.number ?? 0) !== 0) report(hostPort, `is ${shown(hostPort)}, must be 0 or not set`);
      });
    }),
  },
  {
    ...ON_PODS,
    id: "pod-security/probe-hosts",
    title: "Probes and hooks call their own pod",
    severity: "high",
    frameworks: ["PSS baseline"],
    why: "The kubelet makes the call, from the node's network: with a `host` of its own, a probe asks the metadata service or another machine in the node's name.",
    mend: "Remove `host` from `httpGet` and `tcpSocket`; for a virtual host set the header `Host` in `httpHeaders`.",
    check: eachOf((container, report) => {
      for (const caller of CALLERS) {
        for (const way of ["httpGet", "tcpSocket"]) {
          container.try(() => {
            const host = container.at(caller).key(way).key("host");
            if ((host.text ?? "") !== "") report(host, `is ${shown(host)}, must not be set`);
          });
        }
      }
    }),
  },
  {
    ...ON_PODS,
    id: "pod-security/sysctls",
    title: "Only harmless kernel settings are changed",
    severity: "high",
    frameworks: ["PSS baseline"],
    why: "Other kernel settings are shared by all pods of a node, or switch protections off: one pod's tuning takes its neighbors down.",
    mend: "Remove the setting from `securityContext.sysctls`; what a node needs belongs in its node group's launch template.",
    check: (resource, report) => {
      podSpec(resource).at("securityContext.sysctls").each((sysctl) => {
        const name = sysctl.key("name");
        if (!SYSCTLS.includes(name.text)) report(name, `is ${shown(name)}, which is not among the settings that a pod may change`);
      });
    },
  },
];
