/** `golive policies`: the rules of the policy pack, listed, explained, and written down. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import pc from "picocolors";
import { RULE_TEXTS } from "../../policies/catalog.ts";
import { CHECKLIST } from "../../policies/checklist.ts";
import { closest } from "../../policies/closest.ts";
import type { RuleText } from "../../policies/rule.ts";
import { UserError, writeError } from "../../sandbox/errors.ts";
import { written } from "../output.ts";
import { areaOf } from "../policies/place.ts";
import { detailsOf, mannerOf, referencePages, section } from "../policies/reference.ts";
import { ROOT } from "../stacks.ts";

/** Folder of the reference. */
export const REFERENCE_FOLDER = "docs";

export function register(program: Command): void {
  const policies = program.command("policies").description("list and explain the rules of the policy pack, write their reference");
  policies.command("list", { isDefault: true })
    .argument("[areas...]", "areas, such as storage or pod-security; all of them when left out")
    .description("list the rules by area")
    .option("--json", "print them as JSON")
    .action(list);
  policies.command("explain")
    .argument("<rule>", "a rule, such as storage/versioning")
    .description("print what a rule demands, why, how to mend it, and samples")
    .option("--json", "print it as JSON")
    .action(explain);
  policies.command("reference")
    .description("write the reference of every rule")
    .option("--output <folder>", "folder to write it to", path.join(ROOT, REFERENCE_FOLDER))
    .action((options: { output: string }) => reference(options.output));
}

function list(areas: string[], options: { json?: boolean }): void {
  const known = [...new Set(RULE_TEXTS.map(areaOf))];
  for (const area of areas) {
    if (!known.includes(area)) throw new UserError(`There is no area ${JSON.stringify(area.slice(0, 80))}${closest(area, known)}.`, `There are: ${known.join(", ")}. One rule: ./golive policies explain RULE.`, 2);
  }
  const rules = RULE_TEXTS.filter((rule) => areas.length === 0 || areas.includes(areaOf(rule)));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(rules.map(asJson), null, 2)}\n`);
    return;
  }
  const width = Math.max(...rules.map((rule) => rule.id.length));
  const lines = known.flatMap((area) => {
    const own = rules.filter((rule) => areaOf(rule) === area);
    return own.length === 0 ? [] : [pc.bold(area), ...own.map((rule) => `  ${rule.id.padEnd(width)}  ${rule.severity.padEnd(8)}  ${rule.title}`)];
  });
  process.stdout.write(`${lines.join("\n")}\n\n${rules.length} rules. What one demands and why: ./golive policies explain RULE\n`);
}

function reference(folder: string): void {
  const before = path.join(folder, "policies");
  try {
    mkdirSync(before, { recursive: true });
  } catch (error) {
    throw writeError(error, "the reference", before, "Or name another folder with --output.");
  }
  const pages = referencePages();
  const names = new Set(pages.map(({ file }) => path.basename(file)));
  // The page of an area that is no more would be a lie.
  for (const file of readdirSync(before)) if (file.endsWith(".md") && !names.has(file)) rmSync(path.join(before, file));
  for (const { file, text } of pages) written(text, path.join(folder, file), "the reference");
}

function explain(id: string, options: { json?: boolean }): void {
  const rule = RULE_TEXTS.find((one) => one.id === id);
  if (rule === undefined) throw new UserError(`There is no rule ${JSON.stringify(id.slice(0, 80))}${closest(id, RULE_TEXTS.map((one) => one.id))}.`, "./golive policies lists them.", 2);
  process.stdout.write(options.json === true ? `${JSON.stringify({ ...asJson(rule), ...detailsOf(rule) }, null, 2)}\n` : `${section(rule).replaceAll("`", "")}\n`);
}

function asJson({ id, title, items, severity, frameworks, why, mend }: RuleText): object {
  return { id, area: id.split("/")[0], title, checklist: items.map((item) => CHECKLIST[item]), severity, manner: mannerOf({ id, title, items, severity, frameworks, why, mend }), frameworks, why, mend };
}
