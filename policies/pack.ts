/**
 * What the pack answers the engine.
 *
 * The engine is shown three policies that stand for all rules: `checklist` judges each resource before its step,
 * `checklist-stack` and `checklist-advice` the stack as a whole. The message leads with the rule.
 *
 * A preview changes nothing, so nothing is lost by judging everything at its end: the user then sees all that is
 * wrong at once, relations included, which the engine would skip after a refused resource. An update is refused at
 * the first resource that breaks a rule, before that resource's step.
 */
import { writeFileSync } from "node:fs";
import type { PolicyPackArgs, ReportViolation } from "@pulumi/policy";
import type { Run, Sent, Told } from "./engine.ts";
import { type Issue, issueText, type Judge, problemText, type Results } from "./judge.ts";
import type { Declared } from "./resource.ts";
import type { Rule } from "./rule.ts";
import { known, Value } from "./value.ts";

/** Properties by which others name a resource that exists. */
const IDENTIFIERS = ["id", "arn"];
/** Rules that are named in the note on what was not decided. */
const NAMED_DOUBTS = 5;

/** What a pack needs besides what the engine tells. */
export interface PackOptions {
  rules: readonly Rule[];
  /** The judge of a run; asked for once, when the first thing is to be judged. */
  judge: (run: Run | undefined) => Judge;
  /** File to which the results of a whole stack are written. */
  resultsFile?: string | undefined;
}

/** The policies for the engine, judging what it tells. */
export function packOf(told: Told, options: PackOptions): PolicyPackArgs {
  const pack = new Pack(told, options);
  told.onAsked = (sent) => pack.ahead(sent);
  return {
    description: "The security checklist of the go-live requirements.",
    enforcementLevel: "mandatory",
    policies: [
      { name: "checklist", description: "A resource breaks the security checklist.", enforcementLevel: "mandatory", validateResource: ({ urn }, report) => pack.each(urn, report) },
      { name: "checklist-stack", description: "The stack breaks the security checklist.", enforcementLevel: "mandatory", validateStack: (_, report) => pack.stack(report) },
      { name: "checklist-advice", description: "The security checklist advises otherwise.", enforcementLevel: "advisory", validateStack: (_, report) => pack.advice(report) },
    ],
  };
}

class Pack {
  readonly #told: Told;
  readonly #options: PackOptions;
  readonly #rules: ReadonlyMap<string, Rule>;
  #begun = false;
  #judge: Judge | undefined;
  #results: Results | undefined;

  constructor(told: Told, options: PackOptions) {
    this.#told = told;
    this.#options = options;
    this.#rules = new Map(options.rules.map((rule) => [rule.id, rule]));
  }

  /** Judges one resource before its step; in a preview nobody asks. */
  each(urn: string, report: ReportViolation): void {
    const judge = this.#judging();
    if (!this.#begun) for (const problem of judge.problems) report(problemText(problem));
    this.#begun = true;
    const sent = this.#told.asked.get(urn);
    // The program must not go unjudged because an engine or an SDK has begun to send something else.
    if (sent === undefined) throw new Error(`the engine sent no properties of ${urn}`);
    for (const issue of judge.alone(declaredOf(sent))) if (issue.refuses) report(this.#text(issue), urn);
  }

  /** In a preview: does what can be done already, so that less is left for the end. What goes wrong is told there. */
  ahead(sent: Sent): void {
    try {
      this.#judging().ahead(declaredOf(sent));
    } catch {
      return;
    }
  }

  /** Judges everything, once all is known that can be. */
  stack(report: ReportViolation): void {
    try {
      this.#results = this.#judging().stack([...this.#told.became.values()].map((became) => this.#declared(became)));
    } catch (error) {
      // The SDK makes advice of some errors, and an update would go on unjudged.
      report(problemText(`it could not judge the stack: ${error instanceof Error ? error.message : String(error)}`));
      return;
    }
    const { resultsFile } = this.#options;
    if (resultsFile) writeFileSync(resultsFile, JSON.stringify(this.#results));
    for (const problem of this.#results.problems) report(problemText(problem));
    this.#tell(this.#results, (issue) => issue.refuses, report);
  }

  /** What is not refused and should be known. */
  advice(report: ReportViolation): void {
    if (this.#results === undefined) return;
    this.#tell(this.#results, (issue) => issue.outcome === "violated" && !issue.refuses && issue.exempted === undefined, report);
    const doubts = undecidedText(this.#results);
    if (doubts !== undefined) report(doubts);
  }

  #judging(): Judge {
    this.#judge ??= this.#options.judge(this.#told.run);
    return this.#judge;
  }

  /** What was asked for and what depends on what, with the identifiers that others use. */
  #declared(became: Sent): Declared {
    const output = new Value("", () => became.props(IDENTIFIERS), { patch: false, undecided: () => undefined });
    return {
      ...declaredOf(this.#told.asked.get(became.urn) ?? became),
      references: became.references,
      identifiers: IDENTIFIERS.map((key) => known(() => output.key(key).text)).filter((text) => text !== undefined),
    };
  }

  #tell(results: Results, which: (issue: Issue) => boolean, report: ReportViolation): void {
    for (const result of results.rules) for (const issue of result.issues) if (which(issue)) report(this.#text(issue), issue.urn);
  }

  #text(issue: Issue): string {
    const rule = this.#rules.get(issue.rule);
    return rule === undefined ? issue.message : issueText(issue, rule);
  }
}

function declaredOf({ urn, type, name, protect, ignoreChanges, provider, props }: Sent): Declared {
  return { urn, type, name, props: props(), protect, optionsKnown: true, ignoreChanges, provider };
}

/** How much was not decided, and by which rules most of all. */
function undecidedText(all: Results): string | undefined {
  const counts = all.rules.map((result) => ({ rule: result.rule, count: new Set(result.issues.filter((issue) => issue.outcome === "undecided").map((issue) => issue.urn)).size })).filter(({ count }) => count > 0);
  if (counts.length === 0) return undefined;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const most = counts.sort((a, b) => b.count - a.count).slice(0, NAMED_DOUBTS).map(({ rule, count }) => `${rule} (${count})`);
  return `${total === 1 ? "1 check was" : `${total} checks were`} not decided, because the values are not known before the update: ${most.join(", ")}${counts.length > most.length ? `, and ${counts.length - most.length} more rules` : ""}.`;
}
