/** NGINX in the cluster: F5's controller, its configuration, the application's route and its rate limit. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESTRICTED_NAMESPACE } from "../application/labels.ts";
import type { Transform } from "../component.ts";
import type { ApiServerAddresses } from "../networkRules.ts";
import { nginxCertificate } from "./certificate.ts";
import { controller } from "./controller.ts";
import type { SecurityHeadersConfig } from "./headers.ts";
import { labelsOf } from "./labels.ts";
import { networkPolicies } from "./networkPolicies.ts";
import { nginxConfig } from "./nginxConfig.ts";
import type { CustomResourceArgs } from "./virtualServer.ts";
import { rateLimitPolicy, virtualServer } from "./virtualServer.ts";

/** Traffic divided between fixed Services of the application's namespace. */
export interface CanaryRoute {
  /** Names, and shares in percent that sum to 100. */
  shares: { service: string; weight: number }[];
  /** Run before the route is created or changed. */
  hooks: pulumi.ResourceHookBinding;
}

export interface IngressArgs extends SecurityHeadersConfig {
  prefix: string;
  /** Namespace of NGINX itself; made here. */
  namespace: string;
  /** The application's Service; the route, its policy and its certificate live in the Service's namespace. */
  appService: { name: string; port: number; namespace: pulumi.Input<string> };
  /** How a canary divides traffic; without it all goes to `appService`. */
  canary?: CanaryRoute;
  /** What the route waits for: the live Service, so that the end of a canary finds it flipped. */
  routeAfter?: pulumi.Resource[];
  /** Container port and labels of the application's pods, for the network policy. */
  appPods: { port: number; labels: Record<string, string> };
  /** Public host of the application. */
  host: string;
  replicas: number;
  /** Requests of one replica; the memory limit is the same, the CPU limit four times as much. */
  requests: { cpu: string; memory: string };
  /** Version of F5's chart. */
  chartVersion: string;
  /** `sha256:…` of the chart; without it the registry could exchange what a version means. */
  chartDigest?: string;
  /** `sha256:…` of the controller's image; without it the chart's own tag is used, which the policies refuse. */
  imageDigest?: string;
  /** Where that image is pulled from; the chart's own repository by default. */
  imageRepository?: string;
  nodePort: number;
  /** Requests a second of one client, over all replicas. */
  requestsPerSecond: number;
  burst: number;
  /** Largest request body, MB. */
  bodyLimitMb: number;
  vpcCidr: string;
  /** Addresses from which NGINX is reached: nodes and load balancer. The VPC's by default; those of an existing cluster's nodes otherwise. */
  trustedProxyCidrs?: string[];
  /** Where the API server is; EKS in the VPC by default. */
  apiServer?: ApiServerAddresses;
  /** Namespace from which Prometheus scrapes NGINX. */
  monitoringNamespace: string;
  /** cert-manager, whose kinds must be there before the certificates. */
  certManager?: pulumi.Resource;
  transform?: {
    chart?: Transform<k8s.helm.v4.ChartArgs>;
    virtualServer?: Transform<CustomResourceArgs>;
    policy?: Transform<CustomResourceArgs>;
  };
}

/**
 * NGINX behind the load balancer: TLS 1.2 and 1.3, security headers, 429 above the rate limit, 413 above the body limit.
 *
 * The limiter's key is the viewer's address. CloudFront appends it to X-Forwarded-For, the load balancer leaves the
 * header alone (components/edge/loadBalancer.ts) and NGINX believes the header only when the packet comes from a
 * node or the load balancer. Reading from the right, the first address outside `trustedProxyCidrs` is the viewer's;
 * what a viewer writes into the header himself stands further left and is never reached.
 *
 * Costs nothing itself: its pods count in the capacity check, the load balancer in Edge.
 */
export class Ingress extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Class of VirtualServers that this controller serves. */
  readonly ingressClass: string;
  readonly virtualServerName: string;

  constructor(name: string, args: IngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:ingress:Ingress", name, {}, opts);
    check(name, args);
    this.ingressClass = "nginx";
    this.virtualServerName = args.appService.name;

    const namespace = this.namespaceOf(name, args);
    const config = nginxConfig(name, args, namespace, this);
    const defaultCertificate = nginxCertificate(`${name}-default-server`, { namespace: args.namespace, secretName: "default-server-tls", host: args.host, labels: labelsOf(args) }, { parent: this, dependsOn: [namespace, ...wait(args)] });
    const hostCertificate = nginxCertificate(`${name}-host`, { namespace: args.appService.namespace, secretName: "app-tls", host: args.host, labels: labelsOf(args) }, { parent: this, dependsOn: wait(args) });
    const policies = networkPolicies(name, args, namespace, this);
    const chart = controller(name, args, { namespace, config, dependsOn: [defaultCertificate, ...policies] }, this);
    const limit = rateLimitPolicy(name, args, chart, this);
    virtualServer(name, args, { chart, limit, certificate: hostCertificate }, this);

    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace, virtualServerName: this.virtualServerName });
  }

  private namespaceOf(name: string, args: IngressArgs): k8s.core.v1.Namespace {
    return new k8s.core.v1.Namespace(`${name}-namespace`, {
      metadata: { name: args.namespace, labels: { ...labelsOf(args), ...RESTRICTED_NAMESPACE } },
    }, { parent: this });
  }
}

function wait(args: IngressArgs): pulumi.Resource[] {
  return args.certManager === undefined ? [] : [args.certManager];
}

function check(name: string, args: IngressArgs): void {
  if (/["$\\]/.test(args.contentSecurityPolicy)) {
    throw new Error(`Ingress ${name}: contentSecurityPolicy contains a double quote, a dollar sign or a backslash, which NGINX Ingress Controller refuses in headers; write it without.`);
  }
  if (args.replicas < 2) {
    throw new Error(`Ingress ${name}: replicas is ${args.replicas}; at least 2 are needed, or the loss of one pod is the loss of the application.`);
  }
}
