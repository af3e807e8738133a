/** Where rules are explained. */
import type { RuleText } from "../../policies/rule.ts";

export function areaOf({ id }: Pick<RuleText, "id">): string {
  return id.split("/")[0] ?? "";
}

/** The section on a rule, from the folder of the reference on. */
export function placeOf(rule: Pick<RuleText, "id">): string {
  return `policies/${areaOf(rule)}.md#${rule.id.replace("/", "")}`;
}
