/** Pods that serve, as the scenes of other areas need them: probed, drained, spread. */
import type { SampleResource } from "../../../policies/samples/sample.ts";
import { container, pod } from "./objects.ts";

export interface Serving {
  /** Name of the resource in its scene. */
  resource: string;
  /** Name and namespace of the objects. */
  name: string;
  namespace: string;
  /** Labels of objects and pods; those that select the pods among them. */
  labels: Record<string, string>;
  selector: Record<string, string>;
  /** Further fields of the container. */
  container?: Record<string, unknown>;
}

/** A Deployment and its disruption budget. */
export function serving({ resource, name, namespace, labels, selector, container: more }: Serving): SampleResource[] {
  const metadata = { name, namespace, labels };
  const spread = { maxSkew: 1, labelSelector: { matchLabels: selector } };
  return [
    {
      type: "kubernetes:apps/v1:Deployment",
      name: resource,
      ignoreChanges: ["spec.replicas"],
      props: {
        metadata,
        spec: {
          replicas: 3,
          revisionHistoryLimit: 5,
          progressDeadlineSeconds: 600,
          minReadySeconds: 10,
          selector: { matchLabels: selector },
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          template: {
            metadata: { labels },
            spec: {
              ...pod([{
                ...container(name),
                ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
                startupProbe: { httpGet: { path: "/health/ready", port: "http" }, periodSeconds: 3, failureThreshold: 30 },
                readinessProbe: { httpGet: { path: "/health/ready", port: "http" }, periodSeconds: 5 },
                livenessProbe: { httpGet: { path: "/health/live", port: "http" }, periodSeconds: 10 },
                lifecycle: { preStop: { sleep: { seconds: 15 } } },
                ...more,
              }]),
              priorityClassName: "serving",
              terminationGracePeriodSeconds: 60,
              topologySpreadConstraints: [
                { ...spread, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "DoNotSchedule" },
                { ...spread, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
              ],
            },
          },
        },
      },
    },
    { type: "kubernetes:policy/v1:PodDisruptionBudget", name: `${resource}-budget`, props: { metadata, spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: selector } } } },
  ];
}
