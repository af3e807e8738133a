/** What no rule looks at: it can be anything, so every report says how much of it there is. */
import type { Rules } from "./evaluate.ts";
import { kindOf } from "./kinds.ts";
import { type Declared, expand } from "./resource.ts";

/** Kinds that no rule of the catalog judges, and how many resources of each there are; the most frequent first. */
export function passedOver(declared: readonly Declared[], catalog: Rules): [kind: string, count: number][] {
  const counts = new Map<string, number>();
  for (const one of declared.flatMap(expand)) {
    const { kind } = kindOf(one.type);
    const { alone, related } = catalog.for(kind);
    if (alone.length + related.length > 0 || kind.startsWith("pulumi:") || isComponent(one)) continue;
    const name = kind.startsWith("k8s:") ? kind.slice(kind.lastIndexOf(":") + 1) || "List" : kind;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Kinds that a text names; the others are counted. */
const NAMED = 10;

/** The count as a sentence without full stop; nothing when nothing was passed over. */
export function passedOverText(kinds: readonly (readonly [kind: string, count: number])[]): string | undefined {
  if (kinds.length === 0) return undefined;
  const count = kinds.reduce((sum, [, objects]) => sum + objects, 0);
  const names = kinds.slice(0, NAMED).map(([kind, objects]) => (objects === 1 ? kind : `${kind} (${objects})`));
  const more = kinds.length - NAMED;
  return `${count} ${count === 1 ? "object" : "objects"} of kinds that no rule judges: ${names.join(", ")}${more > 0 ? `, and ${more} more kinds` : ""}`;
}

/** A component has no provider, and its parts are resources of their own; in a file nothing is said of providers. */
function isComponent(declared: Declared): boolean {
  return declared.optionsKnown === true && declared.provider === undefined;
}
