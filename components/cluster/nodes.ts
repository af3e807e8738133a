/** Managed node groups. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/policyDocument.ts";
import type { Transform } from "../component.ts";
import { dataTags, transformed } from "../component.ts";

export interface NodesTransforms {
  launchTemplate?: Transform<aws.ec2.LaunchTemplateArgs>;
  nodeGroup?: Transform<aws.eks.NodeGroupArgs>;
}

export interface NodeGroupSettings {
  instanceType: string;
  min: number;
  /** At creation; afterwards the autoscaler decides. */
  desired: number;
  max: number;
  /** Root volume in GiB. */
  diskGib: number;
  capacityType: "ON_DEMAND" | "SPOT";
  labels: Record<string, string>;
}

export interface NodesArgs {
  prefix: string;
  clusterName: pulumi.Input<string>;
  version: string;
  groups: Record<string, NodeGroupSettings>;
  subnetIds: pulumi.Input<string>[];
  securityGroupId: pulumi.Input<string>;
  volumesKeyArn: pulumi.Input<string>;
  logRotationMb: number;
  logRotationFiles: number;
  alarmTopicArn: pulumi.Input<string>;
  /** Services and routes without which nodes do not become ready. A component's own dependsOn would not reach its children. */
  after: pulumi.Resource[];
  transform?: NodesTransforms;
}

/** Pulling images, joining the cluster and Session Manager; the pod network has a role of its own. */
const NODE_POLICIES = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"];

/** Node groups over all zones with encrypted disks, IMDSv2 alone, and log rotation by the kubelet; see Cluster. */
export class Nodes extends pulumi.ComponentResource {
  readonly autoscalingGroups: Record<string, pulumi.Output<string>>;
  readonly groups: aws.eks.NodeGroup[] = [];

  constructor(name: string, args: NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:Nodes", name, {}, opts);
    const { role, permissions } = this.role(name, args);
    this.autoscalingGroups = Object.fromEntries(Object.entries(args.groups).map(([group, settings]) => {
      const template = this.launchTemplate(`${name}-${group}`, group, settings, args);
      const nodeGroup = this.nodeGroup(`${name}-${group}`, group, settings, template, role, args, permissions);
      this.groups.push(nodeGroup);
      const scalingGroup = nodeGroup.resources.apply((resources) => resources?.[0]?.autoscalingGroups?.[0]?.name ?? "");
      this.alarms(`${name}-${group}`, group, scalingGroup, args);
      return [group, scalingGroup];
    }));
    this.registerOutputs({ autoscalingGroups: this.autoscalingGroups });
  }

  private role(name: string, args: NodesArgs): { role: aws.iam.Role; permissions: pulumi.Resource[] } {
    const role = new aws.iam.Role(`${name}-role`, {
      name: `${args.prefix}-nodes`,
      description: "Nodes join the cluster and pull images; pods can not reach these credentials.",
      assumeRolePolicy: policyDocument([{ Sid: "Instances", Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }]),
    }, { parent: this });
    const permissions = NODE_POLICIES.map((policy) =>
      new aws.iam.RolePolicyAttachment(`${name}-${policy}`, { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` }, { parent: this }));
    return { role, permissions };
  }

  private launchTemplate(name: string, group: string, settings: NodeGroupSettings, args: NodesArgs): aws.ec2.LaunchTemplate {
    const tags = { Name: `${args.prefix}-${group}`, cluster: args.prefix, "node-group": group };
    return new aws.ec2.LaunchTemplate(name, ...transformed(args.transform?.launchTemplate, {
      name: `${args.prefix}-${group}`,
      description: `Nodes of group ${group}`,
      updateDefaultVersion: true,
      blockDeviceMappings: [{
        deviceName: "/dev/xvda",
        ebs: { volumeType: "gp3", volumeSize: settings.diskGib, encrypted: "true", kmsKeyId: args.volumesKeyArn, deleteOnTermination: "true" },
      }],
      // One hop: a container on the pod network is two away, and so never reaches the node's credentials.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1, instanceMetadataTags: "disabled" },
      monitoring: { enabled: true },
      vpcSecurityGroupIds: [args.securityGroupId],
      userData: Buffer.from(nodeUserData(args.logRotationMb, args.logRotationFiles)).toString("base64"),
      // The provider's default tags do not reach what Auto Scaling starts.
      tagSpecifications: [
        { resourceType: "instance", tags },
        { resourceType: "volume", tags: { ...tags, ...dataTags("volumes") } },
        { resourceType: "network-interface", tags },
      ],
    }, { parent: this }));
  }

  private nodeGroup(
    name: string, group: string, settings: NodeGroupSettings, template: aws.ec2.LaunchTemplate, role: aws.iam.Role, args: NodesArgs, dependsOn: pulumi.Resource[],
  ): aws.eks.NodeGroup {
    return new aws.eks.NodeGroup(name, ...transformed(args.transform?.nodeGroup, {
      clusterName: args.clusterName,
      nodeGroupName: group,
      nodeRoleArn: role.arn,
      subnetIds: args.subnetIds,
      version: args.version,
      amiType: imageType(settings.instanceType),
      capacityType: settings.capacityType,
      instanceTypes: [settings.instanceType],
      labels: settings.labels,
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      scalingConfig: { minSize: settings.min, desiredSize: settings.desired, maxSize: settings.max },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
    }, { parent: this, dependsOn: [...dependsOn, ...args.after], ignoreChanges: ["scalingConfig.desiredSize"] }));
  }

  private alarms(name: string, group: string, scalingGroup: pulumi.Output<string>, args: NodesArgs): void {
    const alarm = (part: string, alarmDescription: string, metricName: string, statistic: string, threshold: number, evaluationPeriods: number) =>
      new aws.cloudwatch.MetricAlarm(`${name}-${part}-alarm`, {
        name: `${args.prefix}-nodes-${group}-${part}`,
        alarmDescription,
        namespace: "AWS/EC2",
        metricName,
        dimensions: { AutoScalingGroupName: scalingGroup },
        statistic,
        period: 60,
        evaluationPeriods,
        comparisonOperator: "GreaterThanThreshold",
        threshold,
        treatMissingData: "missing",
        alarmActions: [args.alarmTopicArn],
        okActions: [args.alarmTopicArn],
      }, { parent: this });
    alarm("status", "A node fails its status check. EKS replaces it; look whether pods found another place.", "StatusCheckFailed", "Maximum", 0, 3);
    alarm("cpu", "Nodes use more than 90 % CPU for five minutes. Check the autoscaler and what is running away.", "CPUUtilization", "Average", 90, 5);
  }
}

/** Graviton families have a g after the generation: m7g, t4g, c7gn (EC2 instance type naming). */
function imageType(instanceType: string): string {
  return /^[a-z]+\d+g[a-z]*\./.test(instanceType) ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD";
}

/**
 * User data of Amazon Linux 2023 for EKS: settings that are merged into what EKS itself hands to nodeadm.
 * Log rotation is the kubelet's, so that it holds for every container and needs no job of ours.
 */
export function nodeUserData(logRotationMb: number, logRotationFiles: number): string {
  return [
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="NODE"',
    "",
    "--NODE",
    "Content-Type: application/node.eks.aws",
    "",
    "---",
    "apiVersion: node.eks.aws/v1alpha1",
    "kind: NodeConfig",
    "spec:",
    "  kubelet:",
    "    config:",
    `      containerLogMaxSize: ${logRotationMb}M`,
    `      containerLogMaxFiles: ${logRotationFiles}`,
    "      seccompDefault: true",
    "",
    "--NODE--",
    "",
  ].join("\n");
}
