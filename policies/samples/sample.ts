/** What a sample is: a change that breaks a rule, or one that does not. */
import type { Declared } from "../resource.ts";

/**
 * A change to a compliant scene (test/policies/scenes): what the reference shows, and what the tests run. Keys of `set`
 * are `resource:path`; `undefined` takes the place away. A bad sample must break this rule and, unless `also` names
 * them, no other; a good one must break none.
 */
export interface Sample {
  set?: Readonly<Record<string, unknown>>;
  /** Names of resources that are left out. */
  remove?: readonly string[];
  add?: readonly SampleResource[];
  /** Bad samples: `resource:path` of the finding; the first key of `set` when not said. */
  at?: string;
  /** Bad samples: other rules that this breaks as well, because one mistake is a matter of both. */
  also?: readonly string[];
}

/** A resource of a scene. */
export type SampleResource = Pick<Declared, "type" | "name" | "props" | "protect" | "ignoreChanges" | "provider" | "references">;

/** The samples of one rule. */
export interface RuleSamples {
  /** Name of the scene that they change. */
  scene: string;
  good?: readonly Sample[];
  bad: readonly [Sample, ...Sample[]];
}

/** Samples of rules, by the rule's id. */
export type Samples = Readonly<Record<string, RuleSamples>>;
