/** Samples of areas/podSecurityConfinement.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "pod-security/app-armor": {
    scene: "pod",
    good: [
      { set: { "migrate:spec.template.spec.securityContext.appArmorProfile": { type: "RuntimeDefault" } } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.appArmorProfile": { type: "Localhost", localhostProfile: "migrate" } } },
      ...["", null, "runtime/default", "localhost/migrate"].map((profile) => ({ set: { 'migrate:spec.template.metadata.annotations["container.apparmor.security.beta.kubernetes.io/migrate"]': profile } })),
    ],
    bad: [
      { set: { "migrate:spec.template.spec.securityContext.appArmorProfile": { type: "Unconfined" } } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.appArmorProfile": { type: "Unconfined" } } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.appArmorProfile": {} } },
      { set: { 'migrate:spec.template.metadata.annotations["container.apparmor.security.beta.kubernetes.io/migrate"]': "unconfined" } },
      { set: { 'migrate:spec.template.metadata.annotations["container.apparmor.security.beta.kubernetes.io/migrate"]': "not-localhost/migrate" } },
    ],
  },
  "pod-security/se-linux": {
    scene: "pod",
    good: [
      ...["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"].map((type) => ({ set: { "migrate:spec.template.spec.containers[0].securityContext.seLinuxOptions": { type, level: "s0:c123,c456" } } })),
      { set: { "migrate:spec.template.spec.securityContext.seLinuxOptions": { user: "", role: "" } } },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.securityContext.seLinuxOptions.type": "spc_t" } },
      { set: { "migrate:spec.template.spec.containers[0].securityContext.seLinuxOptions.user": "system_u" } },
      { set: { "migrate:spec.template.spec.initContainers[0].securityContext.seLinuxOptions.role": "sysadm_r" } },
    ],
  },
  "pod-security/proc-mount": {
    scene: "pod",
    good: [{ set: { "migrate:spec.template.spec.containers[0].securityContext.procMount": "Default" } }],
    bad: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.procMount": "Unmasked" } },
      // A user namespace does not excuse it, other than at the level "baseline".
      { set: { "migrate:spec.template.spec.containers[0].securityContext.procMount": "Unmasked", "migrate:spec.template.spec.hostUsers": false } },
    ],
  },
  "pod-security/read-only-root": {
    scene: "pod",
    good: [
      {
        set: {
          "migrate:spec.template.spec.os": { name: "windows" },
          "migrate:spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem": undefined,
        },
      },
    ],
    bad: [
      { set: { "migrate:spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem": undefined } },
      { set: { "migrate:spec.template.spec.initContainers[0].securityContext.readOnlyRootFilesystem": false } },
    ],
  },
};
