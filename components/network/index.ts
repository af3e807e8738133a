/** The network: a VPC of its own, or one that is there already. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../component.ts";
import { transformed } from "../component.ts";
import type { ClientVpnSettings } from "./clientVpn.ts";
import { ClientVpn } from "./clientVpn.ts";
import { Endpoints } from "./endpoints.ts";
import { FlowLogs } from "./flowLogs.ts";
import { planSubnets } from "./subnets.ts";
import type { VpcTransforms } from "./vpc.ts";
import { Vpc } from "./vpc.ts";

export interface NetworkArgs {
  /** `<app>-<stack>`; the private zone is `<prefix>.internal`. */
  prefix: string;
  accountId: string;
  region: string;
  /** Full names, such as us-east-1a; 2 to 4. */
  zones: string[];
  /** Address range of the VPC, /16 to /20; with `existing`, the range that VPC has. */
  cidr: string;
  /** One NAT gateway a zone, or one for all. */
  natGateways: "perZone" | "single";
  /** AWS services reached without leaving the VPC, by the name in their endpoint, such as `ecr.api`. */
  interfaceEndpoints: string[];
  flowLogRetentionDays: number;
  vpn: ClientVpnSettings;
  logsKeyArn: pulumi.Input<string>;
  /** Address ranges outside the VPC that may reach database and cache too, such as those of an existing cluster. */
  dataClientCidrs?: string[];
  /** A VPC that is there already: no VPC, subnet, route, endpoint or flow log is made. */
  existing?: { vpcId: string; privateSubnetIds: string[]; dataSubnetIds: string[] };
  transform?: VpcTransforms & { zone?: Transform<aws.route53.ZoneArgs> };
}

/**
 * Public, private and isolated data subnets in every zone, with their ways out, their firewalls and their logs.
 *
 * Public subnets hold NAT gateways only; private ones hold nodes, pods and the internal load balancer; data subnets
 * have no route out at all. The default security group passes nothing. Cost: each NAT gateway by hour and GB, each
 * interface endpoint by zone, hour and GB, flow logs by GB; the Client VPN, when enabled, by subnet and connection hour.
 *
 * @example
 * const network = new Network("network", { prefix: "shop-production", accountId, region: "us-east-1",
 *   zones: ["us-east-1a", "us-east-1b", "us-east-1c"], logsKeyArn: keys.arn("logs"), ...config.network });
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly cidr: string;
  /** Empty with an existing VPC. */
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  readonly dataSubnetIds: pulumi.Output<string>[];
  readonly privateZoneId: pulumi.Output<string>;
  readonly privateZoneName: string;
  /** What to wait for before starting machines: routes, their subnets and endpoints. Empty with an existing VPC. */
  readonly ready: pulumi.Resource[];
  /** Security group of the interface endpoints; absent when there are none. */
  readonly endpointSecurityGroupId?: pulumi.Output<string>;
  /** Security group that VPN clients appear with: Client VPN translates their addresses. Absent without VPN. */
  readonly vpnSecurityGroupId?: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:network:Network", name, {}, opts);
    this.cidr = args.cidr;
    this.privateZoneName = `${args.prefix}.internal`;

    if (args.existing === undefined) {
      const vpc = this.vpc(name, args);
      this.vpcId = vpc.vpcId;
      this.publicSubnetIds = vpc.publicSubnetIds;
      this.privateSubnetIds = vpc.privateSubnetIds;
      this.dataSubnetIds = vpc.dataSubnetIds;
      const endpoints = this.endpoints(name, args, vpc);
      this.endpointSecurityGroupId = endpoints.securityGroupId;
      this.ready = [...vpc.ready, ...endpoints.ready];
      this.flowLogs(name, args);
    } else {
      this.vpcId = pulumi.output(args.existing.vpcId);
      this.publicSubnetIds = [];
      this.privateSubnetIds = args.existing.privateSubnetIds.map((id) => pulumi.output(id));
      this.dataSubnetIds = args.existing.dataSubnetIds.map((id) => pulumi.output(id));
      this.ready = [];
    }
    this.privateZoneId = this.privateZone(name, args);
    if (args.vpn.enabled) this.vpnSecurityGroupId = this.vpn(name, args).securityGroupId;

    this.registerOutputs({
      vpcId: this.vpcId,
      cidr: this.cidr,
      privateSubnetIds: this.privateSubnetIds,
      dataSubnetIds: this.dataSubnetIds,
      privateZoneName: this.privateZoneName,
    });
  }

  private vpc(name: string, args: NetworkArgs): Vpc {
    return new Vpc(`${name}-vpc`, {
      prefix: args.prefix,
      cidr: args.cidr,
      zones: args.zones,
      subnets: planSubnets(args.cidr, args.zones.length),
      natGateways: args.natGateways,
      dataClientCidrs: args.dataClientCidrs ?? [],
      transform: args.transform,
    }, { parent: this });
  }

  private endpoints(name: string, args: NetworkArgs, vpc: Vpc): Endpoints {
    return new Endpoints(`${name}-endpoints`, {
      prefix: args.prefix,
      accountId: args.accountId,
      region: args.region,
      vpcId: vpc.vpcId,
      cidr: args.cidr,
      subnetIds: vpc.privateSubnetIds,
      routeTableIds: vpc.privateRouteTableIds,
      services: args.interfaceEndpoints,
    }, { parent: this });
  }

  private flowLogs(name: string, args: NetworkArgs): FlowLogs {
    return new FlowLogs(`${name}-flow-logs`, {
      prefix: args.prefix,
      accountId: args.accountId,
      region: args.region,
      vpcId: this.vpcId,
      retentionDays: args.flowLogRetentionDays,
      logsKeyArn: args.logsKeyArn,
    }, { parent: this });
  }

  private privateZone(name: string, args: NetworkArgs): pulumi.Output<string> {
    return new aws.route53.Zone(`${name}-private-zone`, ...transformed(args.transform?.zone, {
      name: this.privateZoneName,
      comment: `Names that stay when the database behind them is exchanged (${args.prefix}).`,
      vpcs: [{ vpcId: this.vpcId, vpcRegion: args.region }],
    }, { parent: this })).zoneId;
  }

  private vpn(name: string, args: NetworkArgs): ClientVpn {
    return new ClientVpn(`${name}-vpn`, {
      prefix: args.prefix,
      vpcId: this.vpcId,
      cidr: args.cidr,
      subnetIds: this.privateSubnetIds,
      settings: args.vpn,
      logRetentionDays: args.flowLogRetentionDays,
      logsKeyArn: args.logsKeyArn,
    }, { parent: this });
  }
}
