/** From inputs to a resource's whole state: what the inputs say, and what the service makes of the rest. */
import type { Draft } from "./draft.ts";
import { NotKnownYet } from "./draft.ts";
import type { Formula, ResourceType } from "./types/define.ts";
import { Secret, UNKNOWN, isObject, isUnknown, type Plain, type Value, type ValueObject } from "./values.ts";

/**
 * The state of a resource.
 *
 * @param unknown in the preview of a create nothing that the service makes is known, derivable or not
 */
export function stateOf(kind: ResourceType, draft: Draft, inputs: ValueObject, unknown: boolean): ValueObject {
  const state: ValueObject = Object.fromEntries(
    Object.entries(inputs).filter(([key, value]) => !key.startsWith("__") && value !== null),
  );
  for (const [path, formula] of Object.entries(formulas(kind))) {
    const made = unknown ? UNKNOWN : attempt(formula, draft);
    if (made === undefined || made === null) continue;
    const [top = path, inner] = path.split(".");
    state[top] = inner === undefined ? fill(state[top], made) : fill(state[top], { [inner]: made });
    draft.outputs[path] = inner === undefined && !(state[top] instanceof Secret) ? (state[top] as Plain) : made;
  }
  for (const property of kind.secrets ?? []) {
    const value = state[property];
    if (value !== undefined && !(value instanceof Secret)) state[property] = new Secret(value);
  }
  return state;
}

function formulas(kind: ResourceType): Record<string, Formula> {
  const { name } = kind;
  return {
    ...(kind.global === true ? {} : { region: (draft: Draft) => draft.region }),
    ...(name === undefined ? {} : { [name.property]: (draft: Draft) => draft.name || null }),
    ...kind.outputs,
  };
}

function attempt(formula: Formula, draft: Draft): Plain | undefined {
  try {
    return formula(draft);
  } catch (error) {
    if (error instanceof NotKnownYet) return UNKNOWN;
    throw error;
  }
}

/** The given value wins; where both are objects, property by property. */
function fill(given: Value | undefined, made: Value): Value {
  if (given === undefined) return made;
  if (given instanceof Secret) return new Secret(fill(given.value, made));
  if (isUnknown(given) || !isObject(given) || !isObject(made)) return given;
  const merged: ValueObject = { ...(given) };
  for (const [key, value] of Object.entries(made)) merged[key] = fill(merged[key], value);
  return merged;
}
