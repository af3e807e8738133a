/** The reference of the policy pack, written from the rules themselves. */
import path from "node:path";
import { CATALOG, RULE_TEXTS } from "../../policies/catalog.ts";
import { CHECKLIST } from "../../policies/checklist.ts";
import { DATA_KINDS } from "../../policies/dataKinds.ts";
import { isRelation, type Rule, type RuleText } from "../../policies/rule.ts";
import { samplesOf } from "../../policies/samples/index.ts";
import type { Sample } from "../../policies/samples/sample.ts";
import { areaOf, placeOf } from "./place.ts";

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

/** A page of the reference. */
export interface Page {
  /** Where it belongs, from the folder of the reference on. */
  file: string;
  text: string;
}

const WRITTEN = "<!-- Written by `./golive policies reference` from policies; do not edit. -->";

/** The reference in Markdown: the checklist, which leads to a page for each area. */
export function referencePages(): Page[] {
  const areas = new Map<string, RuleText[]>();
  for (const text of RULE_TEXTS) {
    const area = areaOf(text);
    areas.set(area, [...(areas.get(area) ?? []), text]);
  }
  const index = [
    "# The policy pack",
    WRITTEN,
    `${RULE_TEXTS.length} rules in ${areas.size} areas. How a rule is loosened for a stack: \`policies\` in [configuration](configuration.md). How one resource is excepted: [policies/exceptions.yaml](../policies/exceptions.yaml).`,
    "## Areas",
    [...areas].map(([area, texts]) => `- [${area}](policies/${area}.md): ${texts.length} rules`).join("\n"),
    "## The checklist",
    "| Item | Rules |\n| --- | --- |\n" + Object.entries(CHECKLIST).map(([item, phrase]) => `| ${phrase} | ${RULE_TEXTS.filter((text) => text.items.some((one) => one === item)).map((text) => `[${text.id}](${placeOf(text)})`).join(", ")} |`).join("\n"),
  ];
  return [
    { file: "policies.md", text: `${index.join("\n\n")}\n` },
    ...[...areas].map(([area, texts]): Page => ({ file: path.join("policies", `${area}.md`), text: `${[`# ${area}`, WRITTEN, "[All areas, and the checklist](../policies.md)", ...texts.map(section)].join("\n\n")}\n` })),
  ];
}

/** One rule, in Markdown; also what `golive policies RULE` prints. */
export function section(text: RuleText): string {
  const rule = byId.get(text.id);
  return [
    `## ${text.id}`,
    `${text.title}.`,
    [
      `- Severity: ${text.severity}; ${mannerOf(text)}.`,
      `- Checklist: ${text.items.map((item) => CHECKLIST[item]).join("; ")}.`,
      ...(text.frameworks.length > 0 ? [`- Frameworks: ${text.frameworks.join("; ")}.`] : []),
      `- Looks at: ${(rule?.kinds ?? [...DATA_KINDS]).map((kind) => `\`${kind}\``).join(", ")}.`,
      `- Why: ${text.why}`,
      `- Mend: ${text.mend}`,
    ].join("\n"),
    ...(rule === undefined ? [] : [samples(rule.id)]),
  ].join("\n\n");
}

/** What breaks the rule and what keeps it, as changes to a scene that keeps every rule (test/policies/scenes). */
function samples(rule: string): string {
  const { bad, good = [] } = samplesOf(rule);
  return ["```diff", ...bad.flatMap((sample) => lines(sample, "-")), ...good.flatMap((sample) => lines(sample, "+")), "```"].join("\n");
}

function lines(sample: Sample, mark: "+" | "-"): string[] {
  const sets = Object.entries(sample.set ?? {}).map(([place, value]) => (value === undefined ? `without ${place}` : `${place} = ${JSON.stringify(value)}`));
  const all = [...sets, ...(sample.remove ?? []).map((name) => `without ${name}`), ...(sample.add ?? []).map(({ type, name, props }) => `with ${name} (${type}) ${JSON.stringify(props)}`)];
  return all.map((line, index) => `${mark} ${index === 0 ? "" : "  and "}${line}`);
}
