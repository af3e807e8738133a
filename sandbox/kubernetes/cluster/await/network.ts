/** Readiness of Services and Ingresses (pulumi-kubernetes, await/service.go, ingress.go). */
import { at, isRecord, listAt, textAt, type KubeObject } from "../json.ts";
import { READY, waiting, type Readiness, type Related, type Scene, type Verdict } from "./readiness.ts";

/** Endpoints must have been quiet for so long (service.go, `processEndpointEvent`): what a Service targets arrives piece by piece. */
const SETTLE_MS = 10_000;
/** Shortens that wait, ms: for tests, and where nobody looks at what comes late. */
export const SETTLE_VARIABLE = "GOLIVE_SANDBOX_SETTLE_MS";

function settleMs(): number {
  const given = Number(process.env[SETTLE_VARIABLE] ?? "");
  return process.env[SETTLE_VARIABLE] !== undefined && Number.isInteger(given) && given >= 0 ? given : SETTLE_MS;
}

const SLICE = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" };
const SERVICE_NAME = "kubernetes.io/service-name";

export const SERVICE: Readiness = {
  related: (o): Record<string, Related> => (targetsPods(o) ? { slices: { kind: SLICE, namespace: textAt(o, "metadata", "namespace"), query: { labelSelector: `${SERVICE_NAME}=${o.metadata.name}` } } } : {}),
  look: service,
};

/**
 * A load balancer must have its address. Then: no endpoint that is not ready, and no change of endpoints for ten
 * seconds. A Service whose selector selects nothing passes: that is how the official provider judges it.
 */
function service({ object, found, now }: Scene): Verdict {
  if (textAt(object, "spec", "type") === "LoadBalancer" && listAt(object, "status", "loadBalancer", "ingress").length === 0) {
    return waiting("Service was not allocated an IP address; does your cloud provider support this?");
  }
  if (!targetsPods(object)) return READY;
  const slices = found["slices"];
  if (slices === undefined || slices.items.length === 0) return waiting("Finding Pods to direct traffic to");
  const ready = slices.items.flatMap((s) => listAt(s, "endpoints")).map((e) => at(e, "conditions", "ready") !== false);
  const none = ready.includes(true) ? "" : "Service does not target any ready Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods";
  if (ready.includes(false)) return waiting(none || "Waiting for the last of the Service's Pods to be ready");
  const left = settleMs() - (now - slices.changedAt);
  return left <= 0 ? READY : { is: "waiting", for: none || "Waiting for the Service's endpoints to settle", lookAgainMs: left };
}

/** Headless Services, names of others, and Services whose endpoints somebody else writes are not waited for. */
function targetsPods(object: KubeObject): boolean {
  const selector = at(object, "spec", "selector");
  return textAt(object, "spec", "type") !== "ExternalName" && textAt(object, "spec", "clusterIP") !== "None" && isRecord(selector) && Object.keys(selector).length > 0;
}

export const INGRESS: Readiness = {
  related: (o) => {
    const namespace = textAt(o, "metadata", "namespace");
    return { services: { kind: { apiVersion: "v1", kind: "Service" }, namespace, query: {} }, slices: { kind: SLICE, namespace, query: {} } };
  },
  look: ingress,
};

function ingress({ object, found }: Scene): Verdict {
  const known = new Set((found["services"]?.items ?? []).filter((s) => textAt(s, "spec", "type") === "ExternalName").map((s) => s.metadata.name));
  for (const slice of found["slices"]?.items ?? []) known.add(textAt(slice, "metadata", "labels", SERVICE_NAME));
  for (const rule of listAt(object, "spec", "rules")) {
    for (const path of listAt(rule, "http", "paths")) {
      const name = textAt(path, "backend", "service", "name");
      if (name !== "" && !known.has(name)) return waiting(`No matching service found for ingress rule: ${textAt(rule, "host")}${textAt(path, "path")} -> ${name}`);
    }
  }
  return listAt(object, "status", "loadBalancer", "ingress").length > 0 ? READY : waiting("Ingress .status.loadBalancer field was not updated with a hostname/IP address");
}
