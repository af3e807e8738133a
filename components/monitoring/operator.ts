/** The Prometheus Operator: makes pods, configuration and rule files of the objects that the other files here declare. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY, POD_SECURITY } from "../application/security.ts";
import type { MonitoringArgs } from "./index.ts";
import { labelsOf } from "./namespace.ts";
import { spread } from "./pods.ts";
import { KUBELET_SERVICE, operatorAccess } from "./operatorAccess.ts";

export interface OperatorArgs {
  /** Image of the operator by digest, built from {@link OPERATOR_VERSION}. */
  image: string;
  /** Image of its config reloader by digest, of the same version. */
  reloaderImage: string;
}

/** The one place of the version; the definitions' chart, the images and the sandbox's build follow it. */
export const OPERATOR_VERSION = "0.85.0";
/** The version of the chart prometheus-operator-crds (repository prometheus-community) whose app version that is. */
export const OPERATOR_CRDS_VERSION = "23.0.0";

const PORT = 8080;

/**
 * Deployment and service account of the operator. These are objects of our own and not its chart: so the policies see each,
 * also where no chart can be fetched, and it has rights in this one namespace, where the chart asks for all Secrets of the cluster.
 *
 * One pod: the operator elects no leader, and two would write over each other. While it is away, Prometheus and Alertmanager
 * go on as they are; only changes wait.
 *
 * @returns what must be there before the objects that it reads
 */
export function operator(name: string, args: MonitoringArgs & { operator: OperatorArgs }, namespace: k8s.core.v1.Namespace, definitions: pulumi.Resource, parent: pulumi.Resource): pulumi.Resource {
  const labels = { ...labelsOf(args, "prometheus-operator"), "app.kubernetes.io/name": "prometheus-operator" };
  const { account, ready } = operatorAccess(name, args, labels, namespace, parent);
  const selector = { "app.kubernetes.io/name": "prometheus-operator", "app.kubernetes.io/part-of": args.prefix };
  return new k8s.apps.v1.Deployment(`${name}-operator`, {
    metadata: { name: "prometheus-operator", namespace: namespace.metadata.name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      // The old one ends before the new one starts.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: account.metadata.name,
          automountServiceAccountToken: true,
          securityContext: POD_SECURITY,
          topologySpreadConstraints: spread(selector),
          containers: [container(args)],
        },
      },
    },
    // It knows only the kinds that are there when it starts.
  }, { parent, dependsOn: [definitions, ...ready] });
}

function container(args: MonitoringArgs & { operator: OperatorArgs }): k8s.types.input.core.v1.Container {
  return {
    name: "prometheus-operator",
    image: args.operator.image,
    imagePullPolicy: "IfNotPresent",
    args: [
      `--namespaces=${args.namespace}`,
      `--prometheus-config-reloader=${args.operator.reloaderImage}`,
      `--kubelet-service=${KUBELET_SERVICE.namespace}/${KUBELET_SERVICE.name}`,
      "--kubelet-endpoints=false",
      "--kubelet-endpointslice=true",
      "--config-reloader-cpu-request=10m",
      "--config-reloader-cpu-limit=100m",
      "--config-reloader-memory-request=32Mi",
      "--config-reloader-memory-limit=64Mi",
      "--enable-config-reloader-probes=true",
      "--disable-unmanaged-prometheus-configuration=true",
      "--log-format=json",
      `--web.listen-address=:${PORT}`,
    ],
    ports: [{ name: "http", containerPort: PORT }],
    startupProbe: { tcpSocket: { port: "http" }, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 10, failureThreshold: 6 },
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "200m", memory: "192Mi", "ephemeral-storage": "64Mi" } },
    securityContext: CONTAINER_SECURITY,
  };
}
