/** AWS Config: what every resource looked like at every time, and rules on it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Singleton } from "./singleton.ts";

export interface ConfigurationArgs {
  prefix: string;
  accountId: string;
  /** `create` makes recorder, delivery and rules, `adopt` only the rules. */
  config: Singleton;
  /** Role by which the service reads; it stays in an account in which Config ever ran, and can be made once only. */
  configRole: "create" | "adopt";
  configBucket: { name: string };
  keys: { audit: pulumi.Input<string> };
  after?: pulumi.Resource[];
}

/** Config keeps history at most this long (API reference, RetentionConfiguration: 30 to 2557 days). */
const HISTORY_DAYS = 2557;

/** Managed rules by name (Config developer guide, list of managed rules), with parameters where a rule needs some. */
const RULES: Record<string, Record<string, string> | undefined> = {
  ACCESS_KEYS_ROTATED: { maxAccessKeyAge: "90" },
  CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED: undefined,
  CMK_BACKING_KEY_ROTATION_ENABLED: undefined,
  EC2_EBS_ENCRYPTION_BY_DEFAULT: undefined,
  EC2_IMDSV2_CHECK: undefined,
  EKS_SECRETS_ENCRYPTED: undefined,
  ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK: undefined,
  ENCRYPTED_VOLUMES: undefined,
  GUARDDUTY_ENABLED_CENTRALIZED: undefined,
  IAM_PASSWORD_POLICY: { MinimumPasswordLength: "14", PasswordReusePrevention: "24", MaxPasswordAge: "90" },
  IAM_ROOT_ACCESS_KEY_CHECK: undefined,
  INCOMING_SSH_DISABLED: undefined,
  MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS: undefined,
  MULTI_REGION_CLOUD_TRAIL_ENABLED: undefined,
  RDS_INSTANCE_DELETION_PROTECTION_ENABLED: undefined,
  RDS_INSTANCE_PUBLIC_ACCESS_CHECK: undefined,
  RDS_STORAGE_ENCRYPTED: undefined,
  ROOT_ACCOUNT_MFA_ENABLED: undefined,
  S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED: undefined,
  S3_BUCKET_SSL_REQUESTS_ONLY: undefined,
  S3_BUCKET_VERSIONING_ENABLED: undefined,
  VPC_DEFAULT_SECURITY_GROUP_CLOSED: undefined,
  VPC_FLOW_LOGS_ENABLED: undefined,
};

/** Recorder of all resource types with daily snapshots, and managed rules. Billed by recorded change and by evaluation. */
export class Configuration extends pulumi.ComponentResource {
  constructor(name: string, args: ConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:audit:Configuration", name, {}, opts);
    const recording = args.config === "create" ? this.recorder(name, args) : [];
    for (const [rule, parameters] of Object.entries(RULES)) this.rule(name, rule, parameters, recording, args);
    this.registerOutputs({});
  }

  private recorder(name: string, args: ConfigurationArgs): pulumi.Resource[] {
    const recorder = new aws.cfg.Recorder(name, {
      name: args.prefix,
      roleArn: this.role(name, args),
      recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
    }, { parent: this });
    const channel = new aws.cfg.DeliveryChannel(`${name}-delivery`, {
      name: args.prefix,
      s3BucketName: args.configBucket.name,
      s3KmsKeyArn: args.keys.audit,
      snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
    }, { parent: this, dependsOn: [recorder, ...(args.after ?? [])] });
    new aws.cfg.RetentionConfiguration(`${name}-retention`, { retentionPeriodInDays: HISTORY_DAYS }, { parent: this, dependsOn: [recorder] });
    return [new aws.cfg.RecorderStatus(`${name}-on`, { name: recorder.name, isEnabled: true }, { parent: this, dependsOn: [channel] })];
  }

  private role(name: string, args: ConfigurationArgs): pulumi.Input<string> {
    if (args.configRole === "adopt") return `arn:aws:iam::${args.accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`;
    return new aws.iam.ServiceLinkedRole(`${name}-role`, { awsServiceName: "config.amazonaws.com" }, { parent: this }).arn;
  }

  private rule(name: string, rule: string, parameters: Record<string, string> | undefined, dependsOn: pulumi.Resource[], args: ConfigurationArgs): void {
    const part = rule.toLowerCase().replaceAll("_", "-");
    new aws.cfg.Rule(`${name}-${part}`, {
      name: `${args.prefix}-${part}`,
      source: { owner: "AWS", sourceIdentifier: rule },
      inputParameters: parameters === undefined ? undefined : JSON.stringify(parameters),
    }, { parent: this, dependsOn });
  }
}
