/** Migrations of the database: one run for each image, before the pods of that image. */
import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { standardLabels } from "../application/labels.ts";
import { type ApplicationNamespace, CPU_LIMIT_FACTOR } from "../application/namespace.ts";
import { timesCpu } from "../application/quantities.ts";
import { CONTAINER_SECURITY, POD_SECURITY } from "../application/security.ts";
import type { ClusterIdentity } from "../cluster/identity.ts";
import { WorkloadRole } from "../cluster/workloadRole.ts";
import type { Transform } from "../component.ts";
import { transformed } from "../component.ts";
import { REPLACE_FAILED, waitedFor } from "../jobs/run.ts";
import { MIGRATION_USER } from "../jobs/users.ts";
import { credentials, DNS, storesOut } from "../networkRules.ts";
import { place, writer } from "./configMap.ts";
import { type Schema, SCHEMA_VERSION_ANNOTATION } from "./schema.ts";

export interface MigratedImage {
  image: string;
  /** What its migrations make of the database's schema; recorded at the job, for the guard of the live Service. */
  schema?: Pick<Schema, "version">;
}

export interface MigrationsArgs {
  /** Name of the application. */
  name: string;
  /** `<app>-<stack>`. */
  prefix: string;
  accountId: string;
  region: string;
  environment: string;
  /** The images of the colors, by digest, the live one's first; a job runs for each that differs. */
  images: MigratedImage[];
  /** What to run in them. */
  command: string[];
  /** Requests of the pod; the memory limit is the same, the CPU limit four times as much. */
  requests: { cpu: string; memory: string };
  /** Environment variables of the application that are no secrets. */
  settings: Record<string, string>;
  namespace: ApplicationNamespace;
  vpcCidr: string;
  postgres: {
    writerHost: pulumi.Input<string>;
    endpoint: pulumi.Input<string>;
    port: number;
    databaseName: string;
    connectArn(user: string): pulumi.Input<string>;
  };
  /** User of the application, to which the migrations' tables are open; the migrations may grant it more. */
  applicationUser: string;
  identity: ClusterIdentity;
  /** What the run waits for: the database users. */
  after: pulumi.Resource[];
  transform?: { job?: Transform<k8s.batch.v1.JobArgs> };
}

/** Half an hour: an index over a large table takes minutes; what takes longer belongs into a job of its own. */
const DEADLINE_SECONDS = 1800;
/** Names may not be everywhere yet, a failover may come between; a migration is done whole or not at all, so that it can be tried again. */
const RETRIES = 2;
const ACCOUNT = "migrations";

/**
 * Runs `command` in each image as the database user `golive_migration` (IAM authentication), who makes schemas and tables
 * for the role `golive_owner` (what `current_user` says there); the application's user reads and writes their rows and can
 * change none of them. The pods have no secrets of the application, no Kubernetes token, and reach name resolution, their
 * AWS credentials and the database only.
 *
 * A job is named by image and command: a new image has a job of its own, and two colors of one image share it. The jobs
 * run one after another, the live color's first, so that there are never two migrations at once. What depends on
 * `before` an image waits for its success; a failed one is run again by the next update. Costs the minutes that it takes.
 *
 * @throws when the command is empty
 */
export class Migrations extends pulumi.ComponentResource {
  readonly roleArn: string;
  private readonly jobs = new Map<string, k8s.batch.v1.Job>();

  constructor(name: string, args: MigrationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:release:Migrations", name, {}, opts);
    if (args.command.length === 0) throw new Error(`Migrations ${name}: command is empty; give app.migrations.command, or set app.migrations.enabled to false.`);
    const role = new WorkloadRole("app-migrations", {
      identity: args.identity,
      prefix: args.prefix,
      accountId: args.accountId,
      namespace: args.namespace.plainName,
      serviceAccount: ACCOUNT,
      statements: [{ Sid: "LogInToDatabase", Effect: "Allow", Action: "rds-db:connect", Resource: args.postgres.connectArn(MIGRATION_USER) }],
    }, { parent: this });
    args.namespace.policies.allowOut("allow-migrations", selector(args), [DNS, credentials(args.identity, args.vpcCidr), storesOut(args.vpcCidr, args.postgres.port)]);
    const account = new k8s.core.v1.ServiceAccount(`${name}-service-account`, {
      metadata: { name: ACCOUNT, namespace: args.namespace.name, labels: labels(args), annotations: role.annotations },
      automountServiceAccountToken: false,
    }, { parent: this });
    const after = [...args.namespace.guards, ...args.namespace.policies.declared, ...role.ready, account, ...args.after];
    for (const image of args.images) {
      if (!this.jobs.has(image.image)) this.jobs.set(image.image, this.job(name, args, image, [...after, ...this.jobs.values()]));
    }
    this.roleArn = role.roleArn;
    this.registerOutputs({ jobs: [...this.jobs.values()].map((job) => job.metadata.name) });
  }

  /** What pods of an image wait for; nothing for an image that has no job. */
  before(image: string): pulumi.Resource[] {
    const job = this.jobs.get(image);
    return job === undefined ? [] : [job];
  }

  /**
   * A resource for each content, so that a job that is there already is left alone, whichever color has its image. Has no
   * time to live: a job that Kubernetes removes by itself is a difference in the next refresh and would run again.
   */
  private job(name: string, args: MigrationsArgs, { image, schema }: MigratedImage, dependsOn: pulumi.Resource[]): k8s.batch.v1.Job {
    const hash = contentHash(image, args.command);
    const version: Record<string, string> = schema === undefined ? {} : { [SCHEMA_VERSION_ANNOTATION]: String(schema.version) };
    return new k8s.batch.v1.Job(`${name}-${hash}`, ...transformed<k8s.batch.v1.JobArgs>(args.transform?.job, {
      metadata: { name: `migrations-${hash}`, namespace: args.namespace.name, labels: labels(args), annotations: { ...REPLACE_FAILED, ...version } },
      spec: {
        activeDeadlineSeconds: DEADLINE_SECONDS,
        backoffLimit: RETRIES,
        template: { metadata: { labels: labels(args) }, spec: podSpec(args, image) },
      },
    }, { parent: this, dependsOn, ...waitedFor(DEADLINE_SECONDS) }));
  }
}

/** Ten hex digits of SHA-256 over image and command. */
function contentHash(image: string, command: string[]): string {
  return createHash("sha256").update(JSON.stringify([image, command])).digest("hex").slice(0, 10);
}

function labels(args: MigrationsArgs): Record<string, string> {
  return standardLabels(args.name, ACCOUNT, ACCOUNT, args.prefix);
}

function selector(args: MigrationsArgs): Record<string, string> {
  return { "app.kubernetes.io/name": args.name, "app.kubernetes.io/component": ACCOUNT };
}

function podSpec(args: MigrationsArgs, image: string): k8s.types.input.core.v1.PodSpec {
  return {
    serviceAccountName: ACCOUNT,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    securityContext: POD_SECURITY,
    containers: [{
      name: "migrations",
      image,
      imagePullPolicy: "IfNotPresent",
      command: args.command,
      env: Object.entries(variables(args)).map(([name, value]) => ({ name, value })),
      resources: {
        requests: { ...args.requests, "ephemeral-storage": "256Mi" },
        limits: { cpu: timesCpu(args.requests.cpu, CPU_LIMIT_FACTOR), memory: args.requests.memory, "ephemeral-storage": "1Gi" },
      },
      securityContext: CONTAINER_SECURITY,
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      terminationMessagePolicy: "FallbackToLogsOnError",
    }],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: "256Mi" } }],
  };
}

/** The application's own names, so that its code finds the database as ever; settings win as they do there. */
function variables(args: MigrationsArgs): Record<string, pulumi.Input<string>> {
  return { ...place(args), ...writer(args.postgres, MIGRATION_USER), DATABASE_APPLICATION_USER: args.applicationUser, LOG_FORMAT: "json", ...args.settings };
}
