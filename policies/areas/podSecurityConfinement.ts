/**
 * What confines a container although it could do more: Linux security modules, masks and a file system that nobody
 * writes. Controls of the Pod Security Standard at the version of Kubernetes 1.36, and one that it leaves out.
 */
import { podTemplate } from "../pods.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import type { Value } from "../value.ts";
import { eachContext, eachOf, except, ON_PODS, onWindows } from "./podSecurityReading.ts";

const APP_ARMOR_TYPES: readonly (string | undefined)[] = ["RuntimeDefault", "Localhost"];

/** Where profiles were named before they became fields; the API server still takes it over from there. */
const APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

function appArmorField(context: Value, report: Report): void {
  const profile = context.key("appArmorProfile");
  if (!profile.exists) return;
  const type = profile.key("type");
  if (!APP_ARMOR_TYPES.includes(type.text)) report(profile, `has the type ${shown(type)}, must be RuntimeDefault or Localhost, or not set`);
}

function appArmorAnnotations(template: Value, report: Report): void {
  for (const [key, value] of template.at("metadata.annotations").entries) {
    if (!key.startsWith(APP_ARMOR_ANNOTATION)) continue;
    template.try(() => {
      const profile = value.text ?? "";
      if (profile !== "" && profile !== "runtime/default" && !profile.startsWith("localhost/")) report(value, `is ${shown(value)}, must be runtime/default or localhost/…, or not set`);
    });
  }
}

export const rules: Rule[] = [
  {
    ...ON_PODS,
    id: "pod-security/app-armor",
    title: "AppArmor is not switched off",
    severity: "medium",
    frameworks: ["PSS baseline", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "The runtime's profile keeps a container off the node's mounts and kernel files even when it became root; Unconfined takes that away.",
    mend: "Remove `appArmorProfile` and the annotations of AppArmor, or set the type RuntimeDefault or Localhost.",
    check: (resource, report) => {
      eachContext(appArmorField)(resource, report);
      resource.try(() => appArmorAnnotations(podTemplate(resource), report));
    },
  },
  {
    ...ON_PODS,
    id: "pod-security/se-linux",
    title: "SELinux labels are those of containers",
    severity: "medium",
    frameworks: ["PSS baseline", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "A type such as spc_t, or a user or role of its own, takes the container out of SELinux's separation: it reads files of the node and of other containers.",
    mend: `Remove \`seLinuxOptions.user\` and \`role\`; leave \`type\` out, or choose one of ${SELINUX_TYPES.slice(1).join(", ")}.`,
    check: eachContext((context, report) => {
      const options = context.key("seLinuxOptions");
      context.try(() => {
        const type = options.key("type");
        if (!SELINUX_TYPES.includes(type.text ?? "")) report(type, `is ${shown(type)}, must be one of ${SELINUX_TYPES.slice(1).join(", ")}, or not set`);
      });
      for (const name of ["user", "role"]) {
        context.try(() => {
          const value = options.key(name);
          if ((value.text ?? "") !== "") report(value, `is ${shown(value)}, must not be set`);
        });
      }
    }),
  },
  {
    ...ON_PODS,
    id: "pod-security/proc-mount",
    title: "The masks of /proc stay on",
    severity: "medium",
    frameworks: ["PSS restricted"],
    why: "Without the masks a container reads and writes kernel files under /proc that reach the whole node.",
    mend: "Remove `securityContext.procMount`, or set it to Default.",
    check: eachOf((container, report) => {
      const procMount = container.at("securityContext.procMount");
      if ((procMount.text ?? "Default") !== "Default") report(procMount, `is ${shown(procMount)}, must be Default or not set`);
    }),
  },
  {
    ...ON_PODS,
    id: "pod-security/read-only-root",
    title: "Containers can not change their own files",
    severity: "low",
    enforcement: "advisory",
    frameworks: ["NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "Who gets into a container that can write its image's files leaves tools there and changes the program; what is written there also counts against the node's disk and is lost with the container.",
    mend: "Set `securityContext.readOnlyRootFilesystem: true` and mount an `emptyDir` where the program writes.",
    check: except(onWindows, eachOf((container, report) => {
      const readOnly = container.at("securityContext.readOnlyRootFilesystem");
      if (readOnly.flag !== true) report(readOnly, `is ${shown(readOnly)}, should be true`);
    })),
  },
];
