/** Pods in every kind of object that carries them, every kind of container, and what is not known yet. */
import policyProxy from "@pulumi/policy/proxy.js";
import { describe, expect, it } from "vitest";
import { rules } from "../../../policies/areas/podSecurity.ts";
import { Rules } from "../../../policies/evaluate.ts";
import { POD_CARRIERS } from "../../../policies/kinds.ts";
import { CONTAINER_KINDS, containers, podSpec } from "../../../policies/pods.ts";
import { Resource } from "../../../policies/resource.ts";
import { SETTINGS } from "../scene.ts";

const { unknownCheckingProxy, unknownStringValue: UNKNOWN } = policyProxy as unknown as { unknownCheckingProxy: (value: object) => object; unknownStringValue: string };

const RULES = new Rules(rules);

/** Where each token has the pod's template. */
const CARRIERS: readonly [type: string, path: string][] = [
  ["kubernetes:core/v1:Pod", ""],
  ["kubernetes:core/v1:PodPatch", ""],
  ["kubernetes:core/v1:PodTemplate", "template."],
  ["kubernetes:core/v1:ReplicationController", "spec.template."],
  ["kubernetes:apps/v1:Deployment", "spec.template."],
  ["kubernetes:apps/v1beta1:Deployment", "spec.template."],
  ["kubernetes:extensions/v1beta1:Deployment", "spec.template."],
  ["kubernetes:apps/v1:DeploymentPatch", "spec.template."],
  ["kubernetes:apps/v1:StatefulSet", "spec.template."],
  ["kubernetes:apps/v1:DaemonSet", "spec.template."],
  ["kubernetes:apps/v1:ReplicaSet", "spec.template."],
  ["kubernetes:batch/v1:Job", "spec.template."],
  ["kubernetes:batch/v1:CronJob", "spec.jobTemplate.spec.template."],
  ["kubernetes:argoproj.io/v1alpha1:Rollout", "spec.template."],
  ["kubernetes:batch/v1beta1:CronJob", "spec.jobTemplate.spec.template."],
];

const CONTEXT = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
const CONTAINER = { name: "a", image: "a", securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } } };
const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/a";

function nested(path: string, value: unknown): Record<string, unknown> {
  return path.split(".").filter((step) => step !== "").reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Record<string, unknown>;
}

function judge(type: string, props: Record<string, unknown>) {
  return RULES.judgeAlone({ urn: `urn:pulumi:test::test::${type}::a`, type, name: "a", props: unknownCheckingProxy(props) as Record<string, unknown> }, SETTINGS);
}

/** What one rule says of a pod. */
function verdict(rule: string, spec: Record<string, unknown>, annotations: Record<string, string> = {}) {
  const found = judge("kubernetes:core/v1:Pod", { metadata: { annotations }, spec: { securityContext: CONTEXT, containers: [CONTAINER], ...spec } });
  return found.find((one) => one.rule.id === `pod-security/${rule}`)?.outcome;
}

/** A container with something else in its context, on top of what it must have. */
function containerWith(context: Record<string, unknown>): Record<string, unknown> {
  return { ...CONTAINER, securityContext: { ...CONTAINER.securityContext, ...context } };
}

it("the carriers are all there", () => {
  const kinds = CARRIERS.map(([type]) => new Resource({ urn: "a", type, name: "a", props: {} }, SETTINGS, { undecided: () => undefined }).kind.kind);
  expect([...new Set(kinds)].sort()).toEqual([...POD_CARRIERS].sort());
});

describe.each(CARRIERS)("%s", (type, path) => {
  it("is judged where its pods are", () => {
    const template = { metadata: { annotations: { [APP_ARMOR]: "unconfined" } }, spec: { hostPID: true, securityContext: CONTEXT, containers: [CONTAINER] } };
    const found = judge(type, nested(path, template)).flatMap((one) => one.findings).map((one) => `${one.rule.id} ${one.path}`);
    expect(found.sort()).toEqual([`pod-security/app-armor ${path}metadata.annotations["${APP_ARMOR}"]`, `pod-security/host-namespaces ${path}spec.hostPID`]);
  });
});

it("each object of a list is judged", () => {
  const deployment = (hostIPC: boolean) => ({ spec: { template: { spec: { hostIPC, securityContext: CONTEXT, containers: [CONTAINER] } } } });
  const found = judge("kubernetes:apps/v1:DeploymentList", { items: [deployment(false), deployment(true)] }).flatMap((one) => one.findings);
  expect(found.map((one) => `${one.resource} ${one.path}`)).toEqual(["a[1] items[1].spec.template.spec.hostIPC"]);
});

it.each(CONTAINER_KINDS)("%s are judged", (kind) => {
  const found = judge("kubernetes:core/v1:Pod", { spec: { securityContext: CONTEXT, containers: [CONTAINER], [kind]: [CONTAINER, { name: "b" }] } }).flatMap((one) => one.findings);
  expect(found.map((one) => one.path).sort()).toEqual(["allowPrivilegeEscalation", "capabilities.drop", "readOnlyRootFilesystem"].map((name) => `spec.${kind}[1].securityContext.${name}`));
});

it("containers come with their kind, and a list that nobody knows does not hide the others", () => {
  const doubts: string[] = [];
  const props = unknownCheckingProxy({ spec: { initContainers: UNKNOWN, containers: [CONTAINER], ephemeralContainers: [CONTAINER] } }) as Record<string, unknown>;
  const resource = new Resource({ urn: "a", type: "kubernetes:core/v1:Pod", name: "a", props }, SETTINGS, { undecided: ({ path }) => doubts.push(path) });
  const found = (...kinds: (typeof CONTAINER_KINDS)[number][]) => containers(podSpec(resource), kinds.length === 0 ? undefined : kinds).map(({ value, kind }) => `${kind} ${value.path}`);
  expect(found()).toEqual(["containers spec.containers[0]", "ephemeralContainers spec.ephemeralContainers[0]"]);
  expect(doubts).toEqual(["spec.initContainers"]);
  expect(found("ephemeralContainers")).toEqual(["ephemeralContainers spec.ephemeralContainers[0]"]);
});

describe("what is not known", () => {
  it.each([
    ["an exemption matters only where something is wrong", "privilege-escalation", { os: UNKNOWN }, "satisfied"],
    ["and there it leaves the rule open", "privilege-escalation", { os: UNKNOWN, containers: [{ name: "a" }] }, "undecided"],
    ["a user namespace that may be", "run-as-user", { hostUsers: UNKNOWN, containers: [containerWith({ runAsUser: 0 })] }, "undecided"],
    ["a container's own profile decides before the pod's", "seccomp", { securityContext: { ...CONTEXT, seccompProfile: UNKNOWN }, containers: [containerWith({ seccompProfile: { type: "Unconfined" } })] }, "violated"],
    ["the pod's profile decides for a container without one", "seccomp", { securityContext: { ...CONTEXT, seccompProfile: UNKNOWN } }, "undecided"],
    ["one capability that is dropped is enough", "dropped-capabilities", { containers: [containerWith({ capabilities: { drop: [UNKNOWN, "ALL"] } })] }, "satisfied"],
    ["an unknown one may be ALL", "dropped-capabilities", { containers: [containerWith({ capabilities: { drop: [UNKNOWN, "KILL"] } })] }, "undecided"],
    ["one capability too many is enough", "added-capabilities", { containers: [containerWith({ capabilities: { drop: ["ALL"], add: [UNKNOWN, "KILL"] } })] }, "violated"],
    ["one namespace of the node is enough", "host-namespaces", { hostNetwork: UNKNOWN, hostIPC: true }, "violated"],
    ["one volume is enough", "host-path", { volumes: [{ name: "a", configMap: UNKNOWN }, { name: "b", hostPath: { path: "/" } }] }, "violated"],
    ["one probe is enough", "probe-hosts", { containers: [{ ...CONTAINER, livenessProbe: UNKNOWN, readinessProbe: { tcpSocket: { host: "b", port: 1 } } }] }, "violated"],
    ["one label is enough", "se-linux", { containers: [containerWith({ seLinuxOptions: { type: UNKNOWN, user: UNKNOWN, role: "a" } })] }, "violated"],
    ["one context is enough", "host-process", { securityContext: UNKNOWN, containers: [containerWith({ windowsOptions: { hostProcess: true } })] }, "violated"],
    ["one profile is enough", "app-armor", { securityContext: UNKNOWN, containers: [containerWith({ appArmorProfile: { type: "Unconfined" } })] }, "violated"],
    ["one setting is enough", "sysctls", { securityContext: { ...CONTEXT, sysctls: [{ name: UNKNOWN }, { name: "a" }] } }, "violated"],
  ] as const)("%s (%s)", (_what, rule, spec, outcome) => {
    expect(verdict(rule, spec)).toBe(outcome);
  });

  it("annotations that say nothing of AppArmor are not asked", () => {
    expect(verdict("app-armor", {}, { checksum: UNKNOWN })).toBe("satisfied");
    expect(verdict("app-armor", {}, { [APP_ARMOR]: UNKNOWN })).toBe("undecided");
    expect(verdict("app-armor", {}, { [APP_ARMOR]: UNKNOWN, [`${APP_ARMOR}b`]: "unconfined" })).toBe("violated");
    expect(verdict("app-armor", { securityContext: UNKNOWN }, { [APP_ARMOR]: "unconfined" })).toBe("violated");
  });
});

it("a volume of a kind that nobody knows is not taken for an empty one", () => {
  expect(verdict("volume-types", { volumes: [{ name: "a", future: { path: "/" } }] })).toBe("violated");
  expect(verdict("volume-types", { volumes: [{ name: "a" }] })).toBe("satisfied");
});

it("a namespace's labels are read one by one", () => {
  const labels = { "pod-security.kubernetes.io/enforce": UNKNOWN, "pod-security.kubernetes.io/enforce-version": "v1.20" };
  expect(judge("kubernetes:core/v1:Namespace", { metadata: { labels } }).map((one) => one.outcome)).toEqual(["violated"]);
});
