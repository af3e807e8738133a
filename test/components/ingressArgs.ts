/** Arguments of the ingress in production, for its unit tests and for the tests with a real NGINX. */
import type { IngressArgs } from "../../components/ingress/index.ts";

export const INGRESS: IngressArgs = {
  prefix: "shop-production",
  namespace: "nginx-ingress",
  appService: { name: "app", port: 80, namespace: "shop" },
  appPods: { port: 8080, labels: { "app.kubernetes.io/name": "shop" } },
  host: "shop.example.com",
  replicas: 3,
  requests: { cpu: "250m", memory: "256Mi" },
  chartVersion: "2.3.1",
  imageDigest: `sha256:${"a".repeat(64)}`,
  nodePort: 30_443,
  requestsPerSecond: 10,
  burst: 20,
  bodyLimitMb: 50,
  hstsSeconds: 31_536_000,
  contentSecurityPolicy: "default-src 'self'",
  vpcCidr: "10.20.0.0/16",
  monitoringNamespace: "monitoring",
};
