/** Event rules: which events they match, and whether somebody is told. */
import type { Resource, Stack } from "../resource.ts";
import { matching } from "../search.ts";
import { known } from "../value.ts";

/** Whether an event rule is in force; it is, where nothing is said. */
export function isOn(rule: Resource): boolean {
  return rule.at("state").text !== "DISABLED" && rule.at("isEnabled").flag !== false;
}

/** Rules on events of a source and a detail-type; a pattern without detail-types matches all of them. */
export function routesOf(stack: Stack, source: string, detailType: string): Resource[] {
  const rules = stack.having("aws:cloudwatch:EventRule", "sources", (rule) => rule.at("eventPattern").json.at("source").texts.map((one) => one.text ?? ""), [source]);
  return matching(rules, (rule) => {
    const pattern = rule.at("eventPattern").json;
    const types = pattern.at("detail-type").texts;
    return pattern.at("source").texts.some((one) => one.text === source) && (types.length === 0 || types.some((one) => one.text === detailType)) && isOn(rule);
  });
}

/** Whether one of some rules has a target. @throws Undecided */
export function reachSomebody(stack: Stack, rules: readonly Resource[]): boolean {
  const sure = (rule: Resource): boolean => stack.pointing("aws:cloudwatch:EventTarget", "rule", rule).length > 0;
  return rules.some((rule) => known(() => sure(rule)) === true) || rules.some(sure);
}

/** A stack in which something runs: it has a network or a cluster of its own. */
export function isEnvironment(_: Resource, stack: Stack): boolean {
  return stack.of("aws:ec2:Vpc", "aws:eks:Cluster").length > 0;
}
