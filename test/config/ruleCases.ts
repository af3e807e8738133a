/** Every rule between keys, broken and kept: what must be refused, and what must be accepted and then declared. */

/** One way to break a rule, and one to keep it. */
export interface RuleCase {
  rule: string;
  bad: Record<string, unknown>;
  /** Path of the mistake, and words that its `given` or `allowed` must hold. */
  path: string;
  says: string;
  good: Record<string, unknown>;
  stack?: string;
}

const NOBODY = "the stack of one person's machine";
const MAIL = { from: "alerts@example.com", smarthost: "smtp.example.com:587", username: "alerts", to: ["oncall@example.com"] };
const TEAM_ALERT = { expr: "orders_failed_total > 10", for: "5m", severity: 2, team: "checkout", summary: "Orders fail", runbook: "https://runbooks.example.com/orders" };
const image = (name: string) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/${name}@sha256:${"5".repeat(64)}`;
const ERRORS = { monitoring: { errorTracking: { host: "errors.example.com" } }, secrets: { app: ["SENTRY_DSN"] }, appSecrets: { SENTRY_DSN: "https://public@errors.example.com/1" } };
const GRAFANA = {
  images: { grafana: image("grafana") }, grafanaClientSecret: "a-client-secret",
  monitoring: { links: { grafana: "https://localhost:3000" }, grafana: { authorizeUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token", userInfoUrl: "https://id.example.com/userinfo", clientId: "grafana", groups: { viewers: ["engineering"] } } },
};
const node = { instanceType: "m6i.2xlarge", min: 3, desired: 3, max: 10, diskGib: 50 };
export const existing = { name: "shared", eks: true, workloadCidrs: ["10.0.0.0/16"], nodeAddresses: ["10.0.0.10"] };
const groups = { name: "shared", eks: true, workloadCidrs: ["10.20.0.0/16"], autoscalingGroups: ["shared-nodes"] };
const serviceCidr = "10.96.0.0/12";
const oidcProviderArn = "arn:aws:iam::123456789012:oidc-provider/oidc.example.com";
export const kubeconfig = "apiVersion: v1";
const present = { source: "present" };
const noAddons = { "vpc-cni": present, coredns: present, "kube-proxy": present, "aws-ebs-csi-driver": present, "eks-pod-identity-agent": present, "metrics-server": present, "cert-manager": present };
const certificate = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/1`;
const connection = (account: string) => `arn:aws:codeconnections:us-east-1:${account}:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4`;
export const bootstrap = { principalArn: "arn:aws:iam::123456789012:role/administrator", publicCidrs: ["203.0.113.7/32"] };
const saml = "arn:aws:iam::123456789012:saml-provider/idp";
const vpn = { enabled: true, serverCertificateArn: certificate("us-east-1"), samlProviderArn: saml, allowedGroup: "operators" };
const subnets = (letters: string) => [...letters].map((letter) => `subnet-0${letter.repeat(16)}`);
const vpc = { vpcId: "vpc-0abc1234", privateSubnetIds: subnets("abc"), dataSubnetIds: subnets("def") };
const foreignImage = `ghcr.io/example/shop@sha256:${"b".repeat(64)}`;
const staging = { nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"] };

export const ruleCases: RuleCase[] = [
  { rule: "zones-for-environment", bad: { zones: ["a", "b"] }, path: "zones", says: "at least 3 in production", good: { environment: "staging", zones: ["a", "b"], nodes: { general: { ...node, min: 4, desired: 4 } } } },
  { rule: "lists-distinct", bad: { notifications: { emails: ["a@example.com", "b@example.com", "a@example.com"] } }, path: "notifications.emails", says: "a@example.com", good: { notifications: { emails: ["a@example.com", "b@example.com"] } } },
  { rule: "lists-distinct", bad: { network: { interfaceEndpoints: ["kms", "kms"] } }, path: "network.interfaceEndpoints", says: "kms", good: { network: { interfaceEndpoints: ["kms", "sts"] } } },
  { rule: "lists-distinct", bad: { cluster: { existing: { ...existing, workloadCidrs: ["10.0.0.0/16", "10.0.0.0/16"] } }, kubeconfig }, path: "cluster.existing.workloadCidrs", says: "10.0.0.0/16", good: { cluster: { existing }, kubeconfig } },
  { rule: "zones-distinct", bad: { zones: ["a", "b", "b"] }, path: "zones", says: "b twice", good: { zones: ["d", "e", "f"] } },
  { rule: "production-spread", bad: { app: { replicas: { min: 2 } } }, path: "app.replicas.min", says: "at least 3", good: { environment: "staging", app: { replicas: { min: 2 } } } },
  { rule: "production-spread", bad: { redis: { nodes: 2 } }, path: "redis.nodes", says: "at least 3", good: { redis: { nodes: 4 } } },
  { rule: "names-fit", bad: { app: { name: "a-very-long-shop-name" } }, path: "app.name", says: "32 characters", good: { app: { name: "thirteen-char" } } },
  { rule: "names-fit", bad: {}, stack: "production-in-europe", path: "app.name", says: "shop-production-in-europe", good: {} },
  { rule: "tags-not-reserved", bad: { tags: { Owner: "me" } }, path: "tags.Owner", says: "data-class", good: { tags: { team: "me" } } },
  { rule: "active-color-has-image", bad: { activeColor: "green", images: { green: undefined } }, path: "images.green", says: "activeColor is green", good: { images: { green: undefined } } },
  { rule: "schedules-run", bad: { backups: { stateSchedule: "61 0 * * *" } }, path: "backups.stateSchedule", says: "minute 0-59", good: { backups: { stateSchedule: "*/15 0 * * *" } } },
  { rule: "schedules-run", bad: { maintenance: { patchSchedule: "0 3 31 2 *" } }, path: "maintenance.patchSchedule", says: "never comes", good: { maintenance: { patchSchedule: "0 3 28 2 *" } } },
  { rule: "schedules-run", bad: { maintenance: { patchSchedule: "0 3 29 2 *" } }, path: "maintenance.patchSchedule", says: "not come every year", good: { maintenance: { patchSchedule: "0 3 31 12 *" } } },
  { rule: "schedules-often-enough", bad: { backups: { dumpSchedule: "0 1 * * 1-5" } }, path: "backups.dumpSchedule", says: "up to 72 h apart", good: { backups: { dumpSchedule: "0 */6 * * *" } } },
  { rule: "schedules-often-enough", bad: { maintenance: { scanSchedule: "0 6 1 * *" } }, path: "maintenance.scanSchedule", says: "168 h", good: { maintenance: { scanSchedule: "0 6 * * 7" } } },
  { rule: "cidrs-aligned", bad: { network: { cidr: "10.20.1.0/16" } }, path: "network.cidr", says: "first address", good: { network: { cidr: "10.21.0.0/16" } } },
  { rule: "vpc-size", bad: { network: { cidr: "10.20.0.0/21" } }, path: "network.cidr", says: "/16 to /20", good: { network: { cidr: "10.20.0.0/20" } } },
  { rule: "vpc-private", bad: { network: { cidr: "52.20.0.0/16" } }, path: "network.cidr", says: "172.16.0.0/12", good: { network: { cidr: "172.31.0.0/16" } } },
  { rule: "cidrs-apart", bad: { network: { vpn: { ...vpn, clientCidr: "10.20.4.0/22" } } }, path: "network.vpn.clientCidr", says: "overlaps network.cidr", good: { network: { vpn: { ...vpn, clientCidr: "10.21.0.0/22" } } } },
  { rule: "cidrs-apart", bad: { cluster: { existing: { ...existing, workloadCidrs: ["10.0.0.0/8"] } }, kubeconfig }, path: "cluster.existing.workloadCidrs[0]", says: "overlaps network.cidr", good: { cluster: { existing }, kubeconfig } },
  { rule: "cidrs-apart", bad: { cluster: { existing: { ...existing, serviceCidr: "10.20.0.0/20" } }, kubeconfig }, path: "cluster.existing.serviceCidr", says: "overlaps network.cidr", good: { cluster: { existing: { ...existing, serviceCidr: "10.21.0.0/20" } }, kubeconfig } },
  { rule: "cidrs-aligned", bad: { cluster: { existing: { ...existing, apiServerCidrs: ["10.0.0.5/24"] } }, kubeconfig }, path: "cluster.existing.apiServerCidrs[0]", says: "first address", good: { cluster: { existing: { ...existing, apiServerCidrs: ["10.0.0.5/32"] } }, kubeconfig } },
  { rule: "vpn-size", bad: { network: { vpn: { ...vpn, clientCidr: "10.99.0.0/24" } } }, path: "network.vpn.clientCidr", says: "/12 to /22", good: { network: { vpn: { ...vpn, clientCidr: "10.96.0.0/12" }, cidr: "172.20.0.0/16" } } },
  { rule: "vpn-login", bad: { network: { vpn: { enabled: true, serverCertificateArn: certificate("us-east-1"), allowedGroup: "operators" } } }, path: "network.vpn.samlProviderArn", says: "enabled is true", good: { network: { vpn } } },
  { rule: "vpn-login", bad: { network: { vpn: { enabled: true, serverCertificateArn: certificate("us-east-1"), samlProviderArn: saml } } }, path: "network.vpn.allowedGroup", says: "a group of the identity provider", good: { network: { vpn } } },
  { rule: "vpn-arns-here", bad: { network: { vpn: { ...vpn, serverCertificateArn: certificate("eu-west-1") } } }, path: "network.vpn.serverCertificateArn", says: "in us-east-1", good: { network: { vpn } } },
  { rule: "subnets-for-zones", bad: { network: { existing: { vpcId: "vpc-0abc1234", privateSubnetIds: subnets("ab"), dataSubnetIds: subnets("def") } } }, path: "network.existing.privateSubnetIds", says: "3, one for each", good: { network: { existing: vpc } } },
  { rule: "way-in", bad: { cluster: { access: { via: undefined } } }, path: "cluster.access.via", says: "runner, vpn, publicCidrs", good: { cluster: { access: { via: undefined }, existing }, kubeconfig } },
  { rule: "public-cidrs-limited", bad: { cluster: { access: { via: "publicCidrs" } } }, path: "cluster.access.publicCidrs", says: "at least one", good: { cluster: { access: { via: "publicCidrs", publicCidrs: ["203.0.113.0/24"] } } } },
  { rule: "public-cidrs-limited", bad: { cluster: { access: { via: "publicCidrs", publicCidrs: ["0.0.0.0/0"] } } }, path: "cluster.access.publicCidrs", says: "/16 or smaller", good: { cluster: { access: { via: "publicCidrs", publicCidrs: ["198.51.0.0/16"] } } } },
  { rule: "public-cidrs-limited", bad: { cluster: { access: { publicCidrs: ["203.0.113.0/24"] } } }, path: "cluster.access.publicCidrs", says: "via is runner", good: {} },
  { rule: "vpn-way-in", bad: { cluster: { access: { via: "vpn" } } }, path: "network.vpn.enabled", says: "via is vpn", good: { cluster: { access: { via: "vpn" } }, network: { vpn } } },
  { rule: "runner-has-connection", bad: { cluster: { access: { connectionArn: undefined } } }, path: "cluster.access.connectionArn", says: "via is runner", good: { cluster: { access: { connectionArn: undefined, via: "publicCidrs", publicCidrs: ["203.0.113.0/24"] } } } },
  { rule: "runner-has-connection", bad: { cluster: { access: { connectionArn: connection("999999999999") } } }, path: "cluster.access.connectionArn", says: "account 123456789012", good: { cluster: { access: { connectionArn: connection("123456789012") } } } },
  { rule: "bootstrap-limited", bad: { cluster: { access: { bootstrap: { ...bootstrap, publicCidrs: ["0.0.0.0/0"] } } } }, path: "cluster.access.bootstrap.publicCidrs", says: "/24 or smaller", good: { cluster: { access: { bootstrap } } } },
  { rule: "bootstrap-limited", bad: { cluster: { access: { bootstrap: { ...bootstrap, publicCidrs: ["203.0.112.0/23"] } } } }, path: "cluster.access.bootstrap.publicCidrs", says: "203.0.112.0/23", good: { cluster: { access: { bootstrap: { ...bootstrap, publicCidrs: ["203.0.113.0/24"] } } } } },
  { rule: "bootstrap-limited", bad: { cluster: { access: { bootstrap: { ...bootstrap, principalArn: "arn:aws:iam::999999999999:role/administrator" } } } }, path: "cluster.access.bootstrap.principalArn", says: "account 123456789012", good: {} },
  { rule: "bootstrap-limited", bad: { cluster: { access: { bootstrap: { ...bootstrap, principalArn: "arn:aws:iam::123456789012:role/shop-production-deploy" } } } }, path: "cluster.access.bootstrap.principalArn", says: "a role of this stack", good: {} },
  { rule: "bootstrap-limited", bad: { cluster: { existing, access: { bootstrap } }, kubeconfig }, path: "cluster.access.bootstrap", says: "existing is set", good: { cluster: { existing }, kubeconfig } },
  { rule: "existing-has-kubeconfig", bad: { cluster: { existing } }, path: "kubeconfig", says: "existing is set", good: { cluster: { existing }, kubeconfig } },
  { rule: "existing-has-kubeconfig", bad: { kubeconfig }, path: "kubeconfig", says: "existing is not set", good: {} },
  { rule: "existing-has-identity", bad: { cluster: { existing: { ...existing, eks: false, serviceCidr }, services: noAddons }, kubeconfig }, path: "cluster.existing.oidcProviderArn", says: "eks is false", good: { cluster: { existing: { ...existing, eks: false, serviceCidr, oidcProviderArn }, services: noAddons }, kubeconfig } },
  { rule: "existing-has-targets", bad: { cluster: { existing: { ...existing, nodeAddresses: [] } }, kubeconfig }, path: "cluster.existing.nodeAddresses", says: "autoscalingGroups is empty", good: { cluster: { existing }, kubeconfig } },
  { rule: "existing-has-targets", bad: { cluster: { existing: groups }, network: { cidr: "10.30.0.0/16" }, kubeconfig }, path: "cluster.existing.autoscalingGroups", says: "network.existing is not set", good: { cluster: { existing: groups }, network: { existing: vpc }, kubeconfig } },
  { rule: "existing-has-targets", bad: { cluster: { existing: { ...groups, nodeAddresses: ["10.20.0.10"] } }, network: { existing: vpc }, kubeconfig }, path: "cluster.existing.autoscalingGroups", says: "one of the two", good: { cluster: { existing: { ...groups, autoscalingGroups: [], nodeAddresses: ["10.20.0.10"] } }, network: { existing: vpc }, kubeconfig } },
  { rule: "node-addresses-reached", bad: { cluster: { existing: { ...existing, nodeAddresses: ["10.1.0.10"] } }, kubeconfig }, path: "cluster.existing.nodeAddresses[0]", says: "workloadCidrs (10.0.0.0/16)", good: { cluster: { existing: { ...existing, nodeAddresses: ["10.0.255.255"] } }, kubeconfig } },
  { rule: "node-addresses-reached", bad: { cluster: { existing: { ...existing, workloadCidrs: ["203.0.113.0/24"], nodeAddresses: ["203.0.113.10"] } }, kubeconfig }, path: "cluster.existing.nodeAddresses[0]", says: "192.168.0.0/16", good: { cluster: { existing: { ...existing, workloadCidrs: ["192.168.0.0/24"], nodeAddresses: ["192.168.0.10"] } }, kubeconfig } },
  { rule: "existing-api-server", bad: { cluster: { existing: { ...existing, eks: false, oidcProviderArn }, services: noAddons }, kubeconfig }, path: "cluster.existing.serviceCidr", says: "eks is false", good: { cluster: { existing: { ...existing, eks: false, serviceCidr, oidcProviderArn }, services: noAddons }, kubeconfig } },
  { rule: "existing-api-server", bad: { cluster: { existing: { ...existing, apiServerCidrs: ["0.0.0.0/0"] } }, kubeconfig }, path: "cluster.existing.apiServerCidrs[0]", says: "/8 or smaller", good: { cluster: { existing: { ...existing, apiServerCidrs: ["198.51.100.7/32"] } }, kubeconfig } },
  { rule: "addons-need-eks", bad: { cluster: { existing: { ...existing, eks: false, serviceCidr, oidcProviderArn } }, kubeconfig }, path: "cluster.services.coredns.source", says: "present", good: { cluster: { existing: { ...existing, eks: false, serviceCidr, oidcProviderArn }, services: noAddons }, kubeconfig } },
  { rule: "kube-proxy-version", bad: { cluster: { version: "1.33" } }, path: "cluster.services.kube-proxy.version", says: "v1.33.", good: { cluster: { version: "1.33", services: { "kube-proxy": { version: "v1.33.3-eksbuild.4" } } } } },
  { rule: "nodes-exist", bad: { nodes: {} }, path: "nodes", says: "at least one", good: { nodes: { general: node } } },
  { rule: "nodes-in-order", bad: { nodes: { general: { ...node, desired: 11 } } }, path: "nodes.general", says: "min 3, desired 11, max 10", good: { nodes: { general: { ...node, desired: 10 } } } },
  { rule: "nodes-cover-zones", bad: { nodes: { general: { ...node, min: 2 } } }, path: "nodes", says: "2 on-demand nodes", good: { nodes: { general: node } } },
  { rule: "capacity", bad: { app: { replicas: { min: 5 } } }, path: "nodes", says: "live color 5 × 200m/512Mi + idle color 5 × 200m/512Mi + ingress 3 × 100m/256Mi", good: { app: { replicas: { min: 5 } }, nodes: { general: { ...node, min: 4, desired: 4, instanceType: "t3.xlarge" } } } },
  { rule: "capacity", bad: { nodes: { general: { ...node, instanceType: "x9.large" } } }, path: "nodes.general.instanceType", says: "x9.large", good: { nodes: { general: { ...node, instanceType: "r7g.xlarge" } } } },
  { rule: "capacity", bad: { nodes: { general: { ...node, instanceType: "t3.large", capacityType: "SPOT", min: 9, desired: 9 }, base: { ...node, instanceType: "t3.medium" } } }, path: "nodes", says: "2 of 3 t3.medium in base", good: { nodes: { general: { ...node, instanceType: "t3.large" } } } },
  { rule: "capacity", bad: { monitoring: { requests: { memory: "12Gi" } } }, path: "nodes", says: "monitoring 1000m/12Gi", good: { monitoring: { requests: { memory: "5Gi" } } } },
  { rule: "no-blue-green-update-with-replicas", bad: { postgres: { blueGreenUpdate: true } }, path: "postgres.blueGreenUpdate", says: "with 2 replicas", good: { postgres: { blueGreenUpdate: true, replicas: 0 } } },
  { rule: "storage-headroom", bad: { postgres: { maxStorageGib: 109 } }, path: "postgres.maxStorageGib", says: "110 GiB or more", good: { postgres: { maxStorageGib: 110 } } },
  { rule: "postgres-windows", bad: { postgres: { backupWindow: "03:30-04:10" } }, path: "postgres.maintenanceWindow", says: "overlaps postgres.backupWindow", good: { postgres: { backupWindow: "03:30-04:00" } } },
  { rule: "postgres-windows", bad: { postgres: { backupWindow: "23:30-01:00", maintenanceWindow: "mon:00:30-mon:01:30" } }, path: "postgres.maintenanceWindow", says: "overlaps", good: { postgres: { backupWindow: "23:30-00:30", maintenanceWindow: "sat:00:30-sat:01:30" } } },
  { rule: "postgres-windows", bad: { postgres: { maintenanceWindow: "sat:23:50-sun:02:10" } }, path: "postgres.maintenanceWindow", says: "overlaps", good: { postgres: { maintenanceWindow: "sat:23:50-sun:01:50" } } },
  { rule: "postgres-windows", bad: { postgres: { backupWindow: "02:00-02:29" } }, path: "postgres.backupWindow", says: "29 minutes", good: { postgres: { backupWindow: "02:00-02:30" } } },
  { rule: "redis-windows", bad: { redis: { snapshotWindow: "03:00-03:59" } }, path: "redis.snapshotWindow", says: "59 minutes", good: { redis: { snapshotWindow: "23:30-00:30" } } },
  { rule: "redis-windows", bad: { redis: { maintenanceWindow: "sun:03:30-sun:04:30" } }, path: "redis.maintenanceWindow", says: "overlaps redis.snapshotWindow", good: { redis: { maintenanceWindow: "sun:04:00-sun:05:00" } } },
  { rule: "compliance-lock-said", bad: { storage: { irrevocable: false } }, path: "storage.irrevocable", says: "2555 days", good: { storage: { irrevocable: false, lockMode: "GOVERNANCE" } } },
  { rule: "compliance-lock-said", bad: { storage: { lockMode: "GOVERNANCE" } }, path: "storage.irrevocable", says: "GOVERNANCE", good: {} },
  { rule: "expiry-after-archive", bad: { storage: { extraBuckets: { old: { dataClass: "archive", expireDays: 30 } } } }, path: "storage.extraBuckets.old.expireDays", says: "more than 30 days", good: { storage: { extraBuckets: { old: { dataClass: "archive", expireDays: 31 } } } } },
  { rule: "alert-names-apart", bad: { monitoring: { alertRules: { AppDown: TEAM_ALERT } } }, path: "monitoring.alertRules.AppDown", says: "AppDown", good: { monitoring: { alertRules: { OrdersFail: TEAM_ALERT } } } },
  { rule: "extra-bucket-names", bad: { storage: { extraBuckets: { audit: { dataClass: "files" } } } }, path: "storage.extraBuckets.audit", says: "audit", good: { storage: { extraBuckets: { exports: { dataClass: "files" } } } } },
  { rule: "audit-logs-cover", bad: { audit: { logRetentionDays: 2192 } }, path: "audit.logRetentionDays", says: "2555 days or more", good: { audit: { logRetentionDays: 2922 } } },
  { rule: "copy-elsewhere", bad: { backups: { copyRegion: "us-east-1" } }, path: "backups.copyRegion", says: "own region", good: { backups: { copyRegion: "eu-west-1" } } },
  { rule: "drill-alarm", bad: { backups: { drillMaxAgeHours: 168 } }, path: "backups.drillMaxAgeHours", says: "169 h or more", good: { backups: { drillMaxAgeHours: 169 } } },
  { rule: "rpo-possible", bad: { backups: { rpoMinutes: 4 } }, path: "backups.rpoMinutes", says: "5 min", good: { backups: { rpoMinutes: 6 } } },
  { rule: "replicas-in-order", bad: { app: { replicas: { max: 2 } } }, path: "app.replicas", says: "min 3, max 2", good: { app: { replicas: { max: 3 } } } },
  { rule: "uploads-fit", bad: { ingress: { bodyLimitMb: 49 } }, path: "ingress.bodyLimitMb", says: "50 MB or more", good: { ingress: { bodyLimitMb: 51 } } },
  { rule: "drain-fits", bad: { app: { drain: { gracePeriodSeconds: 24 } } }, path: "app.drain.gracePeriodSeconds", says: "25 s", good: { app: { drain: { gracePeriodSeconds: 25 } } } },
  { rule: "tokens-in-order", bad: { app: { security: { accessTokenSeconds: 7200, refreshTokenSeconds: 7200 } } }, path: "app.security.accessTokenSeconds", says: "less than 7200", good: { app: { security: { accessTokenSeconds: 7199, refreshTokenSeconds: 7200 } } } },
  { rule: "tokens-in-order", bad: { app: { security: { sessionSeconds: 3599 } } }, path: "app.security.accessTokenSeconds", says: "at most 3599", good: { app: { security: { sessionSeconds: 3600 } } } },
  { rule: "limits-in-order", bad: { app: { security: { requestsPerHour: 99 } } }, path: "app.security.requestsPerHour", says: "100 or more", good: { app: { security: { requestsPerHour: 100 } } } },
  { rule: "deep-check-apart", bad: { app: { health: { deep: "/health/live" } } }, path: "app.health.deep", says: "also a probe", good: { app: { health: { deep: "/deep" } } } },
  { rule: "settings-hold-no-secrets", bad: { app: { settings: { STRIPE_API_KEY: "sk_live_0" } } }, path: "app.settings.STRIPE_API_KEY", says: "value not shown", good: { app: { settings: { KEYBOARD: "us", TOKEN_TTL: "60" } } } },
  { rule: "settings-hold-no-secrets", bad: { app: { settings: { DBPASSWORD: "x" } } }, path: "app.settings.DBPASSWORD", says: "value not shown", good: { app: { settings: { MAX_TOKENS: "8" } } } },
  { rule: "settings-hold-no-secrets", bad: { app: { settings: { SALT: "x" } }, secrets: { app: ["SALT"] } }, path: "app.settings.SALT", says: "also in secrets.app", good: { secrets: { app: ["SALT"] }, appSecrets: { SALT: "x" } } },
  { rule: "secrets-distinct", bad: { secrets: { app: ["A", "B", "A"] } }, path: "secrets.app", says: "A twice", good: { secrets: { app: ["A", "B"] }, appSecrets: { A: "a", B: "b" } } },
  { rule: "secrets-distinct", bad: { secrets: { app: ["REDIS_AUTH_TOKEN"] }, appSecrets: { REDIS_AUTH_TOKEN: "x" } }, path: "secrets.app", says: "REDIS_AUTH_TOKEN", good: { secrets: { app: ["REDIS_URL"] }, appSecrets: { REDIS_URL: "x" } } },
  { rule: "app-secrets-given", bad: { secrets: { app: ["A"] } }, path: "appSecrets.A", says: "nothing, while secrets.app names it", good: { secrets: { app: ["A"] }, appSecrets: { A: "a" } } },
  { rule: "app-secrets-given", bad: { appSecrets: { B: "b" } }, path: "appSecrets.B", says: "secrets.app does not name it", good: { secrets: { app: ["B"] }, appSecrets: { B: "b" } } },
  { rule: "canary-rises", bad: { release: { canary: { weights: [5, 25, 25, 100] } } }, path: "release.canary.weights", says: "rising", good: { release: { canary: { weights: [100] } } } },
  { rule: "canary-rises", bad: { release: { canary: { weights: [5, 50] } } }, path: "release.canary.weights", says: "the last 100", good: { release: { canary: { weights: [1, 100] } } } },
  { rule: "rolling-moves", bad: { release: { rolling: { maxUnavailable: 0, maxSurge: 0 } } }, path: "release.rolling", says: "above 0", good: { release: { rolling: { maxUnavailable: 0, maxSurge: 1 } } } },
  { rule: "rolling-moves", bad: { release: { rolling: { maxUnavailable: 3 } } }, path: "release.rolling.maxUnavailable", says: "at most 2", good: { release: { rolling: { maxUnavailable: 2 } } } },
  { rule: "gates-fit", bad: { release: { budgetSeconds: 329 } }, path: "release.budgetSeconds", says: "10 checks × 30 s + 30 s watch", good: { release: { budgetSeconds: 330 } } },
  { rule: "gates-fit", bad: { release: { strategy: "canary", budgetSeconds: 569 } }, path: "release.budgetSeconds", says: "4 steps × 60 s", good: { release: { strategy: "canary", budgetSeconds: 570 } } },
  { rule: "canary-applies", bad: { release: { canary: { weight: 25 } } }, path: "release.canary.weight", says: "release.strategy blueGreen", good: { release: { strategy: "canary", budgetSeconds: 600, canary: { weight: 25 } } } },
  { rule: "canary-applies", bad: { release: { strategy: "canary", canary: { weight: 30 } } }, path: "release.canary.weight", says: "one of 5, 25, 50", good: { release: { strategy: "canary", canary: { weight: 30, weights: [30, 100] } } } },
  { rule: "canary-applies", bad: { release: { strategy: "canary", drainIdle: true, canary: { weight: 5 } } }, path: "release.canary.weight", says: "release.drainIdle true", good: { release: { strategy: "canary", canary: { weight: 5 } } } },
  { rule: "canary-of-pods", bad: { release: { strategy: "canary", canary: { by: "replicas" } } }, path: "release.canary.weights[0]", says: "5, with app.replicas 3 to 10 | for example 10, the nearest", good: { release: { strategy: "canary", canary: { by: "replicas", weights: [10, 25, 50, 100] } } } },
  { rule: "canary-of-pods", bad: { release: { strategy: "canary", canary: { by: "replicas", weights: [25, 33, 100] } } }, path: "release.canary.weights[1]", says: "30 or 40", good: { app: { replicas: { max: 20 } }, release: { strategy: "canary", canary: { by: "replicas" } } } },
  { rule: "canary-of-pods", bad: { release: { strategy: "canary", canary: { by: "replicas", weight: 33, weights: [25, 50, 100] } } }, path: "release.canary.weight", says: "33, with app.replicas 3 to 10 | for example 30 or 40", good: { release: { canary: { by: "replicas" } } } },
  { rule: "signals-readable", bad: { release: { signals: { use: "required" } }, images: { prometheus: undefined } }, path: "release.signals.use", says: "required, without images.prometheus", good: { release: { signals: { use: "required" } }, images: { prometheus: image("prometheus") } } },
  { rule: "schema-in-range", bad: { release: { schema: { green: { version: 16, oldest: 13, newest: 15 } } } }, path: "release.schema.green", says: "version 16", good: { release: { schema: { green: { version: 15, oldest: 13, newest: 15 }, blue: { version: 13, oldest: 13, newest: 13 } } } } },
  { rule: "images-scanned", bad: { images: { blue: foreignImage } }, path: "images.blue", says: "in production", good: { images: { green: undefined } } },
  { rule: "images-scanned", bad: { environment: "staging", images: { scanner: foreignImage } }, path: "images.scanner", says: "ghcr.io", good: { environment: "development", images: { blue: foreignImage, scanner: foreignImage } } },
  { rule: "delegations-below", bad: { edge: { delegations: { "staging.example.org": staging } } }, path: "edge.delegations.staging.example.org", says: ".shop.example.com", good: { edge: { delegations: { "staging.shop.example.com": staging } } } },
  { rule: "alerts-reach-somebody", bad: { environment: "staging", monitoring: { notifications: { slack: undefined, pagerduty: false } } }, path: "monitoring.notifications", says: "no way to anybody", good: { environment: "staging", monitoring: { notifications: { slack: undefined, pagerduty: false, deadMansSwitch: false, nobody: NOBODY } }, notificationSecrets: undefined } },
  { rule: "alerts-reach-somebody", bad: { monitoring: { notifications: { nobody: NOBODY } } }, path: "monitoring.notifications.nobody", says: "beside slack, pagerduty, deadMansSwitch", good: {} },
  { rule: "production-pages", bad: { monitoring: { notifications: { pagerduty: false } }, notificationSecrets: { pagerdutyRoutingKey: undefined } }, path: "monitoring.notifications.pagerduty", says: "false in production", good: { environment: "staging", monitoring: { notifications: { pagerduty: false } }, notificationSecrets: { pagerdutyRoutingKey: undefined } } },
  { rule: "production-pages", bad: { monitoring: { notifications: { deadMansSwitch: false } } }, path: "monitoring.notifications.deadMansSwitch", says: "false in production", good: { environment: "staging", monitoring: { notifications: { deadMansSwitch: false } }, notificationSecrets: { deadMansSwitchUrl: undefined } } },
  { rule: "production-pages", bad: { monitoring: { notifications: { slack: undefined, pagerduty: false, deadMansSwitch: false, nobody: NOBODY } }, notificationSecrets: undefined }, path: "monitoring.notifications.pagerduty", says: "false in production", good: {} },
  { rule: "security-told", bad: { monitoring: { notifications: { slack: { teams: undefined } } } }, path: "monitoring.notifications", says: "neither mail.teams.security nor slack.teams.security", good: { monitoring: { notifications: { mail: { ...MAIL, teams: { security: ["security@example.com"] } }, slack: { teams: undefined } } }, notificationSecrets: { smtpPassword: "x" } } },
  { rule: "alert-teams-known", bad: { monitoring: { notifications: { slack: { teams: { databse: "#data" } } } } }, path: "monitoring.notifications.slack.teams.databse", says: "application, platform, data, security", good: { monitoring: { notifications: { slack: { teams: { checkout: "#checkout" } } }, alertRules: { OrdersFail: TEAM_ALERT } } } },
  { rule: "notification-credentials", bad: { notificationSecrets: { slackToken: undefined } }, path: "notificationSecrets.slackToken", says: "nothing, while monitoring.notifications needs it", good: {} },
  { rule: "notification-credentials", bad: { notificationSecrets: { smtpPassword: "x" } }, path: "notificationSecrets.smtpPassword", says: "does not need it", good: { monitoring: { notifications: { mail: MAIL } }, notificationSecrets: { smtpPassword: "x" } } },
  { rule: "business-hours-real", bad: { monitoring: { notifications: { businessHours: { timeZone: "Europe/Atlantis" } } } }, path: "monitoring.notifications.businessHours.timeZone", says: "Europe/Atlantis", good: { monitoring: { notifications: { businessHours: { timeZone: "Europe/Berlin" } } } } },
  { rule: "business-hours-real", bad: { monitoring: { notifications: { businessHours: { from: "17:00", to: "09:00" } } } }, path: "monitoring.notifications.businessHours.to", says: "a later time", good: { monitoring: { notifications: { businessHours: { from: "00:00", to: "23:59" } } } } },
  { rule: "business-hours-real", bad: { monitoring: { notifications: { businessHours: { days: "saturday:sunday" } } } }, path: "monitoring.notifications.businessHours.days", says: "days of one week", good: { monitoring: { notifications: { businessHours: { days: "sunday:thursday" } } } } },
  { rule: "operator-with-reloader", bad: { images: { prometheusOperator: image("prometheus-operator"), configReloader: undefined } }, path: "images.configReloader", says: "both or neither", good: { images: { prometheusOperator: image("prometheus-operator"), configReloader: image("prometheus-config-reloader") } } },
  { rule: "operator-with-reloader", bad: { images: { prometheusOperator: undefined, configReloader: image("prometheus-config-reloader") } }, path: "images.prometheusOperator", says: "both or neither", good: { images: { prometheusOperator: undefined, configReloader: undefined } } },
  { rule: "errors-lead-there", bad: { monitoring: { errorTracking: ERRORS.monitoring.errorTracking } }, path: "secrets.app", says: "no SENTRY_DSN", good: ERRORS },
  { rule: "errors-lead-there", bad: { ...ERRORS, monitoring: {} }, path: "monitoring.errorTracking", says: "secrets.app has SENTRY_DSN", good: { ...ERRORS, appSecrets: { SENTRY_DSN: "not-a-secret-placeholder" } } },
  { rule: "errors-lead-there", bad: { ...ERRORS, appSecrets: { SENTRY_DSN: "https://a@elsewhere.example.org/1" } }, path: "appSecrets.SENTRY_DSN", says: "one of errors.example.com", good: ERRORS },
  { rule: "traces-taken", bad: { monitoring: { traces: { endpoint: "https://otlp.example.com" } } }, path: "monitoring.traces.endpoint", says: "images.otelCollector is not set", good: { images: { otelCollector: image("otel-collector") }, monitoring: { traces: { endpoint: "https://otlp.example.com" } } } },
  { rule: "grafana-whole", bad: { images: { grafana: image("grafana") }, monitoring: { links: GRAFANA.monitoring.links, grafana: undefined }, grafanaClientSecret: "a-client-secret" }, path: "monitoring.grafana", says: "while images.grafana is set", good: GRAFANA },
  { rule: "grafana-whole", bad: { ...GRAFANA, grafanaClientSecret: undefined }, path: "grafanaClientSecret", says: "while images.grafana is set", good: { monitoring: { links: { grafana: "https://grafana.example.com" } } } },
  { rule: "grafana-whole", bad: { ...GRAFANA, monitoring: { ...GRAFANA.monitoring, links: undefined } }, path: "monitoring.links.grafana", says: "while images.grafana is set", good: { monitoring: { links: { runbooks: "https://git.example.com/runbooks" } } } },
  { rule: "grafana-whole", bad: { ...GRAFANA, images: { grafana: undefined } }, path: "monitoring.grafana", says: "while images.grafana is not set", good: {} },
  { rule: "pager-has-url", bad: { pagerUrl: undefined }, path: "pagerUrl", says: "pager is true", good: { pagerUrl: undefined, notifications: { pager: false } } },
  { rule: "pager-has-url", bad: { notifications: { pager: false } }, path: "notifications.pager", says: "pagerUrl is set", good: {} },
  { rule: "dast-target-said", bad: { maintenance: { dastTarget: undefined } }, path: "maintenance.dastTarget", says: "shop.example.com", good: { maintenance: { dastTarget: "shop.example.com" } } },
  { rule: "break-glass-apart", bad: { access: { breakGlassTrust: [saml] } }, path: "access.breakGlassTrust[0]", says: "also in access.peopleTrust", good: {} },
  { rule: "trust-exact", bad: { access: { peopleTrust: ["arn:aws:iam::123456789012:root"] } }, path: "access.peopleTrust[0]", says: "role, user or SAML provider", good: { access: { peopleTrust: ["arn:aws:iam::999999999999:role/engineer"] } } },
  { rule: "edge-paths-apart", bad: { edge: { uploadPath: "/static/upload" } }, path: "edge.uploadPath", says: "overlaps edge.staticPaths[0]", good: { edge: { uploadPath: "/statics" } } },
  { rule: "healthy-burst", bad: { edge: { rateLimitPer5Minutes: 19 } }, path: "ingress.burst", says: "at most 19", good: { edge: { rateLimitPer5Minutes: 20 } } },
  { rule: "sessions-not-cleaned", bad: { maintenance: { cachePrefixes: ["session:"] } }, path: "maintenance.cachePrefixes[0]", says: "sessions", good: { maintenance: { cachePrefixes: ["cache:", "page:"] } } },
];
