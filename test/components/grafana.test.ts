import * as k8s from "@pulumi/kubernetes";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Grafana, type GrafanaArgs } from "../../components/monitoring/grafana/index.ts";
import { iniText, rolePath, settings, type SignOn } from "../../components/monitoring/grafana/settings.ts";
import { BOARD_NAMES } from "../../components/monitoring/dashboards/index.ts";
import { IDENTITY, PLACE, PROTECTED, secretValue } from "./dataFixtures.ts";
import { declared, type Declared, ofType, only, statement } from "./mocks.ts";

const SIGN_ON: SignOn = {
  authorizeUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token", userInfoUrl: "https://id.example.com/userinfo", clientId: "grafana-shop",
  groups: { admins: ["platform"], viewers: ["engineering", "support"] },
};
const ARGS: GrafanaArgs = {
  ...PLACE, image: `registry.example.com/grafana@sha256:${"a".repeat(64)}`, url: "https://grafana.internal.example.com", signOn: SIGN_ON, clientSecret: "a-client-secret",
  secretsKeyArn: "arn:key:secrets", rotationDays: 30, recoveryWindowDays: 30, refreshMinutes: 15, namespace: "monitoring", namespaceName: "monitoring", identity: IDENTITY, protection: PROTECTED,
};
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret";

const grafana = (change: Partial<GrafanaArgs> = {}): Promise<Declared[]> => declared(() => { new Grafana("grafana", { ...ARGS, ...change }, { provider: new k8s.Provider("cluster", {}) }); });

/** The sections of an ini file, by a reader that knows nothing of how it was written. */
function sections(text: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  let section = "";
  for (const line of text.split("\n")) {
    const head = /^\[(.+)\]$/.exec(line)?.[1];
    const [, name, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (head !== undefined) found[section = head] = {};
    else if (name !== undefined && value !== undefined) (found[section] ??= {})[name] = value;
    else expect(line).toBe("");
  }
  return found;
}

interface Mount { name: string; mountPath: string; subPath?: string; readOnly?: boolean }
interface Pod {
  automountServiceAccountToken: boolean; securityContext: unknown;
  containers: { image: string; env: unknown[]; volumeMounts: Mount[]; securityContext: unknown; resources: { requests: unknown }; readinessProbe: unknown }[];
  volumes: { name: string; secret?: { secretName: string; items: unknown; defaultMode: number }; emptyDir?: unknown; projected?: { sources: { configMap: { name: string } }[] }; configMap?: { name: string } }[];
}

let resources: Declared[];
let files: Record<string, string>;
let pod: Pod;
beforeAll(async () => {
  resources = await grafana();
  files = only(resources, "kubernetes:core/v1:ConfigMap", "grafana-config").inputs["data"] as Record<string, string>;
  pod = (only(resources, DEPLOYMENT).inputs["spec"] as { template: { spec: Pod } }).template.spec;
});

describe("who comes in", () => {
  it("by single sign-on alone: no visitors, no passwords, no sign-up, no account that is there from the start", () => {
    const ini = sections(files["grafana.ini"] ?? "");
    expect(ini).toMatchObject({
      auth: { disable_login_form: "true", login_maximum_lifetime_duration: "8h" }, "auth.basic": { enabled: "false" }, "auth.anonymous": { enabled: "false" },
      users: { allow_sign_up: "false", allow_org_create: "false" }, security: { disable_initial_admin_creation: "true" }, plugins: { plugin_admin_enabled: "false", preinstall_disabled: "true" },
      snapshots: { enabled: "false", external_enabled: "false" }, public_dashboards: { enabled: "false" },
    });
    expect(ini["auth.generic_oauth"]).toMatchObject({
      enabled: "true", client_id: "grafana-shop", auth_url: SIGN_ON.authorizeUrl, token_url: SIGN_ON.tokenUrl, api_url: SIGN_ON.userInfoUrl, scopes: "openid profile email groups",
      use_pkce: "true", use_refresh_token: "false", tls_skip_verify_insecure: "false", role_attribute_strict: "true", allow_assign_grafana_admin: "false",
      role_attribute_path: "(contains(groups[*], 'platform')) && 'Admin' || (contains(groups[*], 'engineering') || contains(groups[*], 'support')) && 'Viewer'",
    });
  });

  it("with cookies by https alone, which browsers are told to keep to, but not for all of a person's localhost", () => {
    const ini = sections(files["grafana.ini"] ?? "");
    expect(ini["server"]).toMatchObject({ protocol: "https", root_url: "https://grafana.internal.example.com/", min_tls_version: "TLS1.2", cert_file: "/etc/golive/certificate/tls.crt" });
    expect(ini["security"]).toMatchObject({ cookie_secure: "true", cookie_samesite: "lax", strict_transport_security: "true", strict_transport_security_max_age_seconds: "31536000", content_security_policy: "true", allow_embedding: "false" });
    expect(settings("https://localhost:3000", SIGN_ON, [])["security"]).toMatchObject({ cookie_secure: true, strict_transport_security: false });
  });

  it("whom a group gives a role; only viewers where no group of administrators is named", () => {
    expect(rolePath("roles", { viewers: ["a"] })).toBe("(contains(roles[*], 'a')) && 'Viewer'");
  });

  it.each(["https://id.example.com/token;x", "https://id.example.com/#a", "a\nb", "%(HOME)s", '"quoted"'])("refuses a value that would become two: %j", (tokenUrl) => {
    expect(() => iniText(settings(ARGS.url, { ...SIGN_ON, tokenUrl }, []))).toThrow(/Grafana: token_url of \[auth.generic_oauth\] contains a sign/);
  });
});

describe("secrets", () => {
  it("of single sign-on are in Secrets Manager, protected, written once, and in no configuration", () => {
    expect(only(resources, "aws:secretsmanager/secret:Secret")).toMatchObject({ protect: true, inputs: { name: "shop-production/grafana/client-secret", kmsKeyId: "arn:key:secrets", tags: { "data-class": "secrets", "rotation-days": "30" } } });
    const first = only(resources, "aws:secretsmanager/secretVersion:SecretVersion");
    expect(first.ignoreChanges).toEqual(["secretStringWo"]);
    expect(secretValue(first.inputs["secretStringWo"])).toBe("a-client-secret");
    expect(JSON.stringify([files, pod])).not.toContain("a-client-secret");
    expect(sections(files["grafana.ini"] ?? "")).toMatchObject({ "auth.generic_oauth": { client_secret: "$__file{/etc/golive/sign-on/client-secret}" }, security: { secret_key: "$__file{/etc/golive/session/password}" } });
  });

  it("come as files that its user alone reads, and the pods wait for them", () => {
    expect(only(resources, EXTERNAL_SECRET, "grafana-sign-on").inputs["spec"]).toMatchObject({ refreshInterval: "15m", data: [{ secretKey: "client-secret", remoteRef: { key: "shop-production/grafana/client-secret" } }] });
    expect(only(resources, EXTERNAL_SECRET, "grafana-session").inputs["spec"]).toMatchObject({ refreshPolicy: "CreatedOnce", dataFrom: [{ sourceRef: { generatorRef: { kind: "Password", name: "grafana-session" } } }] });
    for (const { secret } of pod.volumes.filter((volume) => volume.secret !== undefined)) expect(secret?.defaultMode).toBe(0o440);
    const waits = only(resources, DEPLOYMENT).dependencies.map((urn) => urn.split("::").at(-1));
    expect(waits).toEqual(expect.arrayContaining(["grafana-sign-on", "grafana-session", "grafana-certificate"]));
  });

  it("are read by a role of the namespace where the controller's is not enough: exactly one secret", async () => {
    const found = await grafana({ identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/id.example.com", issuer: "id.example.com" } });
    const read = statement(only(found, "aws:iam/rolePolicy:RolePolicy"), "ReadSecrets");
    expect(read).toMatchObject({ Resource: ["arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-production/grafana/client-secret-??????"] });
    expect(ofType(resources, "aws:iam/rolePolicy:RolePolicy")).toEqual([]);
  });
});

describe("what it shows", () => {
  it("is this stack's Prometheus and Alertmanager, which nobody edits, and no other address", () => {
    const sources = parse(files["datasources.yaml"] ?? "") as { prune: boolean; datasources: unknown[] };
    expect(sources.prune).toBe(true);
    expect(sources.datasources).toMatchObject([
      { type: "prometheus", url: "http://prometheus:9090", isDefault: true, editable: false }, { type: "alertmanager", url: "http://alertmanager-operated:9093", editable: false, jsonData: { implementation: "prometheus" } },
    ]);
    expect(sections(files["grafana.ini"] ?? "")["security"]).toMatchObject({ data_source_proxy_whitelist: "prometheus:9090 alertmanager-operated:9093" });
  });

  it("is every dashboard, from the ConfigMaps that Monitoring makes, in the folder that Grafana is told", () => {
    const { providers } = parse(files["dashboards.yaml"] ?? "") as { providers: { allowUiUpdates: boolean; options: { path: string } }[] };
    expect(providers).toMatchObject([{ allowUiUpdates: false, disableDeletion: true, options: { path: "/etc/golive/dashboards" } }]);
    const mount = pod.containers[0]?.volumeMounts.find(({ mountPath }) => mountPath === providers[0]?.options.path);
    const sources = pod.volumes.find(({ name }) => name === mount?.name)?.projected?.sources ?? [];
    expect(sources.map(({ configMap }) => configMap.name)).toEqual(BOARD_NAMES.map((board) => `dashboard-${board}`));
  });
});

describe("its pods", () => {
  it("are two, restricted, without a token, and keep nothing", () => {
    const spec = only(resources, DEPLOYMENT).inputs["spec"] as { replicas: number };
    expect(spec.replicas).toBe(2);
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } });
    expect(pod.containers[0]?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } });
    expect(pod.containers[0]?.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath)).toEqual(["/var/lib/grafana", "/tmp"]);
    expect(only(resources, "kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]).toMatchObject({ maxUnavailable: 1 });
    expect(resources.filter(({ type }) => /PersistentVolumeClaim|StatefulSet/.test(type))).toEqual([]);
  });

  it("roll when a setting changes", async () => {
    const other = await grafana({ url: "https://localhost:3000" });
    const name = (found: Declared[]) => (only(found, "kubernetes:core/v1:ConfigMap", "grafana-config").inputs["metadata"] as { name: string }).name;
    expect(name(other)).not.toBe(name(resources));
    expect((only(other, DEPLOYMENT).inputs["spec"] as { template: { spec: Pod } }).template.spec.volumes[0]?.configMap?.name).toBe(name(other));
  });

  it("are reached by nothing but the API server's port-forward, by operators", () => {
    expect(resources.filter(({ type }) => /NetworkPolicy|:Service$|Ingress|VirtualServer/.test(type))).toEqual([]);
    expect(only(resources, "kubernetes:rbac.authorization.k8s.io/v1:Role").inputs["rules"]).toEqual([{ apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"] }]);
    expect(only(resources, "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").inputs).toMatchObject({ metadata: { namespace: "monitoring" }, subjects: [{ kind: "Group", name: "shop-production-operators" }] });
  });
});
