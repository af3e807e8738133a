/** Reading NetworkPolicies: their two directions, and the selectors that take everything. */
import type { Resource } from "../resource.ts";
import { any, type Value } from "../value.ts";

export const POLICY = ["k8s:networking:NetworkPolicy"];

export interface Direction {
  type: "Ingress" | "Egress";
  rules: "ingress" | "egress";
  peers: "from" | "to";
}

export const INGRESS: Direction = { type: "Ingress", rules: "ingress", peers: "from" };
export const EGRESS: Direction = { type: "Egress", rules: "egress", peers: "to" };
export const DIRECTIONS = [INGRESS, EGRESS];

export function eachRule(policy: Resource, look: (rule: Value, direction: Direction) => void, directions: readonly Direction[] = DIRECTIONS): void {
  for (const direction of directions) policy.try(() => policy.at("spec").key(direction.rules).each((rule) => look(rule, direction)));
}

export function eachPeer(policy: Resource, look: (peer: Value) => void, directions?: readonly Direction[]): void {
  eachRule(policy, (rule, direction) => rule.key(direction.peers).each(look), directions);
}

/** Whether a label selector has no demands, and so takes everything. */
export function isEmpty(selector: Value): boolean {
  return selector.at("matchLabels").entries.length === 0 && selector.at("matchExpressions").items.length === 0;
}

/** The label that every namespace has: that it exists says nothing. */
const NAME_OF_NAMESPACE = "kubernetes.io/metadata.name";

/** Whether a selector names what it takes; "all but", and a label that everything has, do not. */
export function isNarrow(selector: Value): boolean {
  return any([
    () => selector.at("matchLabels").entries.length > 0,
    ...selector.at("matchExpressions").items.map((one) => () => isNarrowing(one.key("operator").text, one.key("key"))),
  ]);
}

function isNarrowing(operator: string | undefined, key: Value): boolean {
  return operator === "In" || (operator === "Exists" && key.text !== NAME_OF_NAMESPACE);
}

export function names(list: Value, wanted: string): boolean {
  return any(list.texts.map((one) => () => one.text === wanted));
}
