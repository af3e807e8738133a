import type { SampleResource } from "../../../policies/samples/sample.ts";
import { metadata, NAMESPACE } from "./objects.ts";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666";

/** Secrets, what is configured beside them, and a few things that hold data. */
export const secrets: readonly SampleResource[] = [
  {
    type: "aws:secretsmanager/secret:Secret",
    name: "secret",
    protect: true,
    props: { name: "shop/postgres/master", kmsKeyId: KEY, recoveryWindowInDays: 30, tags: { "data-class": "secrets" } },
  },
  {
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    name: "rotation",
    props: { secretId: "secret", rotationLambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:rotation", rotationRules: { automaticallyAfterDays: 90 } },
  },
  { type: "aws:secretsmanager/secretVersion:SecretVersion", name: "version", props: { secretId: "secret", secretStringWo: "first", secretStringWoVersion: 1 } },
  { type: "aws:ssm/parameter:Parameter", name: "parameter", props: { name: "/shop/log-level", type: "String", value: "info" } },
  {
    type: "aws:lambda/function:Function",
    name: "function",
    props: {
      name: "resize", role: "arn:aws:iam::123456789012:role/resize", runtime: "nodejs22.x", handler: "index.handler", kmsKeyArn: KEY,
      environment: { variables: { LOG_LEVEL: "info" } }, vpcConfig: { subnetIds: ["subnet-0a1b2c3d4e5f60718"], securityGroupIds: ["sg-0a1b2c3d4e5f60718"] },
    },
  },
  {
    type: "aws:ec2/launchTemplate:LaunchTemplate",
    name: "template",
    props: {
      name: "nodes", userData: Buffer.from("#!/bin/sh\nset -eu\n").toString("base64"), metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", kmsKeyId: KEY, volumeSize: 50, volumeType: "gp3" } }],
    },
  },
  {
    type: "aws:dynamodb/table:Table",
    name: "table",
    protect: true,
    props: {
      name: "carts", hashKey: "id", billingMode: "PAY_PER_REQUEST", attributes: [{ name: "id", type: "S" }], deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true }, serverSideEncryption: { enabled: true, kmsKeyArn: KEY }, tags: { "data-class": "orders" },
    },
  },
  {
    type: "aws:autoscaling/group:Group",
    name: "group",
    props: {
      name: "group", minSize: 2, maxSize: 4, vpcZoneIdentifiers: ["subnet-0a1b2c3d4e5f60718", "subnet-1a2b3c4d5e6f70819"], launchTemplate: { id: "template", version: "3" },
      tags: [["environment", "production"], ["owner", "platform@example.com"], ["cost-center", "shop"]].map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    },
  },
  { type: "aws:route53/zone:Zone", name: "private-zone", props: { name: "shop.internal", vpcs: [{ vpcId: "vpc-0a1b2c3d4e5f60718" }] } },
  { type: "aws:iam/user:User", name: "on-call", props: { name: "on-call" } },
  ...NAMESPACE,
  { type: "kubernetes:core/v1:ConfigMap", name: "config", props: { metadata: metadata("app"), data: { LOG_LEVEL: "info" } } },
  {
    type: "kubernetes:core/v1:Secret",
    name: "token",
    props: { metadata: { ...metadata("app"), annotations: { "kubernetes.io/service-account.name": "app" } }, type: "Opaque" },
  },
  {
    type: "kubernetes:external-secrets.io/v1:SecretStore",
    name: "store",
    props: { metadata: metadata("store"), spec: { provider: { aws: { service: "SecretsManager", region: "us-east-1" } } } },
  },
  {
    type: "kubernetes:core/v1:PersistentVolumeClaim",
    name: "claim",
    protect: true,
    props: { metadata: metadata("uploads"), spec: { accessModes: ["ReadWriteOnce"], storageClassName: "gp3", resources: { requests: { storage: "10Gi" } } } },
  },
];
