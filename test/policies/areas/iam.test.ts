/** Every place in which a policy can be written. */
import { describe, expect, it } from "vitest";
import { pathsOf } from "./judge.ts";

const statement = (more: Record<string, unknown>) => JSON.stringify({ Statement: [{ Effect: "Allow", Resource: "*", ...more }] });
const EVERYBODY = statement({ Principal: "*", Action: "x:Read" });
const WILDCARD = statement({ Action: "sqs:*" });

const SHARING: [type: string, property: string][] = [
  ["aws:s3/accessPoint:AccessPoint", "policy"],
  ["aws:s3control/accessPointPolicy:AccessPointPolicy", "policy"],
  ["aws:sqs/queue:Queue", "policy"],
  ["aws:sqs/queuePolicy:QueuePolicy", "policy"],
  ["aws:sns/topic:Topic", "policy"],
  ["aws:sns/topicPolicy:TopicPolicy", "policy"],
  ["aws:secretsmanager/secret:Secret", "policy"],
  ["aws:secretsmanager/secretPolicy:SecretPolicy", "policy"],
  ["aws:ecr/repositoryPolicy:RepositoryPolicy", "policy"],
  ["aws:ecr/registryPolicy:RegistryPolicy", "policy"],
  ["aws:cloudwatch/eventBusPolicy:EventBusPolicy", "policy"],
  ["aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument"],
  ["aws:backup/vaultPolicy:VaultPolicy", "policy"],
  ["aws:efs/fileSystemPolicy:FileSystemPolicy", "policy"],
  ["aws:dynamodb/resourcePolicy:ResourcePolicy", "policy"],
  ["aws:kinesis/resourcePolicy:ResourcePolicy", "policy"],
  ["aws:glue/resourcePolicy:ResourcePolicy", "policy"],
  ["aws:opensearch/domain:Domain", "accessPolicies"],
  ["aws:opensearch/domainPolicy:DomainPolicy", "accessPolicies"],
  ["aws:elasticsearch/domain:Domain", "accessPolicies"],
  ["aws:elasticsearch/domainPolicy:DomainPolicy", "accessPolicies"],
  ["aws:codeartifact/domainPermissions:DomainPermissions", "policyDocument"],
  ["aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy", "policyDocument"],
  ["aws:s3control/bucketPolicy:BucketPolicy", "policy"],
  ["aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy", "details.policy"],
  ["aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy", "policy"],
  ["aws:s3tables/tableBucketPolicy:TableBucketPolicy", "resourcePolicy"],
  ["aws:s3tables/tablePolicy:TablePolicy", "resourcePolicy"],
  ["aws:glacier/vault:Vault", "accessPolicy"],
  ["aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy", "accessPolicy"],
  ["aws:acmpca/policy:Policy", "policy"],
  ["aws:vpclattice/authPolicy:AuthPolicy", "policy"],
  ["aws:vpclattice/resourcePolicy:ResourcePolicy", "policy"],
  ["aws:networkfirewall/resourcePolicy:ResourcePolicy", "policy"],
];

const BUCKETS: [type: string, property: string][] = [["aws:s3/bucket:Bucket", "policy"], ["aws:s3/bucketV2:BucketV2", "policy"], ["aws:s3/bucketPolicy:BucketPolicy", "policy"]];

const GRANTING: [type: string, property: string][] = [
  ["aws:iam/rolePolicy:RolePolicy", "policy"],
  ["aws:iam/userPolicy:UserPolicy", "policy"],
  ["aws:iam/groupPolicy:GroupPolicy", "policy"],
  ["aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", "inlinePolicy"],
];

/** A document at its place: `details.policy` is one below another. */
const propsOf = (property: string, document: string): Record<string, unknown> => Object.fromEntries([property.split(".")].map(([first = "", ...rest]) => [first, rest.length === 0 ? document : propsOf(rest.join("."), document)]));

describe("resource policies", () => {
  it.each(SHARING)("%s is not open to everybody by its %s", (type, property) => {
    expect(pathsOf("iam/public-resource-policies", type, propsOf(property, EVERYBODY))).toEqual([`${property}.Statement[0]`]);
  });

  it.each(BUCKETS)("%s is left to the rules on buckets", (type, property) => {
    expect(pathsOf("iam/public-resource-policies", type, propsOf(property, EVERYBODY))).toEqual([]);
  });

  it.each([...SHARING, ...BUCKETS, ...GRANTING])("%s names actions one by one in its %s", (type, property) => {
    expect(pathsOf("iam/no-wildcard-actions", type, propsOf(property, WILDCARD))).toEqual([`${property}.Statement[0].Action`]);
  });
});

describe("actions that know no resource", () => {
  const on = (action: string): string[] => pathsOf("iam/no-wildcard-resources", "aws:iam/rolePolicy:RolePolicy", { policy: statement({ Action: action }) });

  it.each([
    "acm:RequestCertificate", "ce:CreateAnomalyMonitor", "chatbot:CreateSlackChannelConfiguration", "cloudfront:CreateDistribution", "cloudwatch:PutMetricData", "config:PutConfigRule", "ec2messages:AcknowledgeMessage",
    "eks:CreateCluster", "guardduty:CreateDetector", "inspector2:Enable", "iam:CreateAccountAlias", "iam:DeleteAccountAlias", "iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy", "kms:CreateKey",
    "kms:GenerateRandom", "lambda:CreateEventSourceMapping", "logs:CreateLogDelivery", "logs:PutResourcePolicy", "logs:StopQuery", "route53:CreateHostedZone", "route53:CreateHealthCheck",
    "s3:PutAccountPublicAccessBlock", "securityhub:EnableSecurityHub", "shield:CreateProtection", "ssm:UpdateInstanceInformation", "ssmmessages:CreateDataChannel", "xray:PutTraceSegments",
    "ec2:DescribeVpcs", "s3:ListAllMyBuckets", "cloudwatch:GetMetricData", "ecr:BatchGetImage", "cloudtrail:LookupEvents", "resource-explorer-2:Search", "iam:SimulatePrincipalPolicy", "aws-portal:ViewBilling",
    "ecr:BatchCheckLayerAvailability", "logs:GetQueryResults", "lambda:GetFunctionConfiguration", "events:TestEventPattern", "cloudformation:ValidateTemplate", "cloudformation:EstimateTemplateCost",
  ])("%s may stand on everything", (action) => {
    expect(on(action)).toEqual([]);
  });

  it.each([
    "s3:DeleteObject", "cloudfront:UpdateDistribution", "route53:ChangeResourceRecordSets", "kms:Decrypt", "kms:ScheduleKeyDeletion", "sqs:ReceiveMessage", "ecs:RunTask", "codecommit:GetFile", "dynamodb:GetItem",
    "athena:GetQueryResults", "ec2:GetPasswordData", "kinesis:GetRecords", "kms:ReEncryptFrom", "sts:GetSessionToken", "s3:GetObjectVersion", "ssm:GetParameterHistory", "redshift:GetClusterCredentialsWithIAM", "logs:GetLogEvents", "redshift:GetClusterCredentials", "sts:GetFederationToken", "secretsmanager:BatchGetSecretValue", "x:cloudwatch:PutMetricData", "eks:CreateClusterX",
  ])("%s may not", (action) => {
    expect(on(action)).toEqual(["policy.Statement[0].Resource"]);
  });
});
