/** Scans, expiry checks, node patches, and the watch over all jobs. */
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../access/policyDocument.ts";
import { ScheduledJob, type WatchedJob } from "../jobs/index.ts";
import { readScripts } from "../jobs/scripts.ts";
import { ecrRepository } from "./ecr.ts";
import type { MaintenanceArgs } from "./index.ts";

const FOLDER = new URL("./scripts/", import.meta.url);

/** Whether the scan would have anything to read: only ECR keeps findings. */
export function canScan(args: MaintenanceArgs): boolean {
  return repositories(args.images).length > 0;
}

/** Findings of the deployed digests, from Inspector where it scans the registry, else from ECR's own scan. */
export function imageScanJob(args: MaintenanceArgs, parent: pulumi.Resource): ScheduledJob {
  const images = [...new Set(args.images)];
  return new ScheduledJob("image-scan", {
    jobs: args.jobs,
    schedule: args.scanSchedule,
    description: "Vulnerability findings of every deployed image; fails on critical ones.",
    scripts: readScripts(FOLDER, ["image-scan.sh"]),
    entry: "image-scan.sh",
    env: { IMAGES: images.join(" "), MAX_CRITICAL: "0", ...reports(args) },
    statements: [
      { Sid: "ReadFindings", Effect: "Allow", Action: ["ecr:DescribeImageScanFindings", "ecr:StartImageScan"], Resource: repositories(images) },
      // With Inspector on, ECR asks it for the findings on the caller's behalf; these actions know no resources (ECR user guide, "Enhanced scanning").
      { Sid: "ReadInspectorFindings", Effect: "Allow", Action: ["inspector2:ListCoverage", "inspector2:ListFindings"], Resource: "*" },
      ...writeReports(args, "scans"),
    ],
    reach: [],
    deadlineSeconds: 3600,
  }, { parent });
}

/** The monthly penetration test: the scanner's image attacks, the jobs' image judges and keeps the report. */
export function dastJob(args: MaintenanceArgs, parent: pulumi.Resource): ScheduledJob {
  return new ScheduledJob("dast", {
    jobs: args.jobs,
    schedule: args.dastSchedule,
    description: `OWASP ZAP baseline run against ${args.dastTarget}; fails on findings of high risk.`,
    scripts: readScripts(FOLDER, ["dast.sh", "dast-report.sh"]),
    entry: "dast-report.sh",
    first: { image: args.scannerImage, entry: "dast.sh", requests: { cpu: "250m", memory: "1536Mi" }, writable: ["/zap/wrk", "/home/zap"] },
    env: { TARGET: `https://${args.dastTarget}`, SPIDER_MINUTES: "5", REPORT_FOLDER: "/tmp/dast", ...reports(args) },
    statements: writeReports(args, "dast"),
    reach: ["web"],
    deadlineSeconds: 2 * 3600,
    scratchGib: 2,
  }, { parent });
}

export function expiryJob(args: MaintenanceArgs, parent: pulumi.Resource): ScheduledJob {
  const secretArns = args.secretNames.map((name) => `arn:aws:secretsmanager:${args.region}:${args.accountId}:secret:${name}-??????`);
  return new ScheduledJob("expiry-check", {
    jobs: args.jobs,
    schedule: args.expirySchedule,
    description: "Certificates near their end, keys without rotation, secrets that nobody changed.",
    scripts: readScripts(FOLDER, ["expiry-check.sh"]),
    entry: "expiry-check.sh",
    env: {
      TLS_HOSTS: args.tlsHosts.join(" "),
      WARN_DAYS: String(args.expiryWarningDays),
      KEY_IDS: pulumi.all(args.keyArns).apply((arns) => arns.join(" ")),
      MAX_ROTATION_DAYS: String(args.keyRotationDays),
      SECRETS: args.secretNames.join(" "),
      MAX_SECRET_DAYS: String(args.secretRotationDays),
    },
    statements: [
      // Listing certificates knows no resources (ACM, actions and condition keys).
      { Sid: "ListCertificates", Effect: "Allow", Action: "acm:ListCertificates", Resource: "*" },
      { Sid: "ReadCertificates", Effect: "Allow", Action: "acm:DescribeCertificate", Resource: ["us-east-1", args.region].map((region) => `arn:aws:acm:${region}:${args.accountId}:certificate/*`) },
      ...(args.keyArns.length === 0 ? [] : [{ Sid: "ReadKeyRotation", Effect: "Allow", Action: "kms:GetKeyRotationStatus", Resource: args.keyArns } satisfies Statement]),
      ...(secretArns.length === 0 ? [] : [{ Sid: "ReadSecretAge", Effect: "Allow", Action: "secretsmanager:DescribeSecret", Resource: secretArns } satisfies Statement]),
    ],
    reach: ["web"],
    deadlineSeconds: 900,
  }, { parent });
}

/** Patch window: managed nodes move to the newest image of their release, a few at a time, disruption budgets respected. */
export function patchJob(args: MaintenanceArgs, nodes: { clusterName: string; groups: string[] }, parent: pulumi.Resource): ScheduledJob {
  const { region, accountId } = args;
  return new ScheduledJob("node-patch", {
    jobs: args.jobs,
    schedule: args.patchSchedule,
    description: "Moves managed nodes to the newest image of their release.",
    scripts: readScripts(FOLDER, ["node-patch.sh"]),
    entry: "node-patch.sh",
    env: { CLUSTER: nodes.clusterName, NODE_GROUPS: nodes.groups.join(" ") },
    statements: [
      {
        Sid: "UpdateNodeGroups", Effect: "Allow", Action: ["eks:DescribeNodegroup", "eks:UpdateNodegroupVersion", "eks:DescribeUpdate"],
        Resource: [`arn:aws:eks:${region}:${accountId}:cluster/${nodes.clusterName}`, ...nodes.groups.map((group) => `arn:aws:eks:${region}:${accountId}:nodegroup/${nodes.clusterName}/${group}/*`)],
      },
      { Sid: "ReadNewestImage", Effect: "Allow", Action: "ssm:GetParameter", Resource: `arn:aws:ssm:${region}::parameter/aws/service/eks/optimized-ami/*` },
    ],
    reach: [],
    deadlineSeconds: 4 * 3600,
  }, { parent });
}

/** Judges every hour which job has not succeeded for too long; see components/jobs/alarms.ts. */
export function watchJob(args: MaintenanceArgs, watched: WatchedJob[], parent: pulumi.Resource): ScheduledJob {
  return new ScheduledJob("job-watch", {
    jobs: args.jobs,
    schedule: "40 * * * *",
    description: "Publishes for every scheduled job whether its last success is too old.",
    scripts: readScripts(FOLDER, ["job-watch.sh"]),
    entry: "job-watch.sh",
    env: { WATCHED: [...watched, { name: "job-watch", maxAgeHours: 4 }].map((job) => `${job.name}=${job.maxAgeHours}`).join(" ") },
    // Reading metrics knows no resources and no namespace condition (CloudWatch, actions and condition keys).
    statements: [{ Sid: "ReadMetrics", Effect: "Allow", Action: "cloudwatch:GetMetricStatistics", Resource: "*" }],
    reach: [],
    deadlineSeconds: 600,
    maxAgeHours: 4,
  }, { parent });
}

/** Repositories of the images that are in ECR; the script names the others. */
function repositories(images: string[]): string[] {
  return [...new Set(images.map(ecrRepository).filter((arn) => arn !== undefined))];
}

function reports(args: MaintenanceArgs): Record<string, pulumi.Input<string>> {
  return { BUCKET: args.backupsBucket.name, KMS_KEY_ID: args.backupsKeyArn };
}

function writeReports(args: MaintenanceArgs, folder: string): Statement[] {
  return [
    { Sid: "WriteReports", Effect: "Allow", Action: "s3:PutObject", Resource: `${args.backupsBucket.arn}/${folder}/*` },
    {
      Sid: "EncryptReports", Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: args.backupsKeyArn,
      Condition: { StringEquals: { "kms:ViaService": `s3.${args.region}.amazonaws.com` } },
    },
  ];
}
