/** The terminal report: what is told, in which order, once, and within the width. */
import { describe, expect, test } from "vitest";
import { textReport } from "../../../operations/report/text.ts";
import { CLEAN, NASTY, OPTIONS, REPORT } from "./results.ts";

const text = textReport([REPORT], OPTIONS);
const lines = text.split("\n");
const position = (part: string): number => {
  expect(text, part).toContain(part);
  return text.indexOf(part);
};

describe("one stack", () => {
  test("problems come first, then items in the checklist's order, then totals", () => {
    const order = ["The policy pack can not be relied on:", "  exceptions.yaml:12: nothing needs", "\ndatabase\n", "\nRedis\n", "\nbuckets\n", "\nWAF\n", "\nRBAC\n", "charts unseen", "2 charts declared, not looked into: keda, loki.", "5 findings refused compared with main in 6.3 s."].map(position);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  test("a finding says rule, resource, path, message and mend; each issue is told once", () => {
    expect(text).toContain([
      "  refused test/broken (critical)",
      "    Title of test/broken.",
      "    aws:s3/bucket:Bucket::files  acl",
      '      is "public-read", must be private',
      "    aws:s3/bucket:Bucket::files  policy",
      '      is "public-read", must be private',
      "",
    ].join("\n"));
    expect(text).toContain('    Mend: Mend of test/broken with a <tag> & "quotes".');
    expect(text.match(/refused test\/broken/g)).toHaveLength(1);
    expect(text).not.toContain("encryption at rest");
  });

  test("exemptions name owner and end, what is not decided is counted, what refuses although unknown says why", () => {
    expect(text).toContain("  exempted test/excused\n    aws:s3/bucket:Bucket::files\n      waiver by platform@example.com until 2027-01-31 (exceptions.yaml:3): moves next week");
    expect(text).toContain("  not decided test/unknown: 2 resources, until an update is over\n");
    expect(text).toContain("2 of the 2 checks not decided look at several resources together: an update judges that only when\neverything is applied.\n");
    expect(text).toContain("Note: policies.requiredTags: in this stack team: one team has one account.\n");
    expect(text).toContain("\n3 objects of kinds that no rule judges: command:local:Command (2), aws-native:s3:Bucket.\n");
    expect(text).toContain("      can not be decided: the value is not known before the update; this rule refuses what it can\n      not check");
    expect(text).toContain("  disabled test/off: staging has no people");
  });

  test("advice is told as such", () => {
    expect(text).toContain("  advisory test/advice (low)");
  });

  test("totals, and the first exemption to end", () => {
    const head = lines.findIndex((line) => line.includes("not decided  charts unseen"));
    expect(lines[head]?.trim().split(/\s{2,}/)).toEqual(["rules", "resources", "satisfied", "refused", "advisory", "exempted", "not decided", "charts unseen"]);
    // Resources: good, seven kept, files, the nasty one, logs, one, two. Refused: three broken, one closed, one problem.
    expect(lines[head + 1]?.trim().split(/\s+/)).toEqual(["production", "7", "13", "8", "5", "1", "2", "2", "2"]);
    expect(text).toContain("The first exemption ends on 2026-12-24.");
    expect(text).toContain("0 of the checklist's 44 items are clean, 38 found no resource to look at.");
  });

  test("fits a hundred columns, and no name moves the cursor", () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(NASTY).toContain("\u001b");
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test("long paths have a line of their own, places lead", () => {
    const path = `spec.template.spec.containers[0].${"x".repeat(60)}`;
    const [broken] = REPORT.results.rules;
    const issue = broken?.issues[0];
    if (broken === undefined || issue === undefined) throw new Error("no issue");
    const long = textReport([{ ...REPORT, results: { ...REPORT.results, rules: [{ ...broken, issues: [{ ...issue, path }] }] } }], { ...OPTIONS, place: () => ({ file: "a.yaml", line: 3, column: 5 }) });
    expect(long).toContain(`    a.yaml:3:5  aws:s3/bucket:Bucket::files\n      ${path}\n`);
  });
});

test("colors only when asked for", () => {
  expect(textReport([REPORT], { ...OPTIONS, color: true })).toContain("\u001b[31mrefused\u001b[39m");
});

test("several stacks have a heading each, and one table", () => {
  const both = textReport([REPORT, CLEAN], OPTIONS);
  expect(both).toMatch(/^production\n/);
  expect(both).toContain("\nstaging\n\n7 of the checklist's 44 items are clean, 37 found no resource to look at.");
  expect(both).toMatch(/\nproduction .* 5 .*\nstaging +8 +1 +8 +0 +0 +0 +0 +0\n/);
  expect(both).toContain("production: 5 findings refused compared with main in 6.3 s.");
  expect(both.trimEnd().endsWith("staging: Nothing is refused in 1.0 s.")).toBe(true);
});

test("the summary is the totals alone", () => {
  const summary = textReport([REPORT], { ...OPTIONS, summary: true });
  expect(summary).toMatch(/^ +rules/);
  expect(summary).not.toContain("test/broken");
  expect(summary).toContain("5 findings refused");
  expect(textReport([CLEAN], OPTIONS)).not.toMatch(/Note:|several resources/);
});
