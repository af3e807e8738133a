/** What all parts of the environment share: names, place, protection, tags, providers. */
import * as aws from "@pulumi/aws";
import type { Protection } from "../../components/component.ts";
import type { Config } from "../config.ts";

/** CloudFront's certificates and web ACL live in this region, wherever the rest is (CloudFront developer guide). */
const CLOUDFRONT_REGION = "us-east-1";

export interface Context {
  config: Config;
  /** `<app>-<stack>`: what every physical name begins with. */
  prefix: string;
  accountId: string;
  region: string;
  /** Full names of the availability zones. */
  zones: string[];
  protection: Protection;
  /** Tags of every AWS resource: who owns it, what for, who pays, which stack. */
  tags: Record<string, string>;
  home: aws.Provider;
  /** For what CloudFront uses. */
  cloudFront: aws.Provider;
}

export function createContext(config: Config, stack: string): Context {
  const prefix = `${config.app.name}-${stack}`;
  const tags = {
    ...config.tags,
    application: config.app.name,
    environment: config.environment,
    owner: config.owner,
    "cost-center": config.costCenter,
    "managed-by": "pulumi",
    stack: prefix,
  };
  const provider = (name: string, region: string) =>
    new aws.Provider(name, {
      region: region as aws.Region,
      // A wrong profile or role can not change another account.
      allowedAccountIds: [config.accountId],
      defaultTags: { tags },
    });
  return {
    config,
    prefix,
    accountId: config.accountId,
    region: config.region,
    zones: config.zones.map((letter) => config.region + letter),
    protection: { protect: config.protect, retainOnDelete: config.retainOnDelete },
    tags,
    home: provider("aws", config.region),
    cloudFront: provider("aws-cloudfront", CLOUDFRONT_REGION),
  };
}

/** What components take of the context. */
export function shared({ prefix, accountId, region, zones, protection }: Context) {
  return { prefix, accountId, region, zones, protection };
}
