/** From what the rules say to what it means in one stack: levels and exemptions applied, counted, ready to be shown. */
import { CHECKLIST } from "./checklist.ts";
import type { Rules, Verdict } from "./evaluate.ts";
import { exempted, type Exempted, ExemptionBook, type Exemptions } from "./exemptions.ts";
import { passedOver } from "./passedOver.ts";
import { isPlanRule } from "./plan.ts";
import type { Declared } from "./resource.ts";
import { isRelation, type Rule } from "./rule.ts";
import type { Level, StackSettings } from "./settings.ts";

/** Something to show: a rule broken, or not decided, at one place of a resource. */
export interface Issue {
  rule: string;
  level: Level;
  /** `undecided` refuses only where the rule is closed. */
  outcome: "violated" | "undecided";
  refuses: boolean;
  urn: string;
  type: string;
  resource: string;
  path: string;
  message: string;
  /** Where the exemption stands that covers it, and what it says. */
  exempted?: Exempted;
}

/** What became of one rule in one stack. */
export interface RuleResult {
  rule: string;
  level: Level;
  /** Why the stack chose a level that is not the rule's own. */
  reason?: string;
  /** Looks at several resources together: what is not decided is decided when an update is over. */
  relation?: true;
  /** `type::name` of the resources that keep the rule. */
  satisfied: string[];
  issues: Issue[];
}

/** What the pack says of one stack; written to the file named by `GOLIVE_POLICY_RESULTS` for our own commands. */
export interface Results {
  stack: string;
  /** What is wrong with settings or exceptions. */
  problems: string[];
  /** What a reader must know, and refuses nothing: lists that the stack has chosen itself, with its reasons. */
  notes: string[];
  /** Kinds that no rule judges, and how many resources of each there are. */
  passedOver: [kind: string, count: number][];
  rules: RuleResult[];
}

/** Everything that judging a stack needs besides its resources. */
export interface Bench {
  rules: Rules;
  stack: string;
  settings: StackSettings;
  exemptions: Exemptions;
}

/** Judges resources as they come, and the stack when all have come. */
export class Judge {
  readonly #bench: Bench;
  readonly #book: ExemptionBook;
  /** By URN: what was judged ahead. */
  readonly #ahead = new Map<string, Verdict[]>();
  /** What is wrong before any resource was looked at: settings and exceptions that can not be relied on. */
  readonly problems: readonly string[];

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#book = new ExemptionBook(bench.exemptions, bench.stack);
    this.problems = [...bench.settings.problems, ...bench.exemptions.problems];
  }

  /** What one resource alone breaks. */
  alone(declared: Declared): Issue[] {
    return this.#bench.rules.judgeAlone(declared, this.#bench.settings.settings).flatMap((verdict) => this.#issues(verdict));
  }

  /** Judges a resource before `stack` is asked of the same one, so that less is left to do then. */
  ahead(declared: Declared): void {
    this.#ahead.set(declared.urn, this.#bench.rules.judgeAlone(declared, this.#bench.settings.settings));
  }

  /** Everything, once all resources are known. */
  stack(declared: readonly Declared[]): Results {
    const { rules, settings, stack } = this.#bench;
    const results = new Map<Rule, RuleResult>(rules.all.map((rule) => [rule, this.#result(rule)]));
    // Verdicts are many times the resources: each is let go as soon as it is counted.
    for (const one of declared) this.#count(this.#ahead.get(one.urn) ?? rules.judgeAlone(one, settings.settings), results);
    this.#count(rules.judgeRelations(declared, settings.settings), results);
    return { stack, problems: [...this.problems, ...this.#unfit()], notes: settings.notes, passedOver: passedOver(declared, rules), rules: [...results.values()] };
  }

  /** Exemptions that nothing needs or that cover too much. What a plan does is not seen here: the gate asks for those. */
  #unfit(): string[] {
    const unused = this.#book.unused((rule) => !isPlanRule(rule));
    return [...unused.map((one) => `${one.place}: nothing needs this ${one.kind} of ${one.rule} on ${one.resource}: remove it`), ...this.#book.tooBroad()];
  }

  /** A rule of which nothing is said yet. */
  #result(rule: Rule): RuleResult {
    const reason = this.#bench.settings.levels.get(rule.id)?.reason;
    return { rule: rule.id, level: this.#level(rule), ...(reason === undefined ? {} : { reason }), ...(isRelation(rule) ? { relation: true } : {}), satisfied: [], issues: [] };
  }

  #count(verdicts: readonly Verdict[], results: ReadonlyMap<Rule, RuleResult>): void {
    // The verdicts on one resource follow each other: one text for all of them is made, kept and compared once.
    let named: { type: string; resource: string; name: string } | undefined;
    for (const verdict of verdicts) {
      const { type, resource } = verdict;
      const result = results.get(verdict.rule);
      if (result === undefined || result.level === "disabled") continue;
      if (named?.type !== type || named.resource !== resource) named = { type, resource, name: `${type}::${resource}` };
      if (verdict.outcome === "satisfied") result.satisfied.push(named.name);
      else result.issues.push(...this.#issues(verdict));
    }
  }

  #level(rule: Rule): Level {
    return this.#bench.settings.levels.get(rule.id)?.level ?? rule.enforcement ?? "mandatory";
  }

  #issues(verdict: Verdict): Issue[] {
    const { rule, urn, type, resource, outcome } = verdict;
    const level = this.#level(rule);
    if (level === "disabled" || outcome === "satisfied") return [];
    const refusing = level === "mandatory" && (outcome === "violated" || (rule.closed === true && verdict.doubts.some((doubt) => doubt.unknown)));
    const exemption = outcome === "violated" || refusing ? this.#book.find(rule.id, { urn, type, name: resource }) : undefined;
    const issue = { rule: rule.id, level, outcome, refuses: refusing && exemption === undefined, urn, type, resource, ...exempted(exemption) };
    if (outcome === "violated") return verdict.findings.map(({ path, message }) => ({ ...issue, path, message }));
    return verdict.doubts.map(({ path, reason }) => ({ ...issue, path, message: `can not be decided: ${reason}` }));
  }
}

/** Whether the pack refuses: a rule is broken, or the pack's own settings can not be relied on. */
export function refused(results: Results): boolean {
  return results.problems.length > 0 || results.rules.some((rule) => rule.issues.some((issue) => issue.refuses));
}

/** What is wrong with settings or exceptions, as the engine prints it. */
export function problemText(problem: string): string {
  return `The policy pack can not be relied on: ${problem}.`;
}

/** One issue as the engine prints it: what, where, how to mend it, and which part of the checklist asks for it. */
export function issueText(issue: Issue, rule: Rule): string {
  const place = issue.path === "" ? "" : ` at ${issue.path}`;
  const closed = issue.outcome === "undecided" && issue.refuses ? "; this rule refuses what it can not check" : "";
  return [
    `[${rule.id}] ${issue.resource}${place}: ${issue.message}${closed}.`,
    `  Rule: ${rule.title}.`,
    `  Mend: ${rule.mend}`,
    `  Checklist: ${rule.items.map((item) => CHECKLIST[item]).join("; ")}.`,
  ].join("\n");
}
