import { describe, expect, it } from "vitest";
import { Network } from "../../components/network/index.ts";
import type { NetworkArgs } from "../../components/network/index.ts";
import { planSubnets, resolverAddress } from "../../components/network/subnets.ts";
import { declared, ofType, only, statement, valueOf } from "./mocks.ts";

const base: NetworkArgs = {
  prefix: "shop-production",
  accountId: "123456789012",
  region: "us-east-1",
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  cidr: "10.20.0.0/16",
  natGateways: "perZone",
  interfaceEndpoints: ["ecr.api", "sts"],
  flowLogRetentionDays: 365,
  vpn: { enabled: false, clientCidr: "10.99.0.0/22" },
  logsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/logs",
};
const network = (over: Partial<NetworkArgs> = {}) => declared(() => { new Network("network", { ...base, ...over }); });

const VPN = {
  enabled: true,
  clientCidr: "10.99.0.0/22",
  serverCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
  samlProviderArn: "arn:aws:iam::123456789012:saml-provider/idp",
  allowedGroup: "operators",
};

describe("planSubnets", () => {
  it("cuts a /16 for three zones", () => {
    expect(planSubnets("10.20.0.0/16", 3)).toEqual([
      { private: "10.20.0.0/19", public: "10.20.128.0/21", data: "10.20.160.0/21" },
      { private: "10.20.32.0/19", public: "10.20.136.0/21", data: "10.20.168.0/21" },
      { private: "10.20.64.0/19", public: "10.20.144.0/21", data: "10.20.176.0/21" },
    ]);
  });

  it("keeps the subnets of zones that were there when one is added", () => {
    expect(planSubnets("10.0.0.0/20", 4).slice(0, 2)).toEqual(planSubnets("10.0.0.0/20", 2));
  });

  it.each([16, 17, 18, 19, 20].flatMap((bits) => [2, 3, 4].map((zones) => [bits, zones] as const)))("never overlaps and stays inside a /%i with %i zones", (bits, zones) => {
    const ranges = planSubnets(`10.64.0.0/${bits}`, zones).flatMap((zone) => Object.values<string>({ ...zone })).map(rangeOf).sort((a, b) => a.first - b.first);
    const whole = rangeOf(`10.64.0.0/${bits}`);
    expect(ranges).toHaveLength(zones * 3);
    ranges.forEach((range, index) => {
      expect(range.first).toBeGreaterThan(index === 0 ? whole.first - 1 : (ranges[index - 1]?.last ?? Infinity));
      expect(range.last).toBeLessThanOrEqual(whole.last);
      expect(range.first % (range.last - range.first + 1)).toBe(0);
    });
  });

  it.each([
    ["10.0.0.0/24", 3, /is a \/24; choose between \/16 and \/20/],
    ["10.0.0.0/16", 1, /1 zones given; 2 to 4/],
    ["10.0.0.0/16", 5, /5 zones given; 2 to 4/],
    ["10.20.1.0/16", 3, /has host bits set; the network is 10\.20\.0\.0\/16/],
    ["10.20.0.0", 3, /is not an IPv4 CIDR/],
    ["10.999.0.0/16", 3, /is not an IPv4 CIDR/],
  ])("refuses %s with %i zones", (cidr, zones, message) => {
    expect(() => planSubnets(cidr, zones)).toThrow(message);
  });

  it("knows the VPC's resolver", () => {
    expect(resolverAddress("10.20.0.0/16")).toBe("10.20.0.2");
  });
});

describe("Network", () => {
  it("declares public, private and data subnets in every zone, none of which hands out public addresses", async () => {
    const resources = await network();
    const subnets = ofType(resources, "aws:ec2/subnet:Subnet");
    expect(subnets.map((subnet) => subnet.name).sort()).toEqual(
      ["data", "private", "public"].flatMap((tier) => ["a", "b", "c"].map((zone) => `network-vpc-${tier}-${zone}`)),
    );
    expect(subnets.every((subnet) => subnet.inputs["mapPublicIpOnLaunch"] === false)).toBe(true);
    expect(only(resources, "aws:ec2/vpc:Vpc").inputs).toMatchObject({ cidrBlock: "10.20.0.0/16", enableDnsHostnames: true, enableDnsSupport: true });
  });

  it("has a NAT gateway for each zone, or one for all whose routes still are each zone's own", async () => {
    expect(ofType(await network(), "aws:ec2/natGateway:NatGateway")).toHaveLength(3);
    const single = await network({ natGateways: "single" });
    expect(ofType(single, "aws:ec2/natGateway:NatGateway")).toHaveLength(1);
    const exits = ofType(single, "aws:ec2/route:Route").filter((route) => route.inputs["natGatewayId"] !== undefined);
    expect(exits.map((route) => route.inputs["natGatewayId"])).toEqual(["network-vpc-nat-a-id", "network-vpc-nat-a-id", "network-vpc-nat-a-id"]);
  });

  it("gives data subnets no way out and a firewall of two ports", async () => {
    const resources = await network();
    const dataTable = "network-vpc-data-id";
    expect(ofType(resources, "aws:ec2/route:Route").filter((route) => route.inputs["routeTableId"] === dataTable)).toEqual([]);
    const acl = only(resources, "aws:ec2/networkAcl:NetworkAcl").inputs as { ingress: { fromPort: number; toPort: number; cidrBlock: string }[]; egress: { fromPort: number }[] };
    expect(acl.ingress.map((rule) => [rule.cidrBlock, rule.fromPort, rule.toPort])).toEqual([["10.20.0.0/16", 5432, 5432], ["10.20.0.0/16", 6379, 6379], ["10.20.0.0/16", 1024, 65535]]);
    expect(acl.egress.map((rule) => rule.fromPort)).toEqual([1024]);
  });

  it("opens the data firewall for named ranges outside the VPC and for nothing else of theirs", async () => {
    const acl = only(await network({ dataClientCidrs: ["10.0.0.0/16"] }), "aws:ec2/networkAcl:NetworkAcl").inputs as { ingress: { fromPort: number; cidrBlock: string }[] };
    expect(acl.ingress.filter((rule) => rule.cidrBlock === "10.0.0.0/16").map((rule) => rule.fromPort)).toEqual([5432, 6379]);
  });

  it("is ready once routes, their subnets and endpoints are there", async () => {
    let ready: string[] = [];
    await declared(async () => {
      const made = new Network("network", { ...base, zones: ["us-east-1a", "us-east-1b"] });
      ready = await Promise.all(made.ready.map((resource) => valueOf(resource.urn)));
    });
    expect(ready.map((urn) => urn.split("::").slice(-2).join(" ").replace(/^.*\$/, "")).sort()).toEqual([
      "aws:ec2/route:Route network-vpc-private-a-default", "aws:ec2/route:Route network-vpc-private-b-default", "aws:ec2/route:Route network-vpc-public-default",
      ...["data-a", "data-b", "private-a", "private-b", "public-a", "public-b"].map((part) => `aws:ec2/routeTableAssociation:RouteTableAssociation network-vpc-${part}`),
      ...["ecr-api", "s3", "sts"].map((part) => `aws:ec2/vpcEndpoint:VpcEndpoint network-endpoints-${part}`),
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule network-endpoints-https",
    ]);
  });

  it("empties the default security group", async () => {
    expect(only(await network(), "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs).toMatchObject({ ingress: [], egress: [] });
  });

  it("reaches S3 and the named services without leaving the VPC, for this account's principals only", async () => {
    const resources = await network();
    const endpoints = ofType(resources, "aws:ec2/vpcEndpoint:VpcEndpoint");
    expect(endpoints.map((endpoint) => [endpoint.inputs["serviceName"], endpoint.inputs["vpcEndpointType"]])).toEqual([
      ["com.amazonaws.us-east-1.s3", "Gateway"], ["com.amazonaws.us-east-1.ecr.api", "Interface"], ["com.amazonaws.us-east-1.sts", "Interface"],
    ]);
    const ecr = only(resources, "aws:ec2/vpcEndpoint:VpcEndpoint", "network-endpoints-ecr-api");
    expect(statement(ecr, "OnlyPrincipalsOfThisAccount").Condition).toEqual({ StringEquals: { "aws:PrincipalAccount": "123456789012" } });
    const sts = only(resources, "aws:ec2/vpcEndpoint:VpcEndpoint", "network-endpoints-sts");
    expect(statement(sts, "WebIdentityIntoRolesOfThisAccount")).toMatchObject({ Action: "sts:AssumeRoleWithWebIdentity", Resource: "arn:aws:iam::123456789012:role/*" });
    const s3 = only(resources, "aws:ec2/vpcEndpoint:VpcEndpoint", "network-endpoints-s3");
    expect(statement(s3, "OwnBucketsByOwnPrincipals").Condition).toEqual({ StringEquals: { "aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012" } });
    // CI's runner is inside: what it may do with buckets is IAM's to say.
    expect([statement(s3, "OwnBucketsByOwnPrincipals").Action, statement(s3, "NewBucketsByOwnPrincipals").Action]).toEqual(["s3:*", ["s3:CreateBucket", "s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock"]]);
    expect(statement(s3, "NewBucketsByOwnPrincipals").Condition).toEqual({ StringEquals: { "aws:PrincipalAccount": "123456789012" } });
    expect(statement(s3, "ImageLayersAndNodePackages")).toMatchObject({ Action: "s3:GetObject", Resource: expect.arrayContaining(["arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*", "arn:aws:s3:::prod-registry-k8s-io-us-east-1/*", "arn:aws:s3:::quayio-production-s3/*"]) as string[] });
    const rule = only(resources, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    expect(rule.inputs).toMatchObject({ cidrIpv4: "10.20.0.0/16", fromPort: 443, toPort: 443, description: "HTTPS from within the VPC" });
  });

  it("has no endpoint firewall without interface endpoints", async () => {
    const resources = await network({ interfaceEndpoints: [] });
    expect(ofType(resources, "aws:ec2/securityGroup:SecurityGroup")).toEqual([]);
  });

  it("logs all traffic, encrypted, by a role that can only write there", async () => {
    const resources = await network();
    expect(only(resources, "aws:ec2/flowLog:FlowLog").inputs).toMatchObject({ trafficType: "ALL", maxAggregationInterval: 60, logDestinationType: "cloud-watch-logs" });
    expect(only(resources, "aws:cloudwatch/logGroup:LogGroup").inputs).toMatchObject({ name: "/aws/vpc/shop-production/flow", retentionInDays: 365, kmsKeyId: base.logsKeyArn });
    const role = only(resources, "aws:iam/role:Role");
    expect(statement(role, "ServiceOfThisAccount", "assumeRolePolicy").Condition).toEqual({
      StringEquals: { "aws:SourceAccount": "123456789012" },
      ArnLike: { "aws:SourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*" },
    });
    expect(statement(only(resources, "aws:iam/rolePolicy:RolePolicy"), "WriteFlowLogs").Resource).toBe("arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/shop-production/flow:*");
  });

  it("has a private zone for names that outlive databases", async () => {
    expect(only(await network(), "aws:route53/zone:Zone").inputs).toMatchObject({ name: "shop-production.internal", vpcs: [{ vpcId: "network-vpc-id", vpcRegion: "us-east-1" }] });
  });

  it("makes nothing but the private zone in a VPC that exists", async () => {
    let ids: string[] = [];
    const resources = await declared(async () => {
      const existing = new Network("network", { ...base, existing: { vpcId: "vpc-0123456789", privateSubnetIds: ["subnet-1", "subnet-2"], dataSubnetIds: ["subnet-3", "subnet-4"] } });
      ids = await Promise.all([...existing.privateSubnetIds, ...existing.dataSubnetIds].map(valueOf));
    });
    expect(ids).toEqual(["subnet-1", "subnet-2", "subnet-3", "subnet-4"]);
    expect(resources.map((resource) => resource.type).sort()).toEqual(["aws:route53/zone:Zone", "golive:network:Network"]);
  });

  it("declares the VPN with single sign-on, split tunnel, an 8 hour end and a log", async () => {
    const resources = await network({ vpn: VPN });
    expect(only(resources, "aws:ec2clientvpn/endpoint:Endpoint").inputs).toMatchObject({
      clientCidrBlock: "10.99.0.0/22",
      splitTunnel: true,
      sessionTimeoutHours: 8,
      disconnectOnSessionTimeout: true,
      authenticationOptions: [{ type: "federated-authentication", samlProviderArn: VPN.samlProviderArn }],
      connectionLogOptions: { enabled: true, cloudwatchLogGroup: "/aws/vpn/shop-production", cloudwatchLogStream: "connections" },
      dnsServers: ["10.20.0.2"],
    });
    expect(only(resources, "aws:ec2clientvpn/authorizationRule:AuthorizationRule").inputs).toMatchObject({ accessGroupId: "operators", targetNetworkCidr: "10.20.0.0/16" });
    expect(ofType(resources, "aws:ec2clientvpn/networkAssociation:NetworkAssociation")).toHaveLength(3);
  });

  it.each([
    [{ ...VPN, samlProviderArn: undefined }, /vpn\.samlProviderArn is not set/],
    [{ ...VPN, clientCidr: "10.99.0.0/24" }, /is a \/24; Client VPN takes \/12 to \/22/],
  ])("refuses a VPN that could not work", async (vpn, message) => {
    await expect(network({ vpn })).rejects.toThrow(message);
  });

  it("lets a transform change a child", async () => {
    const resources = await network({ transform: { vpc: (args) => { args.enableNetworkAddressUsageMetrics = true; } } });
    expect(only(resources, "aws:ec2/vpc:Vpc").inputs["enableNetworkAddressUsageMetrics"]).toBe(true);
  });
});

function rangeOf(cidr: string): { first: number; last: number } {
  const [address = "", bits = ""] = cidr.split("/");
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, last: first + 2 ** (32 - Number(bits)) - 1 };
}
