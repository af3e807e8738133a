/** The provider over its own protocol. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type * as grpc from "@grpc/grpc-js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import { afterEach, describe, expect, it } from "vitest";
import { Faults, type Fault } from "../../../sandbox/aws/faults.ts";
import { Secret, UNKNOWN, isUnknown, plain, type ValueObject } from "../../../sandbox/aws/values.ts";
import { ProviderClient, urnOf } from "./client.ts";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const BUCKET = "aws:s3/bucket:Bucket";
const ROLE = "aws:iam/role:Role";
const DATABASE = "aws:rds/instance:Instance";
const SECRET = "aws:secretsmanager/secret:Secret";
const KEY = "aws:kms/key:Key";
const TRUST = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }] });
const database: ValueObject = { identifier: "main", engine: "postgres", engineVersion: "17.4", instanceClass: "db.t3.medium", allocatedStorage: 20, username: "golive", password: new Secret("not-a-real-password"), skipFinalSnapshot: true };

let client: ProviderClient | undefined;
async function provider(config?: ValueObject, faults?: Fault[]): Promise<ProviderClient> {
  client = await ProviderClient.start(config, faults);
  return client;
}
afterEach(() => client?.stop());

describe("previews", () => {
  it("keep inputs, secrets and unknowns, and know nothing that the service makes", async () => {
    const aws = await provider();
    const { state } = await aws.create(urnOf(DATABASE, "db"), { ...database, kmsKeyId: UNKNOWN, storageEncrypted: true }, true);
    expect(state).toMatchObject({ engine: "postgres", allocatedStorage: 20 });
    expect(isUnknown(state.kmsKeyId) && isUnknown(state.arn) && isUnknown(state.endpoint)).toBe(true);
    expect(state.password).toEqual(new Secret("not-a-real-password"));
  });

  it("of an update keep what stays and lose what hangs on an unknown input", async () => {
    const aws = await provider();
    const zone = await aws.create(urnOf("aws:route53/zone:Zone", "zone"), { name: "example.com" });
    const record = await aws.create(urnOf("aws:route53/record:Record", "www"), { zoneId: zone.id, name: "www", type: "A", ttl: 60, records: ["10.0.0.1"] });
    expect(record.state.fqdn).toBe("www.example.com");
    const state = await aws.update(urnOf("aws:route53/record:Record", "www"), record, { ...record.inputs, name: UNKNOWN }, true);
    expect(isUnknown(state.fqdn)).toBe(true);
  });
});

describe("identifiers and names", () => {
  it("are the same in two runs, and new for a replacement", async () => {
    const first = await (await provider()).create(urnOf(VPC, "net"), { cidrBlock: "10.0.0.0/16" });
    client?.stop();
    const aws = await provider();
    const second = await aws.create(urnOf(VPC, "net"), { cidrBlock: "10.0.0.0/16" });
    expect(second.id).toBe(first.id);
    expect((await aws.create(urnOf(VPC, "net"), { cidrBlock: "10.1.0.0/16" })).id).not.toBe(first.id);
  });

  it("are kept in later checks, and new when the resource is replaced", async () => {
    const aws = await provider();
    const { inputs } = await aws.check(urnOf(BUCKET, "Files"), {});
    expect(inputs.bucket).toMatch(/^files-[0-9a-f]{7}$/);
    expect((await aws.check(urnOf(BUCKET, "Files"), {}, inputs)).inputs.bucket).toBe(inputs.bucket);
    expect((await aws.check(urnOf(BUCKET, "Files"), {})).inputs.bucket).not.toBe(inputs.bucket);
  });

  it("carry the account and region of the configuration, and its tags", async () => {
    const aws = await provider({ region: "eu-west-1", allowedAccountIds: "[\"210987654321\"]", defaultTags: "{\"tags\":{\"project\":\"probe\",\"team\":\"a\"}}" });
    const { state } = await aws.create(urnOf(VPC, "net"), { cidrBlock: "10.0.0.0/16", tags: { team: "b" } });
    expect(state.arn).toMatch(/^arn:aws:ec2:eu-west-1:210987654321:vpc\/vpc-0[0-9a-f]{16}$/);
    expect(state.tagsAll).toEqual({ project: "probe", team: "b" });
    expect(state.region).toBe("eu-west-1");
  });
});

describe("differences", () => {
  it("are told in detail, with what replaces", async () => {
    const aws = await provider();
    const vpc = await aws.create(urnOf(VPC, "net"), { cidrBlock: "10.0.0.0/16", tags: { a: "1", b: "2" } });
    const res = await aws.diff(urnOf(VPC, "net"), vpc, { ...vpc.inputs, cidrBlock: "10.1.0.0/16", tags: { a: "3", "x.y": "4" } });
    const { Kind } = pb.PropertyDiff;
    const kinds: Record<string, number> = {};
    res.getDetaileddiffMap().forEach((diff, place) => { kinds[place] = diff.getKind(); });
    expect(kinds).toEqual({
      cidrBlock: Kind.UPDATE_REPLACE, "tags.a": Kind.UPDATE, "tags.b": Kind.DELETE, "tags[\"x.y\"]": Kind.ADD,
    });
    expect(res.getReplacesList()).toEqual(["cidrBlock"]);
    expect(res.getDeletebeforereplace()).toBe(false);
    expect((await aws.diff(urnOf(VPC, "net"), vpc, vpc.inputs)).getChanges()).toBe(pb.DiffResponse.DiffChanges.DIFF_NONE);
    const ignored = await aws.diff(urnOf(VPC, "net"), vpc, { ...vpc.inputs, tags: { a: "3", b: "2" } }, ["tags"]);
    expect(ignored.getChanges()).toBe(pb.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("delete first where the name was given and stays", async () => {
    const aws = await provider();
    const role = await aws.create(urnOf(ROLE, "task"), { name: "task", assumeRolePolicy: TRUST });
    const res = await aws.diff(urnOf(ROLE, "task"), role, { ...role.inputs, path: "/apps/" });
    expect(res.getReplacesList()).toEqual(["path"]);
    expect(res.getDeletebeforereplace()).toBe(true);
  });

  it("see no change in a policy that is only written otherwise", async () => {
    const aws = await provider();
    const role = await aws.create(urnOf(ROLE, "task"), { assumeRolePolicy: TRUST });
    const res = await aws.diff(urnOf(ROLE, "task"), role, { ...role.inputs, assumeRolePolicy: JSON.stringify(JSON.parse(TRUST), null, 2) });
    expect(res.getChanges()).toBe(pb.DiffResponse.DiffChanges.DIFF_NONE);
  });
});

describe("the cloud refuses", () => {
  it.each<[string, string, ValueObject, ValueObject, RegExp]>([
    ["two buckets of one name", BUCKET, { bucket: "golive-files" }, { bucket: "golive-files" }, /BucketAlreadyOwnedByYou/],
    ["two roles of one name", ROLE, { name: "task", assumeRolePolicy: TRUST }, { name: "task", assumeRolePolicy: TRUST }, /EntityAlreadyExists: Role with name task/],
    ["two databases of one identifier", DATABASE, database, database, /DBInstanceAlreadyExists/],
  ])("%s", async (_, type, first, second, message) => {
    const aws = await provider();
    await aws.create(urnOf(type, "one"), first);
    await expect(aws.create(urnOf(type, "two"), second)).rejects.toThrow(message);
  });

  it("subnets outside their network, or over one another, or of no network", async () => {
    const aws = await provider();
    const vpc = await aws.create(urnOf(VPC, "net"), { cidrBlock: "10.0.0.0/16" });
    await aws.create(urnOf(SUBNET, "a"), { vpcId: vpc.id, cidrBlock: "10.0.0.0/20" });
    await expect(aws.create(urnOf(SUBNET, "b"), { vpcId: vpc.id, cidrBlock: "10.0.8.0/24" })).rejects.toThrow(/InvalidSubnet.Conflict/);
    await expect(aws.create(urnOf(SUBNET, "c"), { vpcId: vpc.id, cidrBlock: "10.1.0.0/24" })).rejects.toThrow(/InvalidSubnet.Range/);
    await expect(aws.create(urnOf(SUBNET, "d"), { vpcId: "vpc-0123456789abcdef0", cidrBlock: "10.0.99.0/24" })).rejects.toThrow(/InvalidVpcID.NotFound/);
    await expect(aws.delete(urnOf(VPC, "net"), vpc)).rejects.toThrow(/DependencyViolation/);
  });

  it("to delete what is protected or would be lost", async () => {
    const aws = await provider();
    const guarded = await aws.create(urnOf(DATABASE, "db"), { ...database, deletionProtection: true });
    await expect(aws.delete(urnOf(DATABASE, "db"), guarded)).rejects.toThrow(/Cannot delete protected DB Instance/);
    await expect(aws.delete(urnOf(DATABASE, "db"), { id: guarded.id, state: { ...guarded.state, deletionProtection: false, skipFinalSnapshot: false } })).rejects.toThrow(/finalSnapshotIdentifier is required/);
    await aws.delete(urnOf(DATABASE, "db"), { id: guarded.id, state: { ...guarded.state, deletionProtection: false } });
  });

  it("a replica of a database without backups", async () => {
    const aws = await provider();
    await aws.create(urnOf(DATABASE, "main"), { ...database, backupRetentionPeriod: 0 });
    const replica = aws.create(urnOf(DATABASE, "copy"), { identifier: "copy", instanceClass: "db.t3.medium", replicateSourceDb: "main", skipFinalSnapshot: true });
    await expect(replica).rejects.toThrow(/Automated backups are not enabled/);
  });

  it("a secret's name within its recovery window, unless there is none", async () => {
    const aws = await provider();
    const kept = await aws.create(urnOf(SECRET, "kept"), { name: "kept" });
    await aws.delete(urnOf(SECRET, "kept"), kept);
    await expect(aws.create(urnOf(SECRET, "kept"), { name: "kept" })).rejects.toThrow(/already scheduled for deletion/);
    const gone = await aws.create(urnOf(SECRET, "gone"), { name: "gone", recoveryWindowInDays: 0 });
    await aws.delete(urnOf(SECRET, "gone"), gone);
    expect((await aws.create(urnOf(SECRET, "gone"), { name: "gone" })).id).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-[A-Za-z0-9]{6}$/);
  });

  it("key policies that nobody could change again", async () => {
    const aws = await provider();
    const policy = (Action: string) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action, Resource: "*" }] });
    await expect(aws.create(urnOf(KEY, "stuck"), { policy: policy("kms:Decrypt") })).rejects.toThrow(/MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future/);
    await aws.create(urnOf(KEY, "managed"), { policy: policy("kms:PutKeyPolicy") });
  });

  it("keys that are pending deletion", async () => {
    const aws = await provider();
    const key = await aws.create(urnOf(KEY, "data"), { deletionWindowInDays: 7 });
    await aws.delete(urnOf(KEY, "data"), key);
    const arn = plain(key.state).arn ?? "";
    await expect(aws.create(urnOf(SECRET, "a"), { kmsKeyId: arn })).rejects.toThrow(/pending deletion|has been deleted/);
  });
});

describe("faults", () => {
  const bucket = urnOf(BUCKET, "files");

  it("strike at the step, as often as told, and only what matches", async () => {
    const aws = await provider(undefined, [{ operation: "create", type: BUCKET, step: 2, times: 1, error: "SlowDown: injected" }]);
    await aws.create(bucket, { bucket: "golive-one" });
    await expect(aws.create(bucket, { bucket: "golive-two" })).rejects.toThrow("SlowDown: injected");
    await aws.create(bucket, { bucket: "golive-two" });
  });

  it("leave what was made, with the reasons, when partial", async () => {
    const aws = await provider(undefined, [{ operation: "create", partial: true, error: "injected: not ready" }]);
    const error = await aws.create(bucket, { bucket: "golive-one" }).then(() => undefined, (reason: unknown) => reason as grpc.ServiceError);
    const [packed] = error?.metadata.get("grpc-status-details-bin") ?? [];
    const [detail] = statusPb.Status.deserializeBinary(packed as Buffer).getDetailsList();
    const failed = pb.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
    expect(failed.getId()).toBe("golive-one");
    expect(failed.getReasonsList()).toEqual(["injected: not ready"]);
  });

  it("are refused with file and field when they can not be used", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "golive-faults-"));
    const file = path.join(folder, "faults.json");
    try {
      await writeFile(file, JSON.stringify([{ operation: "created", error: "x" }]));
      await expect(Faults.fromEnvironment({ GOLIVE_SANDBOX_FAULTS: file })).rejects.toThrow(/not a list of faults[\s\S]*operation/);
      await writeFile(file, "{");
      await expect(Faults.fromEnvironment({ GOLIVE_SANDBOX_FAULTS: file })).rejects.toThrow(/can not be read as JSON/);
      await expect(Faults.fromEnvironment({ GOLIVE_SANDBOX_LATENCY_MS: "soon" })).rejects.toThrow(/GOLIVE_SANDBOX_LATENCY_MS is "soon"/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("functions", () => {
  it("tell account, region, zones and the prefix list of CloudFront", async () => {
    const aws = await provider();
    expect(await aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})).toMatchObject({ accountId: "123456789012" });
    expect(await aws.invoke("aws:index/getRegion:getRegion", {})).toMatchObject({ name: "us-east-1", region: "us-east-1" });
    expect(await aws.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", { state: "available" })).toMatchObject({ names: ["us-east-1a", "us-east-1b", "us-east-1c"], zoneIds: ["use1-az1", "use1-az2", "use1-az3"] });
    expect(await aws.invoke("aws:ec2/getManagedPrefixList:getManagedPrefixList", { name: "com.amazonaws.global.cloudfront.origin-facing" })).toMatchObject({ id: "pl-3b927c52" });
  });

  it("render policy documents", async () => {
    const aws = await provider();
    const { json } = await aws.invoke("aws:iam/getPolicyDocument:getPolicyDocument", {
      statements: [{
        sid: "Read", actions: ["s3:GetObject", "s3:ListBucket"], resources: ["arn:aws:s3:::a"],
        principals: [{ type: "AWS", identifiers: ["arn:aws:iam::123456789012:root"] }],
        conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["true"] }],
      }],
    });
    expect(JSON.parse(json as string)).toEqual({
      Version: "2012-10-17",
      Statement: [{
        Sid: "Read", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetObject"], Resource: "arn:aws:s3:::a",
        Principal: { AWS: "arn:aws:iam::123456789012:root" }, Condition: { Bool: { "aws:SecureTransport": "true" } },
      }],
    });
  });

  it("are refused by name when there is no such function", async () => {
    const aws = await provider();
    await expect(aws.invoke("aws:ec2/getAmi:getAmi", {})).rejects.toThrow("the sandbox does not know the function aws:ec2/getAmi:getAmi");
  });
});

describe("the provider's configuration", () => {
  it("is judged, and another region is another provider", async () => {
    const aws = await provider();
    const req = new pb.CheckRequest();
    const { encode } = await import("../../../sandbox/aws/wire.ts");
    req.setNews(encode({ region: "mars", regoin: "us-east-1", allowedAccountIds: ["12"] }));
    expect((await aws.call("checkConfig", req)).getFailuresList().map((f) => f.getProperty())).toEqual(["regoin", "region", "allowedAccountIds"]);
    const diff = new pb.DiffRequest();
    diff.setOldInputs(encode({ region: "us-east-1" }));
    diff.setNews(encode({ region: "us-west-2" }));
    expect((await aws.call("diffConfig", diff)).getReplacesList()).toEqual(["region"]);
  });
});
