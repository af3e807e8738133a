/** The program of engine.test.ts, which runs it on the real engine with other settings each time. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const settings = JSON.parse(process.env["PROBE"] ?? "{}") as { cidr?: string; purpose?: string; database?: "protected" | "open" | "none"; bucketNames?: string[] };
const opts = { provider: new aws.Provider("aws", { region: "us-east-1", defaultTags: { tags: { project: "probe" } } }) };
const cidr = settings.cidr ?? "10.0.0.0/16";

const vpc = new aws.ec2.Vpc("net", { cidrBlock: cidr, tags: { purpose: settings.purpose ?? "first" } }, opts);
const subnets = ["a", "b"].map((zone, index) => new aws.ec2.Subnet(zone, {
  vpcId: vpc.id,
  cidrBlock: cidr.replace(".0.0/16", `.${index}.0/24`),
  availabilityZone: `us-east-1${zone}`,
}, opts));
const key = new aws.kms.Key("data", { enableKeyRotation: true, deletionWindowInDays: 7 }, opts);
for (const [index, bucket] of (settings.bucketNames ?? ["golive-probe-files"]).entries()) {
  new aws.s3.Bucket(`files-${index}`, { bucket }, opts);
}
const role = new aws.iam.Role("task", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [{ actions: ["sts:AssumeRole"], principals: [{ type: "Service", identifiers: ["ec2.amazonaws.com"] }] }],
  }, opts).json,
}, opts);
if (settings.database !== "none") {
  new aws.rds.Instance("db", {
    identifier: "probe", engine: "postgres", engineVersion: "17.4", instanceClass: "db.t3.medium", allocatedStorage: 20,
    username: "golive", password: pulumi.secret("not-a-real-password"), kmsKeyId: key.arn, storageEncrypted: true,
    backupRetentionPeriod: 7, skipFinalSnapshot: true, deletionProtection: (settings.database ?? "protected") === "protected",
  }, opts);
}

export const vpcId = vpc.id;
export const subnetIds = subnets.map((subnet) => subnet.id);
export const roleArn = role.arn;
export const tags = vpc.tagsAll;
export const account = aws.getCallerIdentityOutput({}, opts).accountId;
