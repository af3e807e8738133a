import * as k8s from "@pulumi/kubernetes";
import { describe, expect, it } from "vitest";
import { ApplicationNamespace } from "../../components/application/namespace.ts";
import { Migrations, type MigrationsArgs } from "../../components/release/migrations.ts";
import type { Declared } from "./mocks.ts";
import { declared, ofType, only, statements } from "./mocks.ts";
import { APPLICATION, image, RELEASE } from "./releaseFixtures.ts";

describe("Migrations", () => {
  const migrations = (change: Partial<Pick<MigrationsArgs, "images" | "command" | "identity">> = {}) => declared(() => {
    const opts = { provider: new k8s.Provider("cluster", {}) };
    const namespace = new ApplicationNamespace("namespace", { ...RELEASE, namespace: "shop" }, opts);
    const users = new k8s.core.v1.ConfigMap("database-users", {}, opts);
    new Migrations("migrations", {
      ...APPLICATION, ...RELEASE, namespace, images: [{ image: image("0") }], command: ["node", "dist/migrate.js"], postgres: { ...RELEASE.postgres, connectArn: (user) => `arn:aws:rds-db:us-east-1:123456789012:dbuser:db-X/${user}` },
      applicationUser: "app", after: [users], ...change,
    }, opts);
  });
  const JOB = "kubernetes:batch/v1:Job";
  const nameOf = (resources: Declared[]) => (only(resources, JOB).inputs["metadata"] as { name: string }).name;
  const policyOf = (resources: Declared[]) => only(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "namespace-allow-migrations").inputs["spec"] as { podSelector: unknown; egress: { to: unknown; ports: { port: number }[] }[] };

  it("run the command in the application's image as the migrations' user, after the database users", async () => {
    const resources = await migrations();
    expect(only(resources, JOB).inputs["metadata"]).toMatchObject({ namespace: "shop", annotations: { "pulumi.com/replaceUnready": "true" } });
    const spec = only(resources, JOB).inputs["spec"] as { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
    expect(spec).toMatchObject({
      activeDeadlineSeconds: 1800, backoffLimit: 2,
      template: { spec: {
        serviceAccountName: "migrations", automountServiceAccountToken: false, restartPolicy: "Never", securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
        containers: [{
          image: image("0"), command: ["node", "dist/migrate.js"], resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "512Mi" } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        }],
      } },
    });
    expect(spec).not.toHaveProperty("ttlSecondsAfterFinished");
    expect(Object.fromEntries((spec.template.spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]))).toEqual({
      APP_NAME: "shop", APP_ENVIRONMENT: "production", AWS_REGION: "us-east-1", AWS_STS_REGIONAL_ENDPOINTS: "regional", TMPDIR: "/tmp", LOG_FORMAT: "json",
      DATABASE_HOST: "writer.shop-production.internal", DATABASE_TOKEN_HOST: "db.example.com", DATABASE_PORT: "5432", DATABASE_NAME: "app", DATABASE_USER: "golive_migration",
      DATABASE_APPLICATION_USER: "app", DATABASE_AUTHENTICATION: "iam", DATABASE_SSL_MODE: "verify-ca", FEATURE_EXPORT: "on",
    });
    expect(JSON.stringify(spec)).not.toContain("app-secrets");
    expect(only(resources, JOB).dependencies.map((urn) => urn.split("::").at(-1))).toEqual(expect.arrayContaining(["database-users", "namespace-default-deny", "namespace-allow-migrations", "app-migrations-association"]));
  });

  it("are named by image and command", async () => {
    const name = nameOf(await migrations());
    expect(name).toMatch(/^migrations-[0-9a-f]{10}$/);
    expect(nameOf(await migrations())).toBe(name);
    expect(nameOf(await migrations({ images: [{ image: image("1") }] }))).not.toBe(name);
    expect(nameOf(await migrations({ command: ["migrate"] }))).not.toBe(name);
  });

  it("run once for each image, one after another, and say what they make of the schema", async () => {
    const resources = await migrations({ images: [{ image: image("0") }, { image: image("1"), schema: { version: 14 } }, { image: image("0") }] });
    const [live, idle, ...more] = ofType(resources, JOB);
    expect(more).toEqual([]);
    expect(live?.name).toBe((live?.inputs["metadata"] as { name: string }).name);
    expect(live?.inputs["metadata"]).not.toHaveProperty(["annotations", "golive.dev/schema-version"]);
    expect(idle?.inputs["metadata"]).toMatchObject({ annotations: { "golive.dev/schema-version": "14" } });
    expect(idle?.dependencies).toContain(live?.urn);
  });

  it("may log in as their user on the primary and nothing else", async () => {
    const resources = await migrations();
    expect(only(resources, "aws:iam/role:Role").inputs["name"]).toBe("shop-production-app-migrations");
    expect(statements(only(resources, "aws:iam/rolePolicy:RolePolicy"))).toEqual([
      { Sid: "LogInToDatabase", Effect: "Allow", Action: "rds-db:connect", Resource: "arn:aws:rds-db:us-east-1:123456789012:dbuser:db-X/golive_migration" },
    ]);
  });

  it("reach DNS, credentials and the database only", async () => {
    const policy = policyOf(await migrations());
    expect(policy.podSelector).toEqual({ matchLabels: { "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "migrations" } });
    expect(policy.egress.map((rule) => rule.ports.map(({ port }) => port))).toEqual([[53, 53], [80], [5432]]);
    expect(policy.egress.map((rule) => rule.to).slice(1)).toEqual([[{ ipBlock: { cidr: "169.254.170.23/32" } }], [{ ipBlock: { cidr: "10.20.0.0/16" } }]]);
    const elsewhere = policyOf(await migrations({ identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.com", issuer: "oidc.example.com" } }));
    expect(elsewhere.egress.map((rule) => rule.ports.map(({ port }) => port))).toEqual([[53, 53], [443], [5432]]);
  });

  it("refuse an empty command", async () => {
    await expect(migrations({ command: [] })).rejects.toThrow("command is empty");
  });
});
