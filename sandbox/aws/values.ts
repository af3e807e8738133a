/**
 * The values that pass between the engine and the simulated cloud: plain JSON, plus the things of Pulumi's wire
 * format that JSON has no word for. `wire.ts` turns protocol structs into these and back.
 */

/** A value that is not known before the update runs (an output of a resource that does not exist yet). */
export class Unknown {
  toString(): string {
    return "<unknown until applied>";
  }

  toJSON(): string {
    return "<unknown until applied>";
  }
}

/** The one unknown value; compare with {@link isUnknown}. */
export const UNKNOWN = new Unknown();

/** A value that the engine encrypts in state and hides on screen. Never nested directly in another secret. */
export class Secret {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value instanceof Secret ? value.value : value;
  }
}

/** A file or archive as the engine sends it: its content is never looked into, only its hash. */
export class Asset {
  readonly kind: "asset" | "archive";
  readonly hash: string;
  /** The wire form, handed back unchanged. */
  readonly wire: Readonly<Record<string, unknown>>;

  constructor(kind: "asset" | "archive", wire: Readonly<Record<string, unknown>>) {
    this.kind = kind;
    this.wire = wire;
    this.hash = typeof wire.hash === "string" ? wire.hash : "";
  }
}

/** A plain value: what checks and formulas work with once secrets are unwrapped. May hold {@link UNKNOWN} and {@link Asset}. */
export type Plain = null | boolean | number | string | Unknown | Asset | Plain[] | PlainObject;
export interface PlainObject { [key: string]: Plain }

/** A value as the engine knows it: plain, or secret at any depth. */
export type Value = null | boolean | number | string | Unknown | Asset | Secret | Value[] | ValueObject;
export interface ValueObject { [key: string]: Value }

export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}

export function isSecret(value: unknown): value is Secret {
  return value instanceof Secret;
}

/** A scalar as text; anything else, and nothing, as the empty text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** True of objects with keys of their own: neither null, array, unknown, secret nor asset. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    && !(value instanceof Unknown) && !(value instanceof Secret) && !(value instanceof Asset);
}

/** The value without its secret wrappers, at every depth; unknowns and assets stay. */
export function plain(value: ValueObject): PlainObject;
export function plain(value: Value): Plain;
export function plain(value: Value): Plain {
  if (value instanceof Secret) return plain(value.value);
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (value === null || typeof value !== "object" || value instanceof Unknown || value instanceof Asset) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** True when the value is, or holds at any depth, something unknown. */
export function hasUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (value === null || typeof value !== "object" || value instanceof Asset) return false;
  return Object.values(value).some(hasUnknown);
}

/** True when the value is, or holds at any depth, a secret. */
export function hasSecret(value: Value): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  if (value === null || typeof value !== "object" || value instanceof Asset || value instanceof Unknown) return false;
  return Object.values(value).some(hasSecret);
}
