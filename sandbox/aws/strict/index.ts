/**
 * Strictness of the simulated AWS: what the real service and provider would refuse, and what they would replace.
 * Limits come from the AWS service models that botocore ships, names and types from the SDK's typings (both as
 * data, see generate.ts), the rest from documented rules (rules/).
 */
import { isObject } from "../values.ts";
import { checkNode } from "./check.ts";
import { loadType } from "./data.ts";
import { rulesOf } from "./rules/index.ts";

/** One wrong input. */
export interface InputFailure {
  /** Property path, such as `ingress[0].fromPort`; empty for the resource as a whole. */
  property: string;
  /** What is wrong, and what to do; one or two sentences. Never the value of a secret property. */
  reason: string;
}

/**
 * Everything that is wrong with a resource's inputs; empty when nothing is. Unknown values are not judged.
 * A type outside the data gets one failure that says so.
 *
 * @param type token such as `aws:rds/instance:Instance`
 * @param props inputs without secret wrappers
 */
export function checkInputs(type: string, props: Record<string, unknown>): InputFailure[] {
  const found = loadType(type);
  if (found === undefined) {
    return [{ property: "", reason: `The sandbox has no strictness data for ${type}: add a mapping in sandbox/aws/strict/mapping and run sandbox/aws/strict/generate.ts.` }];
  }
  const failures: InputFailure[] = [];
  checkNode(found.nodes, found.type.root, props, "", (property, reason) => failures.push({ property, reason }));
  if (!isObject(props)) return failures;
  // The models and a documented rule can find the same thing; the models' word is enough.
  const said = new Set(failures.map((failure) => failure.property));
  for (const rule of rulesOf(type)) {
    rule(props, (property, reason) => {
      if (!said.has(property)) failures.push({ property, reason });
    });
  }
  return failures;
}

const EMPTY: ReadonlySet<string> = new Set();
const replacing = new Map<string, ReadonlySet<string>>();

/**
 * Property paths without indexes (`cidrBlock`, `launchTemplate.id`) whose change replaces a resource of the type;
 * a path stands for everything below it. All other changes are made in place. Empty for a type outside the data.
 */
export function replaceOn(type: string): ReadonlySet<string> {
  const known = replacing.get(type);
  if (known !== undefined) return known;
  const found = loadType(type);
  const paths = found === undefined ? EMPTY : new Set(Object.keys(found.type.replace));
  replacing.set(type, paths);
  return paths;
}

/** Top-level properties of the type for which no source says whether a change replaces; they change in place. */
export function undecided(type: string): readonly string[] {
  return loadType(type)?.type.undecided ?? [];
}
