/** Why something is not ready, in the words of its pods and of the cluster's events. */
import type { Api } from "../api.ts";
import { because, conditionOf, countAt, isRecord, listAt, textAt, type JsonObject, type KubeObject } from "../json.ts";

/** Enough to tell; hundreds of pods fail for the same few reasons. */
const MOST_EVENTS = 8;
const EVENTS_MS = 5_000;

/** What is wrong with pods that are not ready (checker/pod/check.go). */
export function podProblems(pods: readonly KubeObject[]): string[] {
  return pods.flatMap((pod) => {
    if (textAt(pod, "status", "phase") === "Succeeded" || textAt(pod, "metadata", "deletionTimestamp") !== "") return [];
    const unscheduled = conditionOf(pod, "PodScheduled");
    if (unscheduled !== undefined && unscheduled["status"] !== "True") return [`[Pod ${pod.metadata.name}]: ${because(unscheduled)}`];
    return [...listAt(pod, "status", "initContainerStatuses"), ...listAt(pod, "status", "containerStatuses")]
      .flatMap(containerProblems)
      .map((problem) => `[Pod ${pod.metadata.name}]: ${problem}`);
  });
}

function containerProblems(status: JsonObject): string[] {
  if (status["ready"] === true) return [];
  const name = textAt(status, "name");
  const problems: string[] = [];
  const pending = textAt(status, "state", "waiting", "reason");
  if (pending !== "" && !["ContainerCreating", "PodInitializing"].includes(pending)) {
    problems.push(`container ${name}: [${pending}] ${textAt(status, "state", "waiting", "message")}`.trimEnd());
  }
  for (const state of ["state", "lastState"]) {
    const ended = isRecord(status[state]) ? status[state]["terminated"] : undefined;
    if (!isRecord(ended) || (countAt(ended, "exitCode") === 0 && textAt(ended, "reason") === "Completed")) continue;
    problems.push(`container ${name} terminated (${textAt(ended, "reason") || "no reason"}: exit code ${countAt(ended, "exitCode")}) ${textAt(ended, "message")}`.trimEnd());
  }
  return problems;
}

/** Warning events of the objects, newest first; none where they can not be had: the reason for a wait matters more than its ornaments. */
export async function warningsOf(api: Api, objects: readonly KubeObject[]): Promise<string[]> {
  const namespace = textAt(objects[0], "metadata", "namespace");
  const uids = new Set(objects.map((o) => textAt(o, "metadata", "uid")));
  try {
    const { items } = await api.list({ apiVersion: "v1", kind: "Event" }, namespace, { fieldSelector: "type=Warning", limit: "500" }, AbortSignal.timeout(EVENTS_MS));
    const mine = items.filter((event) => uids.has(textAt(event, "involvedObject", "uid")));
    mine.sort((a, b) => at(b).localeCompare(at(a)));
    return [...new Set(mine.map((event) => `[${textAt(event, "reason")}] ${textAt(event, "involvedObject", "kind")} ${textAt(event, "involvedObject", "name")}: ${textAt(event, "message")}`))].slice(0, MOST_EVENTS);
  } catch {
    return [];
  }
}

function at(event: KubeObject): string {
  return textAt(event, "lastTimestamp") || textAt(event, "eventTime") || textAt(event, "metadata", "creationTimestamp");
}
