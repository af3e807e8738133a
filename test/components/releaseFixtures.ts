/** Arguments of the application and its release, as production has them. */
import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
import { Application, type ApplicationArgs } from "../../components/application/index.ts";
import { ApplicationNamespace } from "../../components/application/namespace.ts";
import { Release, type ReleaseArgs } from "../../components/release/index.ts";
import { type Declared, declared } from "./mocks.ts";

export const image = (digit: string) => `registry.example.com/shop@sha256:${digit.repeat(64)}`;

const FILES = { name: "shop-production-files-123456789012", arn: "arn:aws:s3:::shop-production-files-123456789012", keyArn: "arn:aws:kms:us-east-1:123456789012:key/files" };
const PLACE = { name: "shop", prefix: "shop-production", accountId: "123456789012", region: "us-east-1", port: 8080, monitoringNamespace: "monitoring", traceEndpoint: "http://otel-collector.monitoring.svc.cluster.local:4318" };

export const APPLICATION = {
  ...PLACE, ingressNamespace: "nginx-ingress", vpcCidr: "10.20.0.0/16",
  postgres: { port: 5432, connectArns: ["db-X", "db-Y", "db-Z"].map((id) => `arn:aws:rds-db:us-east-1:123456789012:dbuser:${id}/app`) },
  redis: { port: 6379 }, filesBucket: FILES,
  identity: { kind: "podIdentity", clusterName: "shop-production", clusterArn: "arn:aws:eks:us-east-1:123456789012:cluster/shop-production", dependsOn: [] },
} satisfies Omit<ApplicationArgs, "namespace">;

export const RELEASE = {
  ...PLACE, environment: "production",
  health: { ready: "/health/ready", live: "/health/live", deep: "/health" }, metricsPath: "/metrics", replicas: { min: 3, max: 10 },
  autoscaling: { cpuPercent: 70, requestsPerSecond: 50 }, requests: { cpu: "250m", memory: "512Mi" }, drain: { preStopSeconds: 15, gracePeriodSeconds: 60 }, minReadySeconds: 10,
  security: {
    accessTokenSeconds: 3600, refreshTokenSeconds: 604_800, sessionSeconds: 28_800, requestsPerMinute: 100, requestsPerHour: 1000, burst: 50,
    uploadMaxMb: 50, uploadTypes: [".svg", ".xml", ".json"], mfaRequired: true,
  },
  settings: { FEATURE_EXPORT: "on" }, host: "shop.example.com",
  activeColor: "blue", colors: { blue: { image: image("0") }, green: { image: image("1") } },
  strategy: "blueGreen", rolling: { maxUnavailable: 1, maxSurge: 2 }, serial: 1, drainIdle: false,
  postgres: { writerHost: "writer.shop-production.internal", readerHost: "reader.shop-production.internal", port: 5432, databaseName: "app", user: "app", endpoint: "db.example.com", readerEndpoints: ["reader-1.example.com", "reader-2.example.com"] },
  redis: { host: "cache.example.com", sessionsHost: "sessions.example.com", port: 6379 },
  filesBucket: FILES, secretName: "app-secrets", traceSamplingRate: 1,
} satisfies Omit<ReleaseArgs, "application" | "kubeconfig">;

/** Declares namespace, application and release; `change` may make more first; `look` sees what was made. */
export function release(change: Partial<ReleaseArgs> | ((opts: pulumi.CustomResourceOptions) => Partial<ReleaseArgs>) = {}, look: (made: Release) => void = () => undefined): Promise<Declared[]> {
  return declared(() => {
    const opts = { provider: new k8s.Provider("cluster", {}) };
    const namespace = new ApplicationNamespace("namespace", { ...RELEASE, namespace: "shop" }, opts);
    const application = new Application("application", { ...APPLICATION, namespace }, opts);
    look(new Release("release", { ...RELEASE, application, kubeconfig: pulumi.secret("{}"), ...(typeof change === "function" ? change(opts) : change) }, opts));
  });
}
