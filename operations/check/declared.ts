/** The resources that a document declares, whatever form it has: manifest, list, saved state, or resources with type tokens. */
import { tokenOf } from "../../policies/kinds.ts";
import type { Declared } from "../../policies/resource.ts";
import { fromState, isState } from "../../policies/state.ts";
import { isObject } from "../../policies/value.ts";

/** A resource, and the path at which its properties stand in its document. */
export interface Found {
  declared: Declared;
  at: string;
}

/** Something that is no resource, and where. */
export interface Stranger {
  at: string;
  message: string;
}

export interface Content {
  found: Found[];
  strangers: Stranger[];
}

/** Pulumi's type tokens: package, module (may be empty) and name. */
const TOKEN = /^[^:\s]+:[^:\s]*:[^:\s]+$/;

/** Lists in lists are followed this deep. */
const MAX_NESTED = 3;

/**
 * @param urn names the document among all; what is in it gets a path behind it
 */
export function contentOf(data: unknown, urn: string): Content {
  const state = stateOf(data);
  if (state !== undefined) return { found: foundInState(state), strangers: [] };
  if (!Array.isArray(data)) return manifest(data, { urn, at: "", depth: 0 });
  return joined(data.map((one: unknown, index) => {
    const at = `[${index}]`;
    return isObject(one) && "type" in one && !("apiVersion" in one) ? resource(one, urn, at) : manifest(one, { urn: `${urn}${at}`, at, depth: 0 });
  }));
}

/** `pulumi stack export`, or the file that the engine keeps in a folder of states. */
function stateOf(data: unknown): { state: Parameters<typeof fromState>[0]; at: string } | undefined {
  if (isState(data)) return { state: data, at: "deployment" };
  const latest = isObject(data) && isObject(data["checkpoint"]) ? data["checkpoint"]["latest"] : undefined;
  return isObject(latest) ? { state: { deployment: latest }, at: "checkpoint.latest" } : undefined;
}

function foundInState({ state, at }: { state: Parameters<typeof fromState>[0]; at: string }): Found[] {
  const places = new Map<unknown, number>();
  for (const [index, one] of (Array.isArray(state.deployment.resources) ? state.deployment.resources : []).entries()) {
    if (isObject(one) && one["delete"] !== true) places.set(one["urn"], index);
  }
  return fromState({ deployment: { resources: Array.isArray(state.deployment.resources) ? state.deployment.resources : [] } })
    .map((declared) => ({ declared, at: `${at}.resources[${places.get(declared.urn) ?? 0}].inputs` }));
}

function resource(one: Record<string, unknown>, urn: string, at: string): Content {
  const { type, name, props } = one;
  const stranger = (message: string): Content => ({ found: [], strangers: [{ at, message: `${at} ${message}` }] });
  if (typeof type !== "string" || !TOKEN.test(type)) return stranger("has no type such as aws:s3/bucket:Bucket");
  if (typeof name !== "string" || name === "") return stranger("has no name");
  if (!isObject(props)) return stranger("has no object of properties (props)");
  const protect = one["protect"];
  return { found: [{ declared: { urn: `${urn}${at}`, type, name: printable(name), props, optionsKnown: typeof protect === "boolean", protect: protect === true }, at: `${at}.props` }], strangers: [] };
}

interface Where { urn: string; at: string; depth: number }

function manifest(data: unknown, where: Where, inherited: { apiVersion?: string; kind?: string } = {}): Content {
  const { urn, at, depth } = where;
  const stranger = (message: string): Content => ({ found: [], strangers: [{ at, message: `${at === "" ? "" : `${at} `}is not a Kubernetes manifest: ${message}` }] });
  if (!isObject(data)) return stranger(`it is ${Array.isArray(data) ? "a list" : "a plain value"}`);
  const { apiVersion = inherited.apiVersion, kind = inherited.kind, items } = data;
  const missing = [...(isName(apiVersion) ? [] : ["apiVersion"]), ...(isName(kind) ? [] : ["kind"])];
  if (!isName(apiVersion) || !isName(kind)) return stranger(`it has no ${missing.join(" and no ")}`);
  if (kind.endsWith("List") && (Array.isArray(items) || items === null) && depth < MAX_NESTED) {
    // A typed list need not repeat in each item what all of them are; of a plain List each one says it.
    const each = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -"List".length) };
    return joined((items ?? []).map((item: unknown, index: number) => manifest(item, { urn: `${urn}${at === "" ? "." : ""}items[${index}]`, at: `${at === "" ? "" : `${at}.`}items[${index}]`, depth: depth + 1 }, each)));
  }
  return { found: [{ declared: { urn, type: tokenOf(apiVersion, kind), name: nameOf(kind, data, urn), props: data, optionsKnown: false }, at }], strangers: [] };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[^\s:]+$/.test(value);
}

/** `namespace/Kind/name`; `Kind/name` where no namespace is said. */
function nameOf(kind: string, object: Record<string, unknown>, urn: string): string {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  const { namespace, name, generateName } = metadata;
  const own = typeof name === "string" && name !== "" ? name : typeof generateName === "string" && generateName !== "" ? `${generateName}*` : `(${urn.slice(urn.lastIndexOf("#"))})`;
  return printable([...(typeof namespace === "string" && namespace !== "" ? [namespace] : []), kind, own].join("/"));
}

/** A name on a terminal must not move its cursor. */
function printable(name: string): string {
  return name.replace(/\p{C}/gu, "\ufffd");
}

function joined(contents: readonly Content[]): Content {
  return { found: contents.flatMap((one) => one.found), strangers: contents.flatMap((one) => one.strangers) };
}
