/**
 * The seam to `strict/index.ts`, which judges inputs by the service models: this side only knows its shape, so
 * that the provider starts without reading the models and works where they are not there.
 */
import { existsSync } from "node:fs";
import type { PlainObject } from "./values.ts";

/** One wrong input: the property path (`ingress[0].fromPort`) and what is wrong with it, for a person. */
export interface InputFailure {
  property: string;
  reason: string;
}

/** What the service models say of a resource type. Inputs come without secret wrappers; unknowns as `UNKNOWN`. */
export interface Strictness {
  /** All that is wrong with the inputs; empty when the type is not modeled. */
  checkInputs(type: string, props: PlainObject): InputFailure[];
  /** Property paths without indexes (`cidrBlock`, `vpcConfig.subnetIds`) whose change replaces the resource. */
  replaceOn(type: string): ReadonlySet<string>;
}

const LENIENT: Strictness = { checkInputs: () => [], replaceOn: () => new Set() };

let loaded: Promise<Strictness> | undefined;

/** The service models, read on the first call; nothing is refused where they are absent. */
export function strictness(): Promise<Strictness> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Strictness> {
  const module = new URL("./strict/index.ts", import.meta.url);
  if (!existsSync(module)) return LENIENT;
  return (await import(module.href)) as Strictness;
}
