/** AWS Client VPN: people's way into the private subnets. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dataTags } from "../component.ts";
import { parseCidr, resolverAddress } from "./subnets.ts";

export interface ClientVpnSettings {
  enabled: boolean;
  /** Addresses of clients, /12 to /22, outside the VPC. */
  clientCidr: string;
  /** ACM certificate of the server; needed when enabled. */
  serverCertificateArn?: string;
  /** SAML provider by which people log in, with MFA; needed when enabled. */
  samlProviderArn?: string;
  /** Group of the identity provider that may connect; needed when enabled. */
  allowedGroup?: string;
}

export interface ClientVpnArgs {
  prefix: string;
  vpcId: pulumi.Input<string>;
  cidr: string;
  subnetIds: pulumi.Input<string>[];
  settings: ClientVpnSettings;
  logRetentionDays: number;
  logsKeyArn: pulumi.Input<string>;
}

/**
 * Client VPN with single sign-on, split tunnel and a log of every connection, ended after 8 hours.
 * Throws when certificate, SAML provider or group is missing. Billed by associated subnet and by connection, both by the hour.
 */
export class ClientVpn extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ClientVpnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:network:ClientVpn", name, {}, opts);
    const login = required(args.settings);
    checkRange(args.settings.clientCidr);
    const group = this.securityGroup(name, args);
    const endpoint = this.endpoint(name, login, group, args);
    args.subnetIds.forEach((subnetId, index) => this.association(`${name}-subnet-${index + 1}`, endpoint, subnetId));
    this.authorization(name, login.allowedGroup, endpoint, args);
    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }

  private securityGroup(name: string, args: ClientVpnArgs): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(name, {
      name: `${args.prefix}-vpn`,
      description: "Clients of the VPN, behind its address translation",
      vpcId: args.vpcId,
      tags: { Name: `${args.prefix}-vpn` },
    }, { parent: this });
    const egress = (part: string, description: string, protocol: string, port: number) =>
      new aws.vpc.SecurityGroupEgressRule(`${name}-${part}`, {
        securityGroupId: group.id, description, cidrIpv4: args.cidr, ipProtocol: protocol, fromPort: port, toPort: port,
      }, { parent: this });
    egress("https", "HTTPS to the API of the cluster and to internal services", "tcp", 443);
    egress("dns", "Name resolution by the resolver of the VPC", "udp", 53);
    return group;
  }

  private endpoint(name: string, login: Login, group: aws.ec2.SecurityGroup, args: ClientVpnArgs): aws.ec2clientvpn.Endpoint {
    const logGroup = new aws.cloudwatch.LogGroup(`${name}-log`, {
      name: `/aws/vpn/${args.prefix}`,
      retentionInDays: args.logRetentionDays,
      kmsKeyId: args.logsKeyArn,
      tags: dataTags("logs"),
    }, { parent: this });
    const stream = new aws.cloudwatch.LogStream(`${name}-log-stream`, { name: "connections", logGroupName: logGroup.name }, { parent: this });
    return new aws.ec2clientvpn.Endpoint(name, {
      description: `${args.prefix}: operators`,
      vpcId: args.vpcId,
      clientCidrBlock: args.settings.clientCidr,
      serverCertificateArn: login.serverCertificateArn,
      authenticationOptions: [{ type: "federated-authentication", samlProviderArn: login.samlProviderArn }],
      connectionLogOptions: { enabled: true, cloudwatchLogGroup: logGroup.name, cloudwatchLogStream: stream.name },
      dnsServers: [resolverAddress(args.cidr)],
      splitTunnel: true,
      sessionTimeoutHours: 8,
      disconnectOnSessionTimeout: true,
      transportProtocol: "udp",
      vpnPort: 443,
      securityGroupIds: [group.id],
      clientLoginBannerOptions: { enabled: true, bannerText: "Access is logged. Operators of this environment only." },
      tags: { Name: `${args.prefix}-vpn` },
    }, { parent: this });
  }

  private association(name: string, endpoint: aws.ec2clientvpn.Endpoint, subnetId: pulumi.Input<string>): void {
    new aws.ec2clientvpn.NetworkAssociation(name, { clientVpnEndpointId: endpoint.id, subnetId }, { parent: this });
  }

  private authorization(name: string, group: string, endpoint: aws.ec2clientvpn.Endpoint, args: ClientVpnArgs): void {
    new aws.ec2clientvpn.AuthorizationRule(`${name}-operators`, {
      clientVpnEndpointId: endpoint.id,
      targetNetworkCidr: args.cidr,
      accessGroupId: group,
      description: "One group of the identity provider reaches the VPC",
    }, { parent: this });
  }
}

interface Login {
  serverCertificateArn: string;
  samlProviderArn: string;
  allowedGroup: string;
}

function required(settings: ClientVpnSettings): Login {
  const { serverCertificateArn, samlProviderArn, allowedGroup } = settings;
  if (serverCertificateArn === undefined || samlProviderArn === undefined || allowedGroup === undefined) {
    const missing = Object.entries({ serverCertificateArn, samlProviderArn, allowedGroup }).filter(([, value]) => value === undefined).map(([key]) => `vpn.${key}`);
    throw new Error(`Network: the VPN is enabled but ${missing.join(", ")} is not set; set it or turn vpn.enabled off.`);
  }
  return { serverCertificateArn, samlProviderArn, allowedGroup };
}

/** Client VPN administrator guide: the range of clients is /12 to /22. */
function checkRange(clientCidr: string): void {
  const { bits } = parseCidr(clientCidr);
  if (bits < 12 || bits > 22) throw new Error(`Network: vpn.clientCidr ${clientCidr} is a /${bits}; Client VPN takes /12 to /22.`);
}
