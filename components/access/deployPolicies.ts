/** What the gated pipeline may change, service by service. Reading comes from a managed policy; of data, it reads the stack's own state alone. */
import { boundaryArn } from "./boundary.ts";
import type { Statement } from "./policyDocument.ts";
import type { StateScope } from "./statePolicies.ts";
import { writeState } from "./statePolicies.ts";

export interface DeployScope {
  prefix: string;
  accountId: string;
  region: string;
  copyRegion?: string;
  /** Connection to the repository that the runner uses. */
  connectionArn?: string;
  state: StateScope;
}

/**
 * One managed policy for each area: IAM takes 6144 characters in one and ten of them on a role.
 *
 * Where a service knows resources by names, actions are limited to the stack's prefix; where ids are given by AWS (EC2,
 * CloudFront, Route 53, KMS before creation), to the stack's regions. An action that knows no resource, as most that make
 * something, is allowed on "*" within those regions: on an ARN it would never match. No action is a wildcard.
 */
export function deployPolicies(scope: DeployScope): Record<string, Statement[]> {
  return {
    network: [allow("Network", "ec2", NETWORK, "*", inRegions(scope)), ...names(scope)],
    compute: [...compute(scope)],
    data: [...data(scope)],
    storage: [...storage(scope)],
    keys: [...keys(scope)],
    edge: [...edge(scope)],
    watch: [...watch(scope)],
    identity: [...identity(scope)],
    state: writeState(scope),
  };
}

function allow(sid: string, service: string, actions: string[], resource: string | string[], condition?: Statement["Condition"]): Statement {
  return { Sid: sid, Effect: "Allow", Action: actions.map((action) => `${service}:${action}`), Resource: resource, ...(condition === undefined ? {} : { Condition: condition }) };
}

function inRegions(scope: DeployScope): Statement["Condition"] {
  return { StringEquals: { "aws:RequestedRegion": [...new Set([scope.region, scope.copyRegion ?? scope.region])] } };
}

/** CloudFront and what belongs to it are asked for in us-east-1, wherever the stack is (IAM user guide, aws:RequestedRegion). */
function inUsEast1(scope?: DeployScope): Statement["Condition"] {
  return { StringEquals: { "aws:RequestedRegion": [...new Set(["us-east-1", scope?.region ?? "us-east-1"])] } };
}

/** `arn:aws:<service>:<region>:<account>:<kind><prefix>` in the stack's regions. */
function named(scope: DeployScope, service: string, ...kinds: string[]): string[] {
  const regions = [...new Set([scope.region, scope.copyRegion ?? scope.region])];
  return regions.flatMap((region) => kinds.map((kind) => `arn:aws:${service}:${region}:${scope.accountId}:${kind}${scope.prefix}*`));
}

const NETWORK = [
  "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "CreateSubnet", "DeleteSubnet", "ModifySubnetAttribute",
  "CreateInternetGateway", "DeleteInternetGateway", "AttachInternetGateway", "DetachInternetGateway",
  "AllocateAddress", "ReleaseAddress", "DisassociateAddress", "CreateNatGateway", "DeleteNatGateway",
  "CreateRouteTable", "DeleteRouteTable", "AssociateRouteTable", "DisassociateRouteTable", "ReplaceRouteTableAssociation", "CreateRoute", "DeleteRoute", "ReplaceRoute",
  "CreateNetworkAcl", "DeleteNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAclEntry", "ReplaceNetworkAclAssociation", "ReplaceNetworkAclEntry",
  "CreateSecurityGroup", "DeleteSecurityGroup", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress",
  "ModifySecurityGroupRules", "UpdateSecurityGroupRuleDescriptionsIngress", "UpdateSecurityGroupRuleDescriptionsEgress",
  "CreateVpcEndpoint", "DeleteVpcEndpoints", "ModifyVpcEndpoint", "CreateFlowLogs", "DeleteFlowLogs",
  "CreateClientVpnEndpoint", "DeleteClientVpnEndpoint", "ModifyClientVpnEndpoint", "AssociateClientVpnTargetNetwork", "DisassociateClientVpnTargetNetwork",
  "AuthorizeClientVpnIngress", "RevokeClientVpnIngress", "ApplySecurityGroupsToClientVpnTargetNetwork", "CreateTags", "DeleteTags",
];

/** Zones and health checks have ids of AWS's choosing; making one knows no resource (Service Authorization Reference, Route 53). */
function names(scope: DeployScope): Statement[] {
  const own = (kind: string) => `arn:aws:route53:::${kind}/*`;
  return [
    allow("MakeNames", "route53", ["CreateHostedZone", "CreateHealthCheck"], "*"),
    allow("Names", "route53", [
      "DeleteHostedZone", "UpdateHostedZoneComment", "AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone", "ChangeResourceRecordSets", "ChangeTagsForResource",
      "UpdateHealthCheck", "DeleteHealthCheck", "CreateQueryLoggingConfig", "DeleteQueryLoggingConfig",
      "CreateKeySigningKey", "ActivateKeySigningKey", "DeactivateKeySigningKey", "DeleteKeySigningKey", "EnableHostedZoneDNSSEC", "DisableHostedZoneDNSSEC",
    ], [own("hostedzone"), own("healthcheck"), own("queryloggingconfig"), `arn:aws:ec2:${scope.region}:${scope.accountId}:vpc/*`]),
  ];
}

function compute(scope: DeployScope): Statement[] {
  const cluster = scope.prefix;
  const eks = (kind: string) => `arn:aws:eks:${scope.region}:${scope.accountId}:${kind}/${cluster}`;
  return [
    allow("MakeCluster", "eks", ["CreateCluster"], "*", inRegions(scope)),
    allow("Cluster", "eks", [
      "DeleteCluster", "UpdateClusterConfig", "UpdateClusterVersion", "TagResource", "UntagResource", "AccessKubernetesApi",
      "CreateNodegroup", "DeleteNodegroup", "UpdateNodegroupConfig", "UpdateNodegroupVersion", "CreateAddon", "DeleteAddon", "UpdateAddon",
      "CreateAccessEntry", "DeleteAccessEntry", "UpdateAccessEntry", "AssociateAccessPolicy", "DisassociateAccessPolicy",
      "CreatePodIdentityAssociation", "DeletePodIdentityAssociation", "UpdatePodIdentityAssociation",
    ], [eks("cluster"), `${eks("nodegroup")}/*/*`, `${eks("addon")}/*/*`, `${eks("access-entry")}/*`, `${eks("podidentityassociation")}/*`]),
    allow("LaunchTemplates", "ec2", ["CreateLaunchTemplate", "CreateLaunchTemplateVersion", "DeleteLaunchTemplate", "DeleteLaunchTemplateVersions", "ModifyLaunchTemplate", "RunInstances"], "*", inRegions(scope)),
    allow("TrafficToNodes", "autoscaling", ["AttachLoadBalancerTargetGroups", "DetachLoadBalancerTargetGroups", "AttachTrafficSources", "DetachTrafficSources"],
      `arn:aws:autoscaling:${scope.region}:${scope.accountId}:autoScalingGroup:*:autoScalingGroupName/eks-*`, { StringEquals: { "aws:ResourceTag/eks:cluster-name": cluster } }),
    allow("Runner", "codebuild", ["CreateProject", "UpdateProject", "DeleteProject", "CreateWebhook", "UpdateWebhook", "DeleteWebhook"], named(scope, "codebuild", "project/")),
    ...(scope.connectionArn === undefined ? [] : [allow("RepositoryConnection", "codeconnections", ["GetConnection", "PassConnection", "UseConnection"], scope.connectionArn)]),
    // The rotation function comes from the application repository of AWS, by a stack of its own. Its role is made in the
    // first up, by an administrator: the template can not put a role inside the boundary, and a pipeline that may make
    // roles outside of it could give itself everything.
    allow("RotationStack", "cloudformation", ["CreateChangeSet", "ExecuteChangeSet", "DeleteChangeSet", "DeleteStack", "UpdateStack", "TagResource"], named(scope, "cloudformation", "stack/", "stack/serverlessrepo-")),
    allow("RotationTransform", "cloudformation", ["CreateChangeSet"], `arn:aws:cloudformation:${scope.region}:aws:transform/Serverless-2016-10-31`),
    allow("RotationSource", "serverlessrepo", ["CreateCloudFormationTemplate", "CreateCloudFormationChangeSet"], `arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManager*`),
    allow("RotationFunction", "lambda", ["CreateFunction", "DeleteFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "AddPermission", "RemovePermission", "TagResource", "UntagResource"], named(scope, "lambda", "function:")),
  ];
}

function data(scope: DeployScope): Statement[] {
  return [
    allow("Database", "rds", [
      "CreateDBInstance", "CreateDBInstanceReadReplica", "ModifyDBInstance", "DeleteDBInstance", "RebootDBInstance",
      "CreateDBSubnetGroup", "ModifyDBSubnetGroup", "DeleteDBSubnetGroup", "CreateDBParameterGroup", "ModifyDBParameterGroup", "ResetDBParameterGroup", "DeleteDBParameterGroup",
      "CreateDBSnapshot", "CreateEventSubscription", "ModifyEventSubscription", "DeleteEventSubscription",
      "AddTagsToResource", "RemoveTagsFromResource",
    ], [...named(scope, "rds", "db:", "subgrp:", "pg:", "snapshot:", "es:"), `arn:aws:rds:${scope.region}:${scope.accountId}:og:default*`]),
    allow("Cache", "elasticache", [
      "CreateReplicationGroup", "ModifyReplicationGroup", "DeleteReplicationGroup", "IncreaseReplicaCount", "DecreaseReplicaCount", "CreateCacheSubnetGroup", "ModifyCacheSubnetGroup",
      "DeleteCacheSubnetGroup", "CreateCacheParameterGroup", "ModifyCacheParameterGroup", "ResetCacheParameterGroup", "DeleteCacheParameterGroup", "CreateSnapshot",
      "AddTagsToResource", "RemoveTagsFromResource",
    ], named(scope, "elasticache", "replicationgroup:", "subnetgroup:", "parametergroup:", "cluster:", "snapshot:")),
    allow("Backup", "backup", [
      "CreateBackupVault", "DeleteBackupVault", "PutBackupVaultAccessPolicy", "DeleteBackupVaultAccessPolicy", "PutBackupVaultLockConfiguration", "PutBackupVaultNotifications",
      "DeleteBackupVaultNotifications", "TagResource", "UntagResource",
    ], named(scope, "backup", "backup-vault:")),
    allow("BackupPlans", "backup", ["CreateBackupPlan", "UpdateBackupPlan", "DeleteBackupPlan", "CreateBackupSelection", "DeleteBackupSelection", "TagResource", "UntagResource"], `arn:aws:backup:${scope.region}:${scope.accountId}:backup-plan:*`),
    allow("BackupStorage", "backup-storage", ["MountCapsule"], "*", inRegions(scope)),
  ];
}

function storage(scope: DeployScope): Statement[] {
  return [
    allow("Buckets", "s3", [
      "CreateBucket", "DeleteBucket", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketVersioning", "PutEncryptionConfiguration", "PutBucketPublicAccessBlock", "PutBucketOwnershipControls",
      "PutLifecycleConfiguration", "PutBucketLogging", "PutBucketObjectLockConfiguration", "PutBucketCORS", "PutBucketTagging",
    ], `arn:aws:s3:::${scope.prefix}-*`),
    allow("AccountDefaults", "s3", ["PutAccountPublicAccessBlock"], "*"),
    allow("DiskDefaults", "ec2", ["EnableEbsEncryptionByDefault", "EnableSnapshotBlockPublicAccess", "EnableImageBlockPublicAccess", "ModifyInstanceMetadataDefaults"], "*", inRegions(scope)),
  ];
}

function keys(scope: DeployScope): Statement[] {
  const manage = ["PutKeyPolicy", "UpdateKeyDescription", "EnableKey", "DisableKey", "EnableKeyRotation", "TagResource", "UntagResource", "ScheduleKeyDeletion", "CancelKeyDeletion", "CreateAlias", "UpdateAlias", "DeleteAlias"];
  const anywhere = [`arn:aws:kms:*:${scope.accountId}:key/*`, `arn:aws:kms:*:${scope.accountId}:alias/${scope.prefix}-*`];
  return [
    allow("MakeKeys", "kms", ["CreateKey"], "*", inRegions(scope)),
    allow("ManageKeys", "kms", manage, anywhere),
    allow("LendKeysToServices", "kms", ["CreateGrant"], `arn:aws:kms:*:${scope.accountId}:key/*`, { Bool: { "kms:GrantIsForAWSResource": "true" } }),
    // Services encrypt in the name of who creates a resource; never directly, only through them.
    allow("EncryptThroughServices", "kms", ["GenerateDataKey", "Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"], `arn:aws:kms:*:${scope.accountId}:key/*`, {
      StringEquals: { "kms:ViaService": ["rds", "elasticache", "secretsmanager", "backup", "sns", "sqs"].map((service) => `${service}.${scope.region}.amazonaws.com`) },
    }),
    allow("Secrets", "secretsmanager", [
      "CreateSecret", "DeleteSecret", "UpdateSecret", "PutSecretValue", "PutResourcePolicy", "DeleteResourcePolicy", "RotateSecret", "CancelRotateSecret", "RestoreSecret", "TagResource", "UntagResource",
    ], [...named(scope, "secretsmanager", "secret:")]),
    // The one value that the provider writes with the state's knowledge and reads back to see whether it changed; all others are write-only.
    allow("CacheToken", "secretsmanager", ["GetSecretValue"], `arn:aws:secretsmanager:${scope.region}:${scope.accountId}:secret:${scope.prefix}/redis/auth-token-*`),
  ];
}

function edge(scope: DeployScope): Statement[] {
  const { accountId } = scope;
  return [
    allow("MakeContentDelivery", "cloudfront", [
      "CreateDistribution", "CreateVpcOrigin", "CreateOriginAccessControl", "CreateCachePolicy", "CreateOriginRequestPolicy", "CreateResponseHeadersPolicy",
    ], "*", inUsEast1()),
    allow("ContentDelivery", "cloudfront", [
      "UpdateDistribution", "DeleteDistribution", "TagResource", "UntagResource", "UpdateVpcOrigin", "DeleteVpcOrigin", "UpdateOriginAccessControl", "DeleteOriginAccessControl",
      "UpdateCachePolicy", "DeleteCachePolicy", "UpdateOriginRequestPolicy", "DeleteOriginRequestPolicy", "UpdateResponseHeadersPolicy", "DeleteResponseHeadersPolicy",
      "AllowVendedLogDeliveryForResource",
    ], `arn:aws:cloudfront::${accountId}:*`),
    allow("Firewall", "wafv2", ["CreateWebACL", "UpdateWebACL", "DeleteWebACL", "AssociateWebACL", "PutLoggingConfiguration", "DeleteLoggingConfiguration", "TagResource", "UntagResource"],
      [`arn:aws:wafv2:us-east-1:${accountId}:global/webacl/${scope.prefix}*/*`, `arn:aws:wafv2:us-east-1:aws:global/managedruleset/*/*`]),
    allow("RequestCertificates", "acm", ["RequestCertificate"], "*", inUsEast1(scope)),
    allow("Certificates", "acm", ["DeleteCertificate", "AddTagsToCertificate", "RemoveTagsFromCertificate", "UpdateCertificateOptions"], [`arn:aws:acm:us-east-1:${accountId}:certificate/*`, `arn:aws:acm:${scope.region}:${accountId}:certificate/*`]),
    allow("LoadBalancer", "elasticloadbalancing", [
      "CreateLoadBalancer", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes", "SetSecurityGroups", "SetSubnets", "CreateTargetGroup", "DeleteTargetGroup", "ModifyTargetGroup", "ModifyTargetGroupAttributes",
      "CreateListener", "DeleteListener", "ModifyListener", "ModifyListenerAttributes", "RegisterTargets", "DeregisterTargets", "AddTags", "RemoveTags",
    ], ["loadbalancer/app/", "targetgroup/", "listener/app/"].map((kind) => `arn:aws:elasticloadbalancing:${scope.region}:${accountId}:${kind}${scope.prefix}*`)),
    allow("MakeShield", "shield", ["CreateProtection", "EnableApplicationLayerAutomaticResponse", "UpdateApplicationLayerAutomaticResponse", "DisableApplicationLayerAutomaticResponse"], "*", inUsEast1()),
    allow("Shield", "shield", ["DeleteProtection", "AssociateHealthCheck", "DisassociateHealthCheck", "TagResource", "UntagResource"], `arn:aws:shield::${accountId}:protection/*`),
  ];
}

function watch(scope: DeployScope): Statement[] {
  const { accountId, region } = scope;
  return [
    allow("Logs", "logs", ["CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "AssociateKmsKey", "CreateLogStream", "DeleteLogStream", "PutMetricFilter", "DeleteMetricFilter", "TagResource", "UntagResource"],
      ["us-east-1", region].flatMap((at) => [`arn:aws:logs:${at}:${accountId}:log-group:/aws/*`, `arn:aws:logs:${at}:${accountId}:log-group:aws-waf-logs-${scope.prefix}*`])),
    allow("LogDelivery", "logs", [
      "CreateLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "PutResourcePolicy", "DeleteResourcePolicy", "PutDeliverySource", "DeleteDeliverySource",
      "PutDeliveryDestination", "DeleteDeliveryDestination", "PutDeliveryDestinationPolicy", "CreateDelivery", "UpdateDeliveryConfiguration", "DeleteDelivery", "TagResource", "UntagResource",
    ], "*", inUsEast1(scope)),
    allow("Alarms", "cloudwatch", ["PutMetricAlarm", "DeleteAlarms", "TagResource", "UntagResource"], `arn:aws:cloudwatch:*:${accountId}:alarm:${scope.prefix}-*`),
    allow("Topics", "sns", ["CreateTopic", "DeleteTopic", "SetTopicAttributes", "Subscribe", "SetSubscriptionAttributes", "Unsubscribe", "TagResource", "UntagResource"], named(scope, "sns", "")),
    allow("Queues", "sqs", ["CreateQueue", "DeleteQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"], named(scope, "sqs", "")),
    allow("Events", "events", ["PutRule", "DeleteRule", "PutTargets", "RemoveTargets", "TagResource", "UntagResource"], [...new Set([...named(scope, "events", "rule/"), `arn:aws:events:us-east-1:${accountId}:rule/${scope.prefix}*`])]),
    allow("Chat", "chatbot", ["CreateSlackChannelConfiguration", "UpdateSlackChannelConfiguration", "DeleteSlackChannelConfiguration", "TagResource"], "*"),
    allow("Trail", "cloudtrail", ["CreateTrail", "UpdateTrail", "StartLogging", "PutEventSelectors", "PutInsightSelectors", "AddTags", "RemoveTags"], `arn:aws:cloudtrail:${region}:${accountId}:trail/${scope.prefix}*`),
    allow("MakeThreatDetection", "guardduty", ["CreateDetector"], "*", inRegions(scope)),
    allow("ThreatDetection", "guardduty", ["UpdateDetector", "TagResource"], `arn:aws:guardduty:${region}:${accountId}:detector/*`),
    allow("SecurityHub", "securityhub", ["EnableSecurityHub", "UpdateSecurityHubConfiguration", "BatchEnableStandards", "BatchDisableStandards", "UpdateFindingAggregator", "DeleteFindingAggregator"], [`arn:aws:securityhub:${region}:${accountId}:hub/default`, `arn:aws:securityhub:${region}:${accountId}:*`]),
    allow("MakeFindingAggregator", "securityhub", ["CreateFindingAggregator"], "*", inRegions(scope)),
    allow("ConfigRecorder", "config", ["PutConfigurationRecorder", "StartConfigurationRecorder", "PutDeliveryChannel", "PutRetentionConfiguration", "PutConfigRule", "DeleteConfigRule", "TagResource"], "*", inRegions(scope)),
    allow("Scanner", "inspector2", ["Enable", "UpdateConfiguration"], "*", inRegions(scope)),
    allow("Analyzer", "access-analyzer", ["CreateAnalyzer", "UpdateAnalyzer", "TagResource"], `arn:aws:access-analyzer:${region}:${accountId}:analyzer/${scope.prefix}*`),
    allow("Budgets", "budgets", ["ModifyBudget", "TagResource"], `arn:aws:budgets::${accountId}:budget/${scope.prefix}*`),
    allow("Anomalies", "ce", ["CreateAnomalyMonitor", "UpdateAnomalyMonitor", "DeleteAnomalyMonitor", "CreateAnomalySubscription", "UpdateAnomalySubscription", "DeleteAnomalySubscription", "UpdateCostAllocationTagsStatus", "TagResource"], "*"),
  ];
}

function identity(scope: DeployScope): Statement[] {
  const roles = `arn:aws:iam::${scope.accountId}:role/${scope.prefix}-*`;
  const policies = `arn:aws:iam::${scope.accountId}:policy/${scope.prefix}-*`;
  const inside = { StringEquals: { "iam:PermissionsBoundary": boundaryArn(scope.prefix, scope.accountId) } };
  return [
    allow("RolesInsideBoundary", "iam", ["CreateRole", "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary"], roles, inside),
    allow("Roles", "iam", ["DeleteRole", "UpdateRole", "UpdateRoleDescription", "UpdateAssumeRolePolicy", "TagRole", "UntagRole"], roles),
    allow("Policies", "iam", ["CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "TagPolicy", "UntagPolicy"], policies),
    allow("CiIssuer", "iam", ["CreateOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint", "AddClientIDToOpenIDConnectProvider", "TagOpenIDConnectProvider"], `arn:aws:iam::${scope.accountId}:oidc-provider/*`),
    allow("PasswordPolicy", "iam", ["UpdateAccountPasswordPolicy"], "*"),
    {
      Sid: "HandRolesToServices",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: roles,
      Condition: {
        StringEquals: {
          "iam:PassedToService": [
            "eks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com", "vpc-flow-logs.amazonaws.com", "rds.amazonaws.com", "monitoring.rds.amazonaws.com", "backup.amazonaws.com",
            "cloudtrail.amazonaws.com", "config.amazonaws.com", "codebuild.amazonaws.com", "chatbot.amazonaws.com", "lambda.amazonaws.com", "events.amazonaws.com",
          ],
        },
      },
    },
    {
      Sid: "ServiceLinkedRoles",
      Effect: "Allow",
      Action: "iam:CreateServiceLinkedRole",
      Resource: `arn:aws:iam::${scope.accountId}:role/aws-service-role/*`,
    },
    {
      // The gate must not be able to move its own posts: who may take which role changes only by an administrator.
      Sid: "RolesOfPeopleAndPipelinesStay",
      Effect: "Deny",
      Action: ["iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePolicy"],
      Resource: ["deploy", "operator", "readonly", "break-glass"].map((role) => `arn:aws:iam::${scope.accountId}:role/${scope.prefix}-${role}`),
    },
    {
      Sid: "OwnPermissionsStay",
      Effect: "Deny",
      Action: ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"],
      Resource: [`arn:aws:iam::${scope.accountId}:policy/${scope.prefix}-deploy-*`, boundaryArn(scope.prefix, scope.accountId)],
    },
  ];
}
