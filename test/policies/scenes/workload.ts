import type { SampleResource } from "../../../policies/samples/sample.ts";
import { container, labels, metadata, NAMESPACE, pod } from "./objects.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

/** A server: probed, drained, spread over zones and hosts. */
function server(name: string, port: number): Record<string, unknown> {
  const selector = { matchLabels: { "app.kubernetes.io/name": name } };
  return {
    ...pod([{
      ...container(name),
      ports: [{ name: "http", containerPort: port, protocol: "TCP" }],
      startupProbe: { httpGet: { path: "/health/ready", port: "http" }, periodSeconds: 3, failureThreshold: 30 },
      readinessProbe: { httpGet: { path: "/health/ready", port: "http" }, periodSeconds: 5 },
      livenessProbe: { httpGet: { path: "/health/live", port: "http" }, periodSeconds: 10 },
      lifecycle: { preStop: { sleep: { seconds: 15 } } },
    }]),
    priorityClassName: "serving",
    terminationGracePeriodSeconds: 60,
    topologySpreadConstraints: [
      { topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", labelSelector: selector },
      { topologyKey: HOST, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", labelSelector: selector },
    ],
  };
}

/** Workloads that keep every rule: a web application that scales, a store beside it, and work by the clock. */
export const workload: readonly SampleResource[] = [
  ...NAMESPACE,
  {
    type: "kubernetes:apps/v1:Deployment",
    name: "app",
    ignoreChanges: ["spec.replicas"],
    props: {
      metadata: metadata("app"),
      spec: {
        replicas: 3,
        selector: { matchLabels: { "app.kubernetes.io/name": "app" } },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: { labels: labels("app") },
          spec: { ...server("app", 8080), initContainers: [container("prepare")] },
        },
      },
    },
  },
  {
    type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    name: "hpa",
    props: {
      metadata: metadata("app"),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "app" },
        minReplicas: 3,
        maxReplicas: 10,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
          { type: "Pods", pods: { metric: { name: "http_requests_per_second" }, target: { type: "AverageValue", averageValue: "50" } } },
        ],
      },
    },
  },
  { type: "kubernetes:policy/v1:PodDisruptionBudget", name: "pdb", props: { metadata: metadata("app"), spec: { maxUnavailable: 1, selector: { matchLabels: { "app.kubernetes.io/name": "app" } } } } },
  {
    type: "kubernetes:core/v1:Service",
    name: "service",
    props: { metadata: metadata("app"), spec: { type: "ClusterIP", selector: { "app.kubernetes.io/name": "app" }, ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }] } },
  },
  {
    type: "kubernetes:apps/v1:StatefulSet",
    name: "store",
    props: {
      metadata: metadata("store"),
      spec: {
        replicas: 3,
        serviceName: "store",
        selector: { matchLabels: { "app.kubernetes.io/name": "store" } },
        updateStrategy: { type: "RollingUpdate" },
        template: { metadata: { labels: labels("store") }, spec: server("store", 9000) },
      },
    },
  },
  { type: "kubernetes:policy/v1:PodDisruptionBudget", name: "store-pdb", props: { metadata: metadata("store"), spec: { minAvailable: 2, selector: { matchLabels: { "app.kubernetes.io/name": "store" } } } } },
  {
    type: "kubernetes:batch/v1:CronJob",
    name: "nightly",
    props: {
      metadata: metadata("nightly"),
      spec: {
        schedule: "0 3 * * *",
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            activeDeadlineSeconds: 3600,
            backoffLimit: 1,
            template: { metadata: { labels: labels("nightly") }, spec: { ...pod([container("nightly")]), restartPolicy: "Never" } },
          },
        },
      },
    },
  },
  {
    type: "kubernetes:batch/v1:Job",
    name: "migrate",
    props: {
      metadata: metadata("migrate"),
      spec: {
        activeDeadlineSeconds: 1800,
        backoffLimit: 2,
        template: { metadata: { labels: labels("migrate") }, spec: { ...pod([container("migrate")]), restartPolicy: "Never" } },
      },
    },
  },
];
