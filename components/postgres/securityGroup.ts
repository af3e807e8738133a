/** Security group of a data service: named clients may connect, nothing else, and the service itself calls nobody. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { NetworkClient } from "../component.ts";

export interface DataSecurityGroupArgs {
  /** Physical name of the group. */
  groupName: string;
  /** What it protects, for the descriptions. */
  service: string;
  vpcId: pulumi.Input<string>;
  port: number;
  clients: NetworkClient[];
}

/**
 * One group without rules of its own and one ingress rule a client.
 *
 * @throws when no client is given, or one names neither or both of group and address range.
 */
export function dataSecurityGroup(name: string, args: DataSecurityGroupArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  if (args.clients.length === 0) {
    throw new Error(`${args.service}: clients is empty; nothing could connect. Name at least the nodes that the application runs on`);
  }
  const group = new aws.ec2.SecurityGroup(`${name}-security-group`, {
    name: args.groupName,
    description: `${args.service}: named clients on port ${args.port}`,
    vpcId: args.vpcId,
    // Left out, AWS adds an allow-all egress rule; empty takes it away.
    egress: [],
    tags: { Name: args.groupName },
  }, { parent });
  for (const client of args.clients) allowClient(name, args, group, client, parent);
  return group;
}

function allowClient(name: string, args: DataSecurityGroupArgs, group: aws.ec2.SecurityGroup, client: NetworkClient, parent: pulumi.Resource): void {
  if ((client.securityGroupId === undefined) === (client.cidr === undefined)) {
    throw new Error(`${args.service}: client ${client.name} must name either securityGroupId or cidr`);
  }
  new aws.vpc.SecurityGroupIngressRule(`${name}-from-${client.name}`, {
    securityGroupId: group.id,
    description: `${client.name} to ${args.service}`,
    ipProtocol: "tcp",
    fromPort: args.port,
    toPort: args.port,
    ...(client.securityGroupId === undefined ? { cidrIpv4: client.cidr } : { referencedSecurityGroupId: client.securityGroupId }),
  }, { parent });
}
