/** The whole configuration in one schema: the single source of types, checks, defaults, editor help and reference. */
import { z } from "zod";
import * as data from "./data.ts";
import { key } from "./fields.ts";
import * as general from "./general.ts";
import * as infrastructure from "./infrastructure.ts";
import * as operations from "./operations.ts";

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
  pagerUrl: key(z.string().regex(/^https:\/\/\S+$/, "an https URL").optional(), {
    description: "HTTPS endpoint of the pager's integration for Amazon SNS; needed when notifications.pager is true.",
    example: "pulumi config set --secret pagerUrl \"$PAGER_URL\"", secret: true,
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
  images: general.images,
  app: general.app,
  release: general.release,
  network: infrastructure.network,
  cluster: infrastructure.cluster,
  nodes: infrastructure.nodes,
  postgres: data.postgres,
  redis: data.redis,
  storage: data.storage,
  keys: data.keys,
  secrets: data.secrets,
  backups: data.backups,
  edge: operations.edge,
  ingress: operations.ingress,
  access: operations.access,
  audit: operations.audit,
  notifications: operations.notifications,
  maintenance: operations.maintenance,
  monitoring: operations.monitoring,
  cost: operations.cost,
  privacy: operations.privacy,
  ...secretKeys.shape,
});

/** A complete, checked configuration: every key present, every default filled in. */
export type Config = z.output<typeof configSchema>;
