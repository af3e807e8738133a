/** Defaults of the whole account, for what is made past the program. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** No public bucket, image or snapshot; encrypted disks; IMDSv2; a strong password policy. Free of charge. */
export class AccountDefaults extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("golive:audit:AccountDefaults", name, {}, opts);
    this.nothingPublic(name);
    this.disks(name);
    this.metadata(name);
    this.passwords(name);
    this.registerOutputs({});
  }

  private nothingPublic(name: string): void {
    new aws.s3.AccountPublicAccessBlock(`${name}-buckets`, { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true }, { parent: this });
    new aws.ebs.SnapshotBlockPublicAccess(`${name}-snapshots`, { state: "block-all-sharing" }, { parent: this });
    new aws.ec2.ImageBlockPublicAccess(`${name}-images`, { state: "block-new-sharing" }, { parent: this });
  }

  /**
   * With the key that EBS manages. The stack's own disks name the stack's key; as default of the account that key would
   * keep everybody it does not let in from starting a machine, and take strangers' disks along when it is deleted.
   */
  private disks(name: string): void {
    new aws.ebs.EncryptionByDefault(`${name}-disks`, { enabled: true }, { parent: this });
  }

  private metadata(name: string): void {
    new aws.ec2.InstanceMetadataDefaults(`${name}-metadata`, { httpTokens: "required", httpPutResponseHopLimit: 1 }, { parent: this });
  }

  /** CIS AWS Foundations Benchmark 1.8 and 1.9: 14 characters, 24 remembered. */
  private passwords(name: string): void {
    new aws.iam.AccountPasswordPolicy(`${name}-passwords`, {
      minimumPasswordLength: 14,
      passwordReusePrevention: 24,
      maxPasswordAge: 90,
      requireLowercaseCharacters: true,
      requireUppercaseCharacters: true,
      requireNumbers: true,
      requireSymbols: true,
      allowUsersToChangePassword: true,
      hardExpiry: false,
    }, { parent: this });
  }
}
