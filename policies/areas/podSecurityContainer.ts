/**
 * What a container may do in its own kernel: controls of the Pod Security Standard, at the version of Kubernetes 1.36
 * (each with the conditions of the API server's own admission; a test compares the two).
 */
import { type Rule, shown } from "../rule.ts";
import { any } from "../search.ts";
import { eachContext, eachOf, except, inherited, inUserNamespace, ON_PODS, onWindows } from "./podSecurityReading.ts";

const PROFILES: readonly (string | undefined)[] = ["RuntimeDefault", "Localhost"];

export const rules: Rule[] = [
  {
    ...ON_PODS,
    id: "pod-security/privilege-escalation",
    title: "No process gets more privileges than its parent",
    severity: "high",
    frameworks: ["PSS restricted", "CIS EKS 1.7: 4.2.5", "CIS Kubernetes 1.10: 5.2.6", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "Without the flag, one set-user-ID file in the image makes root of the user that the container was given.",
    mend: "Set `securityContext.allowPrivilegeEscalation: false` on every container, init containers included.",
    check: except(onWindows, eachOf((container, report) => {
      const escalation = container.at("securityContext.allowPrivilegeEscalation");
      if (escalation.flag !== false) report(escalation, `is ${shown(escalation)}, must be false`);
    })),
  },
  {
    ...ON_PODS,
    id: "pod-security/dropped-capabilities",
    title: "Every container drops all capabilities",
    severity: "high",
    frameworks: ["PSS restricted", "CIS Kubernetes 1.10: 5.2.8", "CIS Kubernetes 1.10: 5.2.10"],
    why: "A runtime gives about a dozen capabilities by default; NET_RAW among them forges packets of other pods, and most escapes start from one of them.",
    mend: 'Set `securityContext.capabilities.drop: ["ALL"]` on every container, init containers included.',
    check: except(onWindows, eachOf((container, report) => {
      const dropped = container.at("securityContext.capabilities.drop");
      if (!any(dropped.items, (name) => name.text === "ALL")) report(dropped, `is ${shown(dropped)}, must include ALL`);
    })),
  },
  {
    ...ON_PODS,
    id: "pod-security/added-capabilities",
    title: "No container adds a capability, but that of binding low ports",
    severity: "high",
    closed: true,
    frameworks: ["PSS restricted", "CIS Kubernetes 1.10: 5.2.9", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "SYS_ADMIN, NET_ADMIN or SYS_PTRACE are root on the node by another name.",
    mend: "Remove it from `securityContext.capabilities.add`; only NET_BIND_SERVICE may be added.",
    check: except(onWindows, eachOf((container, report) => {
      container.at("securityContext.capabilities.add").each((name) => {
        if (name.text !== "NET_BIND_SERVICE") report(name, `is ${shown(name)}, only NET_BIND_SERVICE may be added`);
      });
    })),
  },
  {
    ...ON_PODS,
    id: "pod-security/run-as-non-root",
    title: "Containers must run as another user than root",
    severity: "high",
    frameworks: ["PSS restricted", "CIS Kubernetes 1.10: 5.2.7", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "Root in a container is root on the node as soon as one bug lets it out; the kubelet refuses to start an image that runs as root only where it is told to.",
    mend: "Set `securityContext.runAsNonRoot: true` on the pod, and nothing else on its containers.",
    check: except(inUserNamespace, inherited("runAsNonRoot", (value) => (value.flag === true ? undefined : `is ${shown(value)}, must be true`), "is set neither here nor on the pod, must be true")),
  },
  {
    ...ON_PODS,
    id: "pod-security/run-as-user",
    title: "No container names root as its user",
    severity: "high",
    frameworks: ["PSS restricted", "CIS Kubernetes 1.10: 5.2.7"],
    why: "User 0 contradicts `runAsNonRoot`: the container is never started, and the release waits for it until its time is over.",
    mend: "Set `runAsUser` to the image's own user, 1000 or more, or leave it out.",
    check: except(inUserNamespace, eachContext((context, report) => {
      const user = context.key("runAsUser");
      if (user.number === 0) report(user, "is 0, the user root");
    })),
  },
  {
    ...ON_PODS,
    id: "pod-security/seccomp",
    title: "System calls are filtered by a seccomp profile",
    severity: "medium",
    frameworks: ["PSS restricted", "CIS Kubernetes 1.10: 5.7.2", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "Without a profile a container may use all of some 400 system calls; most bugs of the kernel that let one out are in those that no application needs.",
    mend: 'Set `securityContext.seccompProfile: { type: "RuntimeDefault" }` on the pod. The old annotations have no effect any more.',
    check: except(onWindows, inherited(
      "seccompProfile",
      (profile) => (PROFILES.includes(profile.key("type").text) ? undefined : `has the type ${shown(profile.key("type"))}, must be RuntimeDefault or Localhost`),
      "is set neither here nor on the pod, must be of the type RuntimeDefault or Localhost",
    )),
  },
];
