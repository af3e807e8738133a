/** Puts resources through the rules that look at their kind. */
import { type Declared, expand, Resource, type Settings, Stack } from "./resource.ts";
import { type Doubt, type Finding, isRelation, type RelationRule, type Report, type ResourceRule, type Rule } from "./rule.ts";
import { Undecided } from "./value.ts";

/** What one rule says of one resource. A resource with a finding is violated, whatever else was not decided. */
export interface Verdict {
  rule: Rule;
  urn: string;
  resource: string;
  type: string;
  outcome: "satisfied" | "violated" | "undecided";
  findings: Finding[];
  doubts: Doubt[];
}

/** Rules, found by the kind of a resource. */
export class Rules {
  readonly all: readonly Rule[];
  readonly #byKind = new Map<string, Rule[]>();
  readonly #found = new Map<string, { alone: ResourceRule[]; related: RelationRule[] }>();

  constructor(all: readonly Rule[]) {
    this.all = all;
    for (const rule of all) {
      for (const kind of new Set(rule.kinds)) {
        const group = this.#byKind.get(kind);
        if (group) group.push(rule);
        else this.#byKind.set(kind, [rule]);
      }
    }
  }

  /** The rules for a kind, those for all kinds of its provider (`aws:*`) included. */
  for(kind: string): { alone: ResourceRule[]; related: RelationRule[] } {
    const known = this.#found.get(kind);
    if (known !== undefined) return known;
    const rules = [...(this.#byKind.get(kind) ?? []), ...(this.#byKind.get(`${kind.split(":")[0] ?? ""}:*`) ?? [])];
    const found = { alone: rules.filter((rule): rule is ResourceRule => !isRelation(rule)), related: rules.filter(isRelation) };
    this.#found.set(kind, found);
    return found;
  }

  /** What the rules that need nothing else say of one resource; of each object, where it is a list. */
  judgeAlone(declared: Declared, settings: Settings): Verdict[] {
    return expand(declared).flatMap((one) => {
      const verdicts: Verdict[] = [];
      const doubts: Undecided[] = [];
      const resource = new Resource(one, settings, { undecided: (cause) => doubts.push(cause) });
      for (const rule of this.for(resource.kind.kind).alone) {
        doubts.length = 0;
        const verdict = judge(rule, resource, doubts, (report) => {
          if (rule.applies?.(resource) === false) return false;
          rule.check(resource, report);
          return true;
        });
        if (verdict !== undefined) verdicts.push(verdict);
      }
      return verdicts;
    });
  }

  /** What the rules that look at relations say of a whole stack. */
  judgeRelations(declared: readonly Declared[], settings: Settings): Verdict[] {
    const verdicts: Verdict[] = [];
    const doubts: Undecided[] = [];
    const stack = new Stack(declared.flatMap(expand), settings, { undecided: (cause) => doubts.push(cause) });
    for (const resource of stack.resources) {
      for (const rule of this.for(resource.kind.kind).related) {
        doubts.length = 0;
        const verdict = judge(rule, resource, doubts, (report) => {
          if (rule.applies?.(resource, stack) === false) return false;
          rule.relate(resource, stack, report);
          return true;
        });
        if (verdict !== undefined) verdicts.push(verdict);
      }
    }
    return verdicts;
  }
}

/** Most verdicts have none. */
const NONE: Doubt[] = [];

/** Runs one rule on one resource; `undefined` when the rule does not apply to it. */
function judge(rule: Rule, resource: Resource, doubts: Undecided[], run: (report: Report) => boolean): Verdict | undefined {
  const { urn, name, type } = resource;
  const about = { rule, urn, resource: name, type };
  const findings: Finding[] = [];
  try {
    if (!run((where, message) => findings.push({ ...about, path: where.path, message }))) return undefined;
  } catch (error) {
    if (error instanceof Undecided) doubts.push(error);
    // A value that a rule did not expect is no reason to let it pass, nor to leave the others unjudged.
    // What the error says may repeat the value.
    else findings.push({ ...about, path: resource.path, message: `holds a value that this rule can not read (${error instanceof Error ? error.name : "an error"})` });
  }
  return {
    ...about,
    outcome: findings.length > 0 ? "violated" : doubts.length > 0 ? "undecided" : "satisfied",
    findings,
    doubts: doubts.length === 0 ? NONE : doubts.map((doubt) => ({ ...about, path: doubt.path, reason: doubt.message, unknown: doubt.unknown })),
  };
}
