/** What the API server and its controllers would add to an object: identity, cheap defaults, a status that says "ready". */
import { createHash, randomUUID } from "node:crypto";
import { Secret, hasSecret, isObject, plain, type Value, type ValueObject } from "../aws/values.ts";
import { annotation, metadataOf, objectId, uniqueName } from "./naming.ts";
import type { Gvk } from "./token.ts";

/** Annotation with the name under which fields are owned in a server-side apply (provider/pkg/metadata/annotations.go). */
const FIELD_MANAGER = "pulumi.com/patchFieldManager";

/** The state of a new object, as the official provider stores it (provider.go, `checkpointObject`). */
export function created(gvk: Gvk, inputs: ValueObject, now: Date): ValueObject {
  const identity: ValueObject = { uid: randomUUID(), resourceVersion: "1", creationTimestamp: timestamp(now), generation: 1 };
  return state(gvk, inputs, identity, annotation(inputs, FIELD_MANAGER) ?? uniqueName("pulumi-kubernetes-", new Uint8Array()));
}

/** The state after an update: identity stays, versions move on; the generation only with the specification. */
export function updated(gvk: Gvk, olds: ValueObject, inputs: ValueObject): ValueObject {
  const before = metadataOf(olds) ?? {};
  const oldInputs = olds["__inputs"];
  const oldSpec = isObject(oldInputs) ? (oldInputs)["spec"] : undefined;
  const changed = JSON.stringify(plain(oldSpec ?? null)) !== JSON.stringify(plain(inputs["spec"] ?? null));
  const identity: ValueObject = {
    uid: before["uid"] ?? randomUUID(),
    resourceVersion: String(count(before["resourceVersion"]) + 1),
    creationTimestamp: before["creationTimestamp"] ?? timestamp(new Date()),
    generation: count(before["generation"]) + (changed ? 1 : 0),
  };
  const manager = annotation(inputs, FIELD_MANAGER) ?? olds["__fieldManager"];
  return state(gvk, inputs, identity, typeof manager === "string" ? manager : "pulumi-kubernetes");
}

function state(gvk: Gvk, inputs: ValueObject, identity: ValueObject, fieldManager: string): ValueObject {
  const object: ValueObject = {
    ...inputs,
    apiVersion: gvk.apiVersion,
    kind: gvk.kind,
    metadata: { ...metadataOf(inputs), ...identity },
    __inputs: inputs,
    __initialApiVersion: gvk.apiVersion,
    __fieldManager: fieldManager,
  };
  return gvk.custom ? object : { ...object, ...DEFAULTS[gvk.kind]?.(object, gvk) };
}

/** Fields that the API server or a controller fills in, by kind. */
const DEFAULTS: Readonly<Record<string, (object: ValueObject, gvk: Gvk) => ValueObject>> = {
  Namespace: () => ({ status: { phase: "Active" } }),
  Service: service,
  Secret: secret,
  Deployment: (o) => {
    const spec = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, ...part(o, "spec") };
    const n = spec.replicas;
    return { spec, status: { observedGeneration: metadataOf(o)?.["generation"] ?? 1, replicas: n, readyReplicas: n, availableReplicas: n, updatedReplicas: n } };
  },
  StatefulSet: (o) => {
    const spec = { replicas: 1, podManagementPolicy: "OrderedReady", ...part(o, "spec") };
    const n = spec.replicas;
    return { spec, status: { observedGeneration: metadataOf(o)?.["generation"] ?? 1, replicas: n, readyReplicas: n, currentReplicas: n, updatedReplicas: n } };
  },
  Job: (o) => ({ spec: { parallelism: 1, completions: 1, backoffLimit: 6, ...part(o, "spec") }, status: { succeeded: 1, conditions: [{ type: "Complete", status: "True" }] } }),
  CronJob: (o) => ({ spec: { suspend: false, concurrencyPolicy: "Allow", successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1, ...part(o, "spec") } }),
  PersistentVolumeClaim: (o) => ({ spec: { volumeMode: "Filesystem", ...part(o, "spec") }, status: { phase: "Bound" } }),
  Pod: (o) => ({ spec: { restartPolicy: "Always", dnsPolicy: "ClusterFirst", ...part(o, "spec") }, status: { phase: "Running" } }),
  HorizontalPodAutoscaler: (o) => ({ spec: { minReplicas: 1, ...part(o, "spec") } }),
};

/** An address in 172.20.0.0/16, the range that EKS gives services unless told otherwise; always the same for a name. */
function service(object: ValueObject, gvk: Gvk): ValueObject {
  const given = part(object, "spec");
  const type = given["type"] ?? "ClusterIP";
  const hash = createHash("sha256").update(objectId(gvk, object)).digest();
  const ip = given["clusterIP"] ?? `172.20.${hash[0] ?? 0}.${1 + ((hash[1] ?? 0) % 254)}`;
  const spec: ValueObject = { sessionAffinity: "None", internalTrafficPolicy: "Cluster", ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack", ...given, type };
  if (type !== "ExternalName") Object.assign(spec, { clusterIP: ip, clusterIPs: [ip] });
  const hostname = `k8s-${hash.toString("hex").slice(0, 16)}.elb.sandbox.amazonaws.com`;
  return { spec, status: { loadBalancer: type === "LoadBalancer" ? { ingress: [{ hostname }] } : {} } };
}

/** `stringData` shows up base64-encoded in `data`, as secret as it was. */
function secret(object: ValueObject): ValueObject {
  const texts = object["stringData"];
  const result: ValueObject = { type: object["type"] ?? "Opaque" };
  if (texts === undefined || texts === null) return result;
  const encoded = Object.entries(part(object, "stringData")).map(([key, value]) => [key, encode(value)] as const);
  const data: ValueObject = { ...part(object, "data"), ...Object.fromEntries(encoded) };
  const hidden = texts instanceof Secret || object["data"] instanceof Secret || hasSecret(object["data"] ?? null);
  return { ...result, data: hidden ? new Secret(data) : data };
}

function encode(value: Value): Value {
  if (value instanceof Secret) return new Secret(encode(value.value));
  return typeof value === "string" ? Buffer.from(value).toString("base64") : value;
}

function part(object: ValueObject, key: string): ValueObject {
  const value = object[key];
  const opened = value instanceof Secret ? value.value : value;
  return isObject(opened) ? (opened) : {};
}

function count(value: Value | undefined): number {
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  return Number.isInteger(number) ? number : 1;
}

/** Kubernetes writes whole seconds. */
function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
