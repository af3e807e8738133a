/** The pods of one color. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { colorSelector } from "../application/labels.ts";
import { CPU_LIMIT_FACTOR, SURGE } from "../application/namespace.ts";
import { timesCpu } from "../application/quantities.ts";
import { CONTAINER_SECURITY, POD_SECURITY } from "../application/security.ts";
import { transformed } from "../component.ts";
import { replicasOf } from "./availability.ts";
import type { ColorArgs } from "./color.ts";
import { CONFIG_HASH_ANNOTATION, type HashedConfig } from "./configMap.ts";
import { guardingPods } from "./liveHook.ts";
import { rangeText, SCHEMA_ANNOTATION } from "./schema.ts";

/** Annotation of a color's Deployment: its image, by digest. */
export const IMAGE_ANNOTATION = "golive.dev/image";

export function deployment(name: string, args: ColorArgs, config: HashedConfig, parent: pulumi.Resource): k8s.apps.v1.Deployment {
  const selector = colorSelector(args, args.color);
  const labels = { ...args.labels, ...selector };
  return new k8s.apps.v1.Deployment(`${name}-${args.color}`, ...transformed<k8s.apps.v1.DeploymentArgs>(args.transform?.deployment, {
    metadata: { name: `app-${args.color}`, namespace: args.namespace, labels, annotations: annotations(args) },
    spec: {
      replicas: replicasOf(args).min,
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: 600,
      minReadySeconds: args.minReadySeconds,
      selector: { matchLabels: selector },
      strategy: { type: "RollingUpdate", rollingUpdate: pace(args) },
      template: {
        metadata: { labels, annotations: { [CONFIG_HASH_ANNOTATION]: config.hash } },
        spec: podSpec(args, config),
      },
    },
    // The autoscaler's after creation, for a color that is drained or woken up, too: only the bounds of its autoscaler move.
  }, { parent, ignoreChanges: ["spec.replicas"], dependsOn: args.after, hooks: guardingPods(name, args, args.color) }));
}

function annotations({ image, schema }: ColorArgs): Record<string, string> {
  return { [IMAGE_ANNOTATION]: image, ...(schema === undefined ? {} : { [SCHEMA_ANNOTATION]: rangeText(schema) }) };
}

/** No pod goes before its successor is there, whether the color has users or not; a rolling release is bounded by its own settings. */
function pace({ strategy, rolling }: ColorArgs): { maxUnavailable: number; maxSurge: number } {
  return strategy === "rolling" ? rolling : { maxUnavailable: 0, maxSurge: SURGE };
}

function podSpec(args: ColorArgs, config: HashedConfig): k8s.types.input.core.v1.PodSpec {
  return {
    serviceAccountName: args.application.account.metadata.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: args.drain.gracePeriodSeconds,
    securityContext: POD_SECURITY,
    topologySpreadConstraints: spread(args),
    containers: [container(args, config)],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: temporarySpace(args) } }],
  };
}

function container(args: ColorArgs, config: HashedConfig): k8s.types.input.core.v1.Container {
  return {
    name: "app",
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    ports: [{ name: "http", containerPort: args.port, protocol: "TCP" }],
    envFrom: [{ configMapRef: { name: config.configMap.metadata.name } }, { secretRef: { name: args.secretName } }],
    env: downwardApi(),
    resources: {
      requests: { ...args.requests, "ephemeral-storage": temporarySpace(args) },
      limits: { cpu: timesCpu(args.requests.cpu, CPU_LIMIT_FACTOR), memory: args.requests.memory, "ephemeral-storage": "1Gi" },
    },
    // A minute and a half to start, seen within a second of being ready: a release waits for it. Restarted after half a minute of silence.
    startupProbe: { httpGet: { path: args.health.ready, port: "http" }, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 90 },
    readinessProbe: { httpGet: { path: args.health.ready, port: "http" }, periodSeconds: 5, timeoutSeconds: 3, successThreshold: 1, failureThreshold: 2 },
    livenessProbe: { httpGet: { path: args.health.live, port: "http" }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    // Goes on serving while NGINX and load balancers forget it; the kubelet's own sleep needs no shell in the image.
    lifecycle: { preStop: { sleep: { seconds: args.drain.preStopSeconds } } },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

/** Room for four uploads of the largest size at once, 256 MiB at least. */
function temporarySpace(args: ColorArgs): string {
  return `${Math.max(256, 4 * args.security.uploadMaxMb)}Mi`;
}

/** Where a trace or log line comes from. */
function downwardApi(): k8s.types.input.core.v1.EnvVar[] {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return [
    field("POD_NAME", "metadata.name"),
    field("POD_NAMESPACE", "metadata.namespace"),
    field("POD_IP", "status.podIP"),
    field("NODE_NAME", "spec.nodeName"),
    { name: "OTEL_RESOURCE_ATTRIBUTES", value: "k8s.pod.name=$(POD_NAME),k8s.namespace.name=$(POD_NAMESPACE),k8s.node.name=$(NODE_NAME)" },
  ];
}

/** Zones are a must, hosts a wish; old and new pods of an update are counted apart. */
function spread(args: ColorArgs): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  const common = { maxSkew: 1, labelSelector: { matchLabels: colorSelector(args, args.color) }, matchLabelKeys: ["pod-template-hash"], nodeTaintsPolicy: "Honor" };
  return [
    { ...common, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
    { ...common, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
  ];
}
