/** An application in two colors that keeps every rule: blue is live, green is warm, a canary between them. */
import type { SampleResource } from "../../../policies/samples/sample.ts";
import { action, LIMIT } from "./ingress.ts";
import { container, labels, metadata, NAMESPACE, pod } from "./objects.ts";
import { serving } from "./serving.ts";

const CONFIG = "app-config-1f2e3d4c5b";
const PORTS = [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }];

function selector(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": "app", color: name };
}

/** Everything that a color has for itself. */
function color(name: string): SampleResource[] {
  const own = { name: `app-${name}`, namespace: "shop", labels: { ...labels("app"), color: name } };
  return [
    ...serving({ resource: name, ...own, selector: selector(name), container: { envFrom: [{ configMapRef: { name: CONFIG } }] } }),
    {
      type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
      name: `${name}-hpa`,
      props: {
        metadata: own,
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: `app-${name}` },
          minReplicas: 3,
          maxReplicas: 10,
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
            { type: "Pods", pods: { metric: { name: "http_requests_per_second" }, target: { type: "AverageValue", averageValue: "50" } } },
          ],
        },
      },
    },
    { type: "kubernetes:core/v1:Service", name: `${name}-service`, props: { metadata: own, spec: { type: "ClusterIP", selector: selector(name), ports: PORTS } } },
  ];
}

function splits(): unknown[] {
  return [{ weight: 95, action: action("blue") }, { weight: 5, action: action("green") }];
}

export const release: readonly SampleResource[] = [
  ...NAMESPACE,
  { type: "kubernetes:core/v1:ConfigMap", name: "config", props: { metadata: metadata(CONFIG), immutable: true, data: { LOG_LEVEL: "info" } } },
  ...color("blue"),
  ...color("green"),
  {
    type: "kubernetes:core/v1:Service",
    name: "live",
    props: { metadata: { ...metadata("app"), annotations: { "golive.dev/strategy": "blueGreen" } }, spec: { type: "ClusterIP", selector: selector("blue"), ports: PORTS } },
  },
  {
    type: "kubernetes:batch/v1:Job",
    name: "migrations",
    props: {
      metadata: { ...metadata("migrations-1f2e3d4c5b"), labels: { ...labels("migrations"), "app.kubernetes.io/component": "migrations" } },
      spec: {
        activeDeadlineSeconds: 1800,
        backoffLimit: 2,
        template: { metadata: { labels: labels("migrations") }, spec: { ...pod([container("migrations")]), restartPolicy: "Never" } },
      },
    },
  },
  LIMIT,
  {
    type: "kubernetes:k8s.nginx.org/v1:VirtualServer",
    name: "routes",
    props: {
      metadata: metadata("app"),
      spec: {
        ingressClassName: "nginx",
        host: "shop.example.com",
        tls: { secret: "app-tls", redirect: { enable: true, code: 301 } },
        policies: [{ name: "rate-limit" }],
        upstreams: [{ name: "blue", service: "app-blue", port: 80 }, { name: "green", service: "app-green", port: 80 }],
        routes: [{ path: "/", splits: splits(), matches: [{ conditions: [{ cookie: "beta", value: "1" }], splits: splits() }] }],
      },
    },
  },
];
