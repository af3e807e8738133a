/** Everything that the API server would refuse and that can be told without one. */
import { Secret, plain, type Plain, type PlainObject, type Value, type ValueObject } from "../../aws/values.ts";
import { checkSchema, join, type Finding, type Report } from "../schema/check.ts";
import type { Gvk } from "../token.ts";
import { checkMetadata } from "./metadata.ts";
import { configKey, dnsLabel, port, portName } from "./syntax.ts";
import { absent, at, list, number, oneOf, record, syntax, text, unique, veiled } from "./view.ts";
import { WORKLOAD_RULES } from "./workloads.ts";

/** Most bytes that the data of one ConfigMap or Secret may take (pkg/apis/core/validation, MaxSecretSize). */
const DATA_BYTES = 1024 * 1024;
const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What is wrong with the object; nothing when the API server would take it, as far as can be told here. */
export function findings(gvk: Gvk, object: ValueObject): Finding[] {
  const found: Finding[] = [];
  const report: Report = (path, reason) => { found.push({ path, reason }); };
  checkSchema(gvk, object, report);
  // With the shape wrong, the rules below would only say the same again.
  if (found.length > 0) return found;
  const seen = record(veiled(object));
  checkMetadata(gvk, record(seen["metadata"]), "metadata", report);
  if (gvk.custom || gvk.patch) return found;
  WORKLOAD_RULES[gvk.kind]?.(seen, report, gvk);
  OBJECT_RULES[gvk.kind]?.(seen, report);
  if (gvk.kind === "Secret" || gvk.kind === "ConfigMap") checkData(gvk.kind, object, report);
  return found;
}

const OBJECT_RULES: Readonly<Record<string, (object: PlainObject, report: Report) => void>> = {
  Service: (o, report) => {
    const spec = at(o, "spec");
    oneOf(spec["type"], "spec.type", ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], report);
    oneOf(spec["sessionAffinity"], "spec.sessionAffinity", ["ClientIP", "None"], report);
    const ports = list(spec["ports"]);
    if (absent(spec["ports"]) && spec["type"] !== "ExternalName" && spec["clusterIP"] !== "None") report("spec.ports", "required and not given");
    unique(ports.map((p) => text(p["name"])), (i) => `spec.ports[${i}].name`, "port", report);
    unique(ports.map((p) => (number(p["port"]) === undefined ? undefined : `${number(p["port"])}/${text(p["protocol"]) ?? "TCP"}`)), (i) => `spec.ports[${i}]`, "port", report);
    ports.forEach((p, i) => {
      const wrong = number(p["port"]) === undefined ? undefined : port(Number(p["port"]));
      if (wrong !== undefined) report(`spec.ports[${i}].port`, wrong);
      if (ports.length > 1 && absent(p["name"])) report(`spec.ports[${i}].name`, "required when a Service has several ports");
      syntax(p["name"], `spec.ports[${i}].name`, dnsLabel, report);
      syntax(p["targetPort"], `spec.ports[${i}].targetPort`, portName, report);
      oneOf(p["protocol"], `spec.ports[${i}].protocol`, ["TCP", "UDP", "SCTP"], report);
    });
  },
  NetworkPolicy: (o, report) => {
    const types = at(o, "spec")["policyTypes"];
    if (Array.isArray(types)) types.forEach((type, i) => oneOf(type, `spec.policyTypes[${i}]`, ["Ingress", "Egress"], report));
  },
  RoleBinding: (o, report) => checkBinding(o, true, report),
  ClusterRoleBinding: (o, report) => checkBinding(o, false, report),
  Role: checkRole,
  ClusterRole: checkRole,
};

function checkBinding(object: PlainObject, namespaced: boolean, report: Report): void {
  oneOf(at(object, "roleRef")["kind"], "roleRef.kind", ["Role", "ClusterRole"], report);
  list(object["subjects"]).forEach((subject, i) => {
    oneOf(subject["kind"], `subjects[${i}].kind`, ["User", "Group", "ServiceAccount"], report);
    // A RoleBinding's own namespace stands in (pkg/apis/rbac/validation, ValidateRoleBindingSubject).
    if (!namespaced && subject["kind"] === "ServiceAccount" && absent(subject["namespace"])) report(`subjects[${i}].namespace`, "required for a ServiceAccount");
  });
}

function checkRole(object: PlainObject, report: Report): void {
  list(object["rules"]).forEach((rule, i) => {
    if (isEmpty(rule["verbs"])) report(`rules[${i}].verbs`, "at least one verb is needed");
    if (absent(rule["nonResourceURLs"]) && isEmpty(rule["resources"])) report(`rules[${i}].resources`, "at least one resource is needed");
    if (absent(rule["nonResourceURLs"]) && absent(rule["apiGroups"])) report(`rules[${i}].apiGroups`, "required; the core group is \"\"");
  });
}

function isEmpty(value: Plain | undefined): boolean {
  return absent(value) || (Array.isArray(value) && value.length === 0);
}

/** Keys, size, and base64 where it is asked for; a value is never quoted. */
function checkData(kind: string, object: ValueObject, report: Report): void {
  let bytes = 0;
  for (const field of ["data", "binaryData", "stringData"]) {
    const data = record(plain(open(object[field])));
    for (const [key, value] of Object.entries(data)) {
      syntax(key, join(field, key), configKey, report);
      const encoded = field === "binaryData" || (field === "data" && kind === "Secret");
      if (encoded && typeof value === "string" && !BASE64.test(value.replace(/\s/g, ""))) report(join(field, key), "must be base64; use stringData for plain text");
      bytes += Buffer.byteLength(text(value) ?? "");
    }
  }
  if (bytes > DATA_BYTES) report("data", `${bytes} bytes; a ${kind} holds at most ${DATA_BYTES}`);
}

function open(value: Value | undefined): Value {
  return value instanceof Secret ? value.value : value ?? null;
}
