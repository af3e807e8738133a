import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";
import { metadata } from "./objects.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666";
const COPY_KEY = "arn:aws:kms:us-west-2:123456789012:key/1a2b3c4d-5555-4666-8777-888899990000";

/** A policy that refuses actions without TLS, and says nothing else. */
function tlsOnly(actions: string | string[]) {
  return json({
    Version: "2012-10-17",
    Statement: [{ Sid: "OnlyOverTls", Effect: "Deny", Principal: "*", Action: actions, Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
  });
}

/** What keeps data beside databases, caches and buckets: each encrypted with a customer key. */
export const stores: readonly SampleResource[] = [
  { type: "aws:ebs/encryptionByDefault:EncryptionByDefault", name: "disks-by-default", props: { enabled: true } },
  { type: "aws:ebs/volume:Volume", name: "volume", protect: true, props: { tags: { "data-class": "files" }, availabilityZone: "us-east-1a", size: 50, type: "gp3", encrypted: true, kmsKeyId: KEY } },
  {
    type: "kubernetes:storage.k8s.io/v1:StorageClass", name: "class",
    props: { metadata: metadata("gp3"), provisioner: "ebs.csi.aws.com", parameters: { type: "gp3", encrypted: "true", kmsKeyId: KEY }, volumeBindingMode: "WaitForFirstConsumer" },
  },
  {
    type: "aws:ebs/snapshotCopy:SnapshotCopy", name: "snapshot", protect: true,
    props: { tags: { "data-class": "files" }, sourceRegion: "us-east-1", sourceSnapshotId: "snap-0123456789abcdef0", encrypted: true, kmsKeyId: COPY_KEY },
  },
  {
    type: "aws:ec2/amiCopy:AmiCopy", name: "image",
    props: { name: "node", sourceAmiRegion: "us-east-1", sourceAmiId: "ami-0123456789abcdef0", encrypted: true, kmsKeyId: COPY_KEY },
  },
  {
    type: "aws:ec2/launchTemplate:LaunchTemplate", name: "template",
    props: {
      name: "template",
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: KEY, volumeSize: 50, volumeType: "gp3", deleteOnTermination: "true" } }],
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      monitoring: { enabled: true },
    },
  },
  {
    type: "aws:ec2/instance:Instance", name: "machine",
    props: {
      ami: "ami-0123456789abcdef0", instanceType: "t3.micro", subnetId: "subnet-0123456789abcdef0", associatePublicIpAddress: false,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, kmsKeyId: KEY },
      ebsBlockDevices: [{ deviceName: "/dev/sdf", volumeSize: 20, encrypted: true, kmsKeyId: KEY }],
    },
  },
  { type: "aws:efs/fileSystem:FileSystem", name: "files", protect: true, props: { tags: { "data-class": "files" }, creationToken: "files", encrypted: true, kmsKeyId: KEY } },
  {
    type: "aws:efs/fileSystemPolicy:FileSystemPolicy", name: "files-policy",
    props: { fileSystemId: "files", policy: tlsOnly(["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]) },
  },
  {
    type: "aws:fsx/windowsFileSystem:WindowsFileSystem", name: "shares", protect: true,
    props: { tags: { "data-class": "files" }, subnetIds: ["subnet-0123456789abcdef0"], throughputCapacity: 32, storageCapacity: 300, kmsKeyId: KEY },
  },
  { type: "aws:sqs/queue:Queue", name: "queue", protect: true, props: { tags: { "data-class": "files" }, name: "queue", kmsMasterKeyId: KEY } },
  {
    type: "aws:sqs/queuePolicy:QueuePolicy", name: "queue-policy",
    props: { queueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/queue", policy: tlsOnly(["sqs:SendMessage", "sqs:ReceiveMessage"]) },
  },
  { type: "aws:sns/topic:Topic", name: "topic", props: { name: "topic", kmsMasterKeyId: KEY } },
  { type: "aws:sns/topicPolicy:TopicPolicy", name: "topic-policy", props: { arn: "arn:aws:sns:us-east-1:123456789012:topic", policy: tlsOnly("sns:Publish") } },
  {
    type: "aws:mq/broker:Broker", name: "broker", protect: true,
    props: {
      tags: { "data-class": "files" },
      brokerName: "broker", engineType: "RabbitMQ", engineVersion: "3.13", hostInstanceType: "mq.m5.large", deploymentMode: "CLUSTER_MULTI_AZ",
      publiclyAccessible: false, autoMinorVersionUpgrade: true, encryptionOptions: { useAwsOwnedKey: false, kmsKeyId: KEY }, logs: { general: true },
    },
  },
  { type: "aws:kinesis/stream:Stream", name: "stream", protect: true, props: { tags: { "data-class": "files" }, name: "stream", shardCount: 1, encryptionType: "KMS", kmsKeyId: KEY } },
  {
    type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", name: "delivery",
    props: {
      name: "delivery", destination: "extended_s3",
      extendedS3Configuration: { bucketArn: "arn:aws:s3:::shop-archive-123456789012", roleArn: "arn:aws:iam::123456789012:role/delivery", kmsKeyArn: KEY },
      serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: KEY },
    },
  },
  {
    type: "aws:msk/cluster:Cluster", name: "kafka", protect: true,
    props: {
      tags: { "data-class": "files" },
      clusterName: "kafka", kafkaVersion: "3.9.x", numberOfBrokerNodes: 3,
      brokerNodeGroupInfo: { instanceType: "kafka.m5.large", clientSubnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"], securityGroups: ["sg-0123456789abcdef0"] },
      clientAuthentication: { sasl: { iam: true } },
      encryptionInfo: { encryptionAtRestKmsKeyArn: KEY, encryptionInTransit: { clientBroker: "TLS", inCluster: true } },
      loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: "/shop/logs" } } },
    },
  },
  { type: "aws:cloudwatch/logGroup:LogGroup", name: "logs", protect: true, props: { tags: { "data-class": "files" }, name: "/shop/logs", kmsKeyId: KEY, retentionInDays: 365 } },
  {
    type: "aws:secretsmanager/secret:Secret", name: "secret", protect: true,
    props: { tags: { "data-class": "files" }, name: "shop/app/key", kmsKeyId: KEY, recoveryWindowInDays: 30, replicas: [{ region: "us-west-2", kmsKeyId: COPY_KEY }] },
  },
  { type: "aws:ssm/parameter:Parameter", name: "parameter", protect: true, props: { tags: { "data-class": "files" }, name: "/shop/parameter", type: "SecureString", keyId: KEY } },
  {
    type: "aws:dynamodb/table:Table", name: "table", protect: true,
    props: {
      tags: { "data-class": "files" },
      name: "table", hashKey: "id", attributes: [{ name: "id", type: "S" }], billingMode: "PAY_PER_REQUEST", deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true }, serverSideEncryption: { enabled: true, kmsKeyArn: KEY },
      replicas: [{ regionName: "us-west-2", kmsKeyArn: COPY_KEY, pointInTimeRecovery: true, deletionProtectionEnabled: true }],
    },
  },
  {
    type: "aws:dynamodb/tableReplica:TableReplica", name: "table-replica", protect: true,
    props: { tags: { "data-class": "files" }, globalTableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/other", kmsKeyArn: COPY_KEY, pointInTimeRecovery: true, deletionProtectionEnabled: true },
  },
  {
    type: "aws:dax/cluster:Cluster", name: "table-cache", protect: true,
    props: {
      tags: { "data-class": "files" },
      clusterName: "table-cache", nodeType: "dax.t3.small", replicationFactor: 3, iamRoleArn: "arn:aws:iam::123456789012:role/table-cache",
      subnetGroupName: "data", serverSideEncryption: { enabled: true }, clusterEndpointEncryptionType: "TLS",
    },
  },
  {
    type: "aws:opensearch/domain:Domain", name: "search", protect: true,
    props: {
      tags: { "data-class": "files" },
      domainName: "search", engineVersion: "OpenSearch_2.19",
      vpcOptions: { subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"], securityGroupIds: ["sg-0123456789abcdef0"] },
      encryptAtRest: { enabled: true, kmsKeyId: KEY }, nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
    },
  },
  {
    type: "aws:codebuild/project:Project", name: "build",
    props: {
      name: "build", serviceRole: "arn:aws:iam::123456789012:role/build", encryptionKey: KEY,
      source: { type: "NO_SOURCE", buildspec: "version: 0.2" },
      environment: { computeType: "BUILD_GENERAL1_SMALL", image: "aws/codebuild/amazonlinux-x86_64-standard:5.0", type: "LINUX_CONTAINER", privilegedMode: false },
      artifacts: { type: "S3", location: "shop-builds-123456789012" },
      secondaryArtifacts: [{ type: "S3", artifactIdentifier: "reports", location: "shop-builds-123456789012" }],
      cache: { type: "S3", location: "shop-builds-123456789012/cache" },
      logsConfig: { s3Logs: { status: "ENABLED", location: "shop-builds-123456789012/logs" } },
      vpcConfig: { vpcId: "vpc-0123456789abcdef0", subnets: ["subnet-0123456789abcdef0"], securityGroupIds: ["sg-0123456789abcdef0"] },
    },
  },
  {
    type: "aws:codepipeline/pipeline:Pipeline", name: "pipeline",
    props: {
      name: "pipeline", roleArn: "arn:aws:iam::123456789012:role/pipeline",
      artifactStores: [{ type: "S3", location: "shop-builds-123456789012", encryptionKey: { type: "KMS", id: KEY } }],
      stages: [],
    },
  },
  {
    type: "aws:ecr/repository:Repository", name: "registry", protect: true,
    props: {
      tags: { "data-class": "files" },
      name: "registry", imageTagMutability: "IMMUTABLE", imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: KEY }],
    },
  },
  {
    type: "aws:ecr/lifecyclePolicy:LifecyclePolicy", name: "registry-lifecycle",
    props: {
      repository: "registry",
      policy: json({ rules: [{ rulePriority: 1, selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 }, action: { type: "expire" } }] }),
    },
  },
];
