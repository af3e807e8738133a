import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { traceEndpoint, Traces, type TracesArgs } from "../../components/monitoring/traces/index.ts";
import { environment } from "../../components/release/configMap.ts";
import type { ColorArgs } from "../../components/release/color.ts";
import { IDENTITY, PLACE } from "./dataFixtures.ts";
import { declared, type Declared, ofType, only, statement } from "./mocks.ts";
import { RELEASE } from "./releaseFixtures.ts";

const ARGS: TracesArgs = {
  ...PLACE, image: `registry.example.com/otel-collector@sha256:${"a".repeat(64)}`, destination: { kind: "xray", region: "us-east-1" }, namespace: "monitoring", namespaceName: "monitoring",
  app: { namespace: "shop", podLabels: { "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "app" } }, vpcCidr: "10.20.0.0/16", identity: IDENTITY,
};
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const traces = (change: Partial<TracesArgs> = {}): Promise<Declared[]> => declared(() => { new Traces("traces", { ...ARGS, ...change }, { provider: new k8s.Provider("cluster", {}) }); });

let resources: Declared[];
beforeAll(async () => { resources = await traces(); });

describe("the collector", () => {
  it("is where the application is told to send, one pod a zone, restricted and without a token", () => {
    const { replicas, template } = only(resources, "kubernetes:apps/v1:Deployment").inputs["spec"] as { replicas: number; template: { metadata: { labels: Record<string, string> }; spec: { automountServiceAccountToken: boolean; containers: { ports: { name: string; containerPort: number }[]; securityContext: unknown }[] } } };
    expect(replicas).toBe(3);
    expect(template.spec.automountServiceAccountToken).toBe(false);
    expect(template.spec.containers[0]?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } });
    const service = only(resources, "kubernetes:core/v1:Service").inputs as { metadata: { name: string }; spec: { selector: Record<string, string>; ports: { port: number; targetPort: string }[] } };
    const url = new URL(traceEndpoint("monitoring"));
    expect(url.hostname).toBe(`${service.metadata.name}.monitoring.svc.cluster.local`);
    const target = service.spec.ports.find(({ port }) => port === Number(url.port))?.targetPort;
    expect(template.spec.containers[0]?.ports).toContainEqual({ name: target, containerPort: 4318 });
    expect(template.metadata.labels).toMatchObject(service.spec.selector);
    expect(only(resources, "kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: service.spec.selector } });
  });

  it("is reached by the application's pods alone", () => {
    expect(only(resources, POLICY, "traces-in").inputs["spec"]).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "otel-collector" } }, policyTypes: ["Ingress"],
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } }, podSelector: { matchLabels: ARGS.app.podLabels } }], ports: [{ protocol: "TCP", port: 4317 }, { protocol: "TCP", port: 4318 }] }],
    });
  });

  it("writes to X-Ray of the region by a role that reads nothing", () => {
    expect(statement(only(resources, "aws:iam/rolePolicy:RolePolicy"), "WriteTraces")).toMatchObject({ Action: ["xray:PutTraceSegments", "xray:PutSpans", "xray:PutSpansForIndexing"], Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } });
    expect(only(resources, "aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs).toMatchObject({ namespace: "monitoring", serviceAccount: "otel-collector" });
    expect(JSON.stringify(only(resources, POLICY, "traces-out").inputs["spec"])).toContain("169.254.170.23/32");
  });

  it("has no role for another place, and a way to its port where that is not 443", async () => {
    const elsewhere = await traces({ destination: { kind: "otlp", endpoint: "https://otlp.example.com:4318" } });
    expect(elsewhere.filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
    expect(only(elsewhere, POLICY, "traces-out").inputs["spec"]).toMatchObject({ egress: [{ ports: [{ port: 4318 }] }] });
    const text = (only(elsewhere, "kubernetes:core/v1:ConfigMap").inputs["data"] as Record<string, string>)["collector.yaml"] ?? "";
    expect(parse(text)).toMatchObject({ exporters: { otlphttp: { endpoint: "https://otlp.example.com:4318" } } });
    const https = await traces({ destination: { kind: "otlp", endpoint: "https://otlp.example.com" } });
    expect(ofType(https, POLICY).map(({ name }) => name)).toEqual(["traces-in"]);
  });
});

describe("the application", () => {
  const told = (change: Partial<ColorArgs>) => environment({ ...RELEASE, ...PLACE, color: "blue", image: `registry.example.com/shop@sha256:${"0123456789ab".repeat(6).slice(0, 64)}`, ...change } as ColorArgs);

  it("makes no traces where nobody takes them, and samples where it does, once", () => {
    expect(told({ traceEndpoint: undefined })).toMatchObject({ OTEL_TRACES_EXPORTER: "none" });
    expect(told({ traceEndpoint: undefined })).not.toHaveProperty("OTEL_EXPORTER_OTLP_ENDPOINT");
    expect(told({ traceEndpoint: traceEndpoint("monitoring"), traceSamplingRate: 0.25 })).toMatchObject({
      OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-collector.monitoring.svc.cluster.local:4318", OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25",
    });
  });

  it("is told of error tracking by environment and release, never by the DSN, and by nothing without it", () => {
    expect(told({ errorTracking: true })).toMatchObject({ SENTRY_ENVIRONMENT: RELEASE.environment, SENTRY_RELEASE: "shop@0123456789ab" });
    expect(Object.keys(told({ errorTracking: true }))).not.toContain("SENTRY_DSN");
    expect(Object.keys(told({})).filter((name) => name.startsWith("SENTRY_"))).toEqual([]);
  });
});
