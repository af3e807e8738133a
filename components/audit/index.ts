/** Audit and detection: who did what, what is wrong, and who is told. */
import * as pulumi from "@pulumi/pulumi";
import type { DataStore } from "../component.ts";
import { AccountDefaults } from "./accountDefaults.ts";
import { Configuration } from "./configuration.ts";
import { Detection } from "./detection.ts";
import { Routes } from "./routes.ts";
import type { Singleton } from "./singleton.ts";
import type { TrailTransforms } from "./trail.ts";
import { Trail } from "./trail.ts";
import { TrailAlarms } from "./trailAlarms.ts";

export interface AuditArgs {
  /** `<app>-<stack>`; the trail has this name, and the audit key's policy lets in no other. */
  prefix: string;
  accountId: string;
  region: string;
  /** Days in CloudWatch Logs; 2557 is the first period it takes that covers 2555. */
  logRetentionDays: number;
  cloudTrail: Singleton;
  guardDuty: Singleton;
  securityHub: Singleton;
  config: Singleton;
  /** Service-linked role of Config: `create` it, or `adopt` the one of an account in which Config ever ran. */
  configRole: "create" | "adopt";
  inspector: Singleton;
  accessAnalyzer: Singleton;
  accountDefaults: Singleton;
  /** Bucket of the trail; its lock keeps what it gets. */
  auditBucket: { name: string; arn: string };
  /** Bucket that AWS Config delivers to; without default retention, which Config can not write to. */
  configBucket: { name: string; arn: string };
  /** Buckets whose single object reads and writes are recorded too, such as the files bucket. Billed by event. */
  dataEventBucketArns?: string[];
  keys: { audit: pulumi.Input<string>; logs: pulumi.Input<string> };
  findingTopicArn: pulumi.Input<string>;
  pageTopicArn: pulumi.Input<string>;
  /** Policies of the buckets above and whatever else must be there before the services write. */
  after?: pulumi.Resource[];
  transform?: TrailTransforms;
}

/**
 * CloudTrail over all regions (validated, encrypted, to the locked bucket and to logs), GuardDuty, Security Hub, Config,
 * Inspector, Access Analyzer and account-wide defaults, with routes for what they find: everything to mail and chat, and
 * what can not wait to the pager. Routes are declared for adopted services too.
 * Cost: GuardDuty, Security Hub, Config and Inspector by what they look at; log ingestion by GB.
 */
export class Audit extends pulumi.ComponentResource {
  readonly stores: DataStore[];

  constructor(name: string, args: AuditArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:audit:Audit", name, {}, opts);
    if (args.cloudTrail === "create") {
      const trail = new Trail(`${name}-trail`, args, { parent: this });
      new TrailAlarms(`${name}-trail-alarms`, { ...args, logGroupName: trail.logGroup.name }, { parent: this });
    }
    new Detection(`${name}-detection`, args, { parent: this });
    if (args.config !== "off") new Configuration(`${name}-configuration`, args, { parent: this });
    if (args.accountDefaults === "create") new AccountDefaults(`${name}-defaults`, { parent: this });
    new Routes(`${name}-routes`, args, { parent: this });

    this.stores = storesOf(args);
    this.registerOutputs({});
  }
}

function storesOf(args: AuditArgs): DataStore[] {
  if (args.cloudTrail !== "create") return [];
  const erasure = "Not erased before its end: kept to meet a legal duty (GDPR article 17(3)(b)). It names principals and addresses, never contents.";
  return [
    { name: `/aws/cloudtrail/${args.prefix}`, dataClass: "logs", content: "Audit trail, searchable: every call to AWS, with who made it and from where. The bucket of the trail is entered by the storage component.", retention: `${args.logRetentionDays} days`, erasure },
  ];
}
