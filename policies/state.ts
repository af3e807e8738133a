/** The resources of a saved Pulumi state (`pulumi stack export`), as rules see them. */
import type { Declared } from "./resource.ts";
import { isObject } from "./value.ts";

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  custom?: boolean;
  delete?: boolean;
  protect?: boolean;
  ignoreChanges?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  provider?: string;
  propertyDependencies?: Record<string, string[] | null>;
}

/** Whether data looks like an exported state. */
export function isState(data: unknown): data is { deployment: { resources?: unknown[] } } {
  return isObject(data) && isObject(data["deployment"]);
}

/** All resources of a state that are not being deleted; what the program asked for, not what the cloud answered. */
export function fromState(state: { deployment: { resources?: unknown[] } }): Declared[] {
  const resources = (state.deployment.resources ?? []).filter(isResource).filter((one) => one.delete !== true);
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  return resources.map((one) => {
    const manager = byUrn.get(one.provider?.split("::").slice(0, -1).join("::") ?? "");
    return {
      urn: one.urn,
      type: one.type,
      name: nameOf(one.urn),
      props: one.inputs ?? {},
      protect: one.protect === true,
      optionsKnown: true,
      ignoreChanges: one.ignoreChanges ?? [],
      provider: manager && { name: nameOf(manager.urn), props: manager.inputs ?? {} },
      references: Object.fromEntries(Object.entries(one.propertyDependencies ?? {}).map(([key, urns]) => [key, urns ?? []])),
      identifiers: [one.id, one.outputs?.["arn"], one.outputs?.["id"]].filter((text): text is string => typeof text === "string" && text !== ""),
    };
  });
}

function isResource(value: unknown): value is StateResource {
  return isObject(value) && typeof value["urn"] === "string" && typeof value["type"] === "string";
}

/** Last part of a URN: the name that the program gave. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
