/** Load balancers, of AWS and those that Kubernetes asks for, and other doors of their kind. */
import type { Resource } from "../resource.ts";
import { is, oneOf, type Report, type Rule, where } from "../rule.ts";

const BALANCER = "aws:lb:LoadBalancer";
const CLASSIC = "aws:elb:LoadBalancer";

function clusterDoor(object: Resource, report: Report): void {
  const annotation = (name: string) => object.at(`metadata.annotations["${name}"]`);
  if (object.is("k8s:networking:Ingress")) {
    const scheme = annotation("alb.ingress.kubernetes.io/scheme");
    if (scheme.text === "internet-facing") report(scheme, "is internet-facing, must be internal");
    return;
  }
  const internal = annotation("service.beta.kubernetes.io/aws-load-balancer-scheme").text === "internal" || annotation("service.beta.kubernetes.io/aws-load-balancer-internal").flag === true;
  if (object.at("spec.type").text === "LoadBalancer" && !internal) report(object.at("spec.type"), "is LoadBalancer, a public one; must be ClusterIP behind the ingress, or internal by annotation");
}

export const balancers: Rule[] = [
  {
    id: "network/internal-load-balancer",
    title: "Load balancers are internal",
    items: ["network-exposure", "waf"],
    severity: "critical",
    closed: true,
    frameworks: [],
    why: "A public load balancer has a name and addresses that anybody can find, and answers without the WAF, its rate limit and the security headers of CloudFront.",
    mend: "Set `internal: true` and reach it as a CloudFront VPC origin.",
    kinds: [BALANCER, CLASSIC],
    check: where({ internal: is(true) }),
  },
  {
    id: "network/cluster-load-balancer",
    title: "Kubernetes opens no public load balancer",
    items: ["network-exposure", "waf"],
    severity: "critical",
    frameworks: [],
    why: "A Service of type LoadBalancer gets a public address from the cloud in a minute, without TLS, WAF, rate limit and network policy, and no AWS resource in the program shows it.",
    mend: "Use a ClusterIP Service behind the ingress, or annotate it with `service.beta.kubernetes.io/aws-load-balancer-scheme: internal`; an Ingress with `alb.ingress.kubernetes.io/scheme: internal`.",
    kinds: ["k8s:core:Service", "k8s:networking:Ingress"],
    check: clusterDoor,
  },
  {
    id: "network/function-url",
    title: "Function URLs ask for a signature",
    items: ["network-exposure", "waf"],
    severity: "critical",
    closed: true,
    frameworks: [],
    why: "A function URL without authorization is a public API that no WAF and no rate limit guards, and that bills every request.",
    mend: "Set `authorizationType: \"AWS_IAM\"`, and let CloudFront sign with an origin access control.",
    kinds: ["aws:lambda:FunctionUrl"],
    check: where({ authorizationType: is("AWS_IAM") }),
  },
  {
    id: "network/load-balancer-deletion",
    title: "Load balancers are protected against deletion",
    items: ["protect"],
    severity: "medium",
    frameworks: ["FSBP: ELB.6"],
    why: "A deleted load balancer takes the site down, and the new one has another ARN and name: the VPC origin of CloudFront must be made again, which takes a quarter of an hour.",
    mend: "Set `enableDeletionProtection: true`.",
    kinds: [BALANCER],
    check: where({ enableDeletionProtection: is(true) }),
  },
  {
    id: "network/load-balancer-logs",
    title: "Load balancers log requests and connections",
    items: ["audit-trail"],
    severity: "medium",
    frameworks: ["FSBP: ELB.5"],
    why: "Without them nobody can tell after an incident who asked for what, and which clients failed in the TLS handshake.",
    mend: "Set `accessLogs` and, on application load balancers, `connectionLogs` with `enabled: true` and the log bucket.",
    kinds: [BALANCER, CLASSIC],
    check: (balancer, report) => {
      const classic = balancer.is(CLASSIC);
      const application = !classic && (balancer.at("loadBalancerType").text ?? "application") === "application";
      // A classic one logs unless its block says otherwise.
      where({
        "accessLogs.enabled": (value) => (classic && balancer.at("accessLogs").exists && !value.exists ? undefined : is(true)(value)),
        ...(application ? { "connectionLogs.enabled": is(true) } : {}),
      })(balancer, report);
    },
  },
  {
    id: "network/load-balancer-headers",
    title: "Application load balancers drop malformed headers",
    items: ["waf"],
    severity: "medium",
    frameworks: ["FSBP: ELB.4"],
    why: "Headers that load balancer and application read differently are how requests are smuggled past the WAF.",
    mend: "Set `dropInvalidHeaderFields: true`.",
    kinds: [BALANCER],
    applies: (balancer) => (balancer.at("loadBalancerType").text ?? "application") === "application",
    check: where({ dropInvalidHeaderFields: is(true) }),
  },
  {
    id: "network/load-balancer-desync",
    title: "Load balancers refuse ambiguous requests",
    items: ["waf"],
    severity: "medium",
    frameworks: ["FSBP: ELB.12", "FSBP: ELB.14"],
    why: "In monitor mode a request whose length can be read in two ways is passed on, and its second half becomes the next user's request.",
    mend: "Set `desyncMitigationMode` to `defensive` or `strictest`.",
    kinds: [BALANCER, CLASSIC],
    check: where({ desyncMitigationMode: (value) => (value.exists ? oneOf("defensive", "strictest")(value) : undefined) }),
  },
];
