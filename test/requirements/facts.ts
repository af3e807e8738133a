/** Shorter ways to say what rendered files must hold. */
import { expect } from "vitest";
import type { Requirement } from "./requirement.ts";
import { at, type Rendered, type RenderedResource } from "./rendered.ts";

/** A resource by type and name, and the literal values at paths of its properties. */
export type Fact = readonly [type: string, name: string | RegExp, values: Record<string, unknown>];

/** Asserts the values of the one resource of that type and name. */
export function expectFact(rendered: Rendered, [type, name, values]: Fact): void {
  const { props } = rendered.one(type, name);
  const found = Object.fromEntries(Object.keys(values).map((path) => [path, at(props, path)]));
  expect(found, `${type} ${String(name)}`).toEqual(values);
}

/** A phrase that is kept by values of single resources, and by what else `also` asserts. */
export function kept(row: string, phrase: string, facts: readonly Fact[], also: (rendered: Rendered) => void = () => undefined): Requirement {
  return {
    row,
    phrase,
    resources: (rendered) => facts.map(([type, name]) => rendered.one(type, name)),
    check: (rendered) => {
      for (const fact of facts) expectFact(rendered, fact);
      also(rendered);
    },
  };
}

/** Names of the resources of a type, sorted. */
export function names(rendered: Rendered, type: string, name?: RegExp): string[] {
  return rendered.all(type, name).map((r) => r.name).sort();
}

export interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/** The statements of a policy document kept as JSON text in a property. */
export function statements(resource: RenderedResource, property = "policy"): Statement[] {
  const text = at(resource.props, property);
  if (typeof text !== "string") throw new Error(`${resource.name} has no ${property}`);
  return (JSON.parse(text) as { Statement: Statement[] }).Statement;
}

/** The statement with that id. */
export function statement(resource: RenderedResource, sid: string, property = "policy"): Statement {
  const found = statements(resource, property).find((s) => s.Sid === sid);
  if (found === undefined) throw new Error(`${resource.name} has no statement ${sid}`);
  return found;
}

/** Values of a list of `{name, value}` such as a container's variables. */
export function byName(list: unknown): Record<string, unknown> {
  return Object.fromEntries((list as { name: string; value?: unknown }[]).map((entry) => [entry.name, entry.value]));
}
