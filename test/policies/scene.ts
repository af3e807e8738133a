/** Builds the resources of a sample: a scene, changed. */
import { isDeepStrictEqual } from "node:util";
import type { Declared, Settings } from "../../policies/resource.ts";
import type { Sample, SampleResource } from "../../policies/samples/sample.ts";
import { steps } from "../../policies/value.ts";
import { SCENES } from "./scenes/index.ts";
import { Json } from "./scenes/json.ts";

/** What the samples take for granted of the stack's configuration. */
export const SETTINGS: Settings = {
  allowedRegistries: ["123456789012.dkr.ecr.us-east-1.amazonaws.com"],
  today: "2026-11-21",
  requiredTags: ["environment", "owner", "cost-center"],
  requiredLabels: ["app.kubernetes.io/name", "app.kubernetes.io/part-of"],
  runbooks: ["docs/runbooks/availability.md"],
};

/** The provider of every AWS resource in a scene. */
const PROVIDER = { name: "aws", props: { defaultTags: JSON.stringify({ tags: { environment: "production", owner: "platform@example.com", "cost-center": "shop" } }) } };

/** A sample's resources as the engine would declare them. @throws where a change does not name a place of the scene */
export function staged(scene: string, sample: Sample = {}): Declared[] {
  const known = SCENES[scene];
  if (known === undefined) throw new Error(`there is no scene "${scene}"`);
  const resources = structuredCloneScene([...known, ...(sample.add ?? [])]);
  for (const name of sample.remove ?? []) {
    if (!resources.delete(name)) throw new Error(`scene "${scene}" has no resource "${name}"`);
  }
  for (const [place, value] of Object.entries(sample.set ?? {})) change(resources, scene, place, value);
  return [...resources.values()].map(declared);
}

function structuredCloneScene(list: readonly SampleResource[]): Map<string, SampleResource> {
  const copies = new Map<string, SampleResource>();
  for (const resource of list) {
    if (copies.has(resource.name)) throw new Error(`two resources are called "${resource.name}"`);
    copies.set(resource.name, { ...resource, props: copy(resource.props) as Record<string, unknown> });
  }
  return copies;
}

function copy(value: unknown): unknown {
  if (value instanceof Json) return new Json(copy(value.json));
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copy(one)]));
  return value;
}

/** `name:path` as the resource and the steps to the place; `name:$protect` is the option, not a property. */
export function placeOf(place: string): { name: string; path: string } {
  const colon = place.indexOf(":");
  return { name: place.slice(0, colon), path: place.slice(colon + 1) };
}

function change(resources: Map<string, SampleResource>, scene: string, place: string, value: unknown): void {
  const { name, path } = placeOf(place);
  const resource = resources.get(name);
  if (resource === undefined) throw new Error(`scene "${scene}" has no resource "${name}" (${place})`);
  if (path.startsWith("$")) {
    resources.set(name, { ...resource, [path.slice(1)]: value });
    return;
  }
  const way = [...steps(path)];
  const last = way.pop();
  let holder: unknown = resource.props;
  for (const step of way) {
    if (holder instanceof Json) holder = holder.json;
    if (typeof holder !== "object" || holder === null) throw new Error(`${place}: there is nothing at "${String(step)}"`);
    const next = (holder as Record<string | number, unknown>)[step] ?? {};
    (holder as Record<string | number, unknown>)[step] = next;
    holder = next;
  }
  if (holder instanceof Json) holder = holder.json;
  const target = holder as Record<string | number, unknown>;
  const key = last ?? "";
  if (isDeepStrictEqual(target[key], value)) throw new Error(`${place} is the same in the scene: the sample changes nothing`);
  if (value === undefined && Array.isArray(target)) target.splice(Number(key), 1);
  else if (value === undefined) Reflect.deleteProperty(target, key);
  else target[key] = value;
}

function declared(resource: SampleResource): Declared {
  const { type, name, props, protect, ignoreChanges, provider, references } = resource;
  return {
    urn: `urn:pulumi:production::golive::${type}::${name}`,
    type,
    name,
    props: finished(props) as Record<string, unknown>,
    protect: protect ?? false,
    optionsKnown: true,
    ignoreChanges: ignoreChanges ?? [],
    references: references ?? {},
    provider: provider ?? (type.startsWith("aws:") ? PROVIDER : undefined),
  };
}

function finished(value: unknown): unknown {
  if (value instanceof Json) return JSON.stringify(value.json);
  if (Array.isArray(value)) return value.map(finished);
  if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, finished(one)]));
  return value;
}
