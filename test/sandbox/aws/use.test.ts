/** Buckets and vaults of a cloud in use: AWS deletes none that holds anything. */
import { afterEach, describe, expect, it } from "vitest";
import { IN_USE_VARIABLE, inUseOf } from "../../../sandbox/aws/use.ts";
import type { ValueObject } from "../../../sandbox/aws/values.ts";
import { ProviderClient } from "./client.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const VAULT = "aws:backup/vault:Vault";
const urnOf = (type: string): string => `urn:pulumi:test::probe::${type}::one`;

let client: ProviderClient | undefined;
afterEach(() => client?.stop());

async function deleted(inUse: boolean, type: string, inputs: ValueObject): Promise<unknown> {
  client = await ProviderClient.start(undefined, undefined, inUse);
  return client.delete(urnOf(type), await client.create(urnOf(type), inputs));
}

describe("a cloud in use", () => {
  it.each<[string, string, ValueObject, RegExp]>([
    ["a bucket", BUCKET, { bucket: "golive-files" }, /BucketNotEmpty: .*golive-files/],
    ["a vault", VAULT, { name: "golive-backup" }, /InvalidRequestException: .*contains recovery points: golive-backup/],
    ["a locked bucket, by force too", BUCKET, { bucket: "golive-audit", objectLockEnabled: true, forceDestroy: true }, /BucketNotEmpty/],
  ])("refuses to delete %s", async (_, type, inputs, message) => {
    await expect(deleted(true, type, inputs)).rejects.toThrow(message);
  });

  it.each<[string, ValueObject]>([[BUCKET, { bucket: "golive-files", forceDestroy: true }], [VAULT, { name: "golive-backup", forceDestroy: true }]])("deletes %s by force", async (type, inputs) => {
    await expect(deleted(true, type, inputs)).resolves.toBeUndefined();
  });
});

it.each<[string, ValueObject]>([[BUCKET, { bucket: "golive-files" }], [VAULT, { name: "golive-backup" }]])("a new cloud deletes %s, which is empty", async (type, inputs) => {
  await expect(deleted(false, type, inputs)).resolves.toBeUndefined();
});

it("is in use when the environment says so", () => {
  expect([{}, { [IN_USE_VARIABLE]: "" }, { [IN_USE_VARIABLE]: "false" }, { [IN_USE_VARIABLE]: "true" }].map(inUseOf)).toEqual([false, false, false, true]);
  expect(() => inUseOf({ [IN_USE_VARIABLE]: "yes" })).toThrow(/GOLIVE_SANDBOX_IN_USE is "yes"; give true or false/);
});
