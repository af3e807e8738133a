/** Requirements, section 1, row "secrets". */
import { expect } from "vitest";
import { at, type RenderedResource } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { byName, kept, names, statement } from "../facts.ts";

const row = "secrets";
const SECRET = "aws:secretsmanager/secret:Secret";
const POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy";
/** What Alertmanager proves itself with. */
const ALERT_FILES = ["slack-token", "pagerduty-routing-key", "smtp-password", "dead-mans-switch-url"];
const ALERTS = Object.fromEntries(ALERT_FILES.map((file) => [`alerts-${file}`, `shop-production/alertmanager/${file}`]));
const NAMES = { "postgres-master-secret": "shop-production/postgres/master", "redis-auth-secret": "shop-production/redis/auth-token", "secrets-jwt-secret": "shop-production/app/JWT_SECRET", "secrets-payment-api-key": "shop-production/app/PAYMENT_API_KEY", ...ALERTS, "grafana-client-secret": "shop-production/grafana/client-secret" };
/** Names that say that the value is a credential; ends of words, so that TOKEN_HOST and _SECONDS are none. */
const CREDENTIAL = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/;

/** Variables of every container, with where they are. */
function variables(workload: RenderedResource): [string, unknown][] {
  const pod = at(workload.props, "spec.template.spec") ?? at(workload.props, "spec.jobTemplate.spec.template.spec");
  const containers = [...((at(pod, "containers") ?? []) as { env?: unknown }[]), ...((at(pod, "initContainers") ?? []) as { env?: unknown }[])];
  return containers.flatMap((c) => Object.entries(byName(c.env ?? [])));
}

export const secrets: Requirement[] = [
  kept(row, "Secrets Manager", Object.entries(NAMES).map(([name, physical]) => [SECRET, name, { name: physical, recoveryWindowInDays: 30 }] as const), (p) => {
    expect(names(p, SECRET)).toEqual(Object.keys(NAMES).sort());
    expect(names(p, POLICY)).toEqual(Object.keys(NAMES).map((name) => `${name}-policy`).sort());
    for (const policy of p.all(POLICY)) {
      expect(statement(policy, "DenyOtherAccounts")).toMatchObject({ Effect: "Deny", Condition: { StringNotEquals: { "aws:PrincipalAccount": "123456789012" } } });
      expect(statement(policy, "DenyPlainHttp")).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    }
  }),
  kept(row, "customer key", [
    ["aws:kms/key:Key", "keys-secrets", { enableKeyRotation: true, rotationPeriodInDays: 90 }],
    ["aws:kms/alias:Alias", "keys-secrets-alias", { name: "alias/shop-production-secrets" }],
    ...Object.keys(NAMES).map((name) => [SECRET, name, { kmsKeyId: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//) as unknown }] as const),
  ], (p) => expect(new Set(p.all(SECRET).map((r) => r.props["kmsKeyId"])).size, "one key for all").toBe(1)),
  kept(row, "rotation", [
    ["aws:secretsmanager/secretRotation:SecretRotation", "postgres-rotation", { "rotationRules.automaticallyAfterDays": 30, rotateImmediately: true }],
    ["aws:serverlessrepository/cloudFormationStack:CloudFormationStack", "postgres-rotation-function", {}],
    // Values that only people know are watched by age: the expiry check fails when one is older.
    [SECRET, "secrets-jwt-secret", { "tags.rotation-days": "30" }],
    [SECRET, "secrets-payment-api-key", { "tags.rotation-days": "30" }],
    ["CronJob", "expiry-check", { "spec.schedule": "0 7 * * *" }],
  ], (p) => {
    const env = byName(at(p.one("CronJob", "expiry-check").props, "spec.jobTemplate.spec.template.spec.containers[0].env"));
    expect(env).toMatchObject({ MAX_SECRET_DAYS: "30", SECRETS: "shop-production/app/JWT_SECRET shop-production/app/PAYMENT_API_KEY shop-production/redis/auth-token shop-production/alertmanager/slack-token shop-production/alertmanager/pagerduty-routing-key shop-production/alertmanager/smtp-password shop-production/alertmanager/dead-mans-switch-url" });
  }),
  kept(row, "synced into the cluster", [
    ["SecretStore", "secrets-manager", { "metadata.namespace": "shop", "spec.provider.aws.service": "SecretsManager", "spec.provider.aws.region": "us-east-1" }],
    ["ExternalSecret", "app-secrets", {
      "metadata.namespace": "shop", "spec.refreshInterval": "15m", "spec.target.name": "app-secrets", "spec.secretStoreRef": { kind: "SecretStore", name: "secrets-manager" },
      "spec.data": [
        { secretKey: "JWT_SECRET", remoteRef: { key: "shop-production/app/JWT_SECRET" } },
        { secretKey: "PAYMENT_API_KEY", remoteRef: { key: "shop-production/app/PAYMENT_API_KEY" } },
        { secretKey: "REDIS_AUTH_TOKEN", remoteRef: { key: "shop-production/redis/auth-token", property: "authToken" } },
      ],
    }],
    ["SecretStore", "alertmanager", { "metadata.namespace": "monitoring", "spec.provider.aws.region": "us-east-1" }],
    ["ExternalSecret", "alertmanager-golive", {
      "metadata.namespace": "monitoring", "spec.target.name": "alertmanager-golive", "spec.secretStoreRef": { kind: "SecretStore", name: "alertmanager" },
      "spec.data": ALERT_FILES.map((file) => ({ secretKey: file, remoteRef: { key: `shop-production/alertmanager/${file}` } })),
    }],
    ["kubernetes:helm.sh/v4:Chart", "cluster-services-external-secrets", { chart: "oci://ghcr.io/external-secrets/charts/external-secrets", version: "1.0.0" }],
    ["aws:eks/podIdentityAssociation:PodIdentityAssociation", "external-secrets-association", {}],
    ["aws:iam/rolePolicy:RolePolicy", "external-secrets-policy", {}],
  ], (p) => {
    expect(statement(p.one("aws:iam/rolePolicy:RolePolicy", "external-secrets-policy"), "ReadSecrets").Resource).toEqual([
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production/app/JWT_SECRET-??????",
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production/app/PAYMENT_API_KEY-??????",
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production/redis/auth-token-??????",
      ...Object.values(ALERTS).map((name) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-??????`),
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production/grafana/client-secret-??????",
    ]);
  }),
  {
    row,
    phrase: "never in plain env, config maps or stack outputs",
    resources: (p) => [p.one("Deployment", "app-blue"), p.one("ConfigMap", "release-blue-config"), p.one("CronJob", "database-roles"), p.one("aws:secretsmanager/secretVersion:SecretVersion", "postgres-master-secret-value")],
    check: (p) => {
      const workloads = [...p.all("Deployment"), ...p.all("CronJob")];
      expect(workloads.length).toBeGreaterThan(10);
      expect(workloads.flatMap((w) => variables(w).filter(([name, value]) => CREDENTIAL.test(name) && value !== undefined).map(([name]) => `${w.name} ${name}`))).toEqual([]);
      expect(at(p.one("Deployment", "app-blue").props, "spec.template.spec.containers[0].envFrom[1].secretRef.name")).toBe("app-secrets");
      expect(byName(at(p.one("CronJob", "database-roles").props, "spec.jobTemplate.spec.template.spec.containers[0].env"))).toMatchObject({ MASTER_SECRET_ARN: expect.stringMatching(/^arn:aws:secretsmanager:/) as unknown });
      expect(p.all("ConfigMap").flatMap((map) => Object.keys((map.props["data"] ?? {})).filter((name) => CREDENTIAL.test(name)).map((name) => `${map.name} ${name}`))).toEqual([]);
      expect(names(p, "ConfigMap", /^release-blue-config$/)).toEqual(["release-blue-config"]);
      expect(p.all("Secret"), "Kubernetes Secrets are written by External Secrets, never by the program").toEqual([]);
      // A secret of the state is rendered as this word: the output holds none, and the value that exists is one.
      expect(p.one("aws:secretsmanager/secretVersion:SecretVersion", "postgres-master-secret-value").props["secretStringWo"]).toBe("[secret]");
      expect(JSON.stringify(p.outputs)).not.toContain("[secret]");
      expect(Object.keys(p.outputs).filter((name) => CREDENTIAL.test(name.toUpperCase()))).toEqual([]);
      expect(Object.keys(p.outputs)).toContain("databaseWriter");
    },
  },
];
