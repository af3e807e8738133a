/** Load balancers. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, ownId, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

/** Hosted zones of load balancers: [application, network] (AWS general reference, "Elastic Load Balancing endpoints"). */
const ZONES: Readonly<Record<string, readonly [string, string]>> = {
  "us-east-1": ["Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"], "us-east-2": ["Z3AADJGX6KTTL2", "ZLMOA37VPKANP"],
  "us-west-2": ["Z1H1FL5HABSF5", "Z18D5FSROUN65G"], "eu-west-1": ["Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"], "eu-central-1": ["Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"],
};

function isNetwork(draft: Draft): boolean {
  return draft.text("loadBalancerType", "application") === "network";
}

function subnets(draft: Draft): string[] {
  return draft.texts("subnets");
}

export const balancing: TypeTable = {
  "aws:lb/loadBalancer:LoadBalancer": {
    tags: true,
    name: { property: "name", max: 32, prefixProperty: "namePrefix" },
    defaults: {
      clientKeepAlive: 3600, desyncMitigationMode: "defensive", dropInvalidHeaderFields: false, enableDeletionProtection: false, enableHttp2: true,
      enableTlsVersionAndCipherSuiteHeaders: false, enableWafFailOpen: false, enableXffClientPort: false, enableZonalShift: false,
      idleTimeout: 60, loadBalancerType: "application", preserveHostHeader: false, xffHeaderProcessingMode: "append",
    },
    id: (draft) => draft.arn("elasticloadbalancing", `loadbalancer/${isNetwork(draft) ? "net" : "app"}/${draft.name}/${draft.hex(16)}`),
    unique: uniqueName((name) => `DuplicateLoadBalancerName: A load balancer with the same name '${name}' exists, but with different settings`),
    admit: (draft) => {
      const zones = new Set(subnets(draft).map((id) => draft.world.get("aws:ec2/subnet:Subnet", id)?.state.availabilityZone ?? id));
      if (!isNetwork(draft) && subnets(draft).length > 0 && zones.size < 2) {
        throw new CloudError("ValidationError: At least two subnets in two different Availability Zones must be specified");
      }
    },
    keeps: (known) => (known.state.enableDeletionProtection === true
      ? `OperationNotPermitted: Load balancer '${known.id}' cannot be deleted because deletion protection is enabled`
      : undefined),
    replaceOn: ["internal", "loadBalancerType"],
    outputs: {
      arn: ownId,
      arnSuffix: (draft) => draft.id.slice(draft.id.indexOf("loadbalancer/") + "loadbalancer/".length),
      dnsName: (draft) => (isNetwork(draft)
        ? `${draft.name}-${draft.hex(16)}.elb.${draft.region}.amazonaws.com`
        : `${draft.flag("internal") ? "internal-" : ""}${draft.name}-${draft.digits(10, "dns")}.${draft.region}.elb.amazonaws.com`),
      zoneId: (draft) => ZONES[draft.region]?.[isNetwork(draft) ? 1 : 0] ?? "Z35SXDOTRQ7X7K",
      vpcId: (draft) => textOf(draft.world.get("aws:ec2/subnet:Subnet", subnets(draft)[0] ?? "")?.state.vpcId ?? ""),
      internal: always(false), ipAddressType: always("ipv4"), namePrefix: always(""), securityGroups: always([]), enablePrefixForIpv6SourceNat: always(""),
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: always(""), secondaryIpsAutoAssignedPerSubnet: always(0),
      subnetMappings: (draft) => subnets(draft).map((subnetId) => ({ subnetId, outpostId: "", allocationId: "", privateIpv4Address: "", ipv6Address: "" })),
      subnets: always([]),
    },
  },
  "aws:lb/targetGroup:TargetGroup": {
    tags: true,
    name: { property: "name", max: 32, prefixProperty: "namePrefix" },
    defaults: { deregistrationDelay: 300, lambdaMultiValueHeadersEnabled: false, proxyProtocolV2: false, slowStart: 0, targetType: "instance" },
    id: (draft) => draft.arn("elasticloadbalancing", `targetgroup/${draft.name}/${draft.hex(16)}`),
    unique: uniqueName((name) => `DuplicateTargetGroupName: A target group with the same name '${name}' exists, but with different settings`),
    keeps: (known, world) => {
      const listener = world.find("aws:lb/listener:Listener", (other) => JSON.stringify(other.state.defaultActions ?? []).includes(known.id));
      return listener === undefined ? undefined : `ResourceInUse: Target group '${known.id}' is currently in use by a listener or a rule: ${listener.id}`;
    },
    replaceOn: ["port", "protocol", "protocolVersion", "targetType", "vpcId", "ipAddressType"],
    outputs: {
      arn: ownId, arnSuffix: (draft) => draft.id.slice(draft.id.indexOf("targetgroup/")), loadBalancerArns: always([]), namePrefix: always(""),
      connectionTermination: always(false), ipAddressType: always("ipv4"), loadBalancingAlgorithmType: always("round_robin"), loadBalancingAnomalyMitigation: always("off"), loadBalancingCrossZoneEnabled: always("use_load_balancer_configuration"),
      preserveClientIp: always(""), protocolVersion: (draft) => (["HTTP", "HTTPS"].includes(draft.text("protocol")) ? "HTTP1" : ""),
      stickiness: always({ cookieDuration: 86400, cookieName: "", enabled: false, type: "lb_cookie" }), targetFailovers: always([]), targetHealthStates: always([]),
      healthCheck: always({ enabled: true, healthyThreshold: 3, interval: 30, matcher: "200", path: "/", port: "traffic-port", protocol: "HTTP", timeout: 5, unhealthyThreshold: 3 }),
    },
  },
  "aws:lb/listener:Listener": {
    tags: true,
    id: (draft) => `${draft.text("loadBalancerArn").replace(":loadbalancer/", ":listener/")}/${draft.hex(16)}`,
    unique: {
      key: (draft) => `${draft.text("loadBalancerArn")} ${draft.text("port")}`,
      error: (draft) => `DuplicateListener: A listener already exists on this port for this load balancer '${draft.text("loadBalancerArn")}': ${draft.text("port")}`,
    },
    admit: (draft) => {
      const protocol = draft.text("protocol");
      if ((protocol === "HTTPS" || protocol === "TLS") && draft.text("certificateArn") === "") {
        throw new CloudError("ValidationError: A certificate must be specified for HTTPS listeners");
      }
    },
    replaceOn: ["loadBalancerArn"],
    deleteFirst: true,
    outputs: {
      arn: ownId, protocol: (draft) => (draft.text("loadBalancerArn").includes("/net/") ? "TCP" : "HTTP"),
      sslPolicy: (draft) => (["HTTPS", "TLS"].includes(draft.text("protocol")) ? "ELBSecurityPolicy-2016-08" : ""),
      tcpIdleTimeoutSeconds: (draft) => (draft.text("protocol") === "TCP" ? 350 : null),
    },
  },
  "aws:lb/listenerRule:ListenerRule": {
    tags: true,
    id: (draft) => `${draft.text("listenerArn").replace(":listener/", ":listener-rule/")}/${draft.hex(16)}`,
    unique: {
      key: (draft) => (draft.value("priority") === undefined ? undefined : `${draft.text("listenerArn")} ${draft.text("priority")}`),
      error: (draft) => `PriorityInUse: Priority '${draft.text("priority")}' is currently in use`,
    },
    replaceOn: ["listenerArn"],
    outputs: { arn: ownId, priority: (draft) => Math.max(0, ...draft.world.all(draft.type).filter((known) => known.state.listenerArn === draft.text("listenerArn")).map((known) => Number(known.state.priority ?? 0))) + 1 },
  },
  "aws:lb/listenerCertificate:ListenerCertificate": {
    id: (draft) => `${draft.text("listenerArn")}_${draft.text("certificateArn")}`,
    replaceOn: ["listenerArn", "certificateArn"],
  },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
    id: (draft) => `${draft.text("targetGroupArn")}-${draft.hex(26)}`,
    replaceOn: ["targetGroupArn", "targetId", "port", "availabilityZone"],
  },
};
