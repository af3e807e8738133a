/** VPC, subnets, routes, NAT gateways and the firewalls of whole subnets. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../component.ts";
import { transformed } from "../component.ts";
import type { ZoneSubnets } from "./subnets.ts";

export interface VpcTransforms {
  vpc?: Transform<aws.ec2.VpcArgs>;
  subnet?: Transform<aws.ec2.SubnetArgs>;
  natGateway?: Transform<aws.ec2.NatGatewayArgs>;
  dataAcl?: Transform<aws.ec2.NetworkAclArgs>;
}

export interface VpcArgs {
  prefix: string;
  cidr: string;
  zones: string[];
  /** One entry a zone, in the order of `zones`. */
  subnets: ZoneSubnets[];
  natGateways: "perZone" | "single";
  dataClientCidrs: string[];
  transform?: VpcTransforms;
}

interface Zone {
  /** us-east-1a */
  name: string;
  /** a */
  letter: string;
  subnets: ZoneSubnets;
}

type Tier = keyof ZoneSubnets;

const POSTGRES = 5432;
const REDIS = 6379;
/** Linux and the managed services answer on ports from 1024 on (VPC user guide, "Ephemeral ports"). */
const EPHEMERAL = { fromPort: 1024, toPort: 65_535 };

/** The VPC itself; see Network, which is what programs use. */
export class Vpc extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  readonly dataSubnetIds: pulumi.Output<string>[];
  readonly privateRouteTableIds: pulumi.Output<string>[];
  /** Routes and what ties them to subnets; before these, machines in private subnets reach nothing. */
  readonly ready: pulumi.Resource[] = [];

  constructor(name: string, args: VpcArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:network:Vpc", name, {}, opts);
    const zones = zonesOf(args);
    this.vpcId = this.vpc(name, args).id;
    this.closedDefaults(name, args);

    const publicSubnets = zones.map((zone) => this.subnet(name, "public", zone, args));
    const privateSubnets = zones.map((zone) => this.subnet(name, "private", zone, args));
    const dataSubnets = zones.map((zone) => this.subnet(name, "data", zone, args));
    this.publicSubnetIds = publicSubnets.map((subnet) => subnet.id);
    this.privateSubnetIds = privateSubnets.map((subnet) => subnet.id);
    this.dataSubnetIds = dataSubnets.map((subnet) => subnet.id);

    const gateway = this.internetGateway(name, args);
    this.publicRoutes(name, zones, gateway, args);
    const exits = this.natGateways(name, zones, gateway, args);
    this.privateRouteTableIds = this.privateRoutes(name, zones, exits, args);
    this.dataRoutes(name, zones, args);
    this.dataFirewall(name, args);

    this.registerOutputs({ vpcId: this.vpcId });
  }

  private vpc(name: string, args: VpcArgs): aws.ec2.Vpc {
    return new aws.ec2.Vpc(name, ...transformed(args.transform?.vpc, {
      cidrBlock: args.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: args.prefix },
    }, { parent: this }));
  }

  /** Whatever is put into the VPC without saying where gets no traffic: the default security group is emptied. */
  private closedDefaults(name: string, args: VpcArgs): void {
    new aws.ec2.DefaultSecurityGroup(`${name}-default-security-group`, {
      vpcId: this.vpcId,
      ingress: [],
      egress: [],
      tags: { Name: `${args.prefix}-default-closed` },
    }, { parent: this });
  }

  private subnet(name: string, tier: Tier, zone: Zone, args: VpcArgs): aws.ec2.Subnet {
    return new aws.ec2.Subnet(`${name}-${tier}-${zone.letter}`, ...transformed(args.transform?.subnet, {
      vpcId: this.vpcId,
      availabilityZone: zone.name,
      cidrBlock: zone.subnets[tier],
      mapPublicIpOnLaunch: false,
      tags: { Name: `${args.prefix}-${tier}-${zone.letter}`, tier, ...(tier === "private" ? { "kubernetes.io/role/internal-elb": "1" } : {}) },
    }, { parent: this }));
  }

  private internetGateway(name: string, args: VpcArgs): aws.ec2.InternetGateway {
    return new aws.ec2.InternetGateway(`${name}-internet`, { vpcId: this.vpcId, tags: { Name: args.prefix } }, { parent: this });
  }

  private publicRoutes(name: string, zones: Zone[], gateway: aws.ec2.InternetGateway, args: VpcArgs): void {
    const table = this.routeTable(`${name}-public`, `${args.prefix}-public`);
    this.ready.push(new aws.ec2.Route(`${name}-public-default`, { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id }, { parent: this }));
    this.associate(name, "public", zones, this.publicSubnetIds, () => table);
  }

  private natGateways(name: string, zones: Zone[], gateway: aws.ec2.InternetGateway, args: VpcArgs): aws.ec2.NatGateway[] {
    const served = args.natGateways === "perZone" ? zones : zones.slice(0, 1);
    return served.map((zone, index) => {
      const address = new aws.ec2.Eip(`${name}-nat-${zone.letter}-address`, {
        domain: "vpc",
        tags: { Name: `${args.prefix}-nat-${zone.letter}` },
      }, { parent: this, dependsOn: [gateway] });
      return new aws.ec2.NatGateway(`${name}-nat-${zone.letter}`, ...transformed(args.transform?.natGateway, {
        subnetId: this.publicSubnetIds[index],
        allocationId: address.allocationId,
        connectivityType: "public",
        tags: { Name: `${args.prefix}-nat-${zone.letter}` },
      }, { parent: this, dependsOn: [gateway] }));
    });
  }

  /** A table for each zone even with one NAT gateway, so that going to one a zone changes routes and nothing else. */
  private privateRoutes(name: string, zones: Zone[], exits: aws.ec2.NatGateway[], args: VpcArgs): pulumi.Output<string>[] {
    const tables = zones.map((zone, index) => {
      const table = this.routeTable(`${name}-private-${zone.letter}`, `${args.prefix}-private-${zone.letter}`);
      const exit = exits[index] ?? exits[0];
      this.ready.push(new aws.ec2.Route(`${name}-private-${zone.letter}-default`, {
        routeTableId: table.id,
        destinationCidrBlock: "0.0.0.0/0",
        natGatewayId: exit?.id,
      }, { parent: this }));
      return table;
    });
    this.associate(name, "private", zones, this.privateSubnetIds, (index) => tables[index]);
    return tables.map((table) => table.id);
  }

  /** No route but the VPC's own: data subnets reach nothing outside and nothing outside reaches them. */
  private dataRoutes(name: string, zones: Zone[], args: VpcArgs): void {
    const table = this.routeTable(`${name}-data`, `${args.prefix}-data`);
    this.associate(name, "data", zones, this.dataSubnetIds, () => table);
  }

  private routeTable(name: string, label: string): aws.ec2.RouteTable {
    return new aws.ec2.RouteTable(name, { vpcId: this.vpcId, tags: { Name: label } }, { parent: this });
  }

  private associate(name: string, tier: Tier, zones: Zone[], subnetIds: pulumi.Output<string>[], tableOf: (index: number) => aws.ec2.RouteTable | undefined): void {
    zones.forEach((zone, index) => {
      const table = tableOf(index);
      if (table === undefined) throw new Error(`Vpc: zone ${zone.name} has no ${tier} route table.`);
      this.ready.push(new aws.ec2.RouteTableAssociation(`${name}-${tier}-${zone.letter}`, { subnetId: subnetIds[index], routeTableId: table.id }, { parent: this }));
    });
  }

  /** A second lock beside the security groups: only the two data ports come in, only answers and replication go out. */
  private dataFirewall(name: string, args: VpcArgs): void {
    const sources = [args.cidr, ...args.dataClientCidrs];
    const allow = (cidrBlock: string, ruleNo: number, ports: { fromPort: number; toPort: number }) =>
      ({ ruleNo, action: "allow", protocol: "tcp", cidrBlock, ...ports });
    const dataPorts = (cidr: string, start: number) => [
      allow(cidr, start, { fromPort: POSTGRES, toPort: POSTGRES }),
      allow(cidr, start + 1, { fromPort: REDIS, toPort: REDIS }),
    ];
    const inside = 900;
    new aws.ec2.NetworkAcl(`${name}-data-acl`, ...transformed(args.transform?.dataAcl, {
      vpcId: this.vpcId,
      subnetIds: this.dataSubnetIds,
      ingress: [...sources.flatMap((cidr, index) => dataPorts(cidr, 100 + index * 10)), allow(args.cidr, inside, EPHEMERAL)],
      egress: [...sources.map((cidr, index) => allow(cidr, 100 + index * 10, EPHEMERAL))],
      tags: { Name: `${args.prefix}-data` },
    }, { parent: this }));
  }
}

function zonesOf(args: VpcArgs): Zone[] {
  return args.zones.map((name, index) => {
    const subnets = args.subnets[index];
    if (subnets === undefined) throw new Error(`Vpc: zone ${name} has no subnets in the plan.`);
    return { name, letter: name.slice(-1), subnets };
  });
}
