/**
 * The pack, as the engine starts it (start.js; PulumiPolicy.yaml).
 *
 * The engine takes a resource's properties apart once more for each policy that it knows, so it is shown three that
 * stand for all rules: `checklist` judges each resource before its step, `checklist-stack` and `checklist-advice`
 * the stack as a whole. The message leads with the rule.
 *
 * A preview changes nothing, so nothing is lost by judging everything at its end: the user then sees all that is
 * wrong at once, relations included, which the engine would skip after a refused resource. An update is refused at
 * the first resource that breaks a rule, before that resource's step.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PolicyPack, type PolicyResource, type ReportViolation, type ResourceValidationArgs } from "@pulumi/policy";
import { CATALOG, RULE_TEXTS } from "./catalog.ts";
import { onConfigured, type Run, runFromEnvironment } from "./engine.ts";
import { readExemptions } from "./exemptions.ts";
import { type Issue, issueText, Judge, type Results } from "./judge.ts";
import { type Declared, known } from "./resource.ts";
import type { Rule } from "./rule.ts";
import { settingsOf } from "./settings.ts";
import { Value } from "./value.ts";

/** Names the file to which the results of a whole stack are written, for our own commands. */
const RESULTS_VARIABLE = "GOLIVE_POLICY_RESULTS";
/** Rules that are named in the note on what was not decided. */
const NAMED_DOUBTS = 5;

// A stack has hundreds of undecided checks, each an error with a trace that nobody reads: a tenth of the pack's time.
Error.stackTraceLimit = 0;

const rules = new Map<string, Rule>(CATALOG.all.map((rule) => [rule.id, rule]));
let told: Run | undefined;
let started: { judge: Judge; dryRun: boolean } | undefined;
onConfigured((run) => {
  told = run;
});

/** The judge of this run, from the first time that something is to be judged. */
function session(): { judge: Judge; dryRun: boolean } {
  if (started !== undefined) return started;
  const run = told ?? runFromEnvironment(process.env);
  const exceptions = readFileSync(path.join(import.meta.dirname, "exceptions.yaml"), "utf8");
  const judge = new Judge({
    rules: CATALOG,
    stack: run.stack,
    settings: settingsOf(run, CATALOG.all),
    exemptions: readExemptions(exceptions, RULE_TEXTS, new Date().toISOString().slice(0, 10)),
  });
  started = { judge, dryRun: run.dryRun };
  return started;
}

/** What each resource asks for, by URN; the engine shows what it became at the end. */
const inputs = new Map<string, Declared>();
let results: Results | undefined;

// The SDK reads the pack's version from the working folder, which is the program's where an engine runs the pack for it.
process.chdir(import.meta.dirname);
new PolicyPack("golive", {
  description: "The security checklist of the go-live requirements.",
  enforcementLevel: "mandatory",
  policies: [
    { name: "checklist", description: "A resource breaks the security checklist.", enforcementLevel: "mandatory", validateResource: each },
    {
      name: "checklist-stack",
      description: "The stack breaks the security checklist.",
      enforcementLevel: "mandatory",
      validateStack: ({ resources }, report) => {
        try {
          results = session().judge.stack(resources.map(declaredOf));
        } catch (error) {
          // The SDK makes advice of some errors, and an update would go on unjudged.
          report(problemText(`it could not judge the stack: ${error instanceof Error ? error.message : String(error)}`));
          return;
        }
        const file = process.env[RESULTS_VARIABLE];
        if (file) writeFileSync(file, JSON.stringify(results));
        for (const problem of results.problems) report(problemText(problem));
        tell(results, (issue) => issue.refuses, report);
      },
    },
    {
      name: "checklist-advice",
      description: "The security checklist advises otherwise.",
      enforcementLevel: "advisory",
      validateStack: (_, report) => {
        if (results === undefined) return;
        tell(results, (issue) => issue.outcome === "violated" && !issue.refuses && issue.exempted === undefined, report);
        const doubts = undecidedText(results);
        if (doubts !== undefined) report(doubts);
      },
    },
  ],
});

/** Judges one resource before its step; in a preview it is only remembered. */
function each(args: ResourceValidationArgs, report: ReportViolation): void {
  const declared = {
    urn: args.urn,
    type: args.type,
    name: args.name,
    props: args.props,
    protect: args.opts.protect,
    optionsKnown: true,
    ignoreChanges: args.opts.ignoreChanges,
    provider: args.provider && { name: args.provider.name, props: args.provider.props },
  };
  const first = inputs.size === 0;
  inputs.set(args.urn, declared);
  const { judge, dryRun } = session();
  if (dryRun) return;
  if (first) for (const problem of judge.problems) report(problemText(problem));
  for (const issue of judge.alone(declared)) if (issue.refuses) report(textOf(issue), args.urn);
}

/** What was asked for and what depends on what, with the identifiers that others use. */
function declaredOf(resource: PolicyResource): Declared {
  const { urn, type, name, props, opts, provider } = resource;
  const output = new Value("", () => props, { patch: false, undecided: () => undefined });
  const asked = inputs.get(urn) ?? { urn, type, name, props, protect: opts.protect, ignoreChanges: opts.ignoreChanges, optionsKnown: true, provider: provider && { name: provider.name, props: provider.props } };
  return {
    ...asked,
    references: Object.fromEntries(Object.entries(resource.propertyDependencies).map(([key, all]) => [key, all.map((one) => one.urn)])),
    identifiers: ["id", "arn"].map((key) => known(() => output.key(key).text)).filter((text) => text !== undefined),
  };
}

function tell(all: Results, which: (issue: Issue) => boolean, report: ReportViolation): void {
  for (const result of all.rules) for (const issue of result.issues) if (which(issue)) report(textOf(issue), issue.urn);
}

function textOf(issue: Issue): string {
  const rule = rules.get(issue.rule);
  return rule === undefined ? issue.message : issueText(issue, rule);
}

function problemText(problem: string): string {
  return `The policy pack can not be relied on: ${problem}.`;
}

/** How much was not decided, and by which rules most of all. */
function undecidedText(all: Results): string | undefined {
  const counts = all.rules.map((result) => ({ rule: result.rule, count: new Set(result.issues.filter((issue) => issue.outcome === "undecided").map((issue) => issue.urn)).size })).filter(({ count }) => count > 0);
  if (counts.length === 0) return undefined;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const most = counts.sort((a, b) => b.count - a.count).slice(0, NAMED_DOUBTS).map(({ rule, count }) => `${rule} (${count})`);
  return `${total} checks were not decided, because the values are not known before the update: ${most.join(", ")}${counts.length > most.length ? `, and ${counts.length - most.length} more rules` : ""}.`;
}
