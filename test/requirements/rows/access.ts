/** Requirements, section 1, row "access". */
import { expect } from "vitest";
import { type Rendered, type RenderedResource, at } from "../rendered.ts";
import type { Requirement } from "../requirement.ts";
import { kept, names, statement, statements, type Statement } from "../facts.ts";

const row = "access";
const ROLE = "aws:iam/role:Role";
const PEOPLE = ["access-operator", "access-readonly", "access-break-glass"];
const CI = ["access-deploy", "access-preview"];
const LIMIT: readonly [string, RegExp] = ["aws:iam/policy:Policy", /(^|-)boundary$/];
const BOUNDARY = "arn:aws:iam::123456789012:policy/shop-production-boundary";

const list = (value: string | string[] | undefined): string[] => (value === undefined ? [] : [value].flat());
const allowed = (all: Statement[]) => all.filter((s) => s.Effect === "Allow");

/** Every policy document of the stack that gives rights to a role; the boundary only limits. */
function rolePolicies(p: Rendered): RenderedResource[] {
  return [...p.all("aws:iam/rolePolicy:RolePolicy"), ...p.all("aws:iam/policy:Policy").filter((r) => !LIMIT[1].test(r.name))];
}

function trust(p: Rendered, role: string): Statement {
  const [only, ...more] = statements(p.one(ROLE, role), "assumeRolePolicy");
  if (only === undefined || more.length > 0) throw new Error(`${role} has not one way in`);
  return only;
}

/** Roles of the Prometheus Operator, which nobody logs in as. */
const MACHINE = ["monitoring-operator-cluster", "monitoring-operator-kubelets", "monitoring-operator-own"];

export const access: Requirement[] = [
  {
    row,
    phrase: "IAM roles least-privilege",
    resources: (p) => [...rolePolicies(p), ...PEOPLE.map((name) => p.one(ROLE, name)), ...CI.map((name) => p.one(ROLE, name)), p.one(...LIMIT)],
    check: (p) => {
      const wild = rolePolicies(p).flatMap((r) => allowed(statements(r)).filter((s) => list(s.Action).some((a) => a === "*" || a.endsWith(":*"))).map((s) => `${r.name} ${String(s.Sid)}`));
      expect(wild).toEqual([]);
      // On "*" nothing writes data or takes roles; these two settings of the account itself know no resources.
      const writes = rolePolicies(p).flatMap((r) => allowed(statements(r))
        .filter((s) => list(s.Resource).includes("*") && s.Condition === undefined)
        .flatMap((s) => list(s.Action)).filter((a) => /^(iam|sts|s3|kms|secretsmanager|rds-db|dynamodb):(Put|Delete|Create|Update|Attach|Pass|Assume|Get(Object|SecretValue)|Decrypt|connect)/.test(a)).map((a) => `${r.name} ${a}`));
      expect(writes.toSorted()).toEqual(["access-deploy-identity iam:UpdateAccountPasswordPolicy", "access-deploy-storage s3:PutAccountPublicAccessBlock"]);
      expect(rolePolicies(p).length).toBeGreaterThan(25);
      expect(names(p, ROLE, /^access-/)).toEqual(["access-break-glass", "access-deploy", "access-operator", "access-preview", "access-readonly"]);
      expect([...PEOPLE, ...CI].map((name) => p.one(ROLE, name).props["permissionsBoundary"])).toEqual([...PEOPLE, ...CI].map(() => BOUNDARY));
      expect(statements(p.one(...LIMIT)).filter((s) => s.Effect === "Deny").map((s) => s.Sid)).toEqual([
        "NoUsersAndNoStaticKeys", "BoundaryStaysOnRoles", "BoundaryStaysAsItIs", "AuditStaysOn", "AccountStays",
      ]);
      const noData = list(statement(p.one("aws:iam/rolePolicy:RolePolicy", "access-operator-policy"), "NoDataAndNoSecrets").Action);
      expect(noData).toEqual(expect.arrayContaining(["s3:GetObject", "secretsmanager:GetSecretValue", "kms:Decrypt", "rds-db:connect"]));
    },
  },
  {
    row,
    phrase: "MFA required for people",
    resources: (p) => PEOPLE.map((name) => p.one(ROLE, name)),
    check: (p) => {
      expect(trust(p, "access-break-glass").Condition).toEqual({ Bool: { "aws:MultiFactorAuthPresent": "true" }, NumericLessThan: { "aws:MultiFactorAuthAge": "900" } });
      // A SAML login carries no MFA key: the second factor is the identity provider's, and only its assertions for AWS are taken.
      for (const name of ["access-operator", "access-readonly"]) {
        expect(trust(p, name)).toMatchObject({
          Principal: { Federated: ["arn:aws:iam::123456789012:saml-provider/idp"] }, Action: "sts:AssumeRoleWithSAML", Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
        });
      }
    },
  },
  kept(row, "session 8 h", [
    [ROLE, "access-operator", { maxSessionDuration: 28_800 }],
    [ROLE, "access-readonly", { maxSessionDuration: 28_800 }],
    [ROLE, "access-deploy", { maxSessionDuration: 28_800 }],
    [ROLE, "access-preview", { maxSessionDuration: 28_800 }],
    [ROLE, "access-break-glass", { maxSessionDuration: 3600 }],
  ], (p) => expect(p.all(ROLE).filter((r) => Number(r.props["maxSessionDuration"]) > 28_800).map((r) => r.name)).toEqual([])),
  kept(row, "CI through OIDC (no static keys)", [
    ["aws:iam/openIdConnectProvider:OpenIdConnectProvider", "access-ci", { url: "https://token.actions.githubusercontent.com", clientIdLists: ["sts.amazonaws.com"] }],
    [ROLE, "access-deploy", {}],
    [ROLE, "access-preview", {}],
  ], (p) => {
    const subject = (name: string) => trust(p, name).Condition?.["StringEquals"];
    const key = "token.actions.githubusercontent.com";
    expect(CI.map((name) => trust(p, name).Action)).toEqual(["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithWebIdentity"]);
    expect(subject("access-deploy")).toEqual({ [`${key}:aud`]: "sts.amazonaws.com", [`${key}:sub`]: ["repo:example/shop-environment:environment:production"] });
    expect(subject("access-preview")).toEqual({ [`${key}:aud`]: "sts.amazonaws.com", [`${key}:sub`]: ["repo:example/shop-environment:pull_request"] });
    expect([...p.all("aws:iam/accessKey:AccessKey"), ...p.all("aws:iam/user:User")]).toEqual([]);
  }),
  kept(row, "break-glass role alarmed", [
    [ROLE, "access-break-glass", { name: "shop-production-break-glass" }],
    ["aws:cloudwatch/eventRule:EventRule", "access-break-glass-used", { state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" }],
    ["aws:cloudwatch/eventTarget:EventTarget", "access-break-glass-page", { rule: "shop-production-break-glass-used", arn: "arn:aws:sns:us-east-1:123456789012:shop-production-pages" }],
    ["aws:cloudwatch/eventTarget:EventTarget", "access-break-glass-alarm", { rule: "shop-production-break-glass-used", arn: "arn:aws:sns:us-east-1:123456789012:shop-production-alarms" }],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", "audit-trail-alarms-break-glass-used-alarm", { metricName: "break-glass-used", threshold: 0, alarmActions: ["arn:aws:sns:us-east-1:123456789012:shop-production-pages", "arn:aws:sns:us-east-1:123456789012:shop-production-findings"] }],
  ], (p) => {
    const pattern = JSON.parse(String(p.one("aws:cloudwatch/eventRule:EventRule", "access-break-glass-used").props["eventPattern"])) as unknown;
    expect(at(pattern, "detail.requestParameters.roleArn")).toEqual(["arn:aws:iam::123456789012:role/shop-production-break-glass"]);
  }),
  {
    row,
    phrase: "RBAC in the cluster: no wildcards",
    resources: (p) => [...p.all("Role"), ...p.all("ClusterRole"), ...p.all("RoleBinding", /^operators-/), ...p.all("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")],
    check: (p) => {
      const roles = [...p.all("Role"), ...p.all("ClusterRole")];
      expect(roles.map((r) => r.name).sort()).toEqual(["grafana-operators", "logs-targets", "monitoring-app-targets", "monitoring-cert-manager-targets", "monitoring-external-secrets-targets", "monitoring-ingress-targets", "monitoring-kube-state-metrics-role", "monitoring-kubelets-targets", "monitoring-nodes", ...MACHINE, "monitoring-own-targets", "operators-app", "operators-gates", "operators-ingress", "operators-jobs", "operators-monitoring", "operators-releases", "operators-signals", "operators-view"]);
      const rulesOf = (some: typeof roles) => some.flatMap((r) => r.props["rules"] as Record<string, string[]>[]);
      expect(rulesOf(roles).flatMap((rule) => Object.values(rule).flat()).filter((word) => word.includes("*"))).toEqual([]);
      // The Prometheus Operator alone writes, and holds Secrets, in the one namespace in which it makes pods; in all others it reads.
      const machine = roles.filter((r) => MACHINE.includes(r.name));
      expect(rulesOf(machine.filter((r) => r.name === "monitoring-operator-cluster")).flatMap((rule) => rule["verbs"] ?? []).filter((verb) => !["get", "list", "watch"].includes(verb))).toEqual([]);
      expect(machine.filter((r) => JSON.stringify(r.props["rules"]).includes("secrets")).map((r) => at(r.props, "metadata.namespace"))).toEqual(["monitoring"]);
      for (const binding of [...p.all("RoleBinding"), ...p.all("ClusterRoleBinding")].filter((r) => /-operator-(own|kubelets|cluster)/.test(r.name))) {
        expect(at(binding.props, "subjects")).toEqual([{ kind: "ServiceAccount", name: "prometheus-operator", namespace: "monitoring" }]);
      }
      const rules = rulesOf(roles.filter((r) => !MACHINE.includes(r.name)));
      // Nobody writes but by deleting what its controller makes again, and by moving traffic, and by a way to ports; nobody reads secrets or enters a container.
      const release = ["operators-releases", "operators-gates", "operators-signals", "grafana-operators"].flatMap((name) => p.one("Role", name).props["rules"] as Record<string, string[]>[]);
      expect([...new Set(rules.filter((rule) => !release.includes(rule)).flatMap((rule) => rule["verbs"] ?? []))].sort()).toEqual(["delete", "get", "list", "watch"]);
      const writable = release.filter((rule) => rule["verbs"]?.some((verb) => !["get", "list"].includes(verb)));
      expect(writable.map((rule) => [rule["resources"]?.join(), rule["resourceNames"]?.join()])).toEqual([
        ["services", "app"], ["configmaps", "app-releases"], ["configmaps", undefined], ["deployments/scale", "app-blue,app-green"], ["horizontalpodautoscalers", "app-blue,app-green"], ["virtualservers", "app"], ["pods/portforward", undefined], ["services/proxy", "alertmanager-operated:web"], ["pods/portforward", undefined],
      ]);
      const deletable = rules.filter((rule) => rule["verbs"]?.includes("delete")).flatMap((rule) => rule["resources"] ?? []);
      // Of what is behind the proxy, the silences that a release has made.
      expect([...new Set(deletable)].sort()).toEqual(["jobs", "pods", "services/proxy"]);
      expect(rules.flatMap((rule) => rule["resources"] ?? []).filter((resource) => /^(?!externalsecrets$|secretstores$).*secrets|exec|attach|portforward|proxy|ephemeralcontainers/.test(resource)).sort()).toEqual(["pods/portforward", "pods/portforward", "services/proxy", "services/proxy"]);
      // By the proxy to two Services by name: one is read, at the other silences are made and lifted.
      expect(p.one("Role", "operators-signals").props["rules"]).toEqual([
        { apiGroups: [""], resources: ["services/proxy"], resourceNames: ["prometheus:web"], verbs: ["get"] },
        { apiGroups: [""], resources: ["services/proxy"], resourceNames: ["alertmanager-operated:web"], verbs: ["create", "delete"] },
      ]);
      expect(at(p.one("ClusterRoleBinding", "operators-view-binding").props, "subjects")).toEqual([{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "shop-production-operators" }]);
      const operators = p.all("RoleBinding", /^operators-/);
      expect(operators.map((r) => at(r.props, "metadata.namespace")).sort()).toEqual(["ingress", "monitoring", "monitoring", "monitoring", "shop", "shop", "shop", "shop-jobs"]);
      expect(operators.map((r) => at(r.props, "subjects"))).toEqual(operators.map(() => [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "shop-production-operators" }]));
      // EKS's policies for people are RBAC as well: the view policy leaves secrets out, the admin policies do not (EKS user guide, "Access policy permissions").
      const whole = p.all("aws:eks/accessPolicyAssociation:AccessPolicyAssociation").filter((r) => !String(r.props["policyArn"]).endsWith("/AmazonEKSViewPolicy"));
      expect(whole.map((r) => String(r.props["principalArn"])).sort()).toEqual(["arn:aws:iam::123456789012:role/shop-production-break-glass", "arn:aws:iam::123456789012:role/shop-production-deploy"]);
      expect([...p.all("RoleBinding"), ...p.all("ClusterRoleBinding")].map((r) => at(r.props, "roleRef.name")).filter((name) => name === "cluster-admin")).toEqual([]);
    },
  },
];
