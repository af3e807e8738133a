import { describe, expect, it } from "vitest";
import { ExemptionBook, readExemptions } from "../../policies/exemptions.ts";

const TODAY = "2026-11-21";
const RULES = [{ id: "storage/versioning" }, { id: "tagging/required-tags" }, { id: "protection/data-not-deleted", exact: true }];
const STACKS = ["production", "staging"];

const waiver = { rule: "storage/versioning", resource: "aws:s3/bucket:Bucket::files", stacks: ["production"], reason: "moving", owner: "ops", expires: "2026-12-01" };
const byDesign = { rule: "storage/versioning", resource: "aws:s3/bucket:Bucket::logs", stacks: ["production", "staging"], control: "logs are copied", owner: "ops", reviewed: "2026-11-01" };

function read(data: object): ReturnType<typeof readExemptions> {
  return readExemptions(JSON.stringify(data), RULES, TODAY, STACKS);
}

function problemOf(entry: object, list: "waivers" | "byDesign" = "waivers"): string {
  const { all, problems } = read({ [list]: [{ ...(list === "waivers" ? waiver : byDesign), ...entry }] });
  expect(all).toEqual([]);
  expect(problems).toHaveLength(1);
  return problems[0] ?? "";
}

describe("a right file", () => {
  it("holds waivers and by-design exceptions, with their place", () => {
    const file = `waivers:\n  - ${JSON.stringify(waiver)}\nbyDesign:\n  - ${JSON.stringify(byDesign)}\n`;
    expect(readExemptions(file, RULES, TODAY)).toEqual({
      problems: [],
      mistakes: [],
      all: [
        { kind: "waiver", rule: waiver.rule, resource: waiver.resource, stacks: ["production"], reason: "moving", owner: "ops", until: "2026-12-01", place: "exceptions.yaml:2" },
        { kind: "byDesign", rule: byDesign.rule, resource: byDesign.resource, stacks: ["production", "staging"], reason: "logs are copied", owner: "ops", until: "2027-11-01", place: "exceptions.yaml:4" },
      ],
    });
  });

  it.each(["", "# only words\n", "waivers: []\nbyDesign: []\n", "waivers:\n"])("may be empty: %j", (file) => {
    expect(readExemptions(file, RULES, TODAY)).toEqual({ all: [], problems: [], mistakes: [] });
  });

  it.each([
    ["today", { expires: TODAY }],
    ["90 days ahead", { expires: "2027-02-19" }],
    ["a star after four characters", { resource: "aws:s3/bucket:Bucket::file*" }],
  ])("a waiver may end %s", (_, entry) => {
    expect(read({ waivers: [{ ...waiver, ...entry }] }).problems).toEqual([]);
  });

  it.each(["2026-11-21", "2025-11-21"])("a by-design exception may have been reviewed on %s", (reviewed) => {
    expect(read({ byDesign: [{ ...byDesign, reviewed }] }).problems).toEqual([]);
  });
});

describe("a wrong file", () => {
  it.each([
    ["waivers: [", /^exceptions\.yaml:\d+: \S/],
    ["a\n\tb: [1", /^exceptions\.yaml:\d+: \S/],
    ["- a", "exceptions.yaml:1: must hold the lists waivers and byDesign, without aliases"],
    ["waivers: {}", "exceptions.yaml: waivers must be a list"],
    ["waiver: []", 'exceptions.yaml: "waiver" is not known; did you mean "waivers"?'],
    ["nothing: []", 'exceptions.yaml: "nothing" is not known'],
    ["waivers: [text]", "exceptions.yaml:1: must be an object with rule, resource, stacks, reason, owner, expires"],
  ])("%j says where", (file, problem) => {
    const { all, problems } = readExemptions(file, RULES, TODAY);
    expect(all).toEqual([]);
    expect(problems[0]).toMatch(problem instanceof RegExp ? problem : new RegExp(`^${problem.replace(/[.[\]()?*+]/g, "\\$&")}$`));
  });

  it.each([
    ["a rule that is not there", { rule: "storage/versionning" }, 'there is no rule "storage/versionning"; did you mean "storage/versioning"?'],
    ["no reason", { reason: " " }, "reason must be a text"],
    ["no owner", { owner: undefined }, "owner must be a text"],
    ["no stacks", { stacks: [] }, "stacks must be a list of stacks"],
    ["stacks that are no texts", { stacks: [""] }, "stacks must be a list of stacks"],
    ["an unknown field", { expiry: "x" }, '"expiry" is not known; did you mean "expires"?'],
    ["an end that has passed", { expires: "2026-11-20" }, "the waiver expired on 2026-11-20: mend the resource, or agree on a new one with its owner"],
    ["an end too far ahead", { expires: "2027-02-20" }, "expires 2027-02-20 is 91 days ahead, at most 90 are allowed"],
    ["no date", { expires: "soon" }, "expires must be a date such as 2026-11-21"],
    ["no day of the calendar", { expires: "2026-13-01" }, "expires must be a date such as 2026-11-21"],
    ["no day of its month", { expires: "2027-02-30" }, "expires must be a date such as 2026-11-21"],
    ["more than a date", { expires: "2026-12-01T00:00" }, "expires must be a date such as 2026-11-21"],
    ["a stack that is not there", { stacks: ["production", "stagin"] }, 'there is no stack "stagin"; did you mean "staging"?'],
    ["a star where each one is to be named", { rule: "protection/data-not-deleted", resource: "aws:s3/bucket:Bucket::files*" }, 'resource "aws:s3/bucket:Bucket::files*" must be one exact resource, without *'],
    ["no name", { resource: "aws:s3/bucket:Bucket" }, 'resource "aws:s3/bucket:Bucket" must be one type and name, such as aws:s3/bucket:Bucket::storage-files'],
    ["no type", { resource: "::files" }, 'resource "::files" must be one type and name, such as aws:s3/bucket:Bucket::storage-files'],
    ["any type", { resource: "aws:*::files" }, 'resource "aws:*::files" must be one type and name, such as aws:s3/bucket:Bucket::storage-files'],
    ["a short start", { resource: "aws:s3/bucket:Bucket::fil*" }, 'resource "aws:s3/bucket:Bucket::fil*" is too broad: a * may only end the name, after at least 4 characters'],
    ["a star inside", { resource: "aws:s3/bucket:Bucket::files*x" }, 'resource "aws:s3/bucket:Bucket::files*x" is too broad: a * may only end the name, after at least 4 characters'],
  ])("a waiver with %s", (_, entry, problem) => {
    expect(problemOf(entry)).toBe(`exceptions.yaml:1: ${problem}`);
  });

  it.each([
    ["a star", { resource: "aws:s3/bucket:Bucket::files*" }, 'resource "aws:s3/bucket:Bucket::files*" must be one exact resource, without *'],
    ["no control", { control: "" }, "control must be a text"],
    ["a review in the future", { reviewed: "2026-11-22" }, "reviewed 2026-11-22 is in the future"],
    ["an old review", { reviewed: "2025-11-20" }, "was last reviewed on 2025-11-20, more than a year ago: check that the control still works, then set the date"],
  ])("a by-design exception with %s", (_, entry, problem) => {
    expect(problemOf(entry, "byDesign")).toBe(`exceptions.yaml:1: ${problem}`);
  });

  it("refuses aliases, which could grow without end", () => {
    for (const file of ["waivers: &a\n  - *a\n", "x: &a {}\nwaivers: [*a, *a]\n"]) {
      expect(readExemptions(file, RULES, TODAY)).toEqual({ all: [], problems: ["exceptions.yaml:1: must hold the lists waivers and byDesign, without aliases"], mistakes: ["exceptions.yaml:1: must hold the lists waivers and byDesign, without aliases"] });
    }
  });

  it.each<["waivers" | "byDesign", string[]]>([["waivers", ["*"]], ["byDesign", ["*", "staging"]]])("refuses every stack in %s %j", (list, stacks) => {
    expect(problemOf({ stacks }, list)).toBe('exceptions.yaml:1: stacks "*" is every stack: only a byDesign may have it, and nothing beside it');
  });

  it("tells mistakes from entries whose time is over", () => {
    const { problems, mistakes } = read({ waivers: [{ ...waiver, expires: "2026-11-20" }, { ...waiver, owner: "" }], byDesign: [{ ...byDesign, reviewed: "2025-11-20" }] });
    expect(problems).toHaveLength(3);
    expect(mistakes).toEqual(["exceptions.yaml:1: owner must be a text"]);
  });

  it("names every mistake at once, and keeps the right entries", () => {
    const { all, problems } = read({ waivers: [waiver, { ...waiver, rule: "a/b", expires: "x" }] });
    expect(all).toHaveLength(1);
    expect(problems).toHaveLength(2);
  });
});

it("takes any stack where none can be listed", () => {
  expect(readExemptions(JSON.stringify({ waivers: [{ ...waiver, stacks: ["elsewhere"] }] }), RULES, TODAY).problems).toEqual([]);
});

describe("the book of one stack", () => {
  const type = "aws:s3/bucket:Bucket";
  const named = (name: string, parent = "golive:storage:Storage", kind = type): { urn: string; type: string; name: string } => ({ urn: `urn:pulumi:production::golive::${parent}$${kind}::${name}`, type: kind, name });
  const book = (entry: object = {}, stack = "production"): ExemptionBook => new ExemptionBook(read({ waivers: [{ ...waiver, ...entry }] }), stack);
  const unused = (of: ExemptionBook): string[] => of.unused(() => true).map(({ place }) => place);

  it("finds what covers a rule on a resource, and nothing else", () => {
    expect(book().find("storage/versioning", named("files"))).toMatchObject({ owner: "ops" });
    expect(book().find("storage/versioning", named("files2"))).toBeUndefined();
    expect(book().find("storage/versioning", named("files", "p:m:T", "aws:s3/bucketV2:BucketV2"))).toBeUndefined();
    expect(book().find("tagging/required-tags", named("files"))).toBeUndefined();
    expect(book({}, "staging").find("storage/versioning", named("files"))).toBeUndefined();
    const broad = { resource: "aws:s3/bucket:Bucket::file*" };
    expect(book(broad).find("storage/versioning", named("files2"))).toMatchObject({ owner: "ops" });
    expect(book(broad).find("storage/versioning", named("logs"))).toBeUndefined();
  });

  it("finds the one of two namesakes that is named with its parent", () => {
    const one = book({ resource: "golive:storage:Storage$aws:s3/bucket:Bucket::files" });
    expect(one.find("storage/versioning", named("files"))).toMatchObject({ owner: "ops" });
    expect(one.find("storage/versioning", named("files", "golive:audit:Audit"))).toBeUndefined();
    expect(one.find("storage/versioning", named("files2"))).toBeUndefined();
    expect(one.tooBroad()).toEqual([]);
    expect(book({ resource: "Storage$aws:s3/bucket:Bucket::files" }).find("storage/versioning", named("files"))).toBeUndefined();
  });

  it("is of use in every stack where the entry says so, and may be of none in some", () => {
    const everywhere = (stack: string): ExemptionBook => new ExemptionBook(read({ byDesign: [{ ...byDesign, stacks: ["*"] }] }), stack);
    for (const stack of ["production", "one that nobody has made yet"]) {
      expect(everywhere(stack).find("storage/versioning", named("logs"))).toMatchObject({ owner: "ops" });
      expect(unused(everywhere(stack))).toEqual([]);
    }
  });

  it("tells of what nothing needs, in the stacks that it is for", () => {
    const used = book();
    used.find("storage/versioning", named("files"));
    expect(unused(used)).toEqual([]);
    expect(unused(book())).toEqual(["exceptions.yaml:1"]);
    expect(unused(book({}, "staging"))).toEqual([]);
    expect(book().unused((rule) => rule !== "storage/versioning")).toEqual([]);
  });

  it("tells of a name that two resources bear", () => {
    const exact = book();
    exact.find("storage/versioning", named("files"));
    exact.find("storage/versioning", named("files"));
    expect(exact.tooBroad()).toEqual([]);
    exact.find("storage/versioning", named("files", "golive:audit:Audit"));
    expect(exact.tooBroad()).toEqual(["exceptions.yaml:1: 2 resources are called aws:s3/bucket:Bucket::files: name the one by the end of its URN, with its parent's type: parent:module:Type$aws:s3/bucket:Bucket::files"]);
  });

  it("tells of what covers more than five resources", () => {
    const broad = book({ resource: "aws:s3/bucket:Bucket::file*" });
    for (const name of ["file1", "file2", "file3", "file4", "file5", "file5"]) broad.find("storage/versioning", named(name));
    expect(broad.tooBroad()).toEqual([]);
    broad.find("storage/versioning", named("file6"));
    expect(broad.tooBroad()).toEqual(["exceptions.yaml:1: this waiver covers 6 resources, at most 5 are allowed: name them one by one, or loosen the rule in the stack's configuration"]);
  });
});
