/** Who may reach the application's pods, and what they may reach. */
import { DNS, httpsOut, POD_IDENTITY, podsOf, storesOut, tcp } from "../networkRules.ts";
import type { ApplicationArgs } from "./index.ts";

/** OpenTelemetry's ports: gRPC and HTTP. */
const OTLP = tcp(4317, 4318);

/** Adds the application's rules to those of its namespace. */
export function networkPolicies(args: ApplicationArgs): void {
  const app = { "app.kubernetes.io/name": args.name, "app.kubernetes.io/component": "app" };
  const { policies } = args.namespace;

  policies.allowIn("allow-ingress", app, [{ from: [podsOf(args.ingressNamespace, { "app.kubernetes.io/name": "nginx-ingress" })], ports: tcp(args.port) }]);
  policies.allowIn("allow-metrics", app, [{ from: [podsOf(args.monitoringNamespace)], ports: tcp(args.port) }]);
  policies.allowOut("allow-dns", app, [DNS]);
  policies.allowOut("allow-stores", app, [storesOut(args.vpcCidr, args.postgres.port, args.redis.port)]);
  policies.allowOut("allow-aws", app, [httpsOut(args.vpcCidr), POD_IDENTITY]);
  if (args.traceCollector !== undefined) policies.allowOut("allow-traces", app, [{ to: [podsOf(args.monitoringNamespace, args.traceCollector)], ports: OTLP }]);
}
