/** The whole configuration in one schema: the single source of types, checks, defaults, editor help and reference. */
import { z } from "zod";
import * as data from "./data.ts";
import { key } from "./fields.ts";
import * as general from "./general.ts";
import * as infrastructure from "./infrastructure.ts";
import * as operations from "./operations.ts";

const credential = (description: string) => key(z.string().regex(/^\S{1,4096}$/, "1 to 4096 characters without space").optional(), { description, example: "not-a-secret-placeholder" });

/** Keys that must be Pulumi secrets (`pulumi config set --secret KEY`); plain text is refused. Examples are commands. */
export const secretKeys = z.strictObject({
  postgresMasterPassword: key(z.string().regex(/^[^/"@\s]{16,128}$/, "16 to 128 printable characters without / \" @ or space"), {
    description: "First password of the database's master user; rotated from then on.",
    example: "pulumi config set --secret postgresMasterPassword \"$(openssl rand -hex 24)\"", secret: true,
    source: "RDS CreateDBInstance, MasterUserPassword",
  }),
  redisAuthToken: key(z.string().regex(/^[^/"@\s]{16,128}$/, "16 to 128 printable characters without / \" @ or space"), {
    description: "First auth token of the cache; rotated from then on.",
    example: "pulumi config set --secret redisAuthToken \"$(openssl rand -hex 32)\"", secret: true,
    source: "ElastiCache CreateReplicationGroup, AuthToken",
  }),
  appSecrets: key(z.record(
    z.string().regex(/^[A-Z][A-Z0-9_]*$/, "an environment variable name"),
    key(z.string().min(1).max(65_536), { description: "First value of that secret.", example: "not-a-secret-placeholder" }),
  ).optional(), {
    description: "First value of every secret that secrets.app names, each a Pulumi secret of its own. Written into Secrets Manager once; later values are put there and stay.",
    example: "pulumi config set --path --secret appSecrets.JWT_SECRET \"$(openssl rand -hex 32)\"", secret: true,
    source: "Secrets Manager: a value has 65,536 bytes at most",
  }),
  pagerUrl: key(z.string().regex(/^https:\/\/\S+$/, "an https URL").optional(), {
    description: "HTTPS endpoint of the pager's integration for Amazon SNS; needed when notifications.pager is true.",
    example: "pulumi config set --secret pagerUrl \"$PAGER_URL\"", secret: true,
  }),
  notificationSecrets: key(z.strictObject({
    slackToken: credential("Token of the Slack bot that writes to the channels (scope chat:write)."),
    pagerdutyRoutingKey: credential("Integration key of the PagerDuty service (Events API 2)."),
    smtpPassword: credential("Password of monitoring.notifications.mail.username."),
    deadMansSwitchUrl: credential("URL that is called every minute."),
  }).optional(), {
    description: "First value of each credential that monitoring.notifications needs, each a Pulumi secret of its own. Written into Secrets Manager once; later values are put there and stay.",
    example: "pulumi config set --path --secret notificationSecrets.slackToken \"$SLACK_TOKEN\"", secret: true,
  }),
  grafanaClientSecret: key(z.string().regex(/^\S{8,4096}$/, "8 to 4096 characters without space").optional(), {
    description: "First secret of Grafana's client at the identity provider; needed when images.grafana is set. Written into Secrets Manager once; later values are put there and stay.",
    example: "pulumi config set --secret grafanaClientSecret \"$GRAFANA_CLIENT_SECRET\"", secret: true,
  }),
  kubeconfig: key(z.string().min(1).optional(), {
    description: "Kubeconfig of an existing cluster; needed when cluster.existing is set, refused otherwise.",
    example: "pulumi config set --secret kubeconfig < kubeconfig.yaml", secret: true,
  }),
});

export const configSchema = z.strictObject({
  environment: general.environment,
  profile: general.profile,
  accountId: general.accountId,
  region: general.region,
  zones: general.zones,
  owner: general.owner,
  costCenter: general.costCenter,
  tags: general.tags,
  protect: general.protect,
  retainOnDelete: general.retainOnDelete,
  activeColor: general.activeColor,
  images: key(general.images, { description: "Images by digest." }),
  app: key(general.app, { description: "The application: what it is called, how it is reached, how many of it, its limits." }),
  release: key(general.release, { description: "How a new image takes over: strategy, gates, time budget, rollback." }),
  network: key(infrastructure.network, { description: "VPC, subnets, NAT, endpoints, VPN." }),
  cluster: key(infrastructure.cluster, { description: "EKS, the way in, and the services that every cluster needs." }),
  nodes: infrastructure.nodes,
  postgres: key(data.postgres, { description: "The database: RDS for PostgreSQL." }),
  redis: key(data.redis, { description: "The cache and session store: ElastiCache for Redis." }),
  storage: key(data.storage, { description: "Buckets: files, backups, archive, audit." }),
  keys: key(data.keys, { description: "Customer keys in KMS, one for each data class." }),
  secrets: key(data.secrets, { description: "Secrets Manager and its way into the cluster." }),
  backups: key(data.backups, { description: "Dumps, restore drills, copies in another region, and what they promise." }),
  edge: key(operations.edge, { description: "What the world meets first: DNS, CloudFront, WAF, Shield." }),
  ingress: key(operations.ingress, { description: "NGINX: TLS, headers, rate limits." }),
  access: key(operations.access, { description: "Who may take which role." }),
  audit: key(operations.audit, { description: "Audit trail and threat detection." }),
  notifications: key(operations.notifications, { description: "Where findings, alarms and pages go." }),
  maintenance: key(operations.maintenance, { description: "Scheduled jobs; all times are UTC." }),
  monitoring: key(operations.monitoring, { description: "Metrics, traces and alert rules." }),
  cost: key(operations.cost, { description: "Budget and cost anomalies." }),
  privacy: key(operations.privacy, { description: "What the processing register says of the controller." }),
  policies: key(operations.policies, { description: "The policy pack in this stack: registries, tags, labels, and rules that are looser or stricter here. Read by the pack, not by the program." }),
  ...secretKeys.shape,
});

/** A complete, checked configuration: every key present, every default filled in. */
export type Config = z.output<typeof configSchema>;
