/** Samples of areas/podSecurityContainer.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "pod-security/privilege-escalation": {
    scene: "pod",
    good: [
      {
        set: {
          "migrate:spec.template.spec.os": { name: "windows" },
          "migrate:spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation": undefined,
        },
      },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation": undefined } },
      { set: { "migrate:spec.template.spec.initContainers[0].securityContext.allowPrivilegeEscalation": true } },
      {
        set: {
          "migrate:spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation": undefined,
          "migrate:spec.template.spec.os": { name: "linux" },
        },
      },
    ],
  },
  "pod-security/dropped-capabilities": {
    scene: "pod",
    good: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.capabilities.drop": ["NET_RAW", "ALL"] } },
      {
        set: {
          "migrate:spec.template.spec.os": { name: "windows" },
          "migrate:spec.template.spec.containers[0].securityContext.capabilities": undefined,
        },
      },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.capabilities": undefined }, at: "migrate:spec.template.spec.containers[0].securityContext.capabilities.drop" },
      { set: { "migrate:spec.template.spec.initContainers[0].securityContext.capabilities.drop": ["NET_RAW", "all"] } },
    ],
  },
  "pod-security/added-capabilities": {
    scene: "pod",
    good: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.capabilities.add": ["NET_BIND_SERVICE"] } },
      {
        set: {
          "migrate:spec.template.spec.os": { name: "windows" },
          "migrate:spec.template.spec.containers[0].securityContext.capabilities.add": ["CHOWN"],
        },
      },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.capabilities.add": ["NET_BIND_SERVICE", "SYS_ADMIN"] }, at: "migrate:spec.template.spec.containers[0].securityContext.capabilities.add[1]" },
      { set: { "migrate:spec.template.spec.initContainers[0].securityContext.capabilities.add": ["CHOWN"] }, at: "migrate:spec.template.spec.initContainers[0].securityContext.capabilities.add[0]" },
    ],
  },
  "pod-security/run-as-non-root": {
    scene: "pod",
    good: [
      {
        set: {
          "migrate:spec.template.spec.securityContext.runAsNonRoot": undefined,
          "migrate:spec.template.spec.containers[0].securityContext.runAsNonRoot": true,
          "migrate:spec.template.spec.initContainers[0].securityContext.runAsNonRoot": true,
        },
      },
      {
        set: {
          "migrate:spec.template.spec.securityContext.runAsNonRoot": false,
          "migrate:spec.template.spec.hostUsers": false,
        },
      },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.securityContext.runAsNonRoot": undefined }, at: "migrate:spec.template.spec.containers[0].securityContext.runAsNonRoot" },
      { set: { "migrate:spec.template.spec.securityContext.runAsNonRoot": false } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.runAsNonRoot": false } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.runAsNonRoot": false, "migrate:spec.template.spec.hostUsers": true } },
      {
        set: {
          "migrate:spec.template.spec.containers[0].securityContext.runAsNonRoot": true,
          "migrate:spec.template.spec.securityContext.runAsNonRoot": undefined,
        },
        at: "migrate:spec.template.spec.initContainers[0].securityContext.runAsNonRoot",
      },
      {
        set: {
          "migrate:spec.template.spec.securityContext.runAsNonRoot": false,
          "migrate:spec.template.spec.containers[0].securityContext.runAsNonRoot": true,
          "migrate:spec.template.spec.initContainers[0].securityContext.runAsNonRoot": true,
        },
      },
      // No exemption for Windows here: the kubelet checks the user there too.
      {
        set: {
          "migrate:spec.template.spec.containers[0].securityContext.runAsNonRoot": false,
          "migrate:spec.template.spec.os": { name: "windows" },
        },
      },
    ],
  },
  "pod-security/run-as-user": {
    scene: "pod",
    good: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.runAsUser": 1 } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.runAsUser": 0, "migrate:spec.template.spec.hostUsers": false } },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.securityContext.runAsUser": 0 } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.runAsUser": 0 } },
    ],
  },
  "pod-security/seccomp": {
    scene: "pod",
    good: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.seccompProfile": { type: "Localhost", localhostProfile: "profiles/migrate.json" } } },
      {
        set: {
          "migrate:spec.template.spec.securityContext.seccompProfile": undefined,
          "migrate:spec.template.spec.containers[0].securityContext.seccompProfile": { type: "RuntimeDefault" },
          "migrate:spec.template.spec.initContainers[0].securityContext.seccompProfile": { type: "RuntimeDefault" },
        },
      },
      { set: { "migrate:spec.template.spec.os": { name: "windows" }, "migrate:spec.template.spec.securityContext.seccompProfile": undefined } },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.securityContext.seccompProfile": undefined }, at: "migrate:spec.template.spec.containers[0].securityContext.seccompProfile" },
      { set: { "migrate:spec.template.spec.securityContext.seccompProfile.type": "Unconfined" }, at: "migrate:spec.template.spec.securityContext.seccompProfile" },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.seccompProfile": { type: "Unconfined" } } },
      {
        set: {
          "migrate:spec.template.spec.securityContext.seccompProfile": undefined,
          'migrate:spec.template.metadata.annotations["seccomp.security.alpha.kubernetes.io/pod"]': "runtime/default",
        },
        at: "migrate:spec.template.spec.initContainers[0].securityContext.seccompProfile",
      },
    ],
  },
};
