/** What the pack answers the engine, with three small rules of its own; what the engine tells is in engine.test.ts. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PolicyPackArgs, ResourceValidationArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { describe, expect, it } from "vitest";
import type { Sent, Told } from "../../policies/engine.ts";
import { Rules } from "../../policies/evaluate.ts";
import { Judge, type Results } from "../../policies/judge.ts";
import { packOf } from "../../policies/pack.ts";
import { refersTo } from "../../policies/references.ts";
import { is, type Rule, where } from "../../policies/rule.ts";
import { stackSettings } from "../../policies/settings.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const text = { title: "It is on", items: ["buckets"] as const, severity: "low" as const, frameworks: [], why: "w", mend: "Turn it on." };
const RULES: Rule[] = [
  { ...text, id: "storage/on", kinds: ["aws:s3:Bucket"], check: where({ on: is(true) }) },
  { ...text, id: "storage/advice", enforcement: "advisory", kinds: ["aws:s3:Bucket"], check: where({ nice: is(true) }) },
  { ...text, id: "storage/blocked", kinds: ["aws:s3:Bucket"], relate: (one, stack, report) => {
    if (!stack.of("aws:s3:BucketPublicAccessBlock").some((block) => refersTo(block, "bucket", one))) report(one, "has no block");
  } },
];

const GOOD = { on: true, nice: true };
const BUCKET = "aws:s3/bucket:Bucket";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
/** A resource of this name: a block when it is called so, otherwise a bucket. */
const sent = (name: string, props: Record<string, unknown>, references: Record<string, string[]> = {}): Sent => ({
  urn: `urn:${name}`, type: /block|other/.test(name) ? BLOCK : BUCKET, name, protect: false, ignoreChanges: [], references,
  props: (keys) => (keys === undefined ? props : Object.fromEntries(Object.entries(props).filter(([key]) => keys.includes(key)))),
  provider: undefined,
});
type Given = Record<string, Record<string, unknown>>;

/** A pack in the middle of a run. */
function pack(how: { asked?: Given; became?: Given; references?: Record<string, string[]>; problems?: string[]; rules?: Rule[]; resultsFile?: string } = {}) {
  const all = (given: Given = {}): Map<string, Sent> => new Map(Object.entries(given).map(([name, props]) => [`urn:${name}`, sent(name, props, name === "block" ? how.references : {})]));
  const run = { stack: "production", project: "golive", dryRun: false, config: {} };
  const told: Told = { run, asked: all(how.asked), became: all(how.became) };
  const rules = new Rules(how.rules ?? RULES);
  let judges = 0;
  const made: PolicyPackArgs = packOf(told, {
    rules: rules.all,
    resultsFile: how.resultsFile,
    judge: (given) => {
      judges += 1;
      const settings = { ...stackSettings(undefined, undefined, rules.all), problems: how.problems ?? [] };
      return new Judge({ rules, stack: given?.stack ?? "none", settings, exemptions: { all: [], problems: [], mistakes: [] } });
    },
  });
  const [each, stack, advice] = made.policies as [ResourceValidationPolicy, StackValidationPolicy, StackValidationPolicy];
  const reported = (call: (report: (message: string, urn?: string) => void) => unknown): string[] => {
    const messages: string[] = [];
    call((message, urn) => messages.push(urn === undefined ? message : `${urn} ${message.split("\n")[0] ?? ""}`));
    return messages;
  };
  const validate = each.validateResource as (args: ResourceValidationArgs, report: (message: string, urn?: string) => void) => void;
  return {
    made,
    judges: () => judges,
    told,
    each: (name: string) => reported((report) => validate({ urn: `urn:${name}` } as unknown as ResourceValidationArgs, report)),
    stack: () => reported((report) => stack.validateStack({ resources: [] } as never, report)),
    advice: () => reported((report) => advice.validateStack({ resources: [] } as never, report)),
  };
}

describe("before each step", () => {
  it("an update is refused at a resource that breaks a rule alone, and not for advice nor for relations", () => {
    const { each, judges } = pack({ asked: { files: { on: false }, logs: GOOD } });
    expect(each("files")).toEqual([expect.stringMatching(/^urn:files \[storage\/on\] files at on: is false, must be true/)]);
    expect(each("logs")).toEqual([]);
    expect(judges()).toBe(1);
  });

  it("settings that can not be relied on refuse the first step of an update, once", () => {
    const { each } = pack({ asked: { files: GOOD, logs: GOOD }, problems: ["there is no rule x"] });
    expect(each("files")).toEqual(["The policy pack can not be relied on: there is no rule x."]);
    expect(each("logs")).toEqual([]);
  });

  it("a resource of which nothing was sent is an error, not a pass", () => {
    expect(() => pack().each("files")).toThrow("the engine sent no properties of urn:files");
  });
});

describe("ahead, in a preview", () => {
  it("judges a resource as it comes, and says the same at the end", () => {
    const checked: string[] = [];
    const rule: Rule = { ...text, id: "storage/seen", kinds: ["aws:s3:Bucket"], check: (one, report) => {
      checked.push(one.name);
      report(one, "is seen");
    } };
    const { told, stack } = pack({ rules: [rule], asked: { files: GOOD, logs: GOOD }, became: { files: {}, logs: {} } });
    told.onAsked?.(sent("files", GOOD));
    expect(checked).toEqual(["files"]);
    expect(stack()).toEqual([expect.stringMatching(/^urn:files .* is seen/), expect.stringMatching(/^urn:logs .* is seen/)]);
    expect(checked).toEqual(["files", "logs"]);
  });

  it("leaves what goes wrong to the end, where it refuses", () => {
    const { told, stack } = pack({ asked: { files: GOOD }, became: { files: {} } });
    const broken = { ...sent("files", GOOD), props: () => { throw new Error("it is garbled"); } };
    told.asked.set("urn:files", broken);
    expect(() => told.onAsked?.(broken)).not.toThrow();
    expect(stack()).toEqual(["The policy pack can not be relied on: it could not judge the stack: it is garbled."]);
  });
});

describe("at the end", () => {
  it("judges what was asked for rather than what became of it, with what depends on what", () => {
    const given = { asked: { files: GOOD, block: { bucket: UNKNOWN } }, became: { files: { on: false, id: "files-1" }, block: {} } };
    expect(pack({ ...given, references: { bucket: ["urn:files"] } }).stack()).toEqual([]);
    expect(pack({ ...given, became: { files: given.became.files } }).stack()).toEqual([expect.stringMatching(/^urn:files \[storage\/blocked\] files: has no block/)]);
  });

  it("knows resources by the ids that they got", () => {
    const files = { id: "files-1", arn: "arn:files" };
    expect(pack({ asked: { files: GOOD, block: { bucket: "files-1" } }, became: { files, block: {} } }).stack()).toEqual([]);
    expect(pack({ asked: { files: GOOD, other: { bucket: "arn:files" } }, became: { files, other: {} } }).stack()).toEqual([]);
    expect(pack({ asked: { files: GOOD, other: { bucket: "arn:others" } }, became: { files, other: {} } }).stack()).toHaveLength(1);
  });

  it("takes what became of a resource for which no step was asked", () => {
    expect(pack({ became: { files: { on: false } } }).stack()).toEqual([expect.stringContaining("[storage/on]"), expect.stringContaining("[storage/blocked]")]);
  });

  it("what it can not judge refuses, with the reason", () => {
    const broken = pack({ became: { files: {} } });
    broken.told.became.set("urn:files", { ...sent("files", {}), props: () => { throw new Error("it is garbled"); } });
    expect(broken.stack()).toEqual(["The policy pack can not be relied on: it could not judge the stack: it is garbled."]);
  });

  it("problems refuse too", () => {
    expect(pack({ problems: ["there is no rule x"] }).stack()).toEqual(["The policy pack can not be relied on: there is no rule x."]);
  });

  it("writes the results to a file where one is named", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "pack-"));
    try {
      const resultsFile = path.join(folder, "results.json");
      pack({ became: { files: GOOD }, resultsFile }).stack();
      const results = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
      expect(results.stack).toBe("production");
      expect(results.rules.map((one) => [one.rule, one.satisfied.length, one.issues.length])).toEqual([["storage/on", 1, 0], ["storage/advice", 1, 0], ["storage/blocked", 0, 1]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("advice", () => {
  it("tells what does not refuse, and how much was not decided, most of all by which rules", () => {
    const more = Array.from({ length: 6 }, (_, index): Rule => ({ ...text, id: `storage/r${index}`, kinds: ["aws:s3:Bucket"], check: where({ on: is(true) }) }));
    const { stack, advice } = pack({ rules: [...RULES, ...more], became: { files: { on: UNKNOWN, nice: false }, logs: { on: true, nice: UNKNOWN }, more: { on: true, nice: UNKNOWN } } });
    stack();
    expect(advice()).toEqual([
      expect.stringMatching(/^urn:files \[storage\/advice\] files at nice: is false/),
      "9 checks were not decided, because the values are not known before the update: storage/advice (2), storage/on (1), storage/r0 (1), storage/r1 (1), storage/r2 (1), and 3 more rules.",
    ]);
  });

  it("names every rule where they are few, and says nothing when there is nothing", () => {
    const few = pack({ became: { files: { ...GOOD, on: UNKNOWN } } });
    few.stack();
    expect(few.advice()).toEqual(["1 check was not decided, because the values are not known before the update: storage/on (1)."]);
    const none = pack({ became: { files: GOOD } });
    expect(none.advice()).toEqual([]);
    none.stack();
    expect(none.advice()).toEqual([]);
  });
});

it("shows the engine three policies, of which advice alone refuses nothing", () => {
  const { made } = pack();
  expect(made.enforcementLevel).toBe("mandatory");
  expect(made.policies.map((one) => [one.name, one.enforcementLevel])).toEqual([["checklist", "mandatory"], ["checklist-stack", "mandatory"], ["checklist-advice", "advisory"]]);
});
