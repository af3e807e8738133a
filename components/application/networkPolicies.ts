/** Who may reach the application's pods, and what they may reach. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationArgs } from "./index.ts";
import { podLabels } from "./labels.ts";
import { DNS, httpsOut, PolicySet, POD_IDENTITY, podsOf, tcp } from "./networkRules.ts";

/** OpenTelemetry's ports: gRPC and HTTP. */
const OTLP = tcp(4317, 4318);

export function networkPolicies(name: string, args: ApplicationArgs, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): pulumi.Resource[] {
  const app = { "app.kubernetes.io/name": args.name, "app.kubernetes.io/component": "app" };
  const policies = new PolicySet(name, namespace.metadata.name, { ...podLabels(args), "app.kubernetes.io/instance": args.namespace }, { parent });

  policies.allowIn("allow-ingress", app, [{ from: [podsOf(args.ingressNamespace, { "app.kubernetes.io/name": "nginx-ingress" })], ports: tcp(args.port) }]);
  policies.allowIn("allow-metrics", app, [{ from: [podsOf(args.monitoringNamespace)], ports: tcp(args.port) }]);
  policies.allowOut("allow-dns", app, [DNS]);
  policies.allowOut("allow-stores", app, [{ to: [{ ipBlock: { cidr: args.vpcCidr } }], ports: tcp(args.postgres.port, args.redis.port) }]);
  policies.allowOut("allow-aws", app, [httpsOut(args.vpcCidr), POD_IDENTITY]);
  policies.allowOut("allow-traces", app, [{ to: [podsOf(args.monitoringNamespace)], ports: OTLP }]);
  return policies.declared;
}
