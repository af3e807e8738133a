/** Readiness as the resource itself says it: `pulumi.com/waitFor` (pulumi-kubernetes, metadata/overrides.go, condition/*.go). */
import { because, conditionOf, countAt, listAt, textAt, type Json, type JsonObject, type KubeObject } from "../json.ts";
import { parseJsonPath, select, type JsonPath } from "./jsonPath.ts";
import { READY, waiting, type Readiness, type Verdict } from "./readiness.ts";

type Look = (object: KubeObject) => Verdict;

/**
 * All expressions of the annotation: `condition=Type`, `condition=Type=Status`, `jsonpath={.path}`,
 * `jsonpath={.path}=value`; several as a JSON list.
 *
 * @throws Error when one is of no such form
 */
export function parseWaitFor(annotation: string): Readiness {
  const looks = expressions(annotation).map(parse);
  if (looks.length === 0) throw new Error("pulumi.com/waitFor names no condition");
  return { onceOnly: true, look: ({ object }) => looks.map((look) => look(object)).find((verdict) => verdict.is !== "ready") ?? READY };
}

function expressions(annotation: string): string[] {
  try {
    const list: unknown = JSON.parse(annotation);
    if (Array.isArray(list) && list.every((item): item is string => typeof item === "string")) return list;
  } catch {
    // A single expression is no JSON.
  }
  return [annotation];
}

function parse(expression: string): Look {
  const [, form, rest = ""] = /^(condition|jsonpath)=(.*)$/s.exec(expression) ?? [];
  if (form === undefined) throw new Error(`pulumi.com/waitFor: expected a "jsonpath=" or "condition=" prefix, got "${expression}"`);
  if (form === "condition") return byCondition(rest);
  const path = parseJsonPath(rest);
  return (object) => byPath(object, path);
}

function byCondition(text: string): Look {
  const [type = "", status = "True"] = text.split(/=(.*)/s);
  return (object) => {
    const condition = conditionOf(object, type);
    if (condition === undefined) return waiting(`Waiting for condition ${type}, which has not been reported yet`);
    if (isOld(object, condition)) return waiting(`Waiting for condition ${type} of the new generation`);
    if (textAt(condition, "status").toLowerCase() === status.toLowerCase()) return READY;
    return waiting(`Resource has condition ${type}=${textAt(condition, "status")} (want ${status}): ${because(condition)}`);
  };
}

function byPath(object: KubeObject, { text, steps, value }: JsonPath): Verdict {
  const seen = object["status"];
  if (seen !== undefined && isOld(object, {})) return waiting(`Waiting for ${text}`);
  const [found] = select(object, steps);
  if (found === undefined) return waiting(`Waiting for ${text}: selected nothing`);
  if (value === undefined) return READY;
  if (typeof found === "object" && found !== null) return { is: "failed", why: `${text} selects something that is no plain value` };
  return String(found) === value ? READY : waiting(`Waiting for ${text} (found "${String(found)}")`);
}

/** True when what is reported is about an earlier generation; without a word of generations it is taken as current. */
function isOld(object: KubeObject, condition: JsonObject): boolean {
  const reported = [condition["observedGeneration"], statusOf(object)].find((g): g is number => typeof g === "number");
  return reported !== undefined && reported < countAt(object, "metadata", "generation");
}

function statusOf(object: KubeObject): Json | undefined {
  const { status } = object;
  return typeof status === "object" && status !== null && !Array.isArray(status) ? status["observedGeneration"] : undefined;
}

/** Any kind, by the conditions that many controllers agree on (kstatus): asked for by PULUMI_K8S_AWAIT_ALL. */
export const ANY_KIND: Readiness = {
  onceOnly: true,
  look: ({ object }) => {
    if (isOld(object, {})) return waiting("Waiting for the controller to see the change");
    const bad = listAt(object, "status", "conditions").find((c) => (["Reconciling", "Stalled"].includes(textAt(c, "type")) && c["status"] === "True") || (textAt(c, "type") === "Ready" && c["status"] !== "True"));
    if (bad === undefined) return READY;
    return textAt(bad, "type") === "Stalled" ? { is: "failed", why: because(bad) } : waiting(`Waiting for readiness: ${because(bad)}`);
  },
};
