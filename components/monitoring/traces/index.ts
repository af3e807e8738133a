/** Traces of the application: taken inside the cluster, redacted, and sent on. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { standardLabels } from "../../application/labels.ts";
import type { ClusterIdentity } from "../../cluster/identity.ts";
import { WorkloadRole } from "../../cluster/workloadRole.ts";
import { credentials, NOT_INTERNET, podsOf, tcp } from "../../networkRules.ts";
import { type Destination, PORTS } from "./pipeline.ts";
import { COLLECTOR_PODS, server } from "./server.ts";

export interface TracesArgs {
  prefix: string;
  accountId: string;
  /** Image of the OpenTelemetry collector by digest, with the parts that pipeline.ts names (the contrib distribution has them, and AWS's). */
  image: string;
  destination: Destination;
  /** Namespace of monitoring, whose pods reach DNS and HTTPS. */
  namespace: pulumi.Input<string>;
  namespaceName: string;
  /** The application's pods, which alone may send. */
  app: { namespace: pulumi.Input<string>; podLabels: Record<string, string> };
  vpcCidr: string;
  identity: ClusterIdentity;
}

/** Where the application's pods send traces, by OTLP over HTTP. */
export function traceEndpoint(namespace: string): string {
  return `http://otel-collector.${namespace}.svc.cluster.local:${PORTS.http}`;
}

/**
 * The OpenTelemetry collector: three pods that take OTLP from the application's pods and from nobody else, mask attributes that
 * could log somebody in, and send to X-Ray or to another place that takes OTLP. How many requests are traced is decided once,
 * in the application (`monitoring.traceSamplingRate`); the collector keeps all that it is sent.
 *
 * Costs: X-Ray by spans, so by requests and the sampling rate.
 */
export class Traces extends pulumi.ComponentResource {
  constructor(name: string, args: TracesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:monitoring:Traces", name, {}, opts);
    const labels = standardLabels("otel-collector", "otel-collector", "traces", args.prefix);
    const role = writer(args, this);
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, {
      metadata: { name: "otel-collector", namespace: args.namespace, labels, ...(role === undefined ? {} : { annotations: role.annotations }) },
      automountServiceAccountToken: false,
    }, { parent: this });
    const policies = reach(name, args, labels, this);
    server(name, args, account.metadata.name, labels, [...policies, ...(role?.ready ?? [])], this);
    this.registerOutputs({});
  }
}

/** X-Ray knows no resources of these actions (service authorization reference); the region bounds them. */
function writer(args: TracesArgs, parent: pulumi.Resource): WorkloadRole | undefined {
  const { destination } = args;
  if (destination.kind !== "xray") return undefined;
  return new WorkloadRole("traces", {
    identity: args.identity, prefix: args.prefix, accountId: args.accountId, namespace: args.namespaceName, serviceAccount: "otel-collector",
    statements: [{
      Sid: "WriteTraces", Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutSpans", "xray:PutSpansForIndexing"], Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": destination.region } },
    }],
  }, { parent });
}

/** In: the application. Out: HTTPS and DNS every pod of the namespace has; beside them its credentials, or another port. */
function reach(name: string, args: TracesArgs, labels: Record<string, string>, parent: pulumi.Resource): pulumi.Resource[] {
  const policy = (part: string, spec: Omit<k8s.types.input.networking.v1.NetworkPolicySpec, "podSelector">) => new k8s.networking.v1.NetworkPolicy(`${name}-${part}`, {
    metadata: { name: `allow-traces-${part}`, namespace: args.namespace, labels }, spec: { podSelector: { matchLabels: COLLECTOR_PODS }, ...spec },
  }, { parent });
  const { destination } = args;
  const from = policy("in", { policyTypes: ["Ingress"], ingress: [{ from: [podsOf(args.app.namespace, args.app.podLabels)], ports: tcp(PORTS.grpc, PORTS.http) }] });
  if (destination.kind === "xray") return [from, policy("out", { policyTypes: ["Egress"], egress: [credentials(args.identity, args.vpcCidr)] })];
  const port = Number(new URL(destination.endpoint).port || "443");
  return port === 443 ? [from] : [from, policy("out", { policyTypes: ["Egress"], egress: [{ to: [{ ipBlock: { cidr: args.vpcCidr } }, { ipBlock: { cidr: "0.0.0.0/0", except: NOT_INTERNET } }], ports: tcp(port) }] })];
}
