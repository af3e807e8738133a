/** What the API server refuses in the kinds that own pods, and in what scales or protects them. */
import { isUnknown, type PlainObject } from "../../aws/values.ts";
import type { Report } from "../schema/check.ts";
import type { Gvk } from "../token.ts";
import { checkLabels } from "./metadata.ts";
import { checkPod } from "./pods.ts";
import { cron, quantity } from "./syntax.ts";
import { absent, at, list, number, oneOf, reach, record, syntax, text } from "./view.ts";

const ALWAYS = ["Always"];
const ONCE = ["OnFailure", "Never"];
const ANY = ["Always", "OnFailure", "Never"];

/** The rules of one kind, by kind; all are of k8s.io/kubernetes v1.36.3, pkg/apis/<group>/validation. */
export const WORKLOAD_RULES: Readonly<Record<string, (object: PlainObject, report: Report, gvk: Gvk) => void>> = {
  Pod: (o, report) => checkPod(at(o, "spec"), "spec", ANY, [], report),
  Deployment: (o, report) => {
    checkOwner(o, [], report);
    const rolling = at(o, "spec", "strategy", "rollingUpdate");
    oneOf(at(o, "spec", "strategy")["type"], "spec.strategy.type", ["Recreate", "RollingUpdate"], report);
    if (at(o, "spec", "strategy")["type"] === "Recreate" && Object.keys(rolling).length > 0) report("spec.strategy.rollingUpdate", "does not go with type Recreate");
    if (isZero(rolling["maxSurge"]) && isZero(rolling["maxUnavailable"])) report("spec.strategy.rollingUpdate.maxUnavailable", "must not be 0 when maxSurge is 0");
  },
  ReplicaSet: (o, report) => checkOwner(o, [], report),
  DaemonSet: (o, report) => checkOwner(o, [], report),
  StatefulSet: (o, report) => {
    const claims = list(at(o, "spec")["volumeClaimTemplates"]);
    checkOwner(o, claims.map((claim) => text(at(claim, "metadata")["name"]) ?? ""), report);
    claims.forEach((claim, i) => checkClaim(at(claim, "spec"), `spec.volumeClaimTemplates[${i}].spec`, report));
  },
  Job: (o, report) => {
    checkLabels(at(o, "spec", "template", "metadata"), "spec.template.metadata", report);
    if (!absent(o["spec"])) checkPod(at(o, "spec", "template", "spec"), "spec.template.spec", ONCE, [], report);
  },
  CronJob: (o, report) => {
    const spec = at(o, "spec");
    syntax(spec["schedule"], "spec.schedule", cron, report);
    syntax(spec["timeZone"], "spec.timeZone", timeZone, report);
    oneOf(spec["concurrencyPolicy"], "spec.concurrencyPolicy", ["Allow", "Forbid", "Replace"], report);
    const template = "spec.jobTemplate.spec.template";
    checkLabels(at(spec, "jobTemplate", "spec", "template", "metadata"), `${template}.metadata`, report);
    if (!absent(spec["jobTemplate"])) checkPod(at(spec, "jobTemplate", "spec", "template", "spec"), `${template}.spec`, ONCE, [], report);
  },
  PersistentVolumeClaim: (o, report) => checkClaim(at(o, "spec"), "spec", report),
  HorizontalPodAutoscaler: (o, report) => {
    const spec = at(o, "spec");
    const [low, high] = [number(spec["minReplicas"]) ?? 1, number(spec["maxReplicas"])];
    if (high !== undefined && high < 1) report("spec.maxReplicas", "must be at least 1");
    if (high !== undefined && high < low) report("spec.maxReplicas", `must not be less than minReplicas (${low})`);
    if (low < 1) report("spec.minReplicas", "must be at least 1");
  },
  PodDisruptionBudget: (o, report) => {
    const spec = at(o, "spec");
    if (!absent(spec["minAvailable"]) && !absent(spec["maxUnavailable"])) report("spec", "give minAvailable or maxUnavailable, not both");
  },
  ResourceQuota: (o, report) => {
    for (const [name, value] of Object.entries(record(at(o, "spec")["hard"]))) syntax(value, `spec.hard.${name}`, quantity, report);
  },
};

function checkOwner(object: PlainObject, claims: string[], report: Report): void {
  const spec = at(object, "spec");
  if (absent(spec["selector"]) || absent(spec["template"])) return;
  const matchLabels = reach(spec, "selector", "matchLabels");
  const labels = reach(spec, "template", "metadata", "labels");
  const asked = Object.entries(record(matchLabels));
  if (asked.length === 0 && !isUnknown(matchLabels) && absent(at(spec, "selector")["matchExpressions"])) {
    report("spec.selector", "an empty selector matches nothing here; give matchLabels");
  }
  for (const [key, value] of isUnknown(labels) ? [] : asked) {
    const given = record(labels)[key];
    if (typeof value !== "string" || (!absent(given) && typeof given !== "string")) continue;
    if (given !== value) report("spec.template.metadata.labels", `the selector asks for ${key}=${value}, the template has ${absent(given) ? "no such label" : `${key}=${given}`}`);
  }
  checkLabels(at(spec, "template", "metadata"), "spec.template.metadata", report);
  checkPod(at(spec, "template", "spec"), "spec.template.spec", ALWAYS, claims, report);
  if ((number(spec["replicas"]) ?? 0) < 0) report("spec.replicas", "must not be negative");
}

function checkClaim(spec: PlainObject, path: string, report: Report): void {
  if (absent(spec["accessModes"])) report(`${path}.accessModes`, "required and not given");
  const requests = at(spec, "resources", "requests");
  if (absent(spec["resources"])) report(`${path}.resources.requests.storage`, "required and not given");
  syntax(requests["storage"], `${path}.resources.requests.storage`, quantity, report);
}

/** Each answer takes milliseconds, and most jobs share one zone. */
const zones = new Map<string, boolean>();

function timeZone(name: string): string | undefined {
  const known = zones.get(name) ?? isTimeZone(name);
  zones.set(name, known);
  return known ? undefined : `"${name}" is no time zone of the IANA database`;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isZero(value: unknown): boolean {
  return value === 0 || value === "0%" || value === "0";
}
