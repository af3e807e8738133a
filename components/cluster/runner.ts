/** The way in: a CI runner inside the network. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../access/policyDocument.ts";
import { dataTags } from "../component.ts";

export interface RunnerArgs {
  prefix: string;
  accountId: string;
  region: string;
  /** owner/name on GitHub; jobs of its workflows run here. */
  repository: string;
  network: { vpcId: pulumi.Input<string>; privateSubnetIds: pulumi.Input<string>[]; cidr: string };
  /** Firewall of the API endpoint, which gets a rule for the runner. */
  apiSecurityGroupId: pulumi.Input<string>;
  artifactsKeyArn: pulumi.Input<string>;
  logsKeyArn: pulumi.Input<string>;
  logRetentionDays: number;
}

/** Amazon Linux 2023 image of CodeBuild with Docker, Node and the AWS CLI (CodeBuild user guide, "Docker images"). */
const IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0";
const MINUTES = 120;

/**
 * A CodeBuild project in the private subnets that serves the repository's workflow jobs as their runner, and gives
 * operators a shell inside the network by a debug session of Session Manager.
 *
 * Its own role can not deploy: a job takes the deploy role by the CI's OIDC token, as from anywhere else. The connection
 * to the repository is confirmed once by a person in the console. Cost: by build minute, nothing when idle.
 */
export class Runner extends pulumi.ComponentResource {
  readonly projectName: string;

  constructor(name: string, args: RunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:Runner", name, {}, opts);
    this.projectName = `${args.prefix}-runner`;
    const group = this.securityGroup(name, args);
    const logGroup = this.logGroup(name, args);
    const connection = this.connection(name);
    const { role, policy } = this.role(name, connection, args);
    const project = this.project(name, group, logGroup, connection, role, args, policy);
    this.webhook(name, project);
    this.registerOutputs({ projectName: this.projectName });
  }

  private securityGroup(name: string, args: RunnerArgs): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(name, {
      name: this.projectName, description: "CI runner inside the network", vpcId: args.network.vpcId, tags: { Name: this.projectName },
    }, { parent: this });
    const egress = (part: string, description: string, cidrIpv4: string, ipProtocol: string, port: number) =>
      new aws.vpc.SecurityGroupEgressRule(`${name}-${part}`, { securityGroupId: group.id, description, cidrIpv4, ipProtocol, fromPort: port, toPort: port }, { parent: this });
    egress("https", "HTTPS to the API endpoint, AWS services and the repository", "0.0.0.0/0", "tcp", 443);
    egress("dns", "Name resolution by the resolver of the VPC", args.network.cidr, "udp", 53);
    new aws.vpc.SecurityGroupIngressRule(`${name}-to-api`, {
      securityGroupId: args.apiSecurityGroupId, description: "CI runner to the API", referencedSecurityGroupId: group.id, ipProtocol: "tcp", fromPort: 443, toPort: 443,
    }, { parent: this });
    return group;
  }

  private logGroup(name: string, args: RunnerArgs): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(`${name}-logs`, {
      name: `/aws/codebuild/${this.projectName}`, retentionInDays: args.logRetentionDays, kmsKeyId: args.logsKeyArn, tags: dataTags("logs"),
    }, { parent: this });
  }

  private connection(name: string): aws.codeconnections.Connection {
    // Names of connections end at 32 characters (API reference, CreateConnection).
    return new aws.codeconnections.Connection(`${name}-repository`, { name: this.projectName.slice(-32), providerType: "GitHub" }, { parent: this });
  }

  private role(name: string, connection: aws.codeconnections.Connection, args: RunnerArgs): { role: aws.iam.Role; policy: aws.iam.RolePolicy } {
    const account = `${args.region}:${args.accountId}`;
    const role = new aws.iam.Role(`${name}-role`, {
      name: this.projectName,
      description: "The CI runner writes its log and has an address in the network; jobs take the deploy role by OIDC.",
      assumeRolePolicy: serviceTrust("codebuild.amazonaws.com", args.accountId, { ArnEquals: { "aws:SourceArn": `arn:aws:codebuild:${account}:project/${this.projectName}` } }),
    }, { parent: this });
    const policy = new aws.iam.RolePolicy(`${name}-policy`, {
      name: "run",
      role: role.name,
      policy: policyDocument([
        { Sid: "WriteLog", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `arn:aws:logs:${account}:log-group:/aws/codebuild/${this.projectName}:*` },
        { Sid: "UseConnection", Effect: "Allow", Action: ["codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection"], Resource: connection.arn },
        { Sid: "EncryptArtifacts", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], Resource: args.artifactsKeyArn },
        // CodeBuild user guide, "Allow CodeBuild access to AWS services required to create a VPC network interface": these know no resources.
        { Sid: "FindNetwork", Effect: "Allow", Action: ["ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"], Resource: "*" },
        { Sid: "JoinNetwork", Effect: "Allow", Action: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"], Resource: [`arn:aws:ec2:${account}:network-interface/*`, `arn:aws:ec2:${account}:subnet/*`, `arn:aws:ec2:${account}:security-group/*`] },
        { Sid: "LendInterfaceToCodeBuild", Effect: "Allow", Action: "ec2:CreateNetworkInterfacePermission", Resource: `arn:aws:ec2:${account}:network-interface/*`, Condition: { StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" } } },
        // Session Manager's channels know no resources either (service authorization reference, ssmmessages).
        { Sid: "DebugSession", Effect: "Allow", Action: ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"], Resource: "*" },
      ]),
    }, { parent: this });
    return { role, policy };
  }

  private project(
    name: string, group: aws.ec2.SecurityGroup, logGroup: aws.cloudwatch.LogGroup, connection: aws.codeconnections.Connection, role: aws.iam.Role, args: RunnerArgs, policy: pulumi.Resource,
  ): aws.codebuild.Project {
    return new aws.codebuild.Project(name, {
      name: this.projectName,
      description: "Runs the repository's workflow jobs inside the network; the only way to the private API endpoint.",
      serviceRole: role.arn,
      artifacts: { type: "NO_ARTIFACTS" },
      encryptionKey: args.artifactsKeyArn,
      source: {
        type: "GITHUB",
        location: `https://github.com/${args.repository}.git`,
        gitCloneDepth: 1,
        auth: { type: "CODECONNECTIONS", resource: connection.arn },
      },
      environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_MEDIUM", image: IMAGE, imagePullCredentialsType: "CODEBUILD", privilegedMode: false },
      vpcConfig: { vpcId: args.network.vpcId, subnets: args.network.privateSubnetIds, securityGroupIds: [group.id] },
      logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logGroup.name }, s3Logs: { status: "DISABLED" } },
      buildTimeout: MINUTES,
      queuedTimeout: MINUTES,
      projectVisibility: "PRIVATE",
    }, { parent: this, dependsOn: [policy] });
  }

  private webhook(name: string, project: aws.codebuild.Project): void {
    new aws.codebuild.Webhook(`${name}-jobs`, {
      projectName: project.name,
      buildType: "BUILD",
      filterGroups: [{ filters: [{ type: "EVENT", pattern: "WORKFLOW_JOB_QUEUED" }] }],
    }, { parent: this });
  }
}
