import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { alertmanagerConfig } from "../../components/monitoring/routing/config.ts";
import { AlertRouting, type AlertRoutingArgs } from "../../components/monitoring/routing/index.ts";
import { credentialSecrets, type Notifications } from "../../components/monitoring/routing/notifications.ts";
import { Secrets } from "../../components/secrets.ts";
import { amtool } from "../monitoring/routingConfig.ts";
import { IDENTITY, PLACE, PROTECTED, secretValue } from "./dataFixtures.ts";
import { declared, type Declared, ofType, only, statement } from "./mocks.ts";

const NOTIFICATIONS: Notifications = {
  mail: { from: "alerts@example.com", smarthost: "smtp.example.com:587", username: "alerts", to: ["oncall@example.com"] },
  slack: { channel: "#alerts" },
  pagerduty: true,
  deadMansSwitch: true,
  businessHours: { timeZone: "UTC", days: "monday:friday", from: "09:00", to: "17:00" },
};
const NOBODY: Notifications = { pagerduty: false, deadMansSwitch: false, businessHours: NOTIFICATIONS.businessHours, nobody: "a stack that one person looks at" };
const ARGS: AlertRoutingArgs = {
  ...PLACE, prefix: "shop-production", vpcCidr: "10.20.0.0/16", notifications: NOTIFICATIONS, protection: PROTECTED, secretsKeyArn: "arn:key:secrets", rotationDays: 30, recoveryWindowDays: 30, refreshMinutes: 15,
  values: { slackToken: "a-slack-token", pagerdutyRoutingKey: "a-routing-key", smtpPassword: "a-password", deadMansSwitchUrl: "https://switch.example.com/a" },
  namespace: "monitoring", namespaceName: "monitoring", identity: IDENTITY, image: `registry.example.com/alertmanager@sha256:${"a".repeat(64)}`, storageClass: "gp3",
};
const ALERTMANAGER = "kubernetes:monitoring.coreos.com/v1:Alertmanager";
const EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const NAMES = ["slack-token", "pagerduty-routing-key", "smtp-password", "dead-mans-switch-url"];

function routing(change: Partial<AlertRoutingArgs> = {}): Promise<Declared[]> {
  return declared(() => { new AlertRouting("alerts", { ...ARGS, ...change }, { provider: new k8s.Provider("cluster", {}) }); });
}

function configText(found: Declared[]): string {
  const { target } = only(found, EXTERNAL_SECRET, "alerts-secret").inputs["spec"] as { target: { template: { data: Record<string, string> } } };
  return target.template.data["alertmanager.yaml"] ?? "";
}

let resources: Declared[];
beforeAll(async () => {
  resources = await routing();
});

describe("credentials", () => {
  it("are containers in Secrets Manager, protected, each filled once and never from the state", () => {
    expect(ofType(resources, "aws:secretsmanager/secret:Secret").map(({ inputs }) => inputs["name"])).toEqual(NAMES.map((name) => `shop-production/alertmanager/${name}`));
    for (const secret of ofType(resources, "aws:secretsmanager/secret:Secret")) expect(secret).toMatchObject({ protect: true, inputs: { kmsKeyId: "arn:key:secrets", tags: { "data-class": "secrets", "rotation-days": "30" } } });
    const first = only(resources, "aws:secretsmanager/secretVersion:SecretVersion", "alerts-slack-token-value");
    expect(first.ignoreChanges).toEqual(["secretStringWo"]);
    expect(first.inputs).not.toHaveProperty("secretString");
    expect(secretValue(first.inputs["secretStringWo"])).toBe("a-slack-token");
  });

  it("come into the namespace as the files that the configuration names, and the update waits for them", () => {
    const { metadata, spec } = only(resources, EXTERNAL_SECRET, "alerts-secret").inputs as { metadata: unknown; spec: { data: unknown } };
    expect(metadata).toMatchObject({ name: "alertmanager-golive", namespace: "monitoring", annotations: { "pulumi.com/waitFor": "condition=Ready" } });
    expect(spec).toMatchObject({ target: { name: "alertmanager-golive", creationPolicy: "Owner", deletionPolicy: "Retain", template: { mergePolicy: "Merge" } } });
    expect(spec.data).toEqual(NAMES.map((name) => ({ secretKey: name, remoteRef: { key: `shop-production/alertmanager/${name}` } })));
  });

  it("are read by the controller's one role with Pod Identity, and by a service account of the namespace with web identity", async () => {
    const names = credentialSecrets("shop-production", NOTIFICATIONS);
    const controller = await declared(() => {
      new Secrets("secrets", {
        ...PLACE, protection: PROTECTED, secretsKeyArn: "arn:key:secrets", rotationDays: 30, recoveryWindowDays: 30, app: [], values: {}, refreshMinutes: 15, namespace: "shop", namespaceName: "shop",
        identity: IDENTITY, redis: { authSecretName: "shop-production/redis/auth-token", authSecretVersion: "1" }, version: 1, alsoRead: names,
      });
    });
    const arns = names.map((name) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-??????`);
    expect(statement(only(controller, "aws:iam/rolePolicy:RolePolicy"), "ReadSecrets").Resource).toEqual(["arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production/redis/auth-token-??????", ...arns]);
    expect(ofType(resources, "aws:iam/role:Role")).toEqual([]);

    const elsewhere = await routing({ identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.com", issuer: "oidc.example.com" } });
    expect(statement(only(elsewhere, "aws:iam/rolePolicy:RolePolicy"), "ReadSecrets").Resource).toEqual(arns);
    expect(only(elsewhere, "kubernetes:external-secrets.io/v1:SecretStore").inputs["spec"]).toMatchObject({ provider: { aws: { auth: { jwt: { serviceAccountRef: { name: "alertmanager-secrets-reader" } } } } } });
  });
});

describe("the configuration", () => {
  it("is beside the credentials, without any, and comes through External Secrets' templates as it is meant", async () => {
    const text = configText(resources);
    const { output, agrees } = await amtool("template", "render", `--template.glob=${import.meta.filename}`, `--template.text=${text}`);
    expect(agrees, output).toBe(true);
    const config = parse(output) as Record<string, unknown>;
    expect(config).toEqual(alertmanagerConfig(NOTIFICATIONS, "shop-production"));
    for (const value of ["a-slack-token", "a-routing-key", "a-password", "switch.example.com"]) expect(text).not.toContain(value);
  });

  it("is no Secret of the program", () => {
    expect(ofType(resources, "kubernetes:core/v1:Secret")).toEqual([]);
  });
});

describe("Alertmanager", () => {
  it("runs twice, apart, restricted, on an encrypted volume, from an image by digest", () => {
    expect(only(resources, ALERTMANAGER).inputs["spec"]).toMatchObject({
      image: ARGS.image, replicas: 2, configSecret: "alertmanager-golive", secrets: ["alertmanager-golive"], retention: "120h", automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      storage: { volumeClaimTemplate: { spec: { storageClassName: "gp3", resources: { requests: { storage: "1Gi" } } } } },
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname" }] } },
      topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone" }],
      resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
    });
    expect(only(resources, "kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: { alertmanager: "golive" } } });
  });

  it("reaches its other copy and the mail server beside what every pod of the namespace may", () => {
    expect(only(resources, POLICY, "alerts-gossip").inputs["spec"]).toMatchObject({ podSelector: { matchLabels: { alertmanager: "golive" } }, egress: [{ ports: [{ protocol: "TCP", port: 9094 }, { protocol: "UDP", port: 9094 }] }] });
    const mail = only(resources, POLICY, "alerts-mail").inputs["spec"];
    expect(mail).toMatchObject({ policyTypes: ["Egress"], egress: [{ ports: [{ protocol: "TCP", port: 587 }] }] });
    expect(JSON.stringify(mail)).toContain("169.254.0.0/16");
  });

  it("is left to its owner without an image; its configuration is there", async () => {
    const without = await routing({ image: undefined });
    expect(ofType(without, ALERTMANAGER)).toEqual([]);
    expect(configText(without)).toContain("severity");
  });

  it("needs no credential, store or way to a mail server when nobody is told", async () => {
    const silent = await routing({ notifications: NOBODY, values: {} });
    expect(silent.filter(({ type }) => type.startsWith("aws:") || type.includes("external-secrets"))).toEqual([]);
    expect(ofType(silent, POLICY).map(({ name }) => name).sort()).toEqual(["alerts-gossip", "alerts-silences"]);
    expect(only(silent, ALERTMANAGER).inputs["spec"]).not.toHaveProperty("configSecret");
  });
});

it("is reached by the API server, through which release commands make silences, where Alertmanager is the stack's own", async () => {
  const policy = (found: Declared[]) => ofType(found, POLICY).filter(({ name }) => name === "alerts-silences").map(({ inputs }) => inputs["spec"]);
  expect(policy(resources)).toEqual([{
    podSelector: { matchLabels: { "app.kubernetes.io/name": "alertmanager", alertmanager: "golive" } }, policyTypes: ["Ingress"],
    ingress: [{ from: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ protocol: "TCP", port: 9093 }] }],
  }]);
  expect(policy(await routing({ apiServer: { cidrs: ["192.168.50.5/32"], serviceCidrs: [] } }))).toMatchObject([{ ingress: [{ from: [{ ipBlock: { cidr: "192.168.50.5/32" } }] }] }]);
  expect(policy(await routing({ image: undefined }))).toEqual([]);
});
