/** The reference of the policy pack, written from the rules themselves. */
import { CATALOG, RULE_TEXTS } from "../../policies/catalog.ts";
import { CHECKLIST } from "../../policies/checklist.ts";
import { isRelation, type Rule, type RuleText } from "../../policies/rule.ts";
import { samplesOf } from "../../policies/samples/index.ts";
import type { Sample } from "../../policies/samples/sample.ts";

/** Longest value that a sample shows on its line, in characters. */
const LONGEST = 160;
/** Bad and good samples that are shown; all of them are run by the tests. */
const SHOWN = { bad: 4, good: 3 };

const byId = new Map<string, Rule>(CATALOG.all.map((rule) => [rule.id, rule]));

/** What a rule does when broken, and when it is judged. */
export function mannerOf(text: RuleText): string {
  const rule = byId.get(text.id);
  if (rule === undefined) return "mandatory; judged from the plan, by `golive gate --base`";
  const level = `${rule.enforcement ?? "mandatory"}${rule.closed === true ? ", refuses what it can not check" : ""}`;
  return `${level}; ${isRelation(rule) ? "judged when the whole stack is known" : "judged before each step"}`;
}

/** What a program may ask of a rule besides its texts; rules on a plan have none of it. */
export function detailsOf(text: RuleText): object {
  const rule = byId.get(text.id);
  if (rule === undefined) return {};
  const { scene, bad, good = [] } = samplesOf(rule.id);
  return { closed: rule.closed === true, relation: isRelation(rule), kinds: rule.kinds, samples: { scene, bad, good } };
}

/** The whole page, in Markdown. */
export function referencePage(): string {
  const areas = new Map<string, RuleText[]>();
  for (const text of RULE_TEXTS) {
    const area = text.id.split("/")[0] ?? "";
    areas.set(area, [...(areas.get(area) ?? []), text]);
  }
  return [
    "# The policy pack",
    "<!-- Written by `./golive policies reference` from policies/areas; do not edit. -->",
    `${RULE_TEXTS.length} rules in ${areas.size} areas. How a rule is loosened for a stack: \`policies\` in [configuration](configuration.md). How one resource is excepted: [policies/exceptions.yaml](../policies/exceptions.yaml).`,
    "## The checklist",
    "| Item | Rules |\n| --- | --- |\n" + Object.entries(CHECKLIST).map(([item, phrase]) => `| ${phrase} | ${RULE_TEXTS.filter((text) => text.items.some((one) => one === item)).map((text) => `[${text.id}](#${anchor(text.id)})`).join(", ")} |`).join("\n"),
    ...[...areas].flatMap(([area, texts]) => [`## ${area}`, ...texts.map(section)]),
  ].join("\n\n") + "\n";
}

/** One rule, in Markdown; also what `golive policies RULE` prints. */
export function section(text: RuleText): string {
  const rule = byId.get(text.id);
  return [
    `### ${text.id}`,
    `${text.title}.`,
    [
      `- Severity: ${text.severity}; ${mannerOf(text)}.`,
      `- Checklist: ${text.items.map((item) => CHECKLIST[item]).join("; ")}.`,
      ...(text.frameworks.length > 0 ? [`- Frameworks: ${text.frameworks.join("; ")}.`] : []),
      ...(rule === undefined ? [] : [`- Looks at: ${rule.kinds.map((kind) => `\`${kind}\``).join(", ")}.`]),
      `- Why: ${text.why}`,
      `- Mend: ${text.mend}`,
    ].join("\n"),
    ...(rule === undefined ? [] : [samples(rule.id)]),
  ].join("\n\n");
}

/** What breaks the rule and what keeps it, as changes to a scene that keeps every rule (test/policies/scenes). */
function samples(rule: string): string {
  const { bad, good = [] } = samplesOf(rule);
  return ["```diff", ...bad.slice(0, SHOWN.bad).flatMap((sample) => lines(sample, "-")), ...good.slice(0, SHOWN.good).flatMap((sample) => lines(sample, "+")), "```"].join("\n");
}

function lines(sample: Sample, mark: "+" | "-"): string[] {
  const sets = Object.entries(sample.set ?? {}).map(([place, value]) => (value === undefined ? `without ${place}` : `${place} = ${cut(JSON.stringify(value))}`));
  const all = [...sets, ...(sample.remove ?? []).map((name) => `without ${name}`), ...(sample.add ?? []).map(({ type, name, props }) => `with ${name} (${type}) ${cut(JSON.stringify(props))}`)];
  return all.map((line, index) => `${mark} ${index === 0 ? "" : "  and "}${line}`);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function anchor(id: string): string {
  return id.replace("/", "");
}
