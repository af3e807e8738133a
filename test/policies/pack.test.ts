/** What the pack answers the engine, with three small rules of its own; what the engine tells is in engine.test.ts. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PolicyPackArgs, PolicyResource, ResourceValidationArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
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
const sent = (props: Record<string, unknown>): Sent => ({ props: (keys) => (keys === undefined ? props : Object.fromEntries(Object.entries(props).filter(([key]) => keys.includes(key)))), provider: undefined });
const resource = (name: string, type = "aws:s3/bucket:Bucket", dependencies: Record<string, string[]> = {}): PolicyResource => ({
  urn: `urn:${name}`, type, name, props: {}, opts: { protect: false, ignoreChanges: [] },
  propertyDependencies: Object.fromEntries(Object.entries(dependencies).map(([key, urns]) => [key, urns.map((urn) => ({ urn }))])),
} as unknown as PolicyResource);

/** A pack in the middle of a run. */
function pack(how: { asked?: Record<string, Record<string, unknown>>; became?: Record<string, Record<string, unknown>>; problems?: string[]; rules?: Rule[]; resultsFile?: string } = {}) {
  const all = (given: Record<string, Record<string, unknown>> = {}): Map<string, Sent> => new Map(Object.entries(given).map(([name, props]) => [`urn:${name}`, sent(props)]));
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
    each: (one: PolicyResource) => reported((report) => validate(one as unknown as ResourceValidationArgs, report)),
    stack: (...resources: PolicyResource[]) => reported((report) => stack.validateStack({ resources } as never, report)),
    advice: () => reported((report) => advice.validateStack({ resources: [] } as never, report)),
  };
}

describe("before each step", () => {
  it("an update is refused at a resource that breaks a rule alone, and not for advice nor for relations", () => {
    const { each, judges } = pack({ asked: { files: { on: false }, logs: GOOD } });
    expect(each(resource("files"))).toEqual([expect.stringMatching(/^urn:files \[storage\/on\] files at on: is false, must be true/)]);
    expect(each(resource("logs"))).toEqual([]);
    expect(judges()).toBe(1);
  });

  it("settings that can not be relied on refuse the first step of an update, once", () => {
    const { each } = pack({ asked: { files: GOOD, logs: GOOD }, problems: ["there is no rule x"] });
    expect(each(resource("files"))).toEqual(["The policy pack can not be relied on: there is no rule x."]);
    expect(each(resource("logs"))).toEqual([]);
  });

  it("a resource of which nothing was sent is an error, not a pass", () => {
    expect(() => pack().each(resource("files"))).toThrow("the engine sent no properties of urn:files");
  });
});

describe("at the end", () => {
  it("judges what was asked for rather than what became of it, with what depends on what", () => {
    const { stack } = pack({ asked: { files: GOOD, block: { bucket: UNKNOWN } }, became: { files: { on: false, id: "files-1" }, block: {} } });
    const block = resource("block", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { bucket: ["urn:files"] });
    expect(stack(resource("files"), block)).toEqual([]);
    expect(stack(resource("files"))).toEqual([expect.stringMatching(/^urn:files \[storage\/blocked\] files: has no block/)]);
  });

  it("knows resources by the ids that they got", () => {
    const { stack } = pack({ asked: { files: GOOD, block: { bucket: "files-1" }, other: { bucket: "arn:files" } }, became: { files: { id: "files-1", arn: "arn:files" } } });
    const blocks = ["block", "other"].map((name) => resource(name, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"));
    for (const block of blocks) expect(stack(resource("files"), block)).toEqual([]);
  });

  it("takes what became of a resource for which no step was asked", () => {
    expect(pack({ became: { files: { on: false } } }).stack(resource("files"))).toEqual([expect.stringContaining("[storage/on]"), expect.stringContaining("[storage/blocked]")]);
  });

  it("what it can not judge refuses, with the reason", () => {
    expect(pack().stack(resource("files"))).toEqual(["The policy pack can not be relied on: it could not judge the stack: the engine sent no properties of urn:files."]);
  });

  it("problems refuse too", () => {
    expect(pack({ problems: ["there is no rule x"] }).stack()).toEqual(["The policy pack can not be relied on: there is no rule x."]);
  });

  it("writes the results to a file where one is named", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "pack-"));
    try {
      const resultsFile = path.join(folder, "results.json");
      pack({ became: { files: GOOD }, resultsFile }).stack(resource("files"));
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
    stack(resource("files"), resource("logs"), resource("more"));
    expect(advice()).toEqual([
      expect.stringMatching(/^urn:files \[storage\/advice\] files at nice: is false/),
      "9 checks were not decided, because the values are not known before the update: storage/advice (2), storage/on (1), storage/r0 (1), storage/r1 (1), storage/r2 (1), and 3 more rules.",
    ]);
  });

  it("names every rule where they are few, and says nothing when there is nothing", () => {
    const few = pack({ became: { files: { ...GOOD, on: UNKNOWN } } });
    few.stack(resource("files"));
    expect(few.advice()).toEqual(["1 check was not decided, because the values are not known before the update: storage/on (1)."]);
    const none = pack({ became: { files: GOOD } });
    expect(none.advice()).toEqual([]);
    none.stack(resource("files"));
    expect(none.advice()).toEqual([]);
  });
});

it("shows the engine three policies, of which advice alone refuses nothing", () => {
  const { made } = pack();
  expect(made.enforcementLevel).toBe("mandatory");
  expect(made.policies.map((one) => [one.name, one.enforcementLevel])).toEqual([["checklist", "mandatory"], ["checklist-stack", "mandatory"], ["checklist-advice", "advisory"]]);
});
