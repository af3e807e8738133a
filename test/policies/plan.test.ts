import { describe, expect, it } from "vitest";
import { readExemptions } from "../../policies/exemptions.ts";
import { isPlanRule, judgePlan, PLAN_RULES, type Planned } from "../../policies/plan.ts";

const TODAY = "2026-11-21";
const planned = (operation: Planned["operation"], type = "aws:rds/instance:Instance", diff: string[] = []): Planned => ({ urn: "urn:db", type, name: "db", operation, diff });
const none = readExemptions("", PLAN_RULES, TODAY);

describe("a plan", () => {
  it.each(["update", "same"] as const)("that keeps what holds data (%s) is evidence", (operation) => {
    expect(judgePlan([planned(operation)], "production", none)).toEqual({
      rules: [
        { rule: "protection/data-not-deleted", level: "mandatory", satisfied: ["aws:rds/instance:Instance::db"], issues: [] },
        { rule: "protection/data-not-replaced", level: "mandatory", satisfied: ["aws:rds/instance:Instance::db"], issues: [] },
      ],
      notes: [],
    });
  });

  it("that deletes it is refused", () => {
    const [deleted, replaced] = judgePlan([planned("delete")], "production", none).rules;
    expect(deleted).toMatchObject({ satisfied: [], issues: [{ rule: "protection/data-not-deleted", level: "mandatory", outcome: "violated", refuses: true, urn: "urn:db", type: "aws:rds/instance:Instance", resource: "db", path: "", message: "holds data and would be deleted" }] });
    expect(replaced?.issues).toEqual([]);
  });

  it("that replaces it is refused, and says why it would be", () => {
    const [, replaced] = judgePlan([planned("replace", "aws:s3/bucketV2:BucketV2", ["bucket", "region"])], "production", none).rules;
    expect(replaced?.issues).toMatchObject([{ refuses: true, path: "bucket", message: "holds data and would be replaced, because bucket, region can not be changed in place" }]);
    expect(judgePlan([planned("replace")], "production", none).rules[1]?.issues).toMatchObject([{ path: "", message: "holds data and would be replaced" }]);
  });

  it("makes new ones, and does what it wants with what holds no data", () => {
    expect(judgePlan([planned("create"), planned("delete", "aws:iam/role:Role"), planned("replace", "kubernetes:apps/v1:Deployment"), planned("delete", "kubernetes:core/v1:NamespacePatch")], "production", none).rules.flatMap((rule) => [...rule.satisfied, ...rule.issues])).toEqual([]);
  });

  it("may delete one resource under a waiver, in the stack that it is for", () => {
    const waivers = [{ rule: "protection/data-not-deleted", resource: "aws:rds/instance:Instance::db", stacks: ["production"], reason: "moved to another account", owner: "ops", expires: "2026-12-01" }];
    const waived = readExemptions(JSON.stringify({ waivers }), PLAN_RULES, TODAY);
    expect(waived.problems).toEqual([]);
    expect(judgePlan([planned("delete")], "production", waived).rules[0]?.issues).toMatchObject([{ refuses: false, exempted: { place: "exceptions.yaml:1", kind: "waiver", reason: "moved to another account", owner: "ops", until: "2026-12-01" } }]);
    expect(judgePlan([planned("delete")], "staging", waived).rules[0]?.issues).toMatchObject([{ refuses: true }]);
    expect(judgePlan([planned("replace")], "production", waived).rules[1]?.issues).toMatchObject([{ refuses: true }]);
  });

  it("tells of a waiver that it does not need", () => {
    const waivers = [{ rule: "protection/data-not-deleted", resource: "aws:rds/instance:Instance::db", stacks: ["production"], reason: "moved", owner: "ops", expires: "2026-12-01" }];
    const waived = readExemptions(JSON.stringify({ waivers }), PLAN_RULES, TODAY);
    const note = "exceptions.yaml:1: this change does not need the waiver of protection/data-not-deleted on aws:rds/instance:Instance::db: remove it once what it is for is applied";
    expect(judgePlan([planned("replace")], "production", waived).notes).toEqual([note]);
    expect(judgePlan([planned("delete")], "production", waived).notes).toEqual([]);
    expect(judgePlan([planned("replace")], "staging", waived).notes).toEqual([]);
    expect(readExemptions(JSON.stringify({ waivers: [{ ...waivers[0], resource: "aws:rds/instance:Instance::dbs-*" }] }), PLAN_RULES, TODAY).problems).toEqual(["exceptions.yaml:1: resource \"aws:rds/instance:Instance::dbs-*\" must be one exact resource, without *"]);
  });
});

it.each(PLAN_RULES.map(({ id }) => [id]))("%s is judged from the plan", (id) => {
  expect(isPlanRule(id)).toBe(true);
  expect(isPlanRule("storage/versioning")).toBe(false);
});
