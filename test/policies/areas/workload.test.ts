/** Rules on workloads, where samples would be about other rules as well. */
import { expect, it } from "vitest";
import { rules } from "../../../policies/areas/workload.ts";
import { Rules } from "../../../policies/evaluate.ts";
import type { Sample } from "../../../policies/samples/sample.ts";
import { SETTINGS, staged } from "../scene.ts";

/** What one rule says of the scene, changed. */
function messages(id: string, sample: Sample): string[] {
  const one = new Rules(rules.filter((rule) => rule.id === id));
  const resources = staged("workload", sample);
  return [...resources.flatMap((resource) => one.judgeAlone(resource, SETTINGS)), ...one.judgeRelations(resources, SETTINGS)].flatMap((verdict) => verdict.findings).map((finding) => finding.message);
}

it("the message on too few pods says whose number it is", () => {
  expect(messages("workload/replicas", { set: { "hpa:spec.minReplicas": 1 } })).toEqual(["may come down to one pod by minReplicas of hpa"]);
  expect(messages("workload/replicas", { set: { "store:spec.replicas": 1 } })).toEqual(["may come down to one pod"]);
  expect(messages("workload/live-replicas", { set: { "hpa:spec.minReplicas": 2 } })).toEqual(["may come down to 2 pods by minReplicas of hpa, must keep 3"]);
});

it("a Release may bring the pods that a Service selects", () => {
  const release = { type: "kubernetes:helm.sh/v3:Release", name: "release", props: { chart: "shop", namespace: "shop" } };
  expect(messages("workload/service-selects", { set: { "service:spec.selector.tier": "web" }, add: [release] })).toEqual([]);
});

it("an Ingress must name its namespace too", () => {
  const ingress = { type: "kubernetes:networking.k8s.io/v1:Ingress", name: "stray", props: { metadata: { name: "stray" }, spec: {} } };
  expect(messages("workload/default-namespace", { add: [ingress] })).toEqual(["is not set, which nobody closed or bounded"]);
});

it("of containers the message on the grace period says which one takes it", () => {
  expect(messages("workload/graceful-stop", { set: { "app:spec.template.spec.terminationGracePeriodSeconds": 15 } })).toEqual(['is 15, and preStop of container "app" takes 15 seconds of it']);
});
