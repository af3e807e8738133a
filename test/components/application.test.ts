import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import { Application } from "../../components/application/index.ts";
import { ApplicationNamespace } from "../../components/application/namespace.ts";
import { mebibytes, millicores } from "../../components/application/quantities.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only, statement, statements } from "./mocks.ts";
import { APPLICATION, RELEASE } from "./releaseFixtures.ts";

describe("Application in production", () => {
  let resources: Declared[];
  beforeAll(async () => {
    resources = await declared(() => {
      const opts = { provider: new k8s.Provider("cluster", {}) };
      const namespace = new ApplicationNamespace("namespace", { ...RELEASE, namespace: "shop" }, opts);
      new Application("application", { ...APPLICATION, traceCollector: { "app.kubernetes.io/name": "otel-collector" }, namespace }, opts);
    });
  });

  it("has a namespace of the restricted standard", () => {
    expect(only(resources, "kubernetes:core/v1:Namespace").inputs["metadata"]).toMatchObject({ labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
  });

  it("is reached by NGINX and monitoring only, and reaches DNS, stores, AWS and traces only", () => {
    const policies = ofType(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map((p) => ({ name: (p.inputs["metadata"] as { name: string }).name, spec: p.inputs["spec"] as Record<string, unknown> }));
    expect(policies.map((p) => p.name).sort()).toEqual(["allow-aws", "allow-dns", "allow-ingress", "allow-metrics", "allow-stores", "allow-traces", "default-deny"]);
    const rule = (name: string) => policies.find((p) => p.name === name)?.spec;
    expect(rule("default-deny")).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    expect(rule("allow-ingress")).toMatchObject({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nginx-ingress" } }, podSelector: { matchLabels: { "app.kubernetes.io/name": "nginx-ingress" } } }], ports: [{ protocol: "TCP", port: 8080 }] }] });
    expect(rule("allow-stores")).toMatchObject({ egress: [{ to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ port: 5432 }, { port: 6379 }] }] });
    expect(JSON.stringify(rule("allow-aws"))).toContain('"except":["10.0.0.0/8"');
    expect(rule("allow-traces")).toMatchObject({ egress: [{ to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } }, podSelector: { matchLabels: { "app.kubernetes.io/name": "otel-collector" } } }], ports: [{ port: 4317 }, { port: 4318 }] }] });
  });

  it("reaches nothing of monitoring where there is no collector", async () => {
    const without = await declared(() => {
      const opts = { provider: new k8s.Provider("cluster", {}) };
      new Application("application", { ...APPLICATION, namespace: new ApplicationNamespace("namespace", { ...RELEASE, namespace: "shop" }, opts) }, opts);
    });
    expect(ofType(without, "kubernetes:networking.k8s.io/v1:NetworkPolicy").map(({ inputs }) => (inputs["metadata"] as { name: string }).name)).not.toContain("allow-traces");
  });

  it("may log in to the database as its user, use the files bucket, and nothing else", () => {
    const policy = only(resources, "aws:iam/rolePolicy:RolePolicy");
    expect(statements(policy).map((s) => s.Sid)).toEqual(["ListFiles", "ReadAndWriteFiles", "UseFilesKeyThroughS3", "LogInToDatabase"]);
    expect(statement(policy, "LogInToDatabase")).toMatchObject({ Action: "rds-db:connect", Resource: ["db-X", "db-Y", "db-Z"].map((id) => `arn:aws:rds-db:us-east-1:123456789012:dbuser:${id}/app`) });
    expect(only(resources, "aws:iam/role:Role").inputs["name"]).toBe("shop-production-app");
  });

  it("has a quota for both colors at their most", () => {
    expect(only(resources, "kubernetes:core/v1:ResourceQuota").inputs["spec"]).toEqual({ hard: {
      pods: "25", "requests.cpu": "6250m", "requests.memory": "12800Mi", "limits.cpu": "25000m", "limits.memory": "12800Mi", "services.loadbalancers": "0", "services.nodeports": "0",
    } });
  });
});

describe("the quota of a namespace", () => {
  it("has room for the surge of a rolling update in both colors", async () => {
    const resources = await declared(() => {
      new ApplicationNamespace("namespace", { ...RELEASE, namespace: "shop", maxSurge: 3 }, { provider: new k8s.Provider("cluster", {}) });
    });
    expect(only(resources, "kubernetes:core/v1:ResourceQuota").inputs["spec"]).toMatchObject({ hard: { pods: "27" } });
  });
});

describe("quantities", () => {
  it.each([["250m", 250], ["1.5", 1500], ["2", 2000]])("reads %s as %i thousandths of a core", (text, value) => {
    expect(millicores(text)).toBe(value);
  });
  it.each([["512Mi", 512], ["2Gi", 2048], ["2048Ki", 2]])("reads %s as %i mebibytes", (text, value) => {
    expect(mebibytes(text)).toBe(value);
  });
  it.each(["1G", "", "-1Mi"])("refuses %j as memory", (text) => {
    expect(() => mebibytes(text)).toThrow(/Memory quantity/);
  });
});
