/** Readiness of what runs pods (pulumi-kubernetes, await/deployment.go, statefulset.go, daemonset.go, job.go, pod.go). */
import { annotationOf, at, because, conditionOf, countAt, isRecord, listAt, textAt, type Json, type JsonObject, type KubeObject } from "../json.ts";
import { READY, waiting, type Readiness, type Related, type Scene, type Verdict } from "./readiness.ts";

const REVISION = "deployment.kubernetes.io/revision";

export const DEPLOYMENT: Readiness = {
  related: (o) => ({ replicaSets: selected(o, "apps/v1", "ReplicaSet"), pods: selected(o, "v1", "Pod") }),
  look: deployment,
};

export const STATEFUL_SET: Readiness = { related: (o) => ({ pods: selected(o, "v1", "Pod") }), look: ({ object }) => statefulSet(object) };
export const DAEMON_SET: Readiness = { related: (o) => ({ pods: selected(o, "v1", "Pod") }), look: ({ object }) => daemonSet(object) };
export const JOB: Readiness = { related: (o) => ({ pods: selected(o, "v1", "Pod") }), look: ({ object }) => job(object) };
export const POD: Readiness = {
  related: (o) => ({ pods: { kind: { apiVersion: "v1", kind: "Pod" }, namespace: textAt(o, "metadata", "namespace"), query: { fieldSelector: `metadata.name=${o.metadata.name}` } } }),
  look: ({ object }) => pod(object),
};
export const REPLICATION_CONTROLLER: Readiness = {
  onceOnly: true,
  look: ({ object }) => replicas("ReplicationController", countAt(object, "status", "availableReplicas"), wanted(object)),
};

/**
 * Ready when the controller has seen this generation, the rollout of its revision has ended, enough replicas are
 * available, and the revision's own ReplicaSet has all its pods ready. A missed progress deadline is told, not final:
 * the pods may still come up.
 */
function deployment({ object, before, found }: Scene): Verdict {
  if (!observed(object)) return waiting("Waiting for the Deployment controller to see the change");
  const revision = annotationOf(object, REVISION);
  const [progressing, available] = [conditionOf(object, "Progressing"), conditionOf(object, "Available")];
  const missed = [progressing, available].filter((c) => c !== undefined).filter((c) => c["status"] !== "True").map(because);
  const set = found["replicaSets"]?.items.find((s) => isOwnedBy(s, object) && annotationOf(s, REVISION) === revision);
  if (revision === "" || set === undefined) return waiting(["Waiting for app ReplicaSet to be created", ...missed].join("; "));
  const [has, wants] = [countAt(set, "status", "readyReplicas"), wanted(set)];
  // The first revision is created, not rolled out (deployment.go, `checkAndLogStatus`).
  const rolledOut = revision === "1" || (progressing?.["status"] === "True" && progressing["reason"] === "NewReplicaSetAvailable");
  const moved = before === undefined || !templateChanged(object, before) || annotationOf(before, REVISION) !== revision;
  if (available?.["status"] === "True" && rolledOut && moved && has >= wants) return READY;
  return waiting([`Waiting for app ReplicaSet to be available (${has}/${wants} Pods available)`, ...missed].join("; "));
}

/** Another template must lead to another revision before anything counts. */
function templateChanged(object: KubeObject, before: KubeObject): boolean {
  return JSON.stringify(at(object, "spec", "template") ?? null) !== JSON.stringify(at(before, "spec", "template") ?? null);
}

function statefulSet(object: KubeObject): Verdict {
  if (!observed(object)) return waiting("Waiting for the StatefulSet controller to see the change");
  const wants = wanted(object);
  const status = (key: string): number => countAt(object, "status", key);
  const [current, target] = [textAt(object, "status", "currentRevision"), textAt(object, "status", "updateRevision")];
  const allReady = status("replicas") === wants && status("readyReplicas") === wants;
  const byHand = countAt(object, "metadata", "generation") > 1 && textAt(object, "spec", "updateStrategy", "type") === "OnDelete";
  if (byHand) return allReady ? READY : waiting(`Waiting for StatefulSet update to roll out (${status("readyReplicas")}/${wants} Pods ready)`);
  if (!allReady || status("currentReplicas") !== wants) return waiting(`Waiting for StatefulSet to have its Pods (${status("readyReplicas")}/${wants} Pods ready)`);
  return current !== "" && current === target ? READY : waiting("Waiting for StatefulSet to update .status.currentRevision");
}

function daemonSet(object: KubeObject): Verdict {
  if (!observed(object)) return waiting("Waiting for the DaemonSet controller to see the change");
  const status = (key: string): number => countAt(object, "status", key);
  const wants = status("desiredNumberScheduled");
  const rolls = textAt(object, "spec", "updateStrategy", "type") !== "OnDelete";
  if (rolls && status("updatedNumberScheduled") < wants) return replicas("updated Pods of DaemonSet", status("updatedNumberScheduled"), wants);
  return replicas("available Pods of DaemonSet", Math.min(status("numberAvailable"), status("numberReady")), wants);
}

function job(object: KubeObject): Verdict {
  const failed = conditionOf(object, "Failed");
  if (failed?.["status"] === "True") return { is: "failed", why: because(failed) };
  if (textAt(object, "status", "startTime") === "") return waiting(`Waiting for Job "${object.metadata.name}" to start`);
  if (conditionOf(object, "Complete")?.["status"] === "True") return READY;
  const status = (key: string): number => countAt(object, "status", key);
  return waiting(`Waiting for Job "${object.metadata.name}" to succeed (Active: ${status("active")} | Succeeded: ${status("succeeded")} | Failed: ${status("failed")})`);
}

function pod(object: KubeObject): Verdict {
  for (const [type, what] of [["PodScheduled", "scheduled"], ["Initialized", "initialized"], ["Ready", "ready"]] as const) {
    const condition = conditionOf(object, type);
    const done = condition?.["status"] === "True" || (type === "Ready" && textAt(object, "status", "phase") === "Succeeded");
    if (!done) return waiting(`Waiting for Pod "${object.metadata.name}" to be ${what}${condition === undefined ? "" : `: ${because(condition)}`}`);
  }
  return READY;
}

function replicas(what: string, has: number, wants: number): Verdict {
  return has >= wants ? READY : waiting(`Waiting for ${what} (${has}/${wants})`);
}

/** The number of pods that are asked for; one where nothing is said. */
function wanted(object: JsonObject): number {
  const given = at(object, "spec", "replicas");
  return typeof given === "number" ? given : 1;
}

function observed(object: KubeObject): boolean {
  return countAt(object, "status", "observedGeneration") >= countAt(object, "metadata", "generation");
}

function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return listAt(object, "metadata", "ownerReferences").some((o) => textAt(o, "uid") === textAt(owner, "metadata", "uid"));
}

/** Objects of the kind that the object's selector selects; all of the namespace where it has none. */
function selected(object: KubeObject, apiVersion: string, kind: string): Related {
  const selector = selectorText(at(object, "spec", "selector"));
  return { kind: { apiVersion, kind }, namespace: textAt(object, "metadata", "namespace"), query: selector === "" ? {} : { labelSelector: selector } };
}

/** A label selector as a query writes it (Kubernetes, "Labels and Selectors"). */
export function selectorText(selector: Json | undefined): string {
  const labels = at(selector, "matchLabels");
  const equal = isRecord(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${typeof value === "string" ? value : ""}`) : [];
  const sets = listAt(selector, "matchExpressions").map((e) => {
    const [key, values] = [textAt(e, "key"), at(e, "values")];
    const list = `(${Array.isArray(values) ? values.filter((v) => typeof v === "string").join(",") : ""})`;
    switch (e["operator"]) {
      case "In": return `${key} in ${list}`;
      case "NotIn": return `${key} notin ${list}`;
      case "DoesNotExist": return `!${key}`;
      default: return key;
    }
  });
  return [...equal, ...sets].join(",");
}
