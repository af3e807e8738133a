/** What the API server refuses in a pod's specification (k8s.io/kubernetes v1.36.3, pkg/apis/core/validation). */
import type { Plain, PlainObject } from "../../aws/values.ts";
import { join, type Report } from "../schema/check.ts";
import { dnsLabel, dnsSubdomain, envName, port, portName, quantity, quantityValue } from "./syntax.ts";
import { absent, at, list, number, oneOf, record, syntax, text, unique } from "./view.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP"];
const HANDLERS = ["exec", "grpc", "httpGet", "tcpSocket"];

/**
 * @param restart restart policies that the owner of the pod allows
 * @param claims names of volumes that come from a StatefulSet's claim templates
 */
export function checkPod(spec: PlainObject, path: string, restart: readonly string[], claims: readonly string[], report: Report): void {
  oneOf(spec["restartPolicy"], join(path, "restartPolicy"), restart, report);
  if (absent(spec["restartPolicy"]) && !restart.includes("Always")) report(join(path, "restartPolicy"), `required here: ${restart.join(" or ")}`);
  syntax(spec["serviceAccountName"], join(path, "serviceAccountName"), dnsSubdomain, report);
  const volumes = list(spec["volumes"]);
  unique(volumes.map((v) => text(v["name"])), (i) => `${path}.volumes[${i}].name`, "volume", report);
  volumes.forEach((volume, i) => {
    syntax(volume["name"], `${path}.volumes[${i}].name`, dnsLabel, report);
    syntax(at(volume, "emptyDir")["sizeLimit"], `${path}.volumes[${i}].emptyDir.sizeLimit`, quantity, report);
    if (Object.keys(volume).filter((key) => key !== "name" && !absent(volume[key])).length > 1) report(`${path}.volumes[${i}]`, "a volume has one source, not several");
  });
  const mountable = Array.isArray(spec["volumes"]) || spec["volumes"] === undefined
    ? [...claims, ...volumes.map((v) => text(v["name"]))]
    : undefined;
  const containers = list(spec["containers"]);
  if (Array.isArray(spec["containers"]) && containers.length === 0) report(join(path, "containers"), "at least one container is needed");
  const names: (string | undefined)[] = [];
  for (const [field, items] of [["initContainers", list(spec["initContainers"])], ["containers", containers]] as const) {
    items.forEach((container, i) => {
      const where = `${path}.${field}[${i}]`;
      checkContainer(container, where, mountable, report);
      const name = text(container["name"]);
      if (name !== undefined && names.includes(name)) report(`${where}.name`, `container "${name}" is given twice`);
      names.push(name);
    });
  }
}

function checkContainer(container: PlainObject, path: string, mountable: readonly (string | undefined)[] | undefined, report: Report): void {
  syntax(container["name"], `${path}.name`, dnsLabel, report);
  if (absent(container["image"]) || text(container["image"])?.trim() === "") report(`${path}.image`, "required and not given");
  oneOf(container["imagePullPolicy"], `${path}.imagePullPolicy`, ["Always", "IfNotPresent", "Never"], report);
  checkResources(at(container, "resources"), `${path}.resources`, report);
  const env = list(container["env"]);
  // The last one would win; a server-side apply refuses it, since names are the list's keys.
  unique(env.map((e) => text(e["name"])), (i) => `${path}.env[${i}]`, "environment variable", report);
  env.forEach((variable, i) => {
    syntax(variable["name"], `${path}.env[${i}].name`, envName, report);
    if (!absent(variable["value"]) && text(variable["value"]) !== "" && !absent(variable["valueFrom"])) report(`${path}.env[${i}]`, "give value or valueFrom, not both");
  });
  const ports = list(container["ports"]);
  unique(ports.map((p) => text(p["name"])), (i) => `${path}.ports[${i}].name`, "port", report);
  unique(ports.map(portKey), (i) => `${path}.ports[${i}]`, "port", report);
  ports.forEach((p, i) => checkContainerPort(p, `${path}.ports[${i}]`, report));
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    if (!absent(container[probe])) checkProbe(record(container[probe]), `${path}.${probe}`, probe, portsOf(container, ports), report);
  }
  const mounts = list(container["volumeMounts"]);
  unique(mounts.map((m) => text(m["mountPath"])), (i) => `${path}.volumeMounts[${i}].mountPath`, "mount path", report);
  mounts.forEach((mount, i) => {
    const name = text(mount["name"]);
    if (name !== undefined && mountable !== undefined && !mountable.includes(undefined) && !mountable.includes(name)) {
      report(`${path}.volumeMounts[${i}].name`, `the pod has no volume "${name}"`);
    }
  });
}

function checkContainerPort(p: PlainObject, path: string, report: Report): void {
  syntax(p["name"], `${path}.name`, portName, report);
  oneOf(p["protocol"], `${path}.protocol`, PROTOCOLS, report);
  const wrong = number(p["containerPort"]) === undefined ? undefined : port(Number(p["containerPort"]));
  if (wrong !== undefined) report(`${path}.containerPort`, wrong);
}

function portKey(p: PlainObject): string | undefined {
  const value = number(p["containerPort"]);
  return value === undefined ? undefined : `${value}/${text(p["protocol"]) ?? "TCP"}`;
}

/** Names of the container's ports; `undefined` while one of them is unknown. */
function portsOf(container: PlainObject, ports: PlainObject[]): string[] | undefined {
  if (!Array.isArray(container["ports"]) && !absent(container["ports"])) return undefined;
  return ports.flatMap((p) => text(p["name"]) ?? []);
}

function checkProbe(probe: PlainObject, path: string, kind: string, ports: string[] | undefined, report: Report): void {
  const handlers = HANDLERS.filter((h) => !absent(probe[h]));
  if (handlers.length !== 1) report(path, handlers.length === 0 ? `needs one of ${HANDLERS.join(", ")}` : `has ${handlers.join(" and ")}; give one`);
  for (const handler of handlers) {
    const given = at(probe, handler)["port"];
    const where = `${path}.${handler}.port`;
    const value = number(given);
    if (handler === "exec") continue;
    if (absent(given)) {
      if (Object.keys(at(probe, handler)).length > 0) report(where, "required and not given");
    } else if (value !== undefined && port(value) !== undefined) report(where, port(value) ?? "");
    else syntax(given, where, portName, report);
    const name = text(given);
    // The API server takes it, but the kubelet can not resolve it: the pod would never become ready.
    if (name !== undefined && ports !== undefined && portName(name) === undefined && !ports.includes(name)) report(where, `the container has no port named "${name}"`);
  }
  for (const field of ["failureThreshold", "periodSeconds", "successThreshold", "timeoutSeconds"]) {
    if ((number(probe[field]) ?? 1) < 1) report(`${path}.${field}`, "must be at least 1");
  }
  if ((number(probe["initialDelaySeconds"]) ?? 0) < 0) report(`${path}.initialDelaySeconds`, "must not be negative");
  if (kind !== "readinessProbe" && (number(probe["successThreshold"]) ?? 1) !== 1) report(`${path}.successThreshold`, `must be 1 for a ${kind}`);
}

/** `requests` and `limits`: syntax, and no request above its limit. */
export function checkResources(resources: PlainObject, path: string, report: Report): void {
  const limits = record(resources["limits"]);
  for (const part of ["requests", "limits"]) {
    for (const [name, value] of Object.entries(record(resources[part]))) {
      syntax(amount(value), join(`${path}.${part}`, name), quantity, report);
      const [request, limit] = [amount(value), amount(limits[name])];
      const comparable = part === "requests" && request !== undefined && limit !== undefined && quantity(request) === undefined && quantity(limit) === undefined;
      if (comparable && quantityValue(request) > quantityValue(limit)) report(join(`${path}.requests`, name), `${request} is more than its limit ${limit}`);
    }
  }
}

function amount(value: Plain | undefined): string | undefined {
  return typeof value === "number" ? String(value) : text(value);
}
