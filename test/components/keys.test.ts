import { describe, expect, it } from "vitest";
import { DATA_CLASSES } from "../../components/component.ts";
import type { KeysArgs } from "../../components/keys.ts";
import { Keys } from "../../components/keys.ts";
import { declared, ofType, only, statement, statements, valueOf } from "./mocks.ts";

const base: KeysArgs = {
  prefix: "shop-production", accountId: "123456789012", region: "us-east-1", rotationDays: 90, deletionWindowDays: 30, protection: { protect: true, retainOnDelete: true },
};
const keys = (over: Partial<KeysArgs> = {}) => declared(() => { new Keys("keys", { ...base, ...over }); });
const KEY = "aws:kms/key:Key";

describe("Keys", () => {
  it("has one rotated, protected key and one alias for each class of data", async () => {
    const resources = await keys();
    const made = ofType(resources, KEY);
    expect(made.map((key) => (key.inputs["tags"] as Record<string, string>)["data-class"])).toEqual([...DATA_CLASSES]);
    for (const key of made) {
      expect(key.inputs).toMatchObject({ enableKeyRotation: true, rotationPeriodInDays: 90, deletionWindowInDays: 30 });
      expect([key.protect, key.retainOnDelete]).toEqual([true, true]);
    }
    expect(ofType(resources, "aws:kms/alias:Alias").map((alias) => alias.inputs["name"])).toEqual(DATA_CLASSES.map((dataClass) => `alias/shop-production-${dataClass}`));
  });

  it("leaves the keys of buckets and vaults in the account, whatever the stack keeps of the rest", async () => {
    const stays = (await keys({ protection: { protect: false, retainOnDelete: false } })).filter((one) => one.retainOnDelete);
    expect(stays.map((one) => one.name)).toEqual(["keys-files", "keys-backups", "keys-archive", "keys-audit"]);
  });

  it("hands out ARN and id by class", async () => {
    await declared(async () => {
      const made = new Keys("keys", base);
      expect(await valueOf(made.arn("database"))).toBe("arn:aws:mock:us-east-1:123456789012:keys-database");
    });
  });

  it("lets administrators manage but never read, and names no action by wildcard", async () => {
    for (const key of ofType(await keys(), KEY)) {
      const administration = statement(key, "AdministrationByIam");
      const actions = [administration.Action].flat();
      expect(actions).toContain("kms:PutKeyPolicy");
      expect(actions.filter((action) => /Decrypt|Encrypt|GenerateData|CreateGrant/.test(action ?? ""))).toEqual([]);
      expect(statements(key).flatMap((one) => one.Action).filter((action) => action?.includes("*"))).toEqual([]);
    }
  });

  it("puts a condition on every use, so that no caller or service from elsewhere gets in", async () => {
    for (const key of ofType(await keys(), KEY)) {
      for (const one of statements(key).filter((candidate) => candidate.Sid !== "AdministrationByIam")) {
        expect(JSON.stringify(one.Condition), `${key.name} ${one.Sid}`).toContain("123456789012");
      }
    }
  });

  it.each([
    ["database", ["rds.us-east-1.amazonaws.com", "backup.us-east-1.amazonaws.com"]],
    ["cache", ["elasticache.us-east-1.amazonaws.com"]],
    ["files", ["s3.us-east-1.amazonaws.com"]],
    ["secrets", ["secretsmanager.us-east-1.amazonaws.com"]],
    ["volumes", ["ec2.us-east-1.amazonaws.com", "backup.us-east-1.amazonaws.com"]],
  ])("opens the %s key only through its services", async (dataClass, services) => {
    const use = statement(only(await keys(), KEY, `keys-${dataClass}`), "UseThroughServiceByIam");
    expect(use.Condition).toEqual({ StringEquals: { "kms:CallerAccount": "123456789012", "kms:ViaService": services } });
  });

  it("lets log groups of this account use the logs key by encryption context", async () => {
    const logs = statement(only(await keys(), KEY, "keys-logs"), "LogGroupsOfThisAccount");
    expect(logs).toMatchObject({
      Principal: { Service: "logs.us-east-1.amazonaws.com" },
      Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:123456789012:log-group:*" } },
    });
  });

  it("lets only the stack's own trail use the audit key", async () => {
    const trail = statement(only(await keys(), KEY, "keys-audit"), "CloudTrailEncrypts");
    expect(trail.Condition).toEqual({
      StringEquals: { "aws:SourceAccount": "123456789012" }, ArnLike: { "aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/shop-production" },
    });
  });

  it("lets CloudFront read files for distributions of this account, and nothing else", async () => {
    expect(statement(only(await keys(), KEY, "keys-files"), "CloudFrontReadsFiles")).toMatchObject({
      Action: "kms:Decrypt", Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*" } },
    });
  });

  it("lets Auto Scaling start nodes with encrypted disks: by its own role, for which IAM has no key actions", async () => {
    const role = {
      StringEquals: { "kms:CallerAccount": "123456789012" },
      ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling" },
    };
    const volumes = only(await keys(), KEY, "keys-volumes");
    expect(statement(volumes, "AutoScalingStartsNodes")).toEqual({
      Sid: "AutoScalingStartsNodes", Effect: "Allow", Principal: { AWS: "*" }, Resource: "*", Condition: role,
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
    });
    expect(statement(volumes, "AutoScalingGrantsToEc2")).toEqual({
      Sid: "AutoScalingGrantsToEc2", Effect: "Allow", Principal: { AWS: "*" }, Resource: "*", Action: "kms:CreateGrant",
      Condition: { ...role, Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
  });

  it("names everybody nowhere but for that one role", async () => {
    const open = ofType(await keys(), KEY).flatMap((key) => statements(key).filter((one) => JSON.stringify(one.Principal).includes('"*"')).map((one) => `${key.name} ${one.Sid}`));
    expect(open).toEqual(["keys-volumes AutoScalingStartsNodes", "keys-volumes AutoScalingGrantsToEc2"]);
  });

  it("lets EventBridge publish to the stack's topics without naming a source, which would stop delivery", async () => {
    expect(statement(only(await keys(), KEY, "keys-messages"), "EventRulesPublish")).toEqual({
      Sid: "EventRulesPublish", Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: "*",
      Condition: { ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:us-east-1:123456789012:shop-production-*" } },
    });
  });

  it.each(["cloudwatch", "budgets", "costalerts", "backup", "sns"])("lets %s of this account publish to encrypted topics", async (service) => {
    const publish = statement(only(await keys(), KEY, "keys-messages"), "ServicesPublish");
    expect((publish.Principal as { Service: string[] }).Service).toContain(`${service}.amazonaws.com`);
    expect((publish.Principal as { Service: string[] }).Service).not.toContain("events.amazonaws.com");
    expect(publish.Condition).toEqual({ StringEquals: { "aws:SourceAccount": "123456789012" } });
  });

  it.each([[{ rotationDays: 89 }, /rotationDays is 89/], [{ deletionWindowDays: 6 }, /deletionWindowDays is 6/], [{ deletionWindowDays: 31 }, /deletionWindowDays is 31/]])(
    "refuses %j", async (over, message) => { await expect(keys(over)).rejects.toThrow(message); });
});
