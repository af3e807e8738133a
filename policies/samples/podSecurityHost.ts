/** Samples of areas/podSecurityHost.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "pod-security/privileged": {
    scene: "pod",
    good: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.privileged": false } },
      // In a patch, what is left out says nothing.
      { set: { "migrate:$type": "kubernetes:batch/v1:JobPatch" } },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.privileged": true } },
      { set: { "migrate:spec.template.spec.initContainers[0].securityContext.privileged": true } },
      {
        set: {
          "migrate:spec.template.spec.containers[0].securityContext.privileged": true,
          "migrate:$type": "kubernetes:batch/v1:JobPatch",
        },
      },
    ],
  },
  "pod-security/host-namespaces": {
    scene: "pod",
    good: [{ set: { "migrate:spec.template.spec.hostNetwork": false } }],
    bad: [
      { set: { "migrate:spec.template.spec.hostNetwork": true } },
      { set: { "migrate:spec.template.spec.hostPID": true } },
      { set: { "migrate:spec.template.spec.hostIPC": true } },
    ],
  },
  "pod-security/host-process": {
    scene: "pod",
    good: [{ set: { "migrate:spec.template.spec.securityContext.windowsOptions": { hostProcess: false } } }],
    bad: [
      { set: { "migrate:spec.template.spec.securityContext.windowsOptions.hostProcess": true } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.windowsOptions.hostProcess": true } },
    ],
  },
  "pod-security/host-path": {
    scene: "pod",
    bad: [
      { set: { "migrate:spec.template.spec.volumes[0]": { name: "tmp", hostPath: { path: "/tmp" } } }, at: "migrate:spec.template.spec.volumes[0].hostPath" },
      { set: { "migrate:spec.template.spec.volumes[1]": { name: "socket", hostPath: { path: "/run/containerd/containerd.sock", type: "Socket" } } }, at: "migrate:spec.template.spec.volumes[1].hostPath" },
    ],
  },
  "pod-security/volume-types": {
    scene: "pod",
    good: [
      ...[
        { configMap: { name: "settings" } },
        { csi: { driver: "secrets-store.csi.k8s.io", readOnly: true } },
        { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
        { ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } } } },
        { image: { reference: "123456789012.dkr.ecr.us-east-1.amazonaws.com/model@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945" } },
        { persistentVolumeClaim: { claimName: "data" } },
        { projected: { sources: [{ configMap: { name: "settings" } }] } },
        { secret: { secretName: "database" } },
        {},
      ].map((source) => ({ set: { "migrate:spec.template.spec.volumes[1]": { name: "more", ...source } } })),
    ],
    bad: [
      { set: { "migrate:spec.template.spec.volumes[0]": { name: "tmp", nfs: { server: "files.example.com", path: "/tmp" } } } },
      { set: { "migrate:spec.template.spec.volumes[1]": { name: "disk", awsElasticBlockStore: { volumeID: "vol-0a1b2c3d4e5f60718" } } } },
      { set: { "migrate:spec.template.spec.volumes[1]": { name: "code", gitRepo: { repository: "https://git.example.com/shop" } } } },
    ],
  },
  "pod-security/host-ports": {
    scene: "pod",
    good: [{ set: { "migrate:spec.template.spec.containers[0].ports": [{ name: "metrics", containerPort: 9090, hostPort: 0 }, { name: "health", containerPort: 9091 }] } }],
    bad: [
      { set: { "migrate:spec.template.spec.containers[0].ports": [{ name: "metrics", containerPort: 9090 }, { name: "debug", containerPort: 9229, hostPort: 9229 }] }, at: "migrate:spec.template.spec.containers[0].ports[1].hostPort" },
    ],
  },
  "pod-security/probe-hosts": {
    scene: "pod",
    good: [{ set: { "migrate:spec.template.spec.containers[0].lifecycle": { preStop: { httpGet: { path: "/drain", port: 8080, host: "" } } } } }],
    bad: [
      { set: { "migrate:spec.template.spec.initContainers[0].startupProbe": { tcpSocket: { port: 5432, host: "db.example.com" } } }, at: "migrate:spec.template.spec.initContainers[0].startupProbe.tcpSocket.host" },
      ...["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"].map((caller) => ({ set: { [`migrate:spec.template.spec.containers[0].${caller}`]: { httpGet: { path: "/", port: 80, host: "169.254.169.254" } } }, at: `migrate:spec.template.spec.containers[0].${caller}.httpGet.host` })),
    ],
  },
  "pod-security/sysctls": {
    scene: "pod",
    good: [
      {
        set: {
          "migrate:spec.template.spec.securityContext.sysctls": [
            "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
          ].map((name) => ({ name, value: "1" })),
        },
      },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.securityContext.sysctls": [{ name: "net.ipv4.tcp_syncookies", value: "1" }, { name: "kernel.msgmax", value: "65536" }] }, at: "migrate:spec.template.spec.securityContext.sysctls[1].name" },
      { set: { "migrate:spec.template.spec.securityContext.sysctls": [{ name: "net.core.somaxconn", value: "1024" }] }, at: "migrate:spec.template.spec.securityContext.sysctls[0].name" },
    ],
  },
};
