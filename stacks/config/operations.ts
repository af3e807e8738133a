/** Keys of the way in, of watching, of people and of money. */
import { z } from "zod";
import { alertNotifications } from "./alerting.ts";
import * as f from "./fields.ts";
import { key } from "./fields.ts";
import { errorTracking, grafana, links, logs, traces } from "./observability.ts";

export const edge = z.strictObject({
  domain: key(f.host, { description: "Public host of the application.", example: "shop.example.com" }),
  zoneId: key(z.string().regex(/^Z[A-Z0-9]{5,31}$/, "a hosted zone id").optional(), { description: "Hosted zone that exists already; without it the program creates one for the domain.", example: "Z0123456789ABCDEFGHIJ" }),
  delegations: key(z.record(f.host, z.strictObject({
    nameServers: key(z.array(f.host).min(2), { description: "Output nameServers of the stack that owns the name.", example: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"] }),
    dsRecord: key(z.string().regex(/^\d+ \d+ \d+ [0-9A-Fa-f]+$/, "a DS record: key tag, algorithm, digest type, digest").optional(), { description: "Output dsRecord of that stack, which signs its zone.", example: "12345 13 2 0123456789ABCDEF" }),
  })).optional(), { description: "Names below the domain that other stacks own, such as staging's: this zone points to theirs.", example: { "staging.shop.example.com": { nameServers: ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"] } } }),
  staticPaths: key(z.array(f.urlPath), { description: "Paths that CloudFront caches for a long time.", example: ["/static/*"] }),
  filesPath: key(f.urlPath, { description: "Path under which CloudFront serves the files bucket.", example: "/files/*" }),
  uploadPath: key(f.urlPath, { description: "The one route on which the managed body rules of the WAF (8 KB, XSS) only count.", example: "/api/upload" }),
  rateLimitPer5Minutes: key(z.int().min(10).max(2_000_000_000), { description: "Requests of one address in five minutes before the WAF blocks it.", unit: "requests / 5 min", example: 2000, source: "WAF: 10 to 2,000,000,000" }),
  priceClass: key(z.enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"]), { description: "Edge locations used.", example: "PriceClass_100" }),
  blockedCountries: key(z.array(z.string().regex(/^[A-Z]{2}$/, "an ISO 3166 country code")), { description: "Countries that are refused.", example: [] }),
  shieldAdvanced: key(z.boolean(), { description: "Shield Advanced protections; the account's subscription is bought by people. Shield Standard is always there.", example: false }),
  logRetentionDays: key(f.logRetention, { description: "How long WAF logs are kept.", unit: "days", example: 365 }),
});

export const ingress = z.strictObject({
  replicas: key(z.int().min(2).max(20), { description: "NGINX replicas, spread over zones.", example: 3 }),
  requests: f.requests,
  chartVersion: key(f.version, { description: "Version of F5's nginx-ingress chart.", example: "2.3.1" }),
  chartDigest: key(z.string().regex(/^sha256:[a-f0-9]{64}$/, "sha256: and 64 hex digits").optional(), { description: "Digest of that chart; the registry can not exchange it then.", example: `sha256:${"a".repeat(64)}` }),
  imageRepository: key(z.string().regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/, "a repository without tag").optional(), { description: "Mirror of the controller's image; without it the chart's own repository.", example: "123456789012.dkr.ecr.us-east-1.amazonaws.com/nginx-ingress" }),
  imageDigest: key(z.string().regex(/^sha256:[a-f0-9]{64}$/, "sha256: and 64 hex digits").optional(), { description: "Digest of the controller's image; without it the chart's tag.", example: `sha256:${"b".repeat(64)}` }),
  nodePort: key(z.int().min(30_000).max(32_767), { description: "Node port on which the load balancer reaches NGINX.", example: 30_443 }),
  requestsPerSecond: key(z.int().min(1).max(10_000), { description: "Requests a second that one client may make; the limit of one replica is this divided by replicas.", unit: "requests/s", example: 10 }),
  burst: key(z.int().min(0).max(10_000), { description: "Requests above the rate that are still served, without delay.", example: 20 }),
  bodyLimitMb: key(z.int().min(1).max(500), { description: "Largest request body.", unit: "MB", example: 50 }),
  hstsSeconds: key(z.int().min(300).max(63_072_000), { description: "Strict-Transport-Security max-age.", unit: "s", example: 31_536_000 }),
  contentSecurityPolicy: key(z.string().regex(/^[ !#%-[\]-~]{1,4096}$/, "1 to 4096 printable characters without \" $ or \\, which would end or change the NGINX setting"), { description: "Content-Security-Policy header.", example: "default-src 'self'" }),
});

export const access = z.strictObject({
  sessionHours: key(z.int().min(1).max(8), { description: "Longest session of any role.", unit: "h", example: 8 }),
  ci: z.strictObject({
    issuer: key(z.string().regex(/^[a-z0-9.-]+(\/[A-Za-z0-9._/-]*)?$/, "an OIDC issuer without https://"), { description: "OIDC issuer of the CI service.", example: "token.actions.githubusercontent.com" }),
    repository: key(z.string().regex(/^[\w.-]+\/[\w.-]+$/, "owner/repository"), { description: "Repository whose pipeline may deploy.", example: "example/shop" }),
    environment: key(z.string().min(1).max(64), { description: "Protected environment of that repository in which the gated pipeline runs; only it can assume the deploy role.", example: "production" }),
    provider: key(z.enum(["create", "adopt"]), { description: "An account has one OIDC provider an issuer: create it or use the one that is there.", example: "create" }),
  }),
  peopleTrust: key(z.array(f.arn).min(1), { description: "Principals (identity account roles or SAML provider) that people come from; MFA is required of all of them.", example: ["arn:aws:iam::123456789012:saml-provider/idp"] }),
  breakGlassTrust: key(z.array(f.arn).min(1), { description: "Principals that may take the break-glass role; every use raises an alarm.", example: ["arn:aws:iam::123456789012:user/break-glass"] }),
});

const singleton = (description: string) => key(z.enum(["create", "adopt", "off"]), { description: `${description} One an account and region: create it, use what is there, or leave it out.`, example: "create" });

export const audit = z.strictObject({
  logRetentionDays: key(f.logRetention, { description: "How long the trail stays in CloudWatch Logs; 2557 is the first period the service takes that covers 2555.", unit: "days", example: 2557 }),
  cloudTrail: singleton("CloudTrail over all regions."),
  guardDuty: singleton("GuardDuty with EKS, RDS and S3 protection."),
  securityHub: singleton("Security Hub with its standards."),
  config: singleton("AWS Config recorder."),
  configRole: key(z.enum(["create", "adopt"]), { description: "Service-linked role of AWS Config. It stays in an account in which Config ever ran, and creating it again is refused: adopt it there (`aws iam get-role --role-name AWSServiceRoleForConfig` tells).", example: "create" }),
  inspector: singleton("Inspector scans of images, instances and functions."),
  accessAnalyzer: singleton("IAM Access Analyzer."),
  accountDefaults: singleton("Account-wide defaults: public access block, password policy, EBS encryption."),
});

export const notifications = z.strictObject({
  emails: key(z.array(f.email).min(1).max(10), { description: "Mailboxes for findings, alarms and budgets; for more people use a distribution list.", example: ["oncall@example.com"], source: "AWS Budgets: 10 mailboxes a notification (API reference, Subscriber)" }),
  slack: key(z.strictObject({
    workspaceId: key(z.string().regex(/^T[A-Z0-9]{8,12}$/, "a Slack workspace id"), { description: "Slack workspace, authorized once in the console.", example: "T0123ABCD" }),
    channelId: key(z.string().regex(/^C[A-Z0-9]{8,12}$/, "a Slack channel id"), { description: "Slack channel.", example: "C0123ABCD" }),
  }).optional(), { description: "Chat for findings and alarms.", example: { workspaceId: "T0123ABCD", channelId: "C0123ABCD" } }),
  pager: key(z.boolean(), { description: "Page through the URL in the secret `pagerUrl`.", example: true }),
});

export const maintenance = z.strictObject({
  vacuumSchedule: key(f.cron, { description: "VACUUM and ANALYZE.", example: "0 4 * * 0" }),
  partitionSchedule: key(f.cron, { description: "Creation of future partitions.", example: "0 3 1 * *" }),
  cacheSchedule: key(f.cron, { description: "Cache cleanup: keys without expiry are found and reported, stale ones removed.", example: "30 4 * * *" }),
  cachePrefixes: key(z.array(z.string().min(1)), { description: "Key prefixes that the cleanup may delete when they have no expiry; sessions are never among them.", example: ["cache:"] }),
  scanSchedule: key(f.cron, { description: "Weekly vulnerability scan of images.", example: "0 6 * * 1" }),
  dastSchedule: key(f.cron, { description: "Monthly penetration-test run.", example: "0 2 1 * *" }),
  dastTarget: key(f.host.optional(), { description: "Host that the penetration test may attack; a staging host. Without it the application's own domain.", example: "staging.shop.example.com" }),
  expirySchedule: key(f.cron, { description: "Check of certificate and key expiry.", example: "0 7 * * *" }),
  expiryWarningDays: key(z.int().min(7).max(90), { description: "Warn this long before a certificate ends.", unit: "days", example: 30 }),
  logRotationMb: key(z.int().min(10).max(1000), { description: "Size at which the kubelet rotates a container's log.", unit: "MB", example: 100 }),
  logRotationFiles: key(z.int().min(2).max(20), { description: "Rotated logs kept.", example: 5 }),
  patchSchedule: key(f.cron, { description: "Patch window: nodes are moved to the newest image of their release.", example: "0 3 * * 3" }),
});

const ruleName = z.string().regex(/^[A-Z][A-Za-z0-9]+$/, "an alert name in CamelCase");

export const monitoring = z.strictObject({
  requests: key(z.strictObject({ cpu: f.cpu, memory: f.memory }), { description: "Sum of requests of the whole monitoring stack, for the capacity check and the namespace's quota.", example: { cpu: "1200m", memory: "4Gi" } }),
  retentionDays: key(z.int().min(1).max(400), { description: "How long Prometheus keeps metrics.", unit: "days", example: 15 }),
  storageGib: key(z.int().min(5).max(16_000), { description: "Volume of each of the two copies of Prometheus; the oldest metrics go early when four fifths of it are used.", unit: "GiB", example: 50 }),
  remoteWrite: key(z.strictObject({
    url: key(z.url({ protocol: /^https$/ }), { description: "Address that takes Prometheus's remote write.", example: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-0123abcd/api/v1/remote_write" }),
    workspaceArn: key(f.arn.optional(), { description: "Workspace of Amazon Managed Service for Prometheus: requests are signed by a role that may write to it and nothing else. Without it nothing proves who writes.", example: "arn:aws:aps:us-east-1:123456789012:workspace/ws-0123abcd" }),
  }).optional(), { description: "Send every sample to a second place, which outlives this cluster.", example: { url: "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-0123abcd/api/v1/remote_write", workspaceArn: "arn:aws:aps:us-east-1:123456789012:workspace/ws-0123abcd" } }),
  traceSamplingRate: key(z.number().min(0).max(1), { description: "Share of requests that are traced; decided once, by the application's SDK, which gets it as OTEL_TRACES_SAMPLER_ARG. A request that comes with a trace keeps that one's decision.", example: 1 }),
  links: key(links, { description: "Where alerts lead.", example: { runbooks: "https://git.example.com/platform/shop-environment/docs/runbooks", grafana: "https://localhost:3000" } }),
  logs: key(logs, { description: "Retention of logs by class, in CloudWatch Logs; collected where images.fluentBit is set." }),
  grafana: key(grafana, { description: "Single sign-on of Grafana by OpenID Connect; needed when images.grafana is set.", example: { authorizeUrl: "https://id.example.com/oauth2/authorize", tokenUrl: "https://id.example.com/oauth2/token", userInfoUrl: "https://id.example.com/oauth2/userinfo", clientId: "grafana", groups: { admins: ["platform"], viewers: ["engineering"] } } }),
  traces: key(traces, { description: "Where traces go; sent where images.otelCollector is set.", example: { endpoint: "https://otlp.example.com" } }),
  errorTracking: key(errorTracking, { description: "Error tracking by the protocol of Sentry's SDKs. The DSN is a secret of the application, SENTRY_DSN in secrets.app; beside it the application gets SENTRY_ENVIRONMENT and SENTRY_RELEASE. Without this key it gets none of them.", example: { host: "errors.example.com" } }),
  notifications: key(alertNotifications, { description: "Whom alerts reach: severity 1 by every way at once, 2 by PagerDuty with low urgency and Slack, 3 by Slack and mail, 4 by mail in business hours; repeated every 15 minutes, hour, 4 hours, day." }),
  alertRules: key(z.record(ruleName, z.strictObject({
    expr: key(z.string().min(1), { description: "PromQL expression.", example: "orders_failed_total > 10" }),
    for: key(z.string().regex(/^\d+[smhd]$/, "a duration such as 5m"), { description: "How long it must hold.", example: "5m" }),
    severity: key(z.int().min(1).max(4), { description: "1 pages at once, 4 waits for the next business day.", example: 2 }),
    team: key(z.string().min(1), { description: "Who is told.", example: "platform" }),
    summary: key(z.string().min(1), { description: "One line for the page.", example: "Orders fail" }),
    runbook: key(z.url({ protocol: /^https$/ }), { description: "What to do.", example: "https://runbooks.example.com/orders" }),
  })), { description: "Further alert rules of the team, by name.", example: {} }),
});

export const cost = z.strictObject({
  monthlyBudgetUsd: key(z.number().min(1), { description: "Budget of the stack; mail at 80 % spent and 100 % forecast. It counts what carries the tag `stack`, from the day on which that tag is an active cost allocation tag.", unit: "USD", example: 2500 }),
  anomalyUsd: key(z.number().min(1), { description: "Impact above which a cost anomaly is reported.", unit: "USD", example: 100 }),
  anomalyMonitor: key(z.enum(["services", "tag", "off"]), { description: "Where anomalies are looked for: `services` of the whole account, of which an account can have one monitor; `tag`, what carries the tag `stack`, possible in the organization's management account or one that stands alone; or `off`, when the account is watched already.", example: "services", source: "Cost Management user guide, Getting started with AWS Cost Anomaly Detection" }),
  activateTag: key(z.boolean(), { description: "Make the tag `stack` a cost allocation tag. AWS refuses it in member accounts of an organization (activate the tag in the management account then) and for a tag that bills do not have yet: turn it on a day after the first update, in one stack only.", example: false }),
});

export const privacy = z.strictObject({
  controller: key(z.string().min(1).max(256), { description: "Controller named in the processing register.", example: "Example Ltd" }),
  contact: key(f.email, { description: "Data protection contact.", example: "privacy@example.com" }),
  erasureDays: key(z.int().min(1).max(30), { description: "Time in which an erasure request is carried out in live stores; backups follow with their retention.", unit: "days", example: 30, source: "GDPR article 12(3): one month" }),
});

/** A list that takes the place of the pack's own. */
const chosen = (description: string, example: string[], why: string) => key(z.strictObject({
  values: key(z.array(z.string().min(1).max(256)).min(1), { description: "Takes the place of the default.", example }),
  reason: key(z.string().min(1).max(500), { description: "Why the default does not fit this stack; shown in every report.", example: why }),
}).optional(), { description, example: { values: example, reason: why } });

export const policies = z.strictObject({
  allowedRegistries: chosen("Registries, or registries with the start of a path, from which images may come; `*` stands for part of one name, but not in the last two parts of a host. The default is the account's own ECR.", ["210987654321.dkr.ecr.us-east-1.amazonaws.com"], "images are built in the tools account"),
  requiredTags: chosen("Tags that every AWS resource must have. The default is environment, owner and cost-center.", ["environment", "owner", "cost-center", "team"], "several teams share the account"),
  requiredLabels: chosen("Labels that Kubernetes objects must have. The default is app.kubernetes.io/name and app.kubernetes.io/part-of.", ["app.kubernetes.io/name"], "this cluster runs one application"),
  rules: key(z.record(
    z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/, "a rule of the policy pack, area/name"),
    z.strictObject({
      level: key(z.enum(["mandatory", "advisory", "disabled"]), { description: "What a broken rule does: refuse the update, be shown, or nothing.", example: "advisory" }),
      reason: key(z.string().min(1).max(500), { description: "Why it is so in this stack; shown with every result.", example: "staging has one NAT gateway to save money" }),
    }),
  ).optional(), { description: "Rules that are stricter or looser in this stack than by themselves. One resource is excepted in policies/exceptions.yaml instead.", example: { "network/nat-per-zone": { level: "disabled", reason: "staging has one NAT gateway to save money" } } }),
}).optional();
