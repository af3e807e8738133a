/**
 * What a plan does to resources that exist: the part of the checklist that no declaration shows. The engine tells a
 * pack what will be there, never what will be gone; so these rules are judged by `golive gate --base`, from the plan.
 */
import type { ChecklistItem } from "./checklist.ts";
import { DATA_KINDS } from "./dataKinds.ts";
import { exempted, ExemptionBook, type Exemptions } from "./exemptions.ts";
import type { Issue, RuleResult } from "./judge.ts";
import { kindOf } from "./kinds.ts";
import type { RuleText } from "./rule.ts";

const ITEMS: readonly ChecklistItem[] = ["protect"];

/** A rule on what happens to a resource. */
interface PlanRule extends RuleText {
  operation: "delete" | "replace";
  /** Each thing that may be lost is named by whoever lets it go. */
  exact: true;
}

export const PLAN_RULES: readonly PlanRule[] = [
  {
    id: "protection/data-not-deleted",
    title: "An update deletes nothing that holds data",
    items: ITEMS,
    severity: "critical",
    frameworks: [],
    why: "What the program gives up is destroyed by the next update, with everything in it. Renaming a resource, moving it to another component or removing a line does that as well as meaning it.",
    mend: "Keep the resource, or give its new place the old name with `aliases: [...]`. When it is really to go, save its data first and add a waiver for this one resource.",
    operation: "delete",
    exact: true,
  },
  {
    id: "protection/data-not-replaced",
    title: "An update replaces nothing that holds data",
    items: ITEMS,
    severity: "critical",
    frameworks: [],
    why: "A replacement makes an empty one and destroys the old one. Some properties (an identifier, an engine, an encryption key) can not be changed in any other way, and the plan says so in one word.",
    mend: "Take the change of the named property back, or move the data by hand: declare the new one beside the old one, copy, switch, and remove the old one under a waiver.",
    operation: "replace",
    exact: true,
  },
];

/** A resource in a plan, as far as these rules look at it. */
export interface Planned {
  urn: string;
  type: string;
  name: string;
  operation: "create" | "update" | "replace" | "delete" | "same";
  /** Paths of the properties that differ. */
  diff: readonly string[];
}

/** What the rules say of a plan, and what is to be told besides. */
export interface PlanResults {
  rules: RuleResult[];
  notes: string[];
}

/** Judges a plan against what existed before. */
export function judgePlan(plan: readonly Planned[], stack: string, exemptions: Exemptions): PlanResults {
  const book = new ExemptionBook(exemptions, stack);
  const data = plan.filter((one) => one.operation !== "create" && holdsData(one.type));
  const rules = PLAN_RULES.map((rule): RuleResult => {
    const broken = data.filter((one) => one.operation === rule.operation);
    return {
      rule: rule.id,
      level: "mandatory",
      satisfied: data.filter((one) => one.operation !== rule.operation).map((one) => `${one.type}::${one.name}`),
      issues: broken.map((one) => issueOf(rule, one, book)),
    };
  });
  // The change that needs it may not be merged yet, or may be applied already: no mistake, but a door that stays open.
  const notes = book.unused(isPlanRule).map((one) => `${one.place}: this change does not need the ${one.kind} of ${one.rule} on ${one.resource}: remove it once what it is for is applied`);
  return { rules, notes };
}

/** Whether a rule is judged from the plan alone. */
export function isPlanRule(id: string): boolean {
  return PLAN_RULES.some((rule) => rule.id === id);
}

/** A patch that goes leaves what it patched where it is. */
function holdsData(type: string): boolean {
  const { kind, patch } = kindOf(type);
  return !patch && DATA_KINDS.has(kind);
}

function issueOf(rule: PlanRule, planned: Planned, book: ExemptionBook): Issue {
  const { urn, type, name, diff } = planned;
  const exemption = book.find(rule.id, planned);
  const because = diff.length > 0 ? `, because ${diff.join(", ")} can not be changed in place` : "";
  const message = rule.operation === "delete" ? "holds data and would be deleted" : `holds data and would be replaced${because}`;
  return { rule: rule.id, level: "mandatory", outcome: "violated", refuses: exemption === undefined, urn, type, resource: name, path: diff[0] ?? "", message, ...exempted(exemption) };
}
