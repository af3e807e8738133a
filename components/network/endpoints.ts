/** Ways to AWS services that do not leave the VPC. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { policyDocument } from "../access/policyDocument.ts";

export interface EndpointsArgs {
  prefix: string;
  accountId: string;
  region: string;
  vpcId: pulumi.Input<string>;
  cidr: string;
  /** One private subnet a zone. */
  subnetIds: pulumi.Input<string>[];
  /** Route tables that get the gateway endpoint of S3. */
  routeTableIds: pulumi.Input<string>[];
  /** Names as in `com.amazonaws.<region>.<service>`. */
  services: string[];
}

/** Gateway endpoint for S3 (free) and interface endpoints, each with a policy that shuts out other accounts' credentials. */
export class Endpoints extends pulumi.ComponentResource {
  /** Absent when there is no interface endpoint. */
  readonly securityGroupId?: pulumi.Output<string>;
  /** The endpoints and the rule that lets machines in; before these, names of services lead nowhere. */
  readonly ready: pulumi.Resource[] = [];

  constructor(name: string, args: EndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:network:Endpoints", name, {}, opts);
    this.storage(name, args);
    if (args.services.length > 0) {
      const group = this.securityGroup(name, args);
      args.services.forEach((service) => this.interfaceEndpoint(name, service, group, args));
      this.securityGroupId = group.id;
    }
    this.registerOutputs({});
  }

  private storage(name: string, args: EndpointsArgs): void {
    this.ready.push(new aws.ec2.VpcEndpoint(`${name}-s3`, {
      vpcId: args.vpcId,
      serviceName: `com.amazonaws.${args.region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: args.routeTableIds,
      policy: policyDocument([...ownStorage(args), publicStorage(args)]),
      tags: { Name: `${args.prefix}-s3` },
    }, { parent: this }));
  }

  private securityGroup(name: string, args: EndpointsArgs): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(name, {
      name: `${args.prefix}-endpoints`,
      description: "Interface endpoints of AWS services",
      vpcId: args.vpcId,
      tags: { Name: `${args.prefix}-endpoints` },
    }, { parent: this });
    this.ready.push(new aws.vpc.SecurityGroupIngressRule(`${name}-https`, {
      securityGroupId: group.id,
      description: "HTTPS from within the VPC",
      cidrIpv4: args.cidr,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    }, { parent: this }));
    return group;
  }

  private interfaceEndpoint(name: string, service: string, group: aws.ec2.SecurityGroup, args: EndpointsArgs): void {
    this.ready.push(new aws.ec2.VpcEndpoint(`${name}-${service.replaceAll(".", "-")}`, {
      vpcId: args.vpcId,
      serviceName: `com.amazonaws.${args.region}.${service}`,
      vpcEndpointType: "Interface",
      subnetIds: args.subnetIds,
      securityGroupIds: [group.id],
      privateDnsEnabled: true,
      policy: policyDocument(service === "sts" ? [ownPrincipals(args), tokenExchange(args)] : [ownPrincipals(args)]),
      tags: { Name: `${args.prefix}-${service}` },
    }, { parent: this }));
  }
}

/**
 * An endpoint's policy is a limit on top of IAM, not a grant: it lets only this account's principals through, so that a
 * stolen key of another account can not carry data out. Which actions they may use, IAM says.
 */
function ownPrincipals(args: EndpointsArgs): Statement {
  return {
    Sid: "OnlyPrincipalsOfThisAccount",
    Effect: "Allow",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { StringEquals: { "aws:PrincipalAccount": args.accountId } },
  };
}

/** A caller with a web identity token is nobody yet, so it has no account to compare; the role it asks for must be ours. */
function tokenExchange(args: EndpointsArgs): Statement {
  return {
    Sid: "WebIdentityIntoRolesOfThisAccount",
    Effect: "Allow",
    Principal: "*",
    Action: "sts:AssumeRoleWithWebIdentity",
    Resource: `arn:aws:iam::${args.accountId}:role/*`,
  };
}

/**
 * Every action, because CI's runner is inside too and declares buckets from there; but on own buckets alone, so that
 * nothing is carried into a stranger's. A bucket that is yet to be made has no owner to compare, nor has the account.
 */
function ownStorage(args: EndpointsArgs): Statement[] {
  const own = { "aws:PrincipalAccount": args.accountId };
  return [
    { Sid: "OwnBucketsByOwnPrincipals", Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*", Condition: { StringEquals: { ...own, "aws:ResourceAccount": args.accountId } } },
    { Sid: "NewBucketsByOwnPrincipals", Effect: "Allow", Principal: "*", Action: ["s3:CreateBucket", "s3:ListAllMyBuckets", "s3:GetAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock"], Resource: "*", Condition: { StringEquals: own } },
  ];
}

/**
 * Image layers lie in a bucket of ECR's, those of registry.k8s.io in one of the Kubernetes project's, node packages in
 * one of Amazon Linux's (ECR and EKS user guides; github.com/kubernetes/registry.k8s.io, cmd/archeio). quay.io, which has
 * cert-manager and Prometheus, sends machines in us-east-1 to its bucket there and all others to its CDN (Red Hat,
 * "Configuring your firewall for OpenShift").
 */
function publicStorage(args: EndpointsArgs): Statement {
  return {
    Sid: "ImageLayersAndNodePackages",
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: [
      `arn:aws:s3:::prod-${args.region}-starport-layer-bucket/*`,
      `arn:aws:s3:::prod-registry-k8s-io-${args.region}/*`,
      "arn:aws:s3:::quayio-production-s3/*",
      `arn:aws:s3:::al2023-repos-${args.region}-de612dc2/*`,
      `arn:aws:s3:::amazonlinux-2-repos-${args.region}/*`,
    ],
  };
}
