/** What may reach NGINX, and what NGINX may reach. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { apiServerOut, DNS, eksApiServer, PolicySet, podsOf, tcp } from "../networkRules.ts";
import { CONTROLLER_LABELS, PORTS } from "./controller.ts";
import type { IngressArgs } from "./index.ts";
import { labelsOf } from "./labels.ts";
import { trustedProxies } from "./nginxConfig.ts";

export function networkPolicies(name: string, args: IngressArgs, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): pulumi.Resource[] {
  const policies = new PolicySet(name, args.namespace, labelsOf(args), { parent, dependsOn: [namespace] });
  const blocks = (cidrs: string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));

  policies.allowIn("allow-load-balancer", CONTROLLER_LABELS, [{ from: blocks(trustedProxies(args)), ports: tcp(PORTS.https) }]);
  policies.allowIn("allow-readiness", CONTROLLER_LABELS, [{ from: blocks(trustedProxies(args)), ports: tcp(PORTS.ready) }]);
  policies.allowIn("allow-metrics", CONTROLLER_LABELS, [{ from: [podsOf(args.monitoringNamespace)], ports: tcp(PORTS.metrics) }]);
  policies.allowOut("allow-dns", CONTROLLER_LABELS, [DNS]);
  policies.allowOut("allow-application", CONTROLLER_LABELS, [{ to: [applicationPods(args)], ports: tcp(args.appPods.port) }]);
  policies.allowOut("allow-api-server", CONTROLLER_LABELS, [apiServerOut(args.apiServer ?? eksApiServer(args.vpcCidr))]);
  return policies.declared;
}

function applicationPods(args: IngressArgs) {
  return podsOf(args.appService.namespace, args.appPods.labels);
}
