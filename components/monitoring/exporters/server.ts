/** What every exporter of the monitoring namespace has: an account, pods without any right, a budget, a Service where somebody asks it, and ways through the closed network. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY, POD_SECURITY } from "../../application/security.ts";
import { type EgressRule, tcp } from "../../networkRules.ts";
import type { MonitoringArgs } from "../index.ts";
import { labelsOf } from "../namespace.ts";
import { spread } from "../pods.ts";
import { PROMETHEUS_PODS } from "../prometheus.ts";

/** Label of the pods of exporters, with the exporter's name; what the rest of the namespace may reach, pods that have it may not. */
export const EXPORTER_LABEL = "golive.dev/exporter";

/** Where an exporter is declared. */
export interface Place {
  /** Name of the Monitoring component. */
  name: string;
  args: MonitoringArgs;
  namespace: k8s.core.v1.Namespace;
  /** Ready when there are monitors and probes. */
  definitions: pulumi.Resource;
  parent: pulumi.Resource;
}

/** One exporter. */
export interface Server {
  /** Name of its objects and of its container, such as `redis-exporter`. */
  name: string;
  image: string;
  args: pulumi.Input<string>[];
  env?: k8s.types.input.core.v1.EnvVar[];
  /** Where it tells its metrics; the port is called `metrics`. */
  port: number;
  /** Whether it can serve; asked of the port `metrics`, or of another one. */
  ready: { path: string; port?: number };
  /** Three, one a zone, where each scrape asks one of them by the Service; one where every pod would tell the same again. */
  replicas: 1 | 3;
  requests: { cpu: string; memory: string };
  /** Highest memory; CPU may be ten times the request. */
  memory: string;
  /** Where it may connect, beside cluster DNS. */
  reach: EgressRule[];
  /** Annotations of its account, by which its pods take a role. */
  annotations?: Record<string, string>;
  /** It asks the API server. */
  mountsToken?: boolean;
  /** What it reads; a change of the text rolls its pods. */
  rolls?: pulumi.Input<string>;
  volumes?: { name: string; at: string; source: Omit<k8s.types.input.core.v1.Volume, "name">; readOnly?: boolean }[];
  /** Containers that start before it and stay. */
  beside?: k8s.types.input.core.v1.Container[];
  /** What must be there before its pods. */
  after?: pulumi.Resource[];
}

export function labelsOfExporter(args: MonitoringArgs, name: string): Record<string, string> {
  return { ...labelsOf(args, name), "app.kubernetes.io/name": name, [EXPORTER_LABEL]: name };
}

/** Labels that its selectors name; they never change. */
export function podsOfExporter(args: MonitoringArgs, name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": args.prefix };
}

/** The account as which an exporter's pods run. It mounts no token by itself. */
export function exporterAccount({ name, args, namespace, parent }: Place, server: Pick<Server, "name" | "annotations">): k8s.core.v1.ServiceAccount {
  return new k8s.core.v1.ServiceAccount(`${name}-${server.name}-account`, {
    metadata: { name: server.name, namespace: namespace.metadata.name, labels: labelsOfExporter(args, server.name), ...(server.annotations === undefined ? {} : { annotations: server.annotations }) },
    automountServiceAccountToken: false,
  }, { parent });
}

/** Deployment of an exporter with its account, network policy and, where it has several pods, its Service and disruption budget. */
export function exporterServer(place: Place, server: Server): k8s.apps.v1.Deployment {
  const { name, args, namespace, parent } = place;
  const account = exporterAccount(place, server);
  const labels = labelsOfExporter(args, server.name);
  const selector = podsOfExporter(args, server.name);
  const metadata = { name: server.name, namespace: namespace.metadata.name, labels };
  const reach = exporterNetwork(place, server);
  if (server.replicas > 1) {
    new k8s.core.v1.Service(`${name}-${server.name}-service`, { metadata, spec: { selector, ports: [{ name: "metrics", port: server.port, targetPort: "metrics" }] } }, { parent });
    new k8s.policy.v1.PodDisruptionBudget(`${name}-${server.name}-budget`, { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } }, { parent });
  }
  return new k8s.apps.v1.Deployment(`${name}-${server.name}`, {
    metadata,
    spec: {
      replicas: server.replicas,
      selector: { matchLabels: selector },
      strategy: { type: "RollingUpdate", rollingUpdate: server.replicas > 1 ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels, ...(server.rolls === undefined ? {} : { annotations: { "golive.dev/config-hash": server.rolls } }) },
        spec: {
          ...exporterPod(server, account),
          topologySpreadConstraints: spread(selector),
        },
      },
    },
  }, { parent, dependsOn: [account, reach, ...(server.after ?? [])] });
}

/** The pod: nothing of the node, no token unless it asks the API server, a root that can not be written to. */
export function exporterPod(server: Server, account: k8s.core.v1.ServiceAccount): k8s.types.input.core.v1.PodSpec {
  const { volumes = [], beside = [] } = server;
  return {
    serviceAccountName: account.metadata.name,
    automountServiceAccountToken: server.mountsToken ?? false,
    enableServiceLinks: false,
    securityContext: POD_SECURITY,
    initContainers: beside,
    containers: [{
      name: server.name,
      image: server.image,
      imagePullPolicy: "IfNotPresent",
      args: server.args,
      env: server.env ?? [],
      ports: [{ name: "metrics", containerPort: server.port }],
      startupProbe: { tcpSocket: { port: "metrics" }, periodSeconds: 2, failureThreshold: 60 },
      readinessProbe: { httpGet: { path: server.ready.path, port: server.ready.port ?? "metrics" }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: { port: "metrics" }, periodSeconds: 10, failureThreshold: 6 },
      resources: limitedTo(server),
      securityContext: CONTAINER_SECURITY,
      volumeMounts: volumes.map(({ name, at, readOnly }) => ({ name, mountPath: at, readOnly: readOnly ?? true })),
    }],
    volumes: volumes.map(({ name, source }) => ({ name, ...source })),
  };
}

function limitedTo({ requests, memory }: Server): k8s.types.input.core.v1.ResourceRequirements {
  return { requests, limits: { cpu: "200m", memory, "ephemeral-storage": "64Mi" } };
}

/** Prometheus comes in; out goes what the exporter looks at, and nothing else: the namespace's wider ways are not for its pods. */
export function exporterNetwork({ name, args, namespace, parent }: Place, server: Pick<Server, "name" | "port" | "reach">): pulumi.Resource {
  const prometheus = args.prometheus === undefined ? {} : { matchLabels: PROMETHEUS_PODS };
  return new k8s.networking.v1.NetworkPolicy(`${name}-${server.name}-network`, {
    metadata: { name: `allow-${server.name}`, namespace: namespace.metadata.name, labels: labelsOfExporter(args, server.name) },
    spec: {
      podSelector: { matchLabels: podsOfExporter(args, server.name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: prometheus }], ports: tcp(server.port) }],
      egress: server.reach,
    },
  }, { parent });
}
