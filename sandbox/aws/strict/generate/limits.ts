/** Where in a service model a property's limits are, and what they are. */
import type { Models, ServiceModel, Shape } from "./botocore.ts";
import { findByEnd, findMember } from "./names.ts";
import { translatePattern } from "./pattern.ts";

/** A shape of a model by name. Throws when the model has none, which only a damaged download causes. */
export function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`The service model has no shape ${name}.`);
  return shape;
}

/** What CloudFront's list wrappers consist of. */
const WRAPPER: ReadonlySet<string> = new Set(["Quantity", "Items", "Enabled", "CachedMethods"]);

/** Through `{Quantity, Items}` (CloudFront's lists) to the list itself. */
export function unwrapItems(model: ServiceModel, name: string): string {
  const members = shapeOf(model, name).members ?? {};
  const items = members["Items"];
  const wrapper = Object.keys(members).every((member) => WRAPPER.has(member));
  return items !== undefined && members["Quantity"] !== undefined && wrapper ? items.shape : name;
}

/** The structure behind a shape: the element of a list, or itself; undefined for anything without members. */
export function structOf(model: ServiceModel, name: string): string | undefined {
  const inner = unwrapItems(model, name);
  const shape = shapeOf(model, inner);
  if (shape.type === "structure") return inner;
  if (shape.type === "list" && shape.member !== undefined) return structOf(model, shape.member.shape);
  // A block per key, with the key as one of its properties (WAF's response bodies).
  if (shape.type === "map" && shape.value !== undefined) return structOf(model, shape.value.shape);
  return undefined;
}

/**
 * Structures of an operation reference, most specific first: for `PutX:Inner.Part` the structure at
 * Inner.Part, then the operation's input. Throws when the model has no such operation or member.
 */
export function structsOfOperation(models: Models, api: string, reference: string): string[] {
  const model = models.get(api);
  const [operation = "", inside] = reference.split(":");
  const input = model.operations[operation]?.input?.shape;
  if (input === undefined) throw new Error(`${api} has no operation ${operation} with an input.`);
  if (inside === undefined) return [input];
  const found = resolvePath(model, [input], inside);
  const struct = found === undefined ? undefined : structOf(model, found);
  if (struct === undefined) throw new Error(`${api} ${operation} has no structure ${inside}.`);
  return [struct, input];
}

/** Shape at a dotted member path inside the first structure that has it. Member names match exactly. */
export function resolvePath(model: ServiceModel, structs: readonly string[], path: string): string | undefined {
  for (const struct of structs) {
    let at: string | undefined = struct;
    for (const part of path.split(".")) {
      const holder: string | undefined = at === undefined ? undefined : structOf(model, at);
      at = holder === undefined ? undefined : shapeOf(model, holder).members?.[part]?.shape;
    }
    if (at !== undefined) return at;
  }
  return undefined;
}

/** Shape that a property stands for by name, in the structures or one structure deeper; undefined when none. */
export function resolveName(model: ServiceModel, structs: readonly string[], property: string, owner: string): string | undefined {
  for (const find of [findMember, findByEnd]) {
    for (const struct of structs) {
      const members = shapeOf(model, struct).members ?? {};
      const name = find(Object.keys(members), property, owner);
      if (name !== undefined) return members[name]?.shape;
    }
  }
  // The provider flattens wrappers that hold one thing; only an unmistakable match counts.
  const deeper = structs.flatMap((struct) =>
    Object.values(shapeOf(model, struct).members ?? {}).flatMap((member) => {
      if (shapeOf(model, member.shape).type !== "structure") return [];
      const members = shapeOf(model, member.shape).members ?? {};
      const name = findMember(Object.keys(members), property, owner);
      const shape = name === undefined ? undefined : members[name]?.shape;
      return shape === undefined ? [] : [shape];
    }),
  );
  const distinct = [...new Set(deeper)];
  return distinct.length === 1 ? distinct[0] : undefined;
}

/** Limits of a string: enum, pattern, length. Patterns that can not be translated are handed to `lost`. */
export function stringLimits(shape: Shape, lost: (pattern: string) => void): { e?: readonly string[]; p?: string; min?: number; max?: number } {
  if (shape.type !== "string") return {};
  const limits: { e?: readonly string[]; p?: string; min?: number; max?: number } = {};
  if (shape.enum !== undefined) limits.e = shape.enum;
  if (shape.pattern !== undefined && shape.pattern !== ".*") {
    const pattern = translatePattern(shape.pattern);
    if (pattern === undefined) lost(shape.pattern);
    else limits.p = pattern;
  }
  return { ...limits, ...bounds(shape) };
}

/** Limits of a number's value. */
export function numberLimits(shape: Shape): { min?: number; max?: number } {
  return ["integer", "long", "float", "double"].includes(shape.type) ? bounds(shape) : {};
}

/** Lower and upper bound as the model gives them; a lower bound of zero on a length says nothing and is left out. */
export function bounds(shape: Shape): { min?: number; max?: number } {
  const limits: { min?: number; max?: number } = {};
  const counts = ["string", "list", "map", "blob"].includes(shape.type);
  if (shape.min !== undefined && !(counts && shape.min <= 0)) limits.min = shape.min;
  if (shape.max !== undefined) limits.max = shape.max;
  return limits;
}
