/** F5's NGINX Ingress Controller by its chart, rendered and hardened. Values are those of chart 2.x. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { timesCpu } from "../application/quantities.ts";
import type { IngressArgs } from "./index.ts";
import { labelsOf } from "./labels.ts";
import { CONFIG_NAME } from "./nginxConfig.ts";

const CHART = "oci://ghcr.io/nginx/charts/nginx-ingress";

/** Ports of the controller's container; NGINX binds the low ones with NET_BIND_SERVICE, which the restricted standard admits. */
export const PORTS = { https: 443, ready: 8081, metrics: 9113 };

/** Labels of its pods: the chart's name and the release's. */
export const CONTROLLER_LABELS = { "app.kubernetes.io/name": "nginx-ingress", "app.kubernetes.io/instance": "nginx-ingress" };

const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 101,
  seccompProfile: { type: "RuntimeDefault" },
};

export interface ControllerParts {
  namespace: k8s.core.v1.Namespace;
  config: k8s.core.v1.ConfigMap;
  dependsOn: pulumi.Resource[];
}

export function controller(name: string, args: IngressArgs, parts: ControllerParts, parent: pulumi.Resource): k8s.helm.v4.Chart {
  const chart: k8s.helm.v4.ChartArgs = {
    name: "nginx-ingress",
    namespace: args.namespace,
    ...chartReference(args),
    values: chartValues(args),
  };
  const opts: pulumi.CustomResourceOptions = { parent, dependsOn: [parts.namespace, parts.config, ...parts.dependsOn] };
  args.transform?.chart?.(chart, opts);
  return new k8s.helm.v4.Chart(`${name}-controller`, chart, opts);
}

/** With a digest Helm refuses a registry whose version means other content (Helm, registry client, ValidateReference). */
function chartReference(args: IngressArgs): { chart: string; version: string } {
  return { chart: args.chartDigest === undefined ? CHART : `${CHART}@${args.chartDigest}`, version: args.chartVersion };
}

export function chartValues(args: IngressArgs): Record<string, unknown> {
  return {
    fullnameOverride: "nginx-ingress",
    controller: {
      kind: "deployment",
      replicaCount: args.replicas,
      ...image(args),
      customConfigMap: CONFIG_NAME,
      defaultTLS: { secret: `${args.namespace}/default-server-tls` },
      ingressClass: { name: "nginx", create: true, setAsDefaultIngress: false },
      enableCustomResources: true,
      // Snippets let whoever may write a VirtualServer write any NGINX directive.
      enableSnippets: false,
      disableIPV6: true,
      logFormat: "json",
      // The load balancer's health check; answered by the default server.
      healthStatus: true,
      healthStatusURI: "/nginx-health",
      nginxStatus: { enable: false },
      telemetryReporting: { enable: false },
      reportIngressStatus: { enable: false, enableLeaderElection: true },
      readyStatus: { enable: true, port: PORTS.ready, initialDelaySeconds: 0 },
      service: {
        type: "NodePort",
        // Every node forwards to any replica, so that losing a replica takes no node out of the load balancer. The
        // source address is lost, which does not matter: the viewer's stands in the header.
        externalTrafficPolicy: "Cluster",
        httpPort: { enable: false },
        httpsPort: { enable: true, port: 443, targetPort: PORTS.https, nodePort: args.nodePort, name: "https" },
      },
      resources: { requests: args.requests, limits: { cpu: timesCpu(args.requests.cpu, 4), memory: args.requests.memory } },
      initContainerResources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
      podSecurityContext: { seccompProfile: { type: "RuntimeDefault" }, runAsNonRoot: true, fsGroup: 101 },
      securityContext: { ...CONTAINER_SECURITY, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
      initContainerSecurityContext: { ...CONTAINER_SECURITY, capabilities: { drop: ["ALL"] } },
      // Endpoints are forgotten everywhere before NGINX stops; then requests under way get the rest of the time.
      lifecycle: { preStop: { sleep: { seconds: 15 } } },
      terminationGracePeriodSeconds: 90,
      minReadySeconds: 10,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      topologySpreadConstraints: spread(),
      pod: { extraLabels: { "app.kubernetes.io/component": "ingress", "app.kubernetes.io/part-of": labelsOf(args)["app.kubernetes.io/part-of"], "app.kubernetes.io/managed-by": "pulumi" } },
      // Our own policies (networkPolicies.ts) are there before the first pod.
      networkPolicy: { enabled: false },
    },
    prometheus: { create: true, port: PORTS.metrics, scheme: "http", service: { create: true, labels: { service: "nginx-ingress-prometheus-service" } }, serviceMonitor: { create: false } },
    rbac: { create: true, clusterrole: { create: true } },
  };
}

function image(args: IngressArgs): { image?: Record<string, string> } {
  const parts = {
    ...(args.imageRepository === undefined ? {} : { repository: args.imageRepository }),
    ...(args.imageDigest === undefined ? {} : { digest: args.imageDigest }),
  };
  return Object.keys(parts).length === 0 ? {} : { image: parts };
}

/** Zones are a must, hosts a wish: with a zone lost, the remaining replicas still find room. */
function spread(): Record<string, unknown>[] {
  const common = { maxSkew: 1, labelSelector: { matchLabels: CONTROLLER_LABELS }, matchLabelKeys: ["pod-template-hash"] };
  return [
    { ...common, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
    { ...common, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
  ];
}
