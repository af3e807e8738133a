/** `golive check FILE…`: the rules of the policy pack on manifests, saved states and lists of resources; works offline. */
import { type Command, Option } from "commander";
import { CATALOG } from "../../policies/catalog.ts";
import { closest } from "../../policies/closest.ts";
import { Rules } from "../../policies/evaluate.ts";
import type { Exemptions } from "../../policies/exemptions.ts";
import { refused } from "../../policies/judge.ts";
import { passedOverText } from "../../policies/passedOver.ts";
import { type StackSettings, stackSettings } from "../../policies/settings.ts";
import { UserError } from "../../sandbox/errors.ts";
import { check, type Checked } from "../check/check.ts";
import { exceptions } from "../gate/pack.ts";
import { writeOutput } from "../output.ts";
import { progress } from "../progress.ts";
import { FORMATS, type Format, render } from "../report/render.ts";
import { placeText } from "../report/report.ts";
import { stackConfig } from "../stacks.ts";

interface Options {
  json?: boolean;
  format: Format;
  output: string;
  stack?: string;
  rule?: string[];
}

export function register(program: Command): void {
  program
    .command("check")
    .argument("<files...>", "manifests (YAML, JSON), saved Pulumi states or lists of resources; folders; - for standard input")
    .description("put Kubernetes manifests, saved states or lists of resources through the policy pack's rules")
    .addOption(new Option("--json", "print findings as a JSON array of {file, rule, resource, path, message, severity}").conflicts("format"))
    .addOption(new Option("--format <format>", "form of the report").choices(FORMATS).default("text"))
    .option("--output <file>", "file to write instead of standard output", "-")
    .option("--stack <name>", "apply the settings and exceptions of this stack; without it the defaults, and no exceptions")
    .option("--rule <id>", "run only this rule; may be given several times", (id: string, before: string[] = []) => [...before, id])
    .addHelpText("after", `
All files together are one stack for rules that look at relations. In folders, .yaml, .yml and .json files are read.
Lists of resources: [{"type": "aws:s3/bucket:Bucket", "name": "files", "props": {…}}], with Pulumi's type tokens.
Exit codes: 0 clean, 1 something is refused, 2 something could not be read (the rest is still checked).`)
    .action(run);
}

async function run(files: string[], options: Options): Promise<void> {
  const rules = chosen(options.rule);
  const { settings, exemptions } = strictness(options.stack);
  const line = progress();
  const checked = await check(files, {
    rules, catalog: CATALOG, stack: options.stack ?? "files", settings, exemptions, stdin: process.stdin,
    ...(process.stderr.isTTY ? { progress: (file, done, all) => { if (done % 200 === 0) line.update(`${done} of ${all} files read, now ${file}`); } } : {}),
  });
  line.done();
  const text = options.json === true ? findings(checked) : render(options.format, [checked.report], { rules: rules.all, place: checked.place, color: options.output === "-" });
  writeOutput(text, options.output, "the report");
  tell(checked, options.json !== true && options.format === "text");
  if (checked.report.unread.length > 0) process.exitCode = 2;
  else if (refused(checked.report.results)) process.exitCode = 1;
}

/** All rules, or those that were asked for. @throws UserError for one that is not there */
function chosen(ids: readonly string[] | undefined): Rules {
  if (ids === undefined) return CATALOG;
  const known = CATALOG.all.map((rule) => rule.id as string);
  for (const id of ids) {
    if (!known.includes(id)) throw new UserError(`There is no rule ${JSON.stringify(id.slice(0, 80))}${closest(id, known) || "."}`, "./golive policies lists them.", 2);
  }
  return new Rules(CATALOG.all.filter((rule) => ids.includes(rule.id)));
}

/** @throws UserError when there is no such stack, or it has mistakes */
function strictness(stack: string | undefined): { settings: StackSettings; exemptions: Exemptions } {
  if (stack === undefined) return { settings: stackSettings(undefined, undefined, CATALOG.all), exemptions: { all: [], problems: [], mistakes: [] } };
  const { policies, accountId } = stackConfig(stack);
  return { settings: stackSettings(policies, accountId, CATALOG.all), exemptions: exceptions() };
}

/** What is refused or advised against, by rule and resource; exempted ones and what could not be decided are left out. */
function findings({ report, place }: Checked): string {
  const severity = new Map(CATALOG.all.map((rule) => [rule.id as string, rule.severity]));
  const list = report.results.rules.flatMap((result) => result.issues)
    .filter((issue) => issue.refuses || (issue.outcome === "violated" && issue.exempted === undefined))
    .map((issue) => ({ file: place(issue)?.file ?? "", rule: issue.rule, resource: issue.resource, path: issue.path, message: issue.message, severity: severity.get(issue.rule) }));
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** What a reader of the report must know besides: what was not read, and what nothing looked at. */
function tell({ report }: Checked, isText: boolean): void {
  const lines = report.unread.map((one) => `error: ${placeText(one)}: ${one.message}`);
  for (const problem of report.results.problems) lines.push(`error: ${problem}`);
  const unjudged = isText ? undefined : passedOverText(report.results.passedOver);
  if (unjudged !== undefined) lines.push(unjudged);
  if (lines.length > 0) process.stderr.write(`${lines.join("\n")}\n`);
}
