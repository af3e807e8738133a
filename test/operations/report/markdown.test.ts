/** The checklist as a page: evidence per item, nothing in it markup by accident. */
import { expect, test } from "vitest";
import { code, markdownReport, plain } from "../../../operations/report/markdown.ts";
import { CLEAN, OPTIONS, REPORT } from "./results.ts";

const page = markdownReport([REPORT], OPTIONS);

test("opens with the verdict, problems, charts and a table of all 44 items", () => {
  expect(page).toMatch(/^# Security checklist: production\n\n\*\*5 findings refused\.\*\* 7 rules looked at 13 resources in 6\.3 s: 8 checks satisfied, 1 advisory, 2 exempted, 2 not decided\. 2 of the 2 checks not decided look at several resources together: an update judges that only when everything is applied\. The change was judged against `main`\. The first exemption ends on 2026-12-24\.\n/);
  expect(page).toContain("The policy pack can not be relied on:\n\n- exceptions.yaml:12: nothing needs");
  expect(page).toContain("To know besides:\n\n- policies.requiredTags: in this stack team: one team has one account\n");
  expect(page).toContain("Of kinds that no rule judges:\n\n- `command:local:Command`: 2 resources\n- `aws-native:s3:Bucket`: 1 resource\n");
  expect(page).toContain("Charts that were declared, but not looked into:\n\n- `keda`\n- `loki`");
  const rows = page.split("\n").filter((line) => line.startsWith("| ")).slice(2);
  expect(rows).toHaveLength(44);
  expect(rows).toContain("| [buckets](#buckets) | refused | 2 | 8 | 3 | 0 | 0 | 0 |");
  expect(rows).toContain("| [encryption at rest](#encryption-at-rest) | refused | 1 | 1 | 3 | 0 | 0 | 0 |");
  expect(rows).toContain("| [WAF](#waf) | refused | 2 | 0 | 1 | 0 | 0 | 2 |");
  expect(rows).toContain("| [RBAC](#rbac) | disabled | 1 | 0 | 0 | 0 | 0 | 0 |");
  expect(rows).toContain("| spread | nothing to look at | 0 | 0 | 0 | 0 | 0 | 0 |");
});

test("each rule has its verdict, findings with mend, and the names of all that satisfy it", () => {
  expect(page).toContain("## buckets\n\nState: refused.\n\n### `test/broken`: refused\n\nTitle of test/broken (critical). Asked for by CIS AWS 3.0: 2.1.4.\n\nRefused:\n\n- `aws:s3/bucket:Bucket::files` at `acl`: is \"public-read\", must be private\n");
  expect(page).toContain('Mend: Mend of test/broken with a \\<tag\\> \\& "quotes".');
  expect(page).toContain("Satisfied by:\n\n- `aws:s3/bucket:Bucket::good`");
  expect(page).toMatch(/<details><summary>Satisfied by 7 resources<\/summary>\n\n(- `aws:s3\/bucket:Bucket::kept-\d`\n){7}\n<\/details>/);
});

test("a rule of several items is told at its first, and linked from the others", () => {
  expect(page).toContain("## encryption at rest\n\nState: refused.\n\n`test/broken`: refused, 1 resource satisfies it; told under [buckets](#buckets).");
  expect(page.match(/### `test\/broken`/g)).toHaveLength(1);
});

test("exemptions have owner and end, disabled rules their reason, what is not decided its place", () => {
  expect(page).toContain('- `aws:s3/bucket:Bucket::files` at `acl`: is "public-read", must be private; waiver, owner platform\\@example.com, until 2027-01-31, `exceptions.yaml:3`: moves next week');
  expect(page).toContain("Disabled in this stack: staging has no people.");
  expect(page).toContain("Not decided:\n\n- `aws:s3/bucket:Bucket::one` at `acl`: can not be decided: unknown");
});

test("of a second stack the links lead to its own headings, and what was not read is told", () => {
  const both = markdownReport([CLEAN, { ...REPORT, unread: [{ file: "a.yaml", line: 3, message: "broken" }] }], OPTIONS);
  expect(both).toContain("# Security checklist: staging\n\n**Nothing is refused.**");
  expect(both).toContain("| [buckets](#buckets-1) | refused |");
  expect(both).toContain("Not read, and so not checked:\n\n- `a.yaml:3`: broken");
});

test("text is no markup, code spans hold any backticks", () => {
  expect(plain("a|b <i> *c* [d](e)\n# f `g`")).toBe("a\\|b \\<i\\> \\*c\\* \\[d\\](e) \\# f \\`g\\`");
  expect(code("a`b``c")).toBe("```a`b``c```");
  expect(code("`a")).toBe("`` `a ``");
  expect(code("")).toBe("`  `");
});
