/**
 * Which resources an action can be allowed on, for the actions of the deploy role that the reference lists one way or the
 * other: facts of the Service Authorization Reference of AWS, tables "Actions" and "Resource types", of September 2026.
 */

/**
 * Actions by service and by the form of the ARNs that they take, without `arn:aws:`; a star stands for a variable. Under ""
 * are those that know no resource: only "*" matches them. Forms that the deploy role has no use for are left out.
 */
export const AUTHORIZATION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "access-analyzer": {
    "access-analyzer:*:*:analyzer/*": "CreateAnalyzer TagResource UpdateAnalyzer",
  },
  acm: {
    "": "RequestCertificate",
    "acm:*:*:certificate/*": "AddTagsToCertificate DeleteCertificate RemoveTagsFromCertificate UpdateCertificateOptions",
  },
  autoscaling: {
    "autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*": "AttachLoadBalancerTargetGroups AttachTrafficSources DetachLoadBalancerTargetGroups DetachTrafficSources",
  },
  backup: {
    "backup:*:*:backup-plan:*": "CreateBackupPlan CreateBackupSelection DeleteBackupPlan DeleteBackupSelection TagResource UntagResource UpdateBackupPlan",
    "backup:*:*:backup-vault:*": "CreateBackupVault DeleteBackupVault DeleteBackupVaultAccessPolicy DeleteBackupVaultNotifications PutBackupVaultAccessPolicy PutBackupVaultLockConfiguration PutBackupVaultNotifications TagResource UntagResource",
  },
  "backup-storage": {
    "": "MountCapsule",
  },
  budgets: {
    "budgets::*:budget/*": "ModifyBudget TagResource",
  },
  ce: {
    "": "CreateAnomalyMonitor CreateAnomalySubscription UpdateCostAllocationTagsStatus",
  },
  chatbot: {
    "": "CreateSlackChannelConfiguration",
  },
  cloudformation: {
    "cloudformation:*:*:stack/*/*": "CreateChangeSet DeleteChangeSet DeleteStack ExecuteChangeSet TagResource UpdateStack",
  },
  cloudfront: {
    "": "CreateCachePolicy CreateDistribution CreateOriginAccessControl CreateOriginRequestPolicy CreateResponseHeadersPolicy CreateVpcOrigin",
    "cloudfront::*:cache-policy/*": "DeleteCachePolicy UpdateCachePolicy",
    "cloudfront::*:distribution/*": "AllowVendedLogDeliveryForResource DeleteDistribution TagResource UntagResource UpdateDistribution",
    "cloudfront::*:origin-access-control/*": "DeleteOriginAccessControl UpdateOriginAccessControl",
    "cloudfront::*:origin-request-policy/*": "DeleteOriginRequestPolicy UpdateOriginRequestPolicy",
    "cloudfront::*:response-headers-policy/*": "DeleteResponseHeadersPolicy UpdateResponseHeadersPolicy",
    "cloudfront::*:vpcorigin/*": "DeleteVpcOrigin TagResource UntagResource UpdateVpcOrigin",
  },
  cloudtrail: {
    "cloudtrail:*:*:trail/*": "AddTags CreateTrail PutEventSelectors PutInsightSelectors RemoveTags StartLogging UpdateTrail",
  },
  cloudwatch: {
    "cloudwatch:*:*:alarm:*": "DeleteAlarms PutMetricAlarm TagResource UntagResource",
  },
  codebuild: {
    "codebuild:*:*:project/*": "CreateProject CreateWebhook DeleteProject DeleteWebhook UpdateProject UpdateWebhook",
  },
  codeconnections: {
    "codeconnections:*:*:connection/*": "GetConnection PassConnection UseConnection",
  },
  config: {
    "": "PutDeliveryChannel PutRetentionConfiguration",
  },
  ec2: {
    "": "EnableEbsEncryptionByDefault EnableImageBlockPublicAccess EnableSnapshotBlockPublicAccess ModifyInstanceMetadataDefaults",
  },
  eks: {
    "": "CreateCluster",
    "eks:*:*:access-entry/*/*/*/*/*": "AssociateAccessPolicy DeleteAccessEntry DisassociateAccessPolicy TagResource UntagResource UpdateAccessEntry",
    "eks:*:*:addon/*/*/*": "DeleteAddon TagResource UntagResource UpdateAddon",
    "eks:*:*:cluster/*": "AccessKubernetesApi CreateAccessEntry CreateAddon CreateNodegroup CreatePodIdentityAssociation DeleteCluster TagResource UntagResource UpdateClusterConfig UpdateClusterVersion",
    "eks:*:*:nodegroup/*/*/*": "DeleteNodegroup TagResource UntagResource UpdateNodegroupConfig UpdateNodegroupVersion",
    "eks:*:*:podidentityassociation/*/*": "CreateAddon DeleteAddon DeletePodIdentityAssociation TagResource UntagResource UpdateAddon UpdatePodIdentityAssociation",
  },
  elasticache: {
    "elasticache:*:*:cluster:*": "AddTagsToResource CreateReplicationGroup CreateSnapshot RemoveTagsFromResource",
    "elasticache:*:*:parametergroup:*": "AddTagsToResource CreateCacheParameterGroup CreateReplicationGroup DeleteCacheParameterGroup ModifyCacheParameterGroup ModifyReplicationGroup RemoveTagsFromResource ResetCacheParameterGroup",
    "elasticache:*:*:replicationgroup:*": "AddTagsToResource CreateReplicationGroup CreateSnapshot DecreaseReplicaCount DeleteReplicationGroup IncreaseReplicaCount ModifyReplicationGroup RemoveTagsFromResource",
    "elasticache:*:*:snapshot:*": "AddTagsToResource CreateReplicationGroup CreateSnapshot DeleteReplicationGroup RemoveTagsFromResource",
    "elasticache:*:*:subnetgroup:*": "AddTagsToResource CreateCacheSubnetGroup CreateReplicationGroup DeleteCacheSubnetGroup ModifyCacheSubnetGroup RemoveTagsFromResource",
  },
  elasticloadbalancing: {
    "elasticloadbalancing:*:*:listener/app/*/*/*": "DeleteListener ModifyListener ModifyListenerAttributes",
    "elasticloadbalancing:*:*:loadbalancer/*": "AddTags CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes RemoveTags",
    "elasticloadbalancing:*:*:loadbalancer/app/*/*": "CreateListener SetSecurityGroups SetSubnets",
    "elasticloadbalancing:*:*:targetgroup/*/*": "CreateTargetGroup DeleteTargetGroup DeregisterTargets ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets",
  },
  events: {
    "events:*:*:rule/*": "DeleteRule PutRule PutTargets RemoveTargets TagResource UntagResource",
  },
  guardduty: {
    "": "CreateDetector",
    "guardduty:*:*:detector/*": "TagResource UpdateDetector",
  },
  iam: {
    "": "UpdateAccountPasswordPolicy",
    "iam::*:oidc-provider/*": "AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider TagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint",
    "iam::*:policy/*": "CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion TagPolicy UntagPolicy",
    "iam::*:role/*": "AttachRolePolicy CreateRole CreateServiceLinkedRole DeleteRole DeleteRolePolicy DetachRolePolicy PassRole PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
  },
  inspector2: {
    "": "Enable UpdateConfiguration",
  },
  kms: {
    "": "CreateKey",
    "kms:*:*:alias/*": "CreateAlias DeleteAlias UpdateAlias",
    "kms:*:*:key/*": "CancelKeyDeletion CreateAlias CreateGrant Decrypt DeleteAlias DescribeKey DisableKey EnableKey EnableKeyRotation Encrypt GenerateDataKey PutKeyPolicy ReEncryptFrom ReEncryptTo ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription",
  },
  lambda: {
    "lambda:*:*:function:*": "AddPermission CreateFunction DeleteFunction RemovePermission TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration",
  },
  logs: {
    "": "CreateLogDelivery DeleteLogDelivery DeleteResourcePolicy PutResourcePolicy UpdateLogDelivery",
    "logs:*:*:log-group:*": "AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteMetricFilter PutMetricFilter PutRetentionPolicy TagResource UntagResource",
    "logs:*:*:log-group:*:log-stream:*": "CreateLogStream DeleteLogStream",
  },
  rds: {
    "rds:*:*:db:*": "AddTagsToResource CreateDBInstance CreateDBInstanceReadReplica CreateDBSnapshot DeleteDBInstance ModifyDBInstance RebootDBInstance RemoveTagsFromResource",
    "rds:*:*:es:*": "AddTagsToResource CreateEventSubscription DeleteEventSubscription ModifyEventSubscription RemoveTagsFromResource",
    "rds:*:*:og:*": "AddTagsToResource CreateDBInstance CreateDBInstanceReadReplica ModifyDBInstance RemoveTagsFromResource",
    "rds:*:*:pg:*": "AddTagsToResource CreateDBInstance CreateDBInstanceReadReplica CreateDBParameterGroup DeleteDBParameterGroup ModifyDBInstance ModifyDBParameterGroup RemoveTagsFromResource ResetDBParameterGroup",
    "rds:*:*:snapshot:*": "AddTagsToResource CreateDBSnapshot RemoveTagsFromResource",
    "rds:*:*:subgrp:*": "AddTagsToResource CreateDBInstance CreateDBInstanceReadReplica CreateDBSubnetGroup DeleteDBSubnetGroup ModifyDBInstance ModifyDBSubnetGroup RemoveTagsFromResource",
  },
  route53: {
    "": "CreateHealthCheck CreateHostedZone",
    "ec2:*:*:vpc/*": "AssociateVPCWithHostedZone DisassociateVPCFromHostedZone",
    "route53:::healthcheck/*": "ChangeTagsForResource DeleteHealthCheck UpdateHealthCheck",
    "route53:::hostedzone/*": "ActivateKeySigningKey AssociateVPCWithHostedZone ChangeResourceRecordSets ChangeTagsForResource CreateKeySigningKey CreateQueryLoggingConfig DeactivateKeySigningKey DeleteHostedZone DeleteKeySigningKey DisableHostedZoneDNSSEC DisassociateVPCFromHostedZone EnableHostedZoneDNSSEC UpdateHostedZoneComment",
    "route53:::queryloggingconfig/*": "DeleteQueryLoggingConfig",
  },
  s3: {
    "": "PutAccountPublicAccessBlock",
    "s3:::*": "CreateBucket DeleteBucket DeleteBucketPolicy GetBucketLocation ListBucket PutBucketCORS PutBucketLogging PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration",
    "s3:::*/*": "DeleteObject GetObject PutObject",
  },
  secretsmanager: {
    "secretsmanager:*:*:secret:*": "CancelRotateSecret CreateSecret DeleteResourcePolicy DeleteSecret GetSecretValue PutResourcePolicy PutSecretValue RestoreSecret RotateSecret TagResource UntagResource UpdateSecret",
  },
  securityhub: {
    "": "CreateFindingAggregator",
    "securityhub:*:*:finding-aggregator/*": "DeleteFindingAggregator UpdateFindingAggregator",
    "securityhub:*:*:hub/default": "BatchDisableStandards BatchEnableStandards EnableSecurityHub UpdateSecurityHubConfiguration",
  },
  serverlessrepo: {
    "serverlessrepo:*:*:applications/*": "CreateCloudFormationChangeSet CreateCloudFormationTemplate",
  },
  shield: {
    "": "CreateProtection DisableApplicationLayerAutomaticResponse EnableApplicationLayerAutomaticResponse UpdateApplicationLayerAutomaticResponse",
    "shield::*:protection/*": "AssociateHealthCheck DeleteProtection DisassociateHealthCheck TagResource UntagResource",
  },
  sns: {
    "sns:*:*:*": "CreateTopic DeleteTopic SetSubscriptionAttributes SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource",
  },
  sqs: {
    "sqs:*:*:*": "CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue",
  },
  wafv2: {
    "wafv2:*:*:*/managedruleset/*/*": "CreateWebACL UpdateWebACL",
    "wafv2:*:*:*/webacl/*/*": "AssociateWebACL CreateWebACL DeleteLoggingConfiguration DeleteWebACL PutLoggingConfiguration TagResource UntagResource UpdateWebACL",
  },
};
