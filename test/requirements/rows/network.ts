/** Requirements, section 1, row "network". */
import { expect } from "vitest";
import { kept, names, statement } from "../facts.ts";
import { at, type Rendered, type RenderedResource } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";

const row = "network";
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const ACL = "aws:ec2/networkAcl:NetworkAcl";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const SUBNETS = {
  "network-vpc-public-a": "10.20.128.0/21", "network-vpc-public-b": "10.20.136.0/21", "network-vpc-public-c": "10.20.144.0/21",
  "network-vpc-private-a": "10.20.0.0/19", "network-vpc-private-b": "10.20.32.0/19", "network-vpc-private-c": "10.20.64.0/19",
  "network-vpc-data-a": "10.20.160.0/21", "network-vpc-data-b": "10.20.168.0/21", "network-vpc-data-c": "10.20.176.0/21",
};

/** Who is let in where, by rule: source and port. */
const LET_IN: Record<string, string> = {
  "cluster-control-plane-api-from-nodes": "group tcp 443",
  "cluster-control-plane-nodes-among": "group -1 any",
  "cluster-control-plane-nodes-from-api-adapter": "group tcp 6443",
  "cluster-control-plane-nodes-from-api-https": "group tcp 443",
  "cluster-control-plane-nodes-from-api-kubelet": "group tcp 10250",
  "cluster-control-plane-nodes-from-api-metrics": "group tcp 10251",
  "cluster-control-plane-nodes-from-api-webhook-8443": "group tcp 8443",
  "cluster-control-plane-nodes-from-api-webhook-9443": "group tcp 9443",
  "cluster-control-plane-nodes-from-api-prometheus": "group tcp 9090",
  "cluster-control-plane-nodes-from-api-alertmanager": "group tcp 9093",
  "cluster-runner-to-api": "group tcp 443",
  "edge-from-cloudfront": "prefix list tcp 443",
  "edge-nodes-from-load-balancer": "group tcp 30443",
  "network-endpoints-https": "10.20.0.0/16 tcp 443",
  "postgres-from-nodes": "group tcp 5432",
  "postgres-from-rotation": "group tcp 5432",
  "redis-from-nodes": "group tcp 6379",
};

/** Who may go out where, by rule: target and port. */
const LET_OUT: Record<string, string> = {
  "cluster-control-plane-api-to-adapter": "group tcp 6443",
  "cluster-control-plane-api-to-https": "group tcp 443",
  "cluster-control-plane-api-to-kubelet": "group tcp 10250",
  "cluster-control-plane-api-to-metrics": "group tcp 10251",
  "cluster-control-plane-api-to-webhook-8443": "group tcp 8443",
  "cluster-control-plane-api-to-webhook-9443": "group tcp 9443",
  "cluster-control-plane-api-to-prometheus": "group tcp 9090",
  "cluster-control-plane-api-to-alertmanager": "group tcp 9093",
  "cluster-control-plane-nodes-to-dns-tcp": "10.20.0.0/16 tcp 53",
  "cluster-control-plane-nodes-to-dns-udp": "10.20.0.0/16 udp 53",
  "cluster-control-plane-nodes-to-each-other": "group -1 any",
  "cluster-control-plane-nodes-to-https": "0.0.0.0/0 tcp 443",
  "cluster-control-plane-nodes-to-postgres": "10.20.0.0/16 tcp 5432",
  "cluster-control-plane-nodes-to-redis": "10.20.0.0/16 tcp 6379",
  "cluster-runner-dns": "10.20.0.0/16 udp 53",
  "cluster-runner-https": "0.0.0.0/0 tcp 443",
  "edge-to-nodes": "group tcp 30443",
  "postgres-rotation-to-database": "group tcp 5432",
  "postgres-rotation-to-secrets-manager": "10.20.0.0/16 tcp 443",
};

function told({ props }: RenderedResource): string {
  const source = (props["cidrIpv4"] as string | undefined) ?? (props["prefixListId"] === undefined ? "group" : "prefix list");
  const port = props["fromPort"] as number | undefined;
  return `${source} ${String(props["ipProtocol"])} ${port === props["toPort"] ? (port ?? "any") : "a range"}`;
}

function routeTableOf(rendered: Rendered, association: string): unknown {
  return rendered.one(ASSOCIATION, association).props["routeTableId"];
}

function defaultRouteOf(rendered: Rendered, association: string): RenderedResource[] {
  return rendered.all(ROUTE).filter(({ props }) => props["routeTableId"] === routeTableOf(rendered, association));
}

export const network: Requirement[] = [
  kept(row, "VPC", [[VPC, "network-vpc", { cidrBlock: "10.20.0.0/16", enableDnsHostnames: true, enableDnsSupport: true, instanceTenancy: "default" }]]),
  {
    row,
    phrase: "public / private / isolated data subnets per zone",
    resources: (p) => [...p.all(SUBNET), ...p.all(ACL), ...p.all(ASSOCIATION)],
    check: (p) => {
      expect(Object.fromEntries(p.all(SUBNET).map(({ name, props }) => [name, props["cidrBlock"]]))).toEqual(SUBNETS);
      for (const { name, props } of p.all(SUBNET)) expect(props["mapPublicIpOnLaunch"], name).toBe(false);
      for (const zone of ["a", "b", "c"]) {
        expect(at(defaultRouteOf(p, `network-vpc-public-${zone}`)[0]?.props, "gatewayId")).toMatch(/^igw-/);
        expect(at(defaultRouteOf(p, `network-vpc-private-${zone}`)[0]?.props, "natGatewayId")).toMatch(/^nat-/);
        // Isolated: no route leaves the VPC.
        expect(defaultRouteOf(p, `network-vpc-data-${zone}`)).toEqual([]);
        expect(routeTableOf(p, `network-vpc-data-${zone}`)).toMatch(/^rtb-/);
      }
      const { props } = p.one(ACL, "network-vpc-data-acl");
      expect(at(props, "subnetIds")).toHaveLength(3);
      expect((props["ingress"] as { cidrBlock: string }[]).map((rule) => rule.cidrBlock)).toEqual(["10.20.0.0/16", "10.20.0.0/16", "10.20.0.0/16"]);
      expect((props["ingress"] as { fromPort: number; toPort: number }[]).map((rule) => `${rule.fromPort}-${rule.toPort}`)).toEqual(["5432-5432", "6379-6379", "1024-65535"]);
      expect((props["egress"] as { cidrBlock: string }[]).map((rule) => rule.cidrBlock)).toEqual(["10.20.0.0/16"]);
    },
  },
  {
    row,
    phrase: "NAT per zone (production)",
    resources: (p) => p.all(NAT),
    check: (p) => {
      expect(names(p, NAT)).toEqual(["network-vpc-nat-a", "network-vpc-nat-b", "network-vpc-nat-c"]);
      expect(new Set(p.all(NAT).map(({ props }) => props["subnetId"])).size).toBe(3);
      expect(new Set(p.all(NAT).map(({ props }) => props["allocationId"])).size).toBe(3);
      // Each zone leaves by its own gateway.
      const exits = p.all(ROUTE, /^network-vpc-private-/).map(({ props }) => props["natGatewayId"]);
      expect(new Set(exits).size).toBe(3);
    },
  },
  {
    row,
    phrase: "or single (staging)",
    rendering: "staging",
    resources: (s) => s.all(NAT),
    check: (s) => {
      expect(names(s, NAT)).toEqual(["network-vpc-nat-a"]);
      expect(names(s, "aws:ec2/eip:Eip")).toEqual(["network-vpc-nat-a-address"]);
      const exits = s.all(ROUTE, /^network-vpc-private-/).map(({ props }) => props["natGatewayId"]);
      expect(exits).toHaveLength(2);
      expect(new Set(exits).size).toBe(1);
    },
  },
  kept(row, "gateway endpoint for S3", [[ENDPOINT, "network-endpoints-s3", { vpcEndpointType: "Gateway", serviceName: "com.amazonaws.us-east-1.s3" }]], (p) => {
    const endpoint = p.one(ENDPOINT, "network-endpoints-s3");
    const tables = ["a", "b", "c"].map((zone) => routeTableOf(p, `network-vpc-private-${zone}`));
    expect((endpoint.props["routeTableIds"] as string[]).toSorted()).toEqual(tables.toSorted());
    expect(statement(endpoint, "OwnBucketsByOwnPrincipals").Condition).toEqual({ StringEquals: { "aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012" } });
    // The runner declares buckets from inside; nodes pull images whose layers lie in buckets of others.
    expect([statement(endpoint, "OwnBucketsByOwnPrincipals").Action, statement(endpoint, "NewBucketsByOwnPrincipals").Action]).toEqual(["s3:*", ["s3:CreateBucket", "s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock"]]);
    expect(statement(endpoint, "ImageLayersAndNodePackages").Resource).toEqual(["prod-us-east-1-starport-layer-bucket", "prod-registry-k8s-io-us-east-1", "quayio-production-s3", "al2023-repos-us-east-1-de612dc2", "amazonlinux-2-repos-us-east-1"].map((name) => `arn:aws:s3:::${name}/*`));
  }),
  {
    row,
    phrase: "interface endpoints",
    resources: (p) => p.all(ENDPOINT).filter(({ props }) => props["vpcEndpointType"] === "Interface"),
    check: (p) => {
      const endpoints = p.all(ENDPOINT).filter(({ props }) => props["vpcEndpointType"] === "Interface");
      expect(endpoints.map(({ props }) => String(props["serviceName"]).replace("com.amazonaws.us-east-1.", "")).sort()).toEqual([
        "autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "monitoring", "secretsmanager", "sns", "sts",
      ]);
      for (const endpoint of endpoints) {
        expect(endpoint.props["privateDnsEnabled"], endpoint.name).toBe(true);
        expect(endpoint.props["subnetIds"], endpoint.name).toHaveLength(3);
        expect(endpoint.props["securityGroupIds"], endpoint.name).toEqual([p.one(INGRESS, "network-endpoints-https").props["securityGroupId"]]);
        expect(statement(endpoint, "OnlyPrincipalsOfThisAccount").Condition, endpoint.name).toEqual({ StringEquals: { "aws:PrincipalAccount": "123456789012" } });
      }
    },
  },
  kept(row, "flow logs", [
    ["aws:ec2/flowLog:FlowLog", "network-flow-logs", { trafficType: "ALL", maxAggregationInterval: 60, logDestinationType: "cloud-watch-logs", iamRoleArn: "arn:aws:iam::123456789012:role/shop-production-flow-logs" }],
    ["aws:cloudwatch/logGroup:LogGroup", "network-flow-logs-group", { name: "/aws/vpc/shop-production/flow", retentionInDays: 365 }],
  ], (p) => expect(at(p.one("aws:cloudwatch/logGroup:LogGroup", "network-flow-logs-group").props, "kmsKeyId")).toMatch(/^arn:aws:kms:us-east-1:123456789012:key\//)),
  kept(row, "no default-security-group traffic", [["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-vpc-default-security-group", { ingress: [], egress: [] }]]),
  {
    row,
    phrase: "firewall = security groups with named, minimal rules",
    resources: (p) => [...p.all(INGRESS), ...p.all(EGRESS), ...p.all(GROUP)],
    check: (p) => {
      const rules = [...p.all(INGRESS), ...p.all(EGRESS)];
      for (const { name, props } of rules) expect(props["description"], name).toEqual(expect.stringMatching(/^\w.{7,}$/));
      expect(Object.fromEntries(p.all(INGRESS).map((rule) => [rule.name, told(rule)]))).toEqual(LET_IN);
      expect(Object.fromEntries(p.all(EGRESS).map((rule) => [rule.name, told(rule)]))).toEqual(LET_OUT);
      // Rules are resources of their own: none hides inside a group, and no group stands without a purpose.
      for (const { name, props } of p.all(GROUP)) {
        expect(props["ingress"] ?? [], name).toEqual([]);
        expect(props["egress"] ?? [], name).toEqual([]);
        expect(props["description"], name).toEqual(expect.stringMatching(/^\w.{7,}$/));
      }
      expect(names(p, GROUP)).toEqual([
        "cluster-control-plane-api", "cluster-control-plane-nodes", "cluster-runner", "edge-security-group", "network-endpoints", "postgres-rotation-security-group", "postgres-security-group", "redis-security-group",
      ]);
    },
  },
  {
    row,
    phrase: "VPN = AWS Client VPN",
    rendering: "choices",
    resources: (p) => [...p.all("aws:ec2clientvpn/endpoint:Endpoint"), ...p.all("aws:ec2clientvpn/networkAssociation:NetworkAssociation"), ...p.all("aws:ec2clientvpn/authorizationRule:AuthorizationRule")],
    check: (p) => {
      const { props } = p.one("aws:ec2clientvpn/endpoint:Endpoint");
      expect(at(props, "clientCidrBlock")).toBe("10.99.0.0/22");
      expect(at(props, "splitTunnel")).toBe(true);
      expect(at(props, "authenticationOptions[0].type")).toBe("federated-authentication");
      expect(at(props, "authenticationOptions[0].samlProviderArn")).toBe("arn:aws:iam::123456789012:saml-provider/idp");
      expect(at(props, "connectionLogOptions.enabled")).toBe(true);
      expect(p.all("aws:ec2clientvpn/networkAssociation:NetworkAssociation")).toHaveLength(3);
      expect(at(p.one("aws:ec2clientvpn/authorizationRule:AuthorizationRule").props, "accessGroupId")).toBe("operators");
    },
  },
  {
    row,
    phrase: "optional, off by default",
    resources: () => [],
    check: (p) => expect(p.resources.filter(({ type }) => type.startsWith("aws:ec2clientvpn/"))).toEqual([]),
  },
];
