/** The collector's pods. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY, POD_SECURITY } from "../../application/security.ts";
import { filesOf, spread } from "../pods.ts";
import type { TracesArgs } from "./index.ts";
import { pipeline, PORTS } from "./pipeline.ts";

/** One for each zone; they share nothing, and a lost one loses what it had not sent. */
const REPLICAS = 3;
const RESOURCES = { requests: { cpu: "30m", memory: "96Mi" }, limits: { cpu: "100m", memory: "192Mi", "ephemeral-storage": "64Mi" } };
const SETTINGS = "/etc/golive/collector.yaml";

/** Labels by which policies and the Service know the pods. */
export const COLLECTOR_PODS = { "app.kubernetes.io/name": "otel-collector" };

export function server(name: string, args: TracesArgs, account: pulumi.Input<string>, labels: Record<string, string>, after: pulumi.Resource[], parent: pulumi.Resource): void {
  const selector = { ...COLLECTOR_PODS, "app.kubernetes.io/part-of": args.prefix };
  const metadata = { name: "otel-collector", namespace: args.namespace, labels };
  const config = filesOf(`${name}-config`, metadata, { "collector.yaml": pipeline(args.destination) }, parent);
  new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } }, { parent });
  new k8s.apps.v1.Deployment(`${name}-collector`, {
    metadata,
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: selector },
      // One after the other: a fourth pod for a while would have to fit the namespace's quota.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: account,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: POD_SECURITY,
          topologySpreadConstraints: spread(selector),
          containers: [container(args)],
          volumes: [{ name: "config", configMap: { name: config.metadata.name } }],
        },
      },
    },
  }, { parent, dependsOn: after });
  new k8s.core.v1.Service(`${name}-service`, {
    metadata, spec: { selector, ports: [{ name: "otlp-grpc", port: PORTS.grpc, targetPort: "otlp-grpc" }, { name: "otlp-http", port: PORTS.http, targetPort: "otlp-http" }] },
  }, { parent });
}

function container(args: TracesArgs): k8s.types.input.core.v1.Container {
  const health = { httpGet: { path: "/", port: "health" } };
  return {
    name: "collector",
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    args: [`--config=file:${SETTINGS}`],
    ports: [{ name: "otlp-grpc", containerPort: PORTS.grpc }, { name: "otlp-http", containerPort: PORTS.http }, { name: "health", containerPort: PORTS.health }],
    startupProbe: { ...health, periodSeconds: 2, failureThreshold: 30 },
    readinessProbe: { ...health, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: "health" }, periodSeconds: 10, failureThreshold: 6 },
    // Go gives memory back before the limiter refuses: four fifths of the limit.
    env: [{ name: "GOMEMLIMIT", value: "150MiB" }],
    resources: RESOURCES,
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: "config", mountPath: SETTINGS, subPath: "collector.yaml", readOnly: true }],
  };
}
