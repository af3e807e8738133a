/** The pods of one color. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { transformed } from "../component.ts";
import type { HashedConfig } from "./configMap.ts";
import { CONFIG_HASH_ANNOTATION } from "./configMap.ts";
import type { ApplicationArgs } from "./index.ts";
import { colorSelector, podLabels } from "./labels.ts";
import { CPU_LIMIT_FACTOR } from "./namespace.ts";
import { timesCpu } from "./quantities.ts";
import { CONTAINER_SECURITY, POD_SECURITY } from "./security.ts";

export interface DeploymentParts {
  config: HashedConfig;
  account: k8s.core.v1.ServiceAccount;
  /** Policies, quota, role, secrets and migrations: pods must not start before them. */
  dependsOn: pulumi.Resource[];
}

export function deployment(name: string, args: ApplicationArgs, parts: DeploymentParts, parent: pulumi.Resource): k8s.apps.v1.Deployment {
  const labels = { ...podLabels(args), ...colorSelector(args) };
  return new k8s.apps.v1.Deployment(`${name}-${args.color}`, ...transformed<k8s.apps.v1.DeploymentArgs>(args.transform?.deployment, {
    metadata: { name: `app-${args.color}`, namespace: parts.account.metadata.namespace, labels },
    spec: {
      replicas: args.replicas.min,
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: 600,
      minReadySeconds: 10,
      selector: { matchLabels: colorSelector(args) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels, annotations: { [CONFIG_HASH_ANNOTATION]: parts.config.hash } },
        spec: podSpec(args, parts),
      },
    },
    // The number of replicas is the autoscaler's after creation.
  }, { parent, ignoreChanges: ["spec.replicas"], dependsOn: parts.dependsOn }));
}

function podSpec(args: ApplicationArgs, parts: DeploymentParts): k8s.types.input.core.v1.PodSpec {
  return {
    serviceAccountName: parts.account.metadata.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: args.drain.gracePeriodSeconds,
    securityContext: POD_SECURITY,
    topologySpreadConstraints: spread(args),
    containers: [container(args, parts)],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: temporarySpace(args) } }],
  };
}

function container(args: ApplicationArgs, { config }: DeploymentParts): k8s.types.input.core.v1.Container {
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
    // A minute and a half to start; then ready within seconds of becoming so, and restarted after half a minute of silence.
    startupProbe: { httpGet: { path: args.health.ready, port: "http" }, periodSeconds: 3, timeoutSeconds: 3, failureThreshold: 30 },
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
function temporarySpace(args: ApplicationArgs): string {
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
function spread(args: ApplicationArgs): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  const common = { maxSkew: 1, labelSelector: { matchLabels: colorSelector(args) }, matchLabelKeys: ["pod-template-hash"], nodeTaintsPolicy: "Honor" };
  return [
    { ...common, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
    { ...common, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
  ];
}
