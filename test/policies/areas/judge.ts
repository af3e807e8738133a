/** What one rule says of one resource that stands alone. */
import { CATALOG } from "../../../policies/catalog.ts";
import { SETTINGS } from "../scene.ts";

/** Paths of a rule's findings on a resource of this type with these properties. */
export function pathsOf(rule: string, type: string, props: Record<string, unknown>): string[] {
  const declared = { urn: `urn:pulumi:production::golive::${type}::one`, type, name: "one", props };
  return [...CATALOG.judgeAlone(declared, SETTINGS), ...CATALOG.judgeRelations([declared], SETTINGS)].filter((verdict) => verdict.rule.id === rule).flatMap((verdict) => verdict.findings.map((finding) => finding.path));
}
