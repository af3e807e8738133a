import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../sandbox/aws/values.ts";
import { checkInputs, replaceOn, undecided } from "../../../sandbox/aws/strict/index.ts";
import { mappings } from "../../../sandbox/aws/strict/mapping/index.ts";

/** Failures as `property: reason`. */
function failures(type: string, props: Record<string, unknown>): string[] {
  return checkInputs(type, props).map(({ property, reason }) => `${property}: ${reason}`);
}

const DATABASE = "aws:rds/instance:Instance";
const database = {
  identifier: "app-production",
  engine: "postgres",
  engineVersion: "17.6",
  instanceClass: "db.r5.large",
  allocatedStorage: 100,
  username: "owner",
  password: "correct-horse-battery",
  storageEncrypted: true,
  kmsKeyId: UNKNOWN,
  backupRetentionPeriod: 14,
  backupWindow: "02:00-03:00",
  maintenanceWindow: "sun:04:00-sun:05:00",
  monitoringInterval: 60,
  monitoringRoleArn: UNKNOWN,
  performanceInsightsEnabled: true,
  performanceInsightsRetentionPeriod: 7,
  vpcSecurityGroupIds: [UNKNOWN],
};

const POLICY = "aws:iam/policy:Policy";
const statement = { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::files/*" };
const policyOf = (...statements: unknown[]): Record<string, unknown> => ({ policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) });

describe("what the service accepts", () => {
  it("a database with unknown outputs", () => {
    expect(failures(DATABASE, database)).toEqual([]);
  });

  it("a replica without what its source brings along", () => {
    expect(failures(DATABASE, { instanceClass: "db.r5.large", replicateSourceDb: UNKNOWN, identifier: "app-replica-1" })).toEqual([]);
  });

  it("an empty optional text and an empty list, which the provider leaves out", () => {
    expect(failures(DATABASE, { ...database, characterSetName: "", domainDnsIps: [] })).toEqual([]);
  });

  it("policies: identity, trust, resource", () => {
    expect(failures(POLICY, policyOf(statement))).toEqual([]);
    const trust = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
    expect(failures("aws:iam/role:Role", { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: trust }) })).toEqual([]);
    const resource = { Sid: "Tls only", Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "arn:aws:s3:::files/*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
    expect(failures("aws:s3/bucketPolicy:BucketPolicy", { bucket: "files", ...policyOf(resource) })).toEqual([]);
  });

  it("a policy that is still unknown", () => {
    expect(failures(POLICY, { policy: UNKNOWN })).toEqual([]);
  });

  it("a listener with TLS", () => {
    const listener = { loadBalancerArn: UNKNOWN, port: 443, protocol: "HTTPS", certificateArn: UNKNOWN, sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06", defaultActions: [{ type: "forward", targetGroupArn: UNKNOWN }] };
    expect(failures("aws:lb/listener:Listener", listener)).toEqual([]);
  });
});

describe("what the service refuses: names, types, required properties", () => {
  it("a misspelled property, naming the nearest", () => {
    expect(failures(DATABASE, { ...database, multiAzz: true })).toEqual(["multiAzz: There is no such property; did you mean multiAz?"]);
  });

  it("a misspelled property inside a block of a list", () => {
    const group = { vpcId: UNKNOWN, ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlock: ["10.0.0.0/16"] }] };
    expect(failures("aws:ec2/securityGroup:SecurityGroup", group)).toContain("ingress[0].cidrBlock: There is no such property; did you mean cidrBlocks?");
  });

  it("a text where a number belongs, at the top and inside", () => {
    expect(failures(DATABASE, { ...database, allocatedStorage: "100" })).toEqual(["allocatedStorage: Must be a number, but is a text."]);
    expect(failures("aws:eks/nodeGroup:NodeGroup", { clusterName: "main", nodeRoleArn: UNKNOWN, subnetIds: [UNKNOWN], scalingConfig: { minSize: 3, maxSize: "10", desiredSize: 3 } })).toEqual([
      "scalingConfig.maxSize: Must be a number, but is a text.",
    ]);
  });

  it("a missing required property", () => {
    expect(failures(DATABASE, { ...database, instanceClass: undefined })).toEqual(["instanceClass: Required, and not given."]);
  });

  it("what WAF requires inside blocks that the typings leave open", () => {
    const rule = { name: "xss", priority: 1, action: { block: {} }, statement: { xssMatchStatement: { textTransformations: [{ priority: 0, type: "NONE" }] } }, visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "xss", sampledRequestsEnabled: true } };
    const acl = { scope: "CLOUDFRONT", defaultAction: { allow: {} }, visibilityConfig: rule.visibilityConfig, rules: [rule] };
    expect(failures("aws:wafv2/webAcl:WebAcl", acl)).toEqual(["rules[0].statement.xssMatchStatement.fieldToMatch: Required, and not given."]);
  });

  it("a type outside the data, by name", () => {
    const [failure, ...more] = checkInputs("aws:gamelift/fleet:Fleet", {});
    expect(more).toEqual([]);
    expect(failure?.reason).toContain("aws:gamelift/fleet:Fleet");
    expect(checkInputs("../../etc", {})[0]?.reason).toContain("../../etc");
  });
});

/** One property, one wrong value, a part of the reason. */
const REFUSED: [type: string, props: Record<string, unknown>, property: string, reason: string][] = [
  ["aws:ec2/instance:Instance", { instanceType: "t3.hugee" }, "instanceType", "did you mean t3."],
  ["aws:ec2/flowLog:FlowLog", { vpcId: "vpc-1", trafficType: "EVERYTHING" }, "trafficType", "ACCEPT, REJECT, ALL"],
  ["aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/8" }, "cidrBlock", "/16 and /28"],
  ["aws:ec2/subnet:Subnet", { vpcId: "vpc-1", cidrBlock: "10.0.1.0/20" }, "cidrBlock", "10.0.0.0"],
  ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 443, toPort: 443 }, "cidrIpv4", "none is given"],
  ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 443, toPort: 80, cidrIpv4: "10.0.0.0/16" }, "toPort", "before it begins"],
  ["aws:kms/key:Key", { enableKeyRotation: true, rotationPeriodInDays: 30 }, "rotationPeriodInDays", "90 to 2560"],
  ["aws:kms/alias:Alias", { name: "data", targetKeyId: "k" }, "name", "alias/"],
  ["aws:iam/role:Role", { assumeRolePolicy: "{", maxSessionDuration: 3600 }, "assumeRolePolicy", "Not valid JSON"],
  ["aws:iam/role:Role", { assumeRolePolicy: UNKNOWN, maxSessionDuration: 60 }, "maxSessionDuration", "3600 to 43200"],
  ["aws:iam/role:Role", { assumeRolePolicy: UNKNOWN, name: "has space" }, "name", "form"],
  ["aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 2555 }, "retentionInDays", "2557"],
  [DATABASE, { ...database, backupRetentionPeriod: 90 }, "backupRetentionPeriod", "0 to 35"],
  [DATABASE, { ...database, performanceInsightsRetentionPeriod: 30 }, "performanceInsightsRetentionPeriod", "731"],
  [DATABASE, { instanceClass: "db.r5.large", replicateSourceDb: "app", storageEncrypted: true, kmsKeyId: UNKNOWN }, "kmsKeyId", "replica in the region"],
  [DATABASE, { ...database, monitoringInterval: 20 }, "monitoringInterval", "0, 1, 5, 10, 15, 30, 60"],
  [DATABASE, { ...database, monitoringRoleArn: undefined }, "monitoringRoleArn", "monitoringInterval"],
  [DATABASE, { ...database, password: "p@ssword/1" }, "password", "printable"],
  [DATABASE, { ...database, identifier: "App--1" }, "identifier", "lower-case"],
  ["aws:s3/bucket:Bucket", { bucket: "Files" }, "bucket", "lower-case"],
  ["aws:s3/bucket:Bucket", { bucket: "192.168.0.1" }, "bucket", "address"],
  ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", { bucket: "b", rules: [{ id: "a", status: "Enabled", transitions: [{ days: 7, storageClass: "STANDARD_IA" }] }] }, "rules[0].transitions[0].days", "30 days"],
  ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", { bucket: "b", rules: [{ id: "a", status: "Enabled", transitions: [{ days: 60, storageClass: "GLACIER" }], expiration: { days: 30 } }] }, "rules[0].transitions[0].days", "later"],
  ["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", { bucket: "b", rules: [{ id: "a", status: "On", expiration: { days: 30 } }] }, "rules[0].status", "Enabled, Disabled"],
  ["aws:elasticache/replicationGroup:ReplicationGroup", { description: "d", snapshotRetentionLimit: 90 }, "snapshotRetentionLimit", "0 to 35"],
  ["aws:elasticache/replicationGroup:ReplicationGroup", { description: "d", transitEncryptionEnabled: true, authToken: "short" }, "authToken", "16 to 128"],
  ["aws:elasticache/replicationGroup:ReplicationGroup", { description: "d", numCacheClusters: 1, automaticFailoverEnabled: true }, "automaticFailoverEnabled", "2 nodes"],
  ["aws:cloudtrail/trail:Trail", { s3BucketName: "audit-logs", cloudWatchLogsGroupArn: "arn:aws:logs:us-east-1:111122223333:log-group:audit", cloudWatchLogsRoleArn: UNKNOWN }, "cloudWatchLogsGroupArn", ":*"],
  ["aws:eks/cluster:Cluster", { roleArn: UNKNOWN, vpcConfig: { subnetIds: [UNKNOWN] }, version: "1.36.3" }, "version", "1.36"],
  ["aws:eks/cluster:Cluster", { roleArn: UNKNOWN, vpcConfig: { subnetIds: [UNKNOWN] }, enabledClusterLogTypes: ["api", "audits"] }, "enabledClusterLogTypes[1]", "audit"],
  ["aws:sqs/queue:Queue", { visibilityTimeoutSeconds: 50000 }, "visibilityTimeoutSeconds", "43200"],
  ["aws:cloudwatch/eventRule:EventRule", { eventPattern: JSON.stringify({ source: "aws.guardduty" }) }, "eventPattern", "list"],
  ["aws:cloudwatch/eventRule:EventRule", { scheduleExpression: "rate(1 hours)" }, "scheduleExpression", "hour after 1"],
  ["aws:scheduler/schedule:Schedule", { flexibleTimeWindow: { mode: "OFF" }, scheduleExpression: "cron(0 3 * * *)", target: { arn: UNKNOWN, roleArn: UNKNOWN } }, "scheduleExpression", "six fields"],
  ["aws:cloudwatch/metricAlarm:MetricAlarm", { comparisonOperator: "MoreThan", evaluationPeriods: 1, metricName: "m", namespace: "n", statistic: "Sum", period: 60 }, "comparisonOperator", "GreaterThan"],
  ["aws:route53/record:Record", { zoneId: "Z1", name: "www", type: "A", records: ["10.0.0.1"] }, "ttl", "Needed"],
  ["aws:cloudfront/distribution:Distribution", { enabled: true, restrictions: { geoRestriction: { restrictionType: "none" } }, origins: [{ originId: "app", domainName: "a.example.com" }], defaultCacheBehavior: { targetOriginId: "files", viewerProtocolPolicy: "redirect-to-https", allowedMethods: ["GET", "HEAD"], cachedMethods: ["GET", "HEAD"] }, viewerCertificate: { cloudfrontDefaultCertificate: true } }, "defaultCacheBehavior.targetOriginId", "app"],
  ["aws:backup/plan:Plan", { name: "p", rules: [{ ruleName: "r", targetVaultName: "v", lifecycle: { coldStorageAfter: 30, deleteAfter: 90 } }] }, "rules[0].lifecycle.deleteAfter", "120"],
];

describe("what the service refuses: values", () => {
  it.each(REFUSED)("%s %j", (type, props, property, reason) => {
    const found = checkInputs(type, props).filter((failure) => failure.property === property);
    expect(found.map((failure) => failure.reason).join("\n")).toContain(reason);
  });

  it("WAF rules with one priority, too low a rate limit, and an action of the wrong kind", () => {
    const visibilityConfig = { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true };
    const rules = [
      { name: "rate", priority: 1, action: { block: {} }, visibilityConfig, statement: { rateBasedStatement: { limit: 5, aggregateKeyType: "IP" } } },
      { name: "managed", priority: 1, action: { block: {} }, visibilityConfig, statement: { managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" } } },
    ];
    expect(checkInputs("aws:wafv2/webAcl:WebAcl", { scope: "REGIONAL", defaultAction: { allow: {} }, visibilityConfig, rules }).map(({ property }) => property).sort()).toEqual([
      "rules[0].statement.rateBasedStatement.limit",
      "rules[1].action",
      "rules[1].overrideAction",
      "rules[1].priority",
    ]);
  });
});

/** A statement that differs from a good one in one place, and a part of the reason. */
const BAD_STATEMENTS: [Record<string, unknown>, string][] = [
  [{ Effect: "allow" }, '"Allow" or "Deny"'],
  [{ Action: ["s4:GetObject"] }, "no service has the prefix"],
  [{ Action: "GetObject" }, "actions look like"],
  [{ Action: undefined }, "Action (or NotAction) is missing"],
  [{ Resource: undefined }, "Resource (or NotResource) is missing"],
  [{ Resource: "files/*" }, "no ARN"],
  [{ Principal: "*" }, "has no Principal"],
  [{ Actions: ["s3:GetObject"] }, "did you mean Action"],
  [{ Sid: "not allowed" }, "letters and digits"],
  [{ Condition: { StringEqual: { "aws:SourceAccount": "1" } } }, "no condition operator"],
];

describe("policy grammar", () => {
  it.each(BAD_STATEMENTS)("refuses %j", (change, reason) => {
    expect(failures(POLICY, policyOf({ ...statement, ...change })).join("\n")).toContain(reason);
  });

  it("refuses an old version, no statements and a Sid used twice", () => {
    expect(failures(POLICY, { policy: JSON.stringify({ Version: "2008-10-17", Statement: [statement] }) }).join()).toContain("2012-10-17");
    expect(failures(POLICY, policyOf()).join()).toContain("no Statement");
    expect(failures(POLICY, policyOf(statement, statement)).join()).toContain("used twice");
  });

  it("refuses a trust policy without Principal, with a Resource, or with another service's action", () => {
    const trust = (change: Record<string, unknown>): string =>
      failures("aws:iam/role:Role", { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole", ...change }] }) }).join();
    expect(trust({})).toBe("");
    expect(trust({ Principal: undefined })).toContain("Principal (or NotPrincipal) is missing");
    expect(trust({ Resource: "*" })).toContain("has no Resource");
    expect(trust({ Action: "s3:GetObject" })).toContain("trust policy can allow");
    expect(trust({ Principal: { Service: "ec2" } })).toContain("service principal");
  });
});

describe("messages", () => {
  it("never hold a secret's value", () => {
    const secret = "hunter2/hunter2";
    expect(failures(DATABASE, { ...database, password: secret }).join()).not.toContain(secret);
    expect(failures("aws:elasticache/replicationGroup:ReplicationGroup", { description: "d", transitEncryptionEnabled: true, authToken: `${secret}@` }).join()).not.toContain(secret);
  });
});

describe("replacement", () => {
  const REPLACES: [string, string[], string[]][] = [
    ["aws:ec2/vpc:Vpc", ["cidrBlock", "region"], ["enableDnsSupport", "tags"]],
    ["aws:ec2/subnet:Subnet", ["availabilityZone", "cidrBlock", "vpcId"], ["mapPublicIpOnLaunch"]],
    ["aws:iam/role:Role", ["name", "namePrefix", "path"], ["assumeRolePolicy", "maxSessionDuration", "description"]],
    [DATABASE, ["storageEncrypted", "kmsKeyId", "engine", "username", "dbName", "availabilityZone"], ["identifier", "instanceClass", "engineVersion", "dbSubnetGroupName", "multiAz", "password"]],
    ["aws:eks/cluster:Cluster", ["name", "roleArn", "kubernetesNetworkConfig.serviceIpv4Cidr", "accessConfig.bootstrapClusterCreatorAdminPermissions"], ["version", "vpcConfig", "vpcConfig.subnetIds", "accessConfig"]],
    ["aws:eks/nodeGroup:NodeGroup", ["instanceTypes", "nodeRoleArn", "subnetIds", "diskSize"], ["scalingConfig", "version", "labels"]],
    ["aws:elasticache/replicationGroup:ReplicationGroup", ["replicationGroupId", "atRestEncryptionEnabled", "subnetGroupName", "port"], ["nodeType", "numCacheClusters", "authToken", "parameterGroupName"]],
    ["aws:s3/bucket:Bucket", ["bucket", "objectLockEnabled"], ["forceDestroy", "tags"]],
    ["aws:lb/loadBalancer:LoadBalancer", ["internal", "loadBalancerType", "name"], ["securityGroups", "idleTimeout"]],
    ["aws:lb/targetGroup:TargetGroup", ["port", "protocol", "targetType", "vpcId"], ["healthCheck", "deregistrationDelay"]],
    ["aws:kms/key:Key", ["keyUsage", "customerMasterKeySpec", "multiRegion"], ["policy", "rotationPeriodInDays", "description"]],
    ["aws:lambda/function:Function", ["name", "packageType"], ["code", "runtime", "memorySize", "environment"]],
    ["aws:cloudfront/distribution:Distribution", [], ["origins", "aliases", "webAclId"]],
    ["aws:wafv2/webAcl:WebAcl", ["name", "scope"], ["rules", "defaultAction"]],
  ];

  it.each(REPLACES)("%s", (type, replaces, inPlace) => {
    const paths = replaceOn(type);
    expect(replaces.filter((path) => !paths.has(path))).toEqual([]);
    expect(inPlace.filter((path) => paths.has(path))).toEqual([]);
  });

  it("is decided for every property of every type", () => {
    const open = Object.keys(mappings).flatMap((type) => undecided(type).map((property) => `undecided properties of type ${type}: ${property}`));
    expect(open).toEqual([]);
  });

  it("is empty for a type outside the data", () => {
    expect([...replaceOn("aws:gamelift/fleet:Fleet")]).toEqual([]);
  });
});
