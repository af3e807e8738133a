/**
 * What the rules share: reading inputs that may be absent, unknown or of the wrong type. A rule looks only at what
 * is known and well-typed; the data-driven check has already reported the rest.
 */
import { isObject, isUnknown } from "../../values.ts";

/** Inputs of one resource, without secret wrappers. */
export type Props = Readonly<Record<string, unknown>>;

/** Reports a wrong input: its path, and what is wrong with it and what to do. */
export type Fail = (property: string, reason: string) => void;

/** One documented rule of one resource type. */
export type Rule = (props: Props, fail: Fail) => void;

/** Rules by type token. */
export type Rules = Readonly<Record<string, readonly Rule[]>>;

/** True when nothing is given; an unknown value is given. */
export function absent(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The text, or undefined when absent, unknown or no text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The number, or undefined when absent, unknown or no number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The known elements of a list with their positions; none when absent or unknown. */
export function items(value: unknown): readonly (readonly [number, unknown])[] {
  if (!Array.isArray(value)) return [];
  return value.map((item, index): readonly [number, unknown] => [index, item]).filter(([, item]) => !isUnknown(item));
}

/** The known objects of a list with their positions. */
export function blocks(value: unknown): readonly (readonly [number, Props])[] {
  return items(value).flatMap(([index, item]) => (isObject(item) ? [[index, item] as const] : []));
}

/** The object, or an empty one when absent, unknown or no object. */
export function block(value: unknown): Props {
  return isObject(value) ? value : {};
}

/** A rule for one number that must lie between two bounds, both included. */
export function range(property: string, min: number, max: number, unit: string): Rule {
  return (props, fail) => {
    const value = number(props[property]);
    if (value !== undefined && (value < min || value > max)) fail(property, `${value} is outside ${min} to ${max}${unit === "" ? "" : ` ${unit}`}.`);
  };
}

/** A rule for one text or number that must be one of a few values. */
export function oneOf(property: string, allowed: readonly (string | number)[]): Rule {
  return (props, fail) => {
    const value = props[property];
    if ((typeof value === "string" || typeof value === "number") && value !== "" && !allowed.includes(value)) {
      fail(property, `${JSON.stringify(value)} is not accepted; use one of ${allowed.join(", ")}.`);
    }
  };
}

/** A rule that exactly one of several properties is given. */
export function exactlyOne(properties: readonly string[]): Rule {
  return (props, fail) => {
    const given = properties.filter((property) => !absent(props[property]));
    if (given.length === 1) return;
    const found = given.length === 0 ? "none is" : `${given.join(" and ")} are`;
    fail(given[1] ?? properties[0] ?? "", `Exactly one of ${properties.join(", ")} must be given; ${found} given.`);
  };
}
