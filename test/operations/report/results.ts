/** Results of a stack that never was: one rule of every verdict, with names that try to be markup. */
import type { Issue, Results } from "../../../policies/judge.ts";
import type { Rule } from "../../../policies/rule.ts";
import type { RenderOptions, StackReport } from "../../../operations/report/report.ts";

export const BUCKET = "aws:s3/bucket:Bucket";

function rule(id: Rule["id"], data: Partial<Rule> & Pick<Rule, "items">): Rule {
  return {
    id, title: `Title of ${id}`, severity: "high", frameworks: ["CIS AWS 3.0: 2.1.4"], why: `Why of ${id}.`, mend: `Mend of ${id} with a <tag> & "quotes".`,
    kinds: [BUCKET], check: () => undefined, ...data,
  } as Rule;
}

export const RULES: readonly Rule[] = [
  rule("test/broken", { items: ["buckets", "encryption-at-rest"], severity: "critical" }),
  rule("test/kept", { items: ["buckets"] }),
  rule("test/advice", { items: ["database"], enforcement: "advisory", severity: "low" }),
  rule("test/excused", { items: ["redis"], severity: "medium" }),
  rule("test/unknown", { items: ["waf"] }),
  rule("test/closed", { items: ["waf"], closed: true }),
  rule("test/off", { items: ["rbac"] }),
  rule("test/idle", { items: ["pdb"] }),
];

const issue = (id: string, name: string, more: Partial<Issue> = {}): Issue => ({
  rule: id, level: "mandatory", outcome: "violated", refuses: true, urn: `urn:pulumi:production::golive::${BUCKET}::${name}`, type: BUCKET, resource: name, path: "acl", message: `is "public-read", must be private`, ...more,
});

/** A name with everything that some format must escape. */
export const NASTY = `na|sty<&>"'\`*_[x](y)\u0007\u001b[2J`;

export const RESULTS: Results = {
  stack: "production",
  problems: ["exceptions.yaml:12: nothing needs this waiver of test/idle on a::b: remove it"],
  notes: ["policies.requiredTags: in this stack team: one team has one account"],
  passedOver: [["command:local:Command", 2], ["aws-native:s3:Bucket", 1]],
  rules: [
    { rule: "test/broken", level: "mandatory", satisfied: [`${BUCKET}::good`], issues: [issue("test/broken", "files"), issue("test/broken", "files", { path: "policy" }), issue("test/broken", NASTY)] },
    { rule: "test/kept", level: "mandatory", satisfied: Array.from({ length: 7 }, (_, n) => `${BUCKET}::kept-${n}`), issues: [] },
    { rule: "test/advice", level: "advisory", satisfied: [], issues: [issue("test/advice", "files", { level: "advisory", refuses: false })] },
    { rule: "test/excused", level: "mandatory", satisfied: [], issues: [
      issue("test/excused", "files", { refuses: false, exempted: { place: "exceptions.yaml:3", kind: "waiver", reason: "moves next week", owner: "platform@example.com", until: "2027-01-31" } }),
      issue("test/excused", "logs", { refuses: false, path: "", exempted: { place: "exceptions.yaml:9", kind: "byDesign", reason: "a control", owner: "security", until: "2026-12-24" } }),
    ] },
    { rule: "test/unknown", level: "mandatory", relation: true, satisfied: [], issues: [
      issue("test/unknown", "one", { outcome: "undecided", refuses: false, message: "can not be decided: unknown" }),
      issue("test/unknown", "one", { outcome: "undecided", refuses: false, path: "b", message: "can not be decided: unknown" }),
      issue("test/unknown", "two", { outcome: "undecided", refuses: false, message: "can not be decided: unknown" }),
    ] },
    { rule: "test/closed", level: "mandatory", satisfied: [], issues: [issue("test/closed", "files", { outcome: "undecided", message: "can not be decided: the value is not known before the update" })] },
    { rule: "test/off", level: "disabled", reason: "staging has no people", satisfied: [], issues: [] },
    { rule: "test/idle", level: "mandatory", satisfied: [], issues: [] },
  ],
};

export const REPORT: StackReport = { stack: "production", results: RESULTS, charts: ["keda", "loki"], seconds: 6.25, base: "main", unread: [] };
export const CLEAN: StackReport = { stack: "staging", results: { stack: "staging", problems: [], notes: [], passedOver: [], rules: RULES.map(({ id }) => ({ rule: id, level: "mandatory", satisfied: [`${BUCKET}::files`], issues: [] })) }, charts: [], seconds: 1 };
export const OPTIONS: RenderOptions = { rules: RULES, version: "1.2.3", root: "/checkout" };
