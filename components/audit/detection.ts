/** Services that look for threats, weaknesses and open doors. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Singleton } from "./singleton.ts";

export interface DetectionArgs {
  prefix: string;
  accountId: string;
  region: string;
  guardDuty: Singleton;
  securityHub: Singleton;
  inspector: Singleton;
  accessAnalyzer: Singleton;
}

/** What GuardDuty looks at beyond the trail, flow logs and name resolution, which it always does. */
const PROTECTIONS = ["S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "RDS_LOGIN_EVENTS", "EBS_MALWARE_PROTECTION", "LAMBDA_NETWORK_LOGS"];
const STANDARDS = { "best-practices": "aws-foundational-security-best-practices/v/1.0.0", cis: "cis-aws-foundations-benchmark/v/3.0.0" };
/** Inspector scans images at push and again whenever a new weakness is known, which is oftener than weekly. */
const SCANNED = ["EC2", "ECR", "LAMBDA"];

/** GuardDuty, Security Hub, Inspector and Access Analyzer, as far as they are to be created. */
export class Detection extends pulumi.ComponentResource {
  constructor(name: string, args: DetectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:audit:Detection", name, {}, opts);
    if (args.guardDuty === "create") this.threats(name);
    if (args.securityHub === "create") this.standards(name, args);
    if (args.inspector === "create") this.weaknesses(name, args);
    if (args.accessAnalyzer === "create") this.openDoors(name, args);
    this.registerOutputs({});
  }

  private threats(name: string): void {
    const detector = new aws.guardduty.Detector(`${name}-guardduty`, { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" }, { parent: this });
    for (const feature of PROTECTIONS) {
      new aws.guardduty.DetectorFeature(`${name}-guardduty-${feature.toLowerCase().replaceAll("_", "-")}`, {
        detectorId: detector.id, name: feature, status: "ENABLED",
      }, { parent: this });
    }
  }

  private standards(name: string, args: DetectionArgs): void {
    const hub = new aws.securityhub.Account(`${name}-hub`, {
      autoEnableControls: true, enableDefaultStandards: false, controlFindingGenerator: "SECURITY_CONTROL",
    }, { parent: this });
    for (const [part, standard] of Object.entries(STANDARDS)) {
      new aws.securityhub.StandardsSubscription(`${name}-hub-${part}`, { standardsArn: `arn:aws:securityhub:${args.region}::standards/${standard}` }, { parent: this, dependsOn: [hub] });
    }
    new aws.securityhub.FindingAggregator(`${name}-hub-regions`, { linkingMode: "ALL_REGIONS" }, { parent: this, dependsOn: [hub] });
  }

  private weaknesses(name: string, args: DetectionArgs): void {
    new aws.inspector2.Enabler(`${name}-inspector`, { accountIds: [args.accountId], resourceTypes: SCANNED }, { parent: this });
  }

  private openDoors(name: string, args: DetectionArgs): void {
    new aws.accessanalyzer.Analyzer(`${name}-analyzer`, { analyzerName: `${args.prefix}-access`, type: "ACCOUNT" }, { parent: this });
  }
}
