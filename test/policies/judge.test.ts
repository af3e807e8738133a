/** Levels, exemptions and counts, with three small rules of their own. */
import { describe, expect, it } from "vitest";
import { Rules } from "../../policies/evaluate.ts";
import { readExemptions } from "../../policies/exemptions.ts";
import { issueText, Judge } from "../../policies/judge.ts";
import type { Declared } from "../../policies/resource.ts";
import { is, type Rule, where } from "../../policies/rule.ts";
import { stackSettings } from "../../policies/settings.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const BUCKET = "aws:s3/bucket:Bucket";
const base = { title: "It is on", items: ["buckets"] as const, severity: "low" as const, frameworks: [], why: "w", mend: "Turn it on.", kinds: ["aws:s3:Bucket"], scene: "bucket", bad: [{}] as const };
const RULES = new Rules([
  { ...base, id: "storage/on", check: where({ on: is(true) }) },
  { ...base, id: "storage/closed", closed: true, check: where({ closed: is(true) }) },
  { ...base, id: "storage/advice", enforcement: "advisory", relate: (one, stack, report) => { if (stack.of("aws:s3:Bucket").length > 1) report(one, "is not alone"); } },
] as Rule[]);

function bucket(name: string, props: Record<string, unknown>): Declared {
  return { urn: `urn:${name}`, type: BUCKET, name, props };
}

function judge(how: { levels?: Record<string, unknown>; exceptions?: object[] } = {}): Judge {
  const waivers = (how.exceptions ?? []).map((one) => ({ resource: `${BUCKET}::files`, stacks: ["production"], reason: "moving", owner: "ops", expires: "2026-12-01", ...one }));
  return new Judge({
    rules: RULES,
    stack: "production",
    settings: stackSettings({ rules: how.levels ?? {} }, undefined, RULES.all),
    exemptions: readExemptions(JSON.stringify({ waivers }), RULES.all, "2026-11-21"),
  });
}

const good = { on: true, closed: true };

describe("a stack", () => {
  it("that keeps everything has evidence and nothing else", () => {
    expect(judge().stack([bucket("files", good)])).toEqual({
      stack: "production",
      problems: [],
      notes: [],
      passedOver: [],
      rules: [
        { rule: "storage/on", level: "mandatory", satisfied: [`${BUCKET}::files`], issues: [] },
        { rule: "storage/closed", level: "mandatory", satisfied: [`${BUCKET}::files`], issues: [] },
        { rule: "storage/advice", level: "advisory", relation: true, satisfied: [`${BUCKET}::files`], issues: [] },
      ],
    });
  });

  it("is refused by a broken mandatory rule, advised by an advisory one", () => {
    const [on, closed, advice] = judge().stack([bucket("files", { ...good, on: false }), bucket("logs", good)]).rules;
    expect(on).toMatchObject({ satisfied: [`${BUCKET}::logs`], issues: [{ rule: "storage/on", outcome: "violated", refuses: true, urn: "urn:files", resource: "files", path: "on", message: "is false, must be true" }] });
    expect(closed?.issues).toEqual([]);
    expect(advice?.issues.map((issue) => [issue.resource, issue.refuses, issue.level])).toEqual([["files", false, "advisory"], ["logs", false, "advisory"]]);
  });

  it("with an unknown value is not decided, and refused where the rule is closed", () => {
    const [on, closed] = judge().stack([bucket("files", { on: UNKNOWN, closed: UNKNOWN })]).rules;
    expect(on?.issues).toMatchObject([{ outcome: "undecided", refuses: false, path: "on", message: "can not be decided: the value is not known before the update" }]);
    expect(closed?.issues).toMatchObject([{ outcome: "undecided", refuses: true, path: "closed" }]);
    expect([on?.satisfied, closed?.satisfied]).toEqual([[], []]);
  });

  it("is not refused by a closed rule for what a patch leaves out, or what is encrypted here", () => {
    const encrypted = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
    expect(judge().stack([bucket("files", { on: true, closed: encrypted })]).rules[1]?.issues).toMatchObject([{ outcome: "undecided", refuses: false }]);
  });

  it("sets levels: stricter, looser, off", () => {
    const levels = { "storage/on": { level: "advisory", reason: "later" }, "storage/closed": { level: "disabled", reason: "never" }, "storage/advice": { level: "mandatory", reason: "here yes" } };
    const [on, closed, advice] = judge({ levels }).stack([bucket("files", { on: false, closed: UNKNOWN }), bucket("logs", good)]).rules;
    expect(on).toMatchObject({ level: "advisory", reason: "later", issues: [{ refuses: false }] });
    expect(closed).toEqual({ rule: "storage/closed", level: "disabled", reason: "never", satisfied: [], issues: [] });
    expect(advice?.issues.every((issue) => issue.refuses)).toBe(true);
  });

  it("a closed rule that is advisory here refuses nothing", () => {
    const levels = { "storage/closed": { level: "advisory", reason: "r" } };
    expect(judge({ levels }).stack([bucket("files", { ...good, closed: UNKNOWN })]).rules[1]?.issues).toMatchObject([{ refuses: false, outcome: "undecided" }]);
  });

  it("exempts what a waiver names: a finding, and what a closed rule can not decide", () => {
    const exceptions = [{ rule: "storage/on" }, { rule: "storage/closed" }];
    const results = judge({ exceptions }).stack([bucket("files", { on: false, closed: UNKNOWN }), bucket("logs", { ...good, on: false })]);
    const exempted = { place: "exceptions.yaml:1", kind: "waiver", reason: "moving", owner: "ops", until: "2026-12-01" };
    expect(results.rules[0]?.issues).toMatchObject([{ resource: "files", refuses: false, exempted }, { resource: "logs", refuses: true }]);
    expect(results.rules[1]?.issues).toMatchObject([{ refuses: false, exempted }]);
    expect(results.problems).toEqual([]);
  });

  it("does not spend a waiver on what is merely not decided", () => {
    const results = judge({ exceptions: [{ rule: "storage/on" }] }).stack([bucket("files", { ...good, on: UNKNOWN })]);
    expect(results.rules[0]?.issues[0]).not.toHaveProperty("exempted");
    expect(results.problems).toEqual([expect.stringContaining("nothing needs this waiver")]);
  });

  it("shows what is wrong with settings and exceptions, before and after", () => {
    const wrong = judge({ levels: { "a/b": { level: "advisory", reason: "r" } }, exceptions: [{ rule: "c/d" }] });
    expect(wrong.problems).toHaveLength(2);
    expect(wrong.stack([bucket("files", good)]).problems).toEqual(wrong.problems);
  });
});

describe("a rule that meets what it did not expect", () => {
  it("refuses, names what it was, and leaves the other rules their say", () => {
    const broken = new Rules([{ ...base, id: "storage/broken", check: () => { throw new RangeError("no such range"); } }, ...RULES.all] as Rule[]);
    const judged = new Judge({ rules: broken, stack: "production", settings: stackSettings(undefined, undefined, broken.all), exemptions: { all: [], problems: [], mistakes: [] } }).stack([bucket("files", { on: false, closed: true })]);
    expect(judged.rules[0]?.issues).toMatchObject([{ refuses: true, resource: "files", message: "holds a value that this rule can not read (RangeError)" }]);
    expect(judged.rules[1]?.issues).toMatchObject([{ rule: "storage/on", refuses: true }]);
  });
});

describe("one resource", () => {
  it("is judged by the rules that need nothing else", () => {
    expect(judge().alone(bucket("files", { on: false, closed: true })).map((issue) => issue.rule)).toEqual(["storage/on"]);
    expect(judge({ exceptions: [{ rule: "storage/on" }] }).alone(bucket("files", { on: false, closed: true }))).toMatchObject([{ refuses: false, exempted: { owner: "ops" } }]);
    expect(judge({ levels: { "storage/on": { level: "disabled", reason: "r" } } }).alone(bucket("files", { on: false, closed: true }))).toEqual([]);
  });
});

describe("the text of an issue", () => {
  const rule = RULES.all[0] as Rule;
  const [issue] = judge().alone(bucket("files", { on: false, closed: true }));

  it("leads with rule and resource, and ends with the mend and the checklist", () => {
    expect(issue && issueText(issue, rule)).toBe("[storage/on] files at on: is false, must be true.\n  Rule: It is on.\n  Mend: Turn it on.\n  Checklist: buckets.");
    expect(issue && issueText({ ...issue, path: "" }, rule)).toContain("[storage/on] files: is false");
  });

  it("says of a closed rule why it refuses", () => {
    const [closed] = judge().alone(bucket("files", { on: true, closed: UNKNOWN }));
    expect(closed && issueText(closed, rule)).toContain("is not known before the update; this rule refuses what it can not check.");
    expect(closed && issueText({ ...closed, refuses: false }, rule)).not.toContain("this rule refuses");
  });
});
