/** The paths of `ignoreChanges`: what a declaration leaves to others. */
import { at, isRecord, type Json, type KubeObject } from "./json.ts";
import { owners } from "./managedFields.ts";

/** Steps of a path as the engine writes it: `spec.replicas`, `metadata.annotations["a.b"]`, `spec.containers[0]`. */
export function stepsOf(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map((m) => m[1]?.replace(/\\(.)/g, "$1") ?? m[2] ?? m[3] ?? "");
}

/** True when the changed path lies at or below one that is ignored; `*` stands for any step. */
export function isIgnored(path: string, ignored: readonly string[]): boolean {
  const steps = stepsOf(path);
  return ignored.some((pattern) => {
    const wanted = stepsOf(pattern);
    return wanted.length <= steps.length && wanted.every((step, i) => step === "*" || step === steps[i]);
  });
}

/**
 * The object without what is ignored and belongs to somebody else, and with the cluster's own value where nobody else
 * owns it (await.go, `handleSSAIgnoreFields`): so that an autoscaler's replicas are neither set back nor fought over.
 */
export function leftAlone(object: KubeObject, live: KubeObject, manager: string, ignored: readonly string[]): KubeObject {
  let result = object;
  for (const path of ignored.map(stepsOf)) {
    const { ours, theirs } = owners(live, manager, path);
    const current = at(live, ...path);
    if (theirs && !ours) result = changed(result, path, undefined);
    else if (current !== undefined) result = changed(result, path, current);
  }
  return result;
}

/** A copy of the object with another value at the path, or with none; as it is where the path leads through a list. */
function changed(object: KubeObject, path: readonly string[], value: Json | undefined): KubeObject {
  const copy = structuredClone(object);
  let here: Json = copy;
  for (const key of path.slice(0, -1)) {
    if (!isRecord(here)) return object;
    here[key] ??= {};
    here = here[key];
  }
  const last = path.at(-1);
  if (last === undefined || !isRecord(here)) return object;
  if (value === undefined) delete here[last];
  else here[last] = value;
  return copy;
}
