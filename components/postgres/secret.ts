/** The master password: a secret of our own, because passwords that RDS manages exclude replicas, and its rotation. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/policyDocument.ts";
import { dataTags, guarded, type Protection } from "../component.ts";

/** Published by AWS (account of Secrets Manager) in us-east-1 for every region; Secrets Manager user guide, "Rotation function templates". */
const ROTATION_APPLICATION = "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser";

export interface MasterSecretArgs {
  prefix: string;
  accountId: string;
  region: string;
  secretsKeyArn: pulumi.Input<string>;
  recoveryWindowDays: number;
  rotationDays: number;
  username: string;
  password: pulumi.Input<string>;
  passwordVersion: number;
  databaseName: string;
  primary: aws.rds.Instance;
  databaseSecurityGroupId: pulumi.Input<string>;
  vpcId: pulumi.Input<string>;
  /** Where Secrets Manager's endpoint is reached; the VPC itself with the interface endpoint. */
  endpointCidr: string;
  privateSubnetIds: pulumi.Input<string>[];
  protection: Protection;
}

/** Declares secret, first value, rotation function and schedule; returns the secret's ARN, for what reads the value. */
export function masterSecret(name: string, args: MasterSecretArgs, parent: pulumi.Resource): pulumi.Output<string> {
  const secret = createSecret(name, args, parent);
  const version = firstValue(name, args, secret, parent);
  const group = rotationSecurityGroup(name, args, parent);
  const rotator = rotationFunction(name, args, group, parent);
  const rotation = new aws.secretsmanager.SecretRotation(`${name}-rotation`, {
    secretId: secret.id,
    rotationLambdaArn: `arn:aws:lambda:${args.region}:${args.accountId}:function:${functionName(args)}`,
    rotationRules: { automaticallyAfterDays: args.rotationDays },
    // The first password has been on somebody's terminal.
    rotateImmediately: true,
  }, { parent, dependsOn: [version, rotator] });
  return pulumi.all([secret.arn, rotation.id]).apply(([arn]) => arn);
}

function functionName(args: MasterSecretArgs): string {
  return `${args.prefix}-postgres-rotation`;
}

function createSecret(name: string, args: MasterSecretArgs, parent: pulumi.Resource): aws.secretsmanager.Secret {
  const secret = new aws.secretsmanager.Secret(`${name}-master-secret`, {
    name: `${args.prefix}/postgres/master`,
    description: "Master user of the database; used by rotation, migrations of roles and break-glass only.",
    kmsKeyId: args.secretsKeyArn,
    recoveryWindowInDays: args.recoveryWindowDays,
    tags: dataTags("secrets"),
  }, guarded(parent, args.protection));
  new aws.secretsmanager.SecretPolicy(`${name}-master-secret-policy`, {
    secretArn: secret.arn,
    blockPublicPolicy: true,
    policy: ownAccountOnly(args.accountId),
  }, { parent });
  return secret;
}

/** Nobody outside the account and nobody without TLS, whatever other policies say. */
export function ownAccountOnly(accountId: string): pulumi.Output<string> {
  return policyDocument([
    // The star is the secret that the policy is attached to: Secrets Manager user guide, "Resource-based policies".
    { Sid: "DenyOtherAccounts", Effect: "Deny", Principal: "*", Action: "secretsmanager:*", Resource: "*", Condition: { StringNotEquals: { "aws:PrincipalAccount": accountId }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } } },
    { Sid: "DenyPlainHttp", Effect: "Deny", Principal: "*", Action: "secretsmanager:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
  ]);
}

/** Written once per password version and never read back: rotation changes it afterwards, and state holds no password. */
function firstValue(name: string, args: MasterSecretArgs, secret: aws.secretsmanager.Secret, parent: pulumi.Resource): aws.secretsmanager.SecretVersion {
  return new aws.secretsmanager.SecretVersion(`${name}-master-secret-value`, {
    secretId: secret.id,
    secretStringWo: pulumi.secret(pulumi.jsonStringify({
      engine: "postgres",
      host: args.primary.address,
      port: 5432,
      dbname: args.databaseName,
      username: args.username,
      password: args.password,
    })),
    secretStringWoVersion: args.passwordVersion,
  }, { parent });
}

function rotationSecurityGroup(name: string, args: MasterSecretArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  const group = new aws.ec2.SecurityGroup(`${name}-rotation-security-group`, {
    name: `${args.prefix}-postgres-rotation`,
    description: "Rotation of the database password: to the database and to Secrets Manager",
    vpcId: args.vpcId,
    egress: [],
    tags: { Name: `${args.prefix}-postgres-rotation` },
  }, { parent });
  new aws.vpc.SecurityGroupEgressRule(`${name}-rotation-to-database`, {
    securityGroupId: group.id, description: "Rotation to the database", ipProtocol: "tcp", fromPort: 5432, toPort: 5432,
    referencedSecurityGroupId: args.databaseSecurityGroupId,
  }, { parent });
  new aws.vpc.SecurityGroupEgressRule(`${name}-rotation-to-secrets-manager`, {
    securityGroupId: group.id, description: "Rotation to the Secrets Manager endpoint", ipProtocol: "tcp", fromPort: 443, toPort: 443,
    cidrIpv4: args.endpointCidr,
  }, { parent });
  new aws.vpc.SecurityGroupIngressRule(`${name}-from-rotation`, {
    securityGroupId: args.databaseSecurityGroupId, description: "Password rotation to the database", ipProtocol: "tcp", fromPort: 5432, toPort: 5432,
    referencedSecurityGroupId: group.id,
  }, { parent });
  return group;
}

function rotationFunction(name: string, args: MasterSecretArgs, group: aws.ec2.SecurityGroup, parent: pulumi.Resource): aws.serverlessrepository.CloudFormationStack {
  return new aws.serverlessrepository.CloudFormationStack(`${name}-rotation-function`, {
    name: functionName(args),
    applicationId: ROTATION_APPLICATION,
    capabilities: ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"],
    parameters: {
      endpoint: `https://secretsmanager.${args.region}.amazonaws.com`,
      functionName: functionName(args),
      kmsKeyArn: args.secretsKeyArn,
      vpcSubnetIds: pulumi.all(args.privateSubnetIds).apply((ids) => ids.join(",")),
      vpcSecurityGroupIds: group.id,
      // Characters that RDS refuses in a password or that break a connection URL.
      excludeCharacters: ":/@\"'\\ ",
    },
  }, { parent });
}
