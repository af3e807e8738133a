/** The way in: a CI runner inside the network, and a shell for operators beside it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { policyDocument, serviceTrust } from "../access/policyDocument.ts";
import { dataTags } from "../component.ts";

export interface RunnerArgs {
  prefix: string;
  accountId: string;
  region: string;
  /** owner/name on GitHub; jobs of its workflows run here. */
  repository: string;
  /**
   * Connection to the repository, confirmed beforehand: one that the same `up` made would still be pending, and CodeBuild
   * refuses projects and webhooks with a pending connection.
   */
  connectionArn: string;
  network: { vpcId: pulumi.Input<string>; privateSubnetIds: pulumi.Input<string>[]; cidr: string };
  /** Firewall of the API endpoint, which gets a rule for the runner. */
  apiSecurityGroupId: pulumi.Input<string>;
  logsKeyArn: pulumi.Input<string>;
  logRetentionDays: number;
}

/** Amazon Linux 2023 image of CodeBuild with Node and the AWS CLI (CodeBuild user guide, "Docker images"). */
const IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0";
const RUNNER_MINUTES = 120;
/** A forgotten shell ends after this time. */
const SHELL_MINUTES = 60;

/** Stops in the container until the operator goes on with `codebuild-resume` or the time is over (CodeBuild user guide, "Session Manager"). */
const SHELL_BUILD = { version: 0.2, phases: { build: { commands: ["codebuild-breakpoint"] } } };

interface Project {
  project: string;
  description: string;
  minutes: number;
  source: aws.types.input.codebuild.ProjectSource;
  permissions: Statement[];
}

/**
 * Two CodeBuild projects in the private subnets: `<prefix>-runner` serves the repository's workflow jobs, and
 * `<prefix>-shell` gives operators a shell inside the network by a debug session of Session Manager.
 *
 * The two are apart because a shell in a build has everything the build's role has: the runner's role may fetch tokens of
 * the repository, the shell's may not, whatever an operator overrides when starting it. Neither can deploy or administer
 * the cluster: a job takes the deploy role by the CI's OIDC token, an operator brings own credentials. Cost: by build
 * minute, nothing when idle.
 */
export class Runner extends pulumi.ComponentResource {
  readonly projectName: string;
  readonly shellName: string;

  constructor(name: string, args: RunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:Runner", name, {}, opts);
    this.projectName = `${args.prefix}-runner`;
    this.shellName = `${args.prefix}-shell`;
    const group = this.securityGroup(name, args);
    const runner = this.project(name, group, this.runnerProject(args), args);
    this.webhook(name, runner);
    this.project(`${name}-shell`, group, this.shellProject(), args);
    this.registerOutputs({ projectName: this.projectName, shellName: this.shellName });
  }

  private runnerProject(args: RunnerArgs): Project {
    return {
      project: this.projectName,
      description: "Runs the repository's workflow jobs inside the network; the only way to the private API endpoint.",
      minutes: RUNNER_MINUTES,
      source: { type: "GITHUB", location: `https://github.com/${args.repository}.git`, gitCloneDepth: 1, auth: { type: "CODECONNECTIONS", resource: args.connectionArn } },
      permissions: [
        { Sid: "UseConnection", Effect: "Allow", Action: ["codeconnections:GetConnection", "codeconnections:GetConnectionToken", "codeconnections:UseConnection"], Resource: args.connectionArn },
      ],
    };
  }

  private shellProject(): Project {
    return {
      project: this.shellName,
      description: "A shell inside the network for operators, by Session Manager; has no rights and no repository.",
      minutes: SHELL_MINUTES,
      source: { type: "NO_SOURCE", buildspec: JSON.stringify(SHELL_BUILD) },
      // Session Manager's channels know no resources (service authorization reference, ssmmessages).
      permissions: [
        { Sid: "DebugSession", Effect: "Allow", Action: ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"], Resource: "*" },
      ],
    };
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

  private project(name: string, group: aws.ec2.SecurityGroup, settings: Project, args: RunnerArgs): aws.codebuild.Project {
    const logGroup = new aws.cloudwatch.LogGroup(`${name}-logs`, {
      name: `/aws/codebuild/${settings.project}`, retentionInDays: args.logRetentionDays, kmsKeyId: args.logsKeyArn, tags: dataTags("logs"),
    }, { parent: this });
    const { role, policy } = this.role(name, settings, args);
    // No key of our own: a project without artifacts, cache and logs in S3 keeps nothing that could be encrypted.
    return new aws.codebuild.Project(name, {
      name: settings.project,
      description: settings.description,
      serviceRole: role.arn,
      artifacts: { type: "NO_ARTIFACTS" },
      source: settings.source,
      environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_MEDIUM", image: IMAGE, imagePullCredentialsType: "CODEBUILD", privilegedMode: false },
      vpcConfig: { vpcId: args.network.vpcId, subnets: args.network.privateSubnetIds, securityGroupIds: [group.id] },
      logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logGroup.name }, s3Logs: { status: "DISABLED" } },
      buildTimeout: settings.minutes,
      queuedTimeout: settings.minutes,
      projectVisibility: "PRIVATE",
    }, { parent: this, dependsOn: [policy] });
  }

  private role(name: string, settings: Project, args: RunnerArgs): { role: aws.iam.Role; policy: aws.iam.RolePolicy } {
    const account = `${args.region}:${args.accountId}`;
    const role = new aws.iam.Role(`${name}-role`, {
      name: settings.project,
      description: "A build writes its log and has an address in the network.",
      assumeRolePolicy: serviceTrust("codebuild.amazonaws.com", args.accountId, { ArnEquals: { "aws:SourceArn": `arn:aws:codebuild:${account}:project/${settings.project}` } }),
    }, { parent: this });
    const policy = new aws.iam.RolePolicy(`${name}-policy`, {
      name: "run",
      role: role.name,
      policy: policyDocument([
        { Sid: "WriteLog", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `arn:aws:logs:${account}:log-group:/aws/codebuild/${settings.project}:*` },
        // CodeBuild user guide, "Allow CodeBuild access to AWS services required to create a VPC network interface": these know no resources.
        { Sid: "FindNetwork", Effect: "Allow", Action: ["ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"], Resource: "*" },
        { Sid: "JoinNetwork", Effect: "Allow", Action: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"], Resource: [`arn:aws:ec2:${account}:network-interface/*`, `arn:aws:ec2:${account}:subnet/*`, `arn:aws:ec2:${account}:security-group/*`] },
        { Sid: "LendInterfaceToCodeBuild", Effect: "Allow", Action: "ec2:CreateNetworkInterfacePermission", Resource: `arn:aws:ec2:${account}:network-interface/*`, Condition: { StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" } } },
        ...settings.permissions,
      ]),
    }, { parent: this });
    return { role, policy };
  }

  private webhook(name: string, project: aws.codebuild.Project): void {
    new aws.codebuild.Webhook(`${name}-jobs`, {
      projectName: project.name,
      buildType: "BUILD",
      filterGroups: [{ filters: [{ type: "EVENT", pattern: "WORKFLOW_JOB_QUEUED" }] }],
    }, { parent: this });
  }
}
