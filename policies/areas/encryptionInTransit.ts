/** Encryption in transit: listeners, targets, and services that also answer without TLS. */
import type { Resource, Stack } from "../resource.ts";
import { is, type Report, type Rule, shown, where } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { refusesPlain, statements } from "./iamDocuments.ts";
import { demand, isNot } from "./keysTests.ts";

const LISTENER = "aws:lb:Listener";
const LISTENER_RULE = "aws:lb:ListenerRule";
const API_NAME = "aws:apigateway:DomainName";
const CLASSIC = "aws:elb:LoadBalancer";
const QUEUE = "aws:sqs:Queue";
const TOPIC = "aws:sns:Topic";
const FILES = "aws:efs:FileSystem";
const SEARCH = {
  "domainEndpointOptions.enforceHttps": is(true),
  "domainEndpointOptions.tlsSecurityPolicy": (value: Value) => (/^Policy-Min-TLS-1-2-/.test(value.text ?? "") ? undefined : `is ${shown(value)}, must be a policy of TLS 1.2 or newer`),
  "nodeToNodeEncryption.enabled": is(true),
};

/** Policies of load balancers whose names promise TLS 1.2 or newer, all families: TLS13, FS, FIPS and post-quantum ones included. */
const MODERN = /^ELBSecurityPolicy-(TLS13|TLS|FS)-1-[23]-/;
/** The one predefined policy of classic load balancers without TLS 1.0 and 1.1. */
export const CLASSIC_MODERN = "ELBSecurityPolicy-TLS-1-2-2017-01";

/** A listener without protocol is one of HTTP, or of a gateway, which has no port either. */
function isPlain(listener: Resource): boolean {
  return listener.at("protocol").text === "HTTP" || (!listener.at("protocol").exists && listener.at("port").exists);
}

/** An action may end in plain HTTP only when all it does is to send the client to HTTPS. */
function onlyRedirects(actions: Value, report: Report): void {
  actions.each((action) => {
    if (action.at("redirect.protocol").text !== "HTTPS") report(action, "answers over plain HTTP, must redirect to HTTPS");
  });
}

/** Front ends of a classic load balancer with TLS of its own. */
function secured(balancer: Resource): Value[] {
  return balancer.at("listeners").items.filter((listener) => /^(https|ssl)$/i.test(listener.at("lbProtocol").text ?? ""));
}

/** Attributes of the TLS policies that point to a classic load balancer, of both resources that declare them. */
function classicPolicies(balancer: Resource, stack: Stack): Value[] {
  return [
    ...stack.pointing("aws:elb:SslNegotiationPolicy", "loadBalancer", balancer).map((policy) => policy.at("attributes")),
    ...stack.pointing("aws:elb:LoadBalancerPolicy", "loadBalancerName", balancer).map((policy) => policy.at("policyAttributes")),
  ];
}

/** What must be refused without TLS, and which kind and property attach a policy, by kind of resource. */
const GUARDED: readonly { kind: string; actions: readonly string[]; policy: string; target: string }[] = [
  { kind: QUEUE, actions: ["sqs:SendMessage", "sqs:ReceiveMessage"], policy: "aws:sqs:QueuePolicy", target: "queueUrl" },
  { kind: TOPIC, actions: ["sns:Publish"], policy: "aws:sns:TopicPolicy", target: "arn" },
  { kind: FILES, actions: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], policy: "aws:efs:FileSystemPolicy", target: "fileSystemId" },
];

/** A resource that answers without TLS as well must have a policy that refuses it. */
function demandRefusal(resource: Resource, stack: Stack, report: Report): void {
  for (const { actions, policy, target } of GUARDED.filter(({ kind }) => resource.is(kind))) {
    const holders = [resource, ...stack.pointing(policy, target, resource)];
    const refused = any(holders.map((holder) => () => statements(holder.at("policy")).some((statement) => refusesPlain(statement, actions))));
    if (!refused) report(resource, `has no policy that refuses ${actions.join(" and ")} without TLS`);
  }
}

function modern(policy: Value): string | undefined {
  return MODERN.test(policy.text ?? "") ? undefined : `is ${shown(policy)}, must be a policy of TLS 1.2 or newer`;
}

export const rules: Rule[] = [
  {
    id: "encryption/listeners",
    title: "Load balancers answer over TLS; plain HTTP only redirects",
    items: ["encryption-in-transit"],
    severity: "high",
    closed: true,
    frameworks: ["FSBP: ELB.1", "FSBP: ELB.3", "PCI DSS 4.0.1: 4.2.1"],
    why: "On a plain connection everybody on the way reads the session token and answers in the server's name.",
    mend: "Set `protocol: \"HTTPS\"` (`TLS`), or let `defaultActions` only redirect with `redirect.protocol: \"HTTPS\"`; for classic ones `lbProtocol` https or ssl.",
    kinds: [LISTENER, CLASSIC],
    check: (listener, report) => {
      if (listener.is(LISTENER)) {
        if (isPlain(listener)) onlyRedirects(listener.at("defaultActions"), report);
        return;
      }
      listener.at("listeners").each((front) => {
        if (front.at("lbProtocol").text?.toLowerCase() === "http") report(front.at("lbProtocol"), "is http, must be https or ssl");
      });
    },
  },
  {
    id: "encryption/listener-rules",
    title: "No rule serves a path of a plain listener",
    items: ["encryption-in-transit"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 4.2.1"],
    why: "The listener redirects, but a rule on it comes first: that path alone stays readable on the wire, and no look at the listener shows it.",
    mend: "Move the rule to the HTTPS listener, or make its action a redirect with `redirect.protocol: \"HTTPS\"`.",
    kinds: [LISTENER_RULE],
    applies: (rule, stack) => stack.named(LISTENER, rule, "listenerArn").length > 0,
    relate: (rule, stack, report) => {
      if (stack.named(LISTENER, rule, "listenerArn").some(isPlain)) onlyRedirects(rule.at("actions"), report);
    },
  },
  {
    id: "encryption/tls-policy",
    title: "Listeners speak TLS 1.2 and 1.3 only",
    items: ["encryption-in-transit"],
    severity: "high",
    closed: true,
    frameworks: ["FSBP: ELB.17", "PCI DSS 4.0.1: 4.2.1"],
    why: "A listener that names no policy gets one of 2016 with TLS 1.0, whose weaknesses are public and fail every scan.",
    mend: "Set `sslPolicy: \"ELBSecurityPolicy-TLS13-1-2-2021-06\"` or a stricter one, and `securityPolicy` of an API's domain name to TLS_1_2 or newer.",
    kinds: [LISTENER, API_NAME],
    applies: (listener) => listener.is(API_NAME) || ["HTTPS", "TLS"].includes(listener.at("protocol").text ?? ""),
    check: (listener, report) => where(listener.is(API_NAME) ? { securityPolicy: isNot("TLS_1_0") } : { sslPolicy: modern })(listener, report),
  },
  {
    id: "encryption/classic-tls-policy",
    title: "Classic load balancers speak TLS 1.2 only",
    items: ["encryption-in-transit"],
    severity: "high",
    frameworks: ["FSBP: ELB.8", "PCI DSS 4.0.1: 4.2.1"],
    why: "A classic load balancer gets a policy with TLS 1.0 unless one is made and attached for it.",
    mend: `Attach a policy with the attribute Reference-Security-Policy = ${CLASSIC_MODERN}.`,
    kinds: [CLASSIC],
    applies: (balancer) => secured(balancer).length > 0,
    relate: (balancer, stack, report) => {
      const policies = classicPolicies(balancer, stack);
      if (policies.length === 0) report(balancer, "has no TLS policy of its own, so the default with TLS 1.0 applies");
      const old = policies.filter((attributes) => !attributes.items.some((one) => one.at("name").text === "Reference-Security-Policy" && one.at("value").text === CLASSIC_MODERN));
      if (old.length > 0) report(balancer, `has a TLS policy that does not refer to ${CLASSIC_MODERN}`);
    },
  },
  {
    id: "encryption/targets",
    title: "Load balancers speak TLS to their targets",
    items: ["encryption-in-transit"],
    severity: "medium",
    frameworks: [],
    why: "The certificate on the listener ends there: behind it, plain HTTP carries the same tokens through the network, past every node on the way.",
    mend: "Set `protocol: \"HTTPS\"` (`TLS` of network load balancers) on the target group and let the targets answer with a certificate.",
    ...demand({ "aws:lb:TargetGroup": { protocol: isNot("HTTP") } }),
  },
  {
    id: "encryption/refuses-plain",
    title: "Queues, topics and file systems refuse callers without TLS",
    items: ["encryption-in-transit"],
    severity: "medium",
    frameworks: [],
    why: "These services also answer without TLS; one old client or a proxy is enough to send messages and files readable over the wire.",
    mend: "Attach a policy that denies everybody the use when `Bool: {\"aws:SecureTransport\": \"false\"}`.",
    kinds: GUARDED.map(({ kind }) => kind),
    relate: demandRefusal,
  },
  {
    id: "encryption/subscriptions",
    title: "Topics deliver over TLS",
    items: ["encryption-in-transit"],
    severity: "high",
    frameworks: [],
    why: "A subscription of protocol http sends alarms, and the link that ends the subscription, readable to whoever listens.",
    mend: "Set `protocol: \"https\"`.",
    ...demand({ "aws:sns:TopicSubscription": { protocol: isNot("http") } }),
  },
  {
    id: "encryption/search-in-transit",
    title: "Search domains speak TLS 1.2 only, between nodes as well",
    items: ["encryption-in-transit"],
    severity: "high",
    frameworks: ["FSBP: Opensearch.3", "FSBP: Opensearch.8", "FSBP: ES.3", "FSBP: ES.8"],
    why: "A domain answers plain HTTP beside HTTPS until it is told not to, and its nodes copy the index in the clear.",
    mend: "Set `domainEndpointOptions: {enforceHttps: true, tlsSecurityPolicy: \"Policy-Min-TLS-1-2-PFS-2023-10\"}` and `nodeToNodeEncryption.enabled`.",
    ...demand({ "aws:opensearch:Domain": SEARCH, "aws:elasticsearch:Domain": SEARCH }),
  },
  {
    id: "encryption/kafka-in-transit",
    title: "Kafka speaks TLS to clients and between brokers",
    items: ["encryption-in-transit"],
    severity: "high",
    frameworks: ["FSBP: MSK.1"],
    why: "TLS_PLAINTEXT lets each client choose, and the one that nobody maintains chooses plain.",
    mend: "Leave `encryptionInfo.encryptionInTransit` at its defaults: `clientBroker: \"TLS\"`, `inCluster: true`.",
    ...demand({
      "aws:msk:Cluster": {
        "encryptionInfo.encryptionInTransit.clientBroker": (value) => (["TLS", undefined].includes(value.text) ? undefined : `is ${shown(value)}, must be TLS`),
        "encryptionInfo.encryptionInTransit.inCluster": isNot(false),
      },
    }),
  },
];
