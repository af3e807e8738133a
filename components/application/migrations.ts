/** Migrations of the database: one run for each image, before the application's pods. */
import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "../cluster/identity.ts";
import { WorkloadRole } from "../cluster/workloadRole.ts";
import type { Transform } from "../component.ts";
import { transformed } from "../component.ts";
import { REPLACE_FAILED, waitedFor } from "../jobs/run.ts";
import { MIGRATION_USER } from "../jobs/users.ts";
import { credentials, DNS, storesOut } from "../networkRules.ts";
import { place, writer } from "./configMap.ts";
import { standardLabels } from "./labels.ts";
import type { ApplicationNamespace } from "./namespace.ts";
import { CPU_LIMIT_FACTOR } from "./namespace.ts";
import { timesCpu } from "./quantities.ts";
import { CONTAINER_SECURITY, POD_SECURITY } from "./security.ts";

export interface MigrationsArgs {
  /** Name of the application. */
  name: string;
  /** `<app>-<stack>`. */
  prefix: string;
  accountId: string;
  region: string;
  environment: string;
  /** The application's own image, by digest, and what to run in it. */
  image: string;
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
 * Runs `command` in the image as the database user `golive_migration` (IAM authentication), who makes schemas and tables
 * for the role `golive_owner` (what `current_user` says there); the application's user reads and writes their rows and can
 * change none of them. The pod has no secrets of the application, no Kubernetes token, and reaches name resolution, its
 * AWS credentials and the database only.
 *
 * The job is named by image and command, so that a new image runs it again. What depends on `done` waits for its
 * success; a failed one is run again by the next update. Costs the minutes that it takes.
 *
 * @throws when the command is empty
 */
export class Migrations extends pulumi.ComponentResource {
  /** Ready when the run has succeeded. */
  readonly done: k8s.batch.v1.Job;
  readonly roleArn: string;

  constructor(name: string, args: MigrationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:application:Migrations", name, {}, opts);
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
    this.done = this.job(name, args, [...args.namespace.guards, ...args.namespace.policies.declared, ...role.ready, account, ...args.after]);
    this.roleArn = role.roleArn;
    this.registerOutputs({ job: this.done.metadata.name });
  }

  /** Has no time to live: a job that Kubernetes removes by itself is a difference in the next refresh and would run again. */
  private job(name: string, args: MigrationsArgs, dependsOn: pulumi.Resource[]): k8s.batch.v1.Job {
    return new k8s.batch.v1.Job(`${name}-run`, ...transformed<k8s.batch.v1.JobArgs>(args.transform?.job, {
      metadata: { name: `migrations-${contentHash(args)}`, namespace: args.namespace.name, labels: labels(args), annotations: REPLACE_FAILED },
      spec: {
        activeDeadlineSeconds: DEADLINE_SECONDS,
        backoffLimit: RETRIES,
        template: { metadata: { labels: labels(args) }, spec: podSpec(args) },
      },
    }, { parent: this, dependsOn, ...waitedFor(DEADLINE_SECONDS) }));
  }
}

/** Ten hex digits of SHA-256 over image and command. */
function contentHash({ image, command }: MigrationsArgs): string {
  return createHash("sha256").update(JSON.stringify([image, command])).digest("hex").slice(0, 10);
}

function labels(args: MigrationsArgs): Record<string, string> {
  return standardLabels(args.name, ACCOUNT, ACCOUNT, args.prefix);
}

function selector(args: MigrationsArgs): Record<string, string> {
  return { "app.kubernetes.io/name": args.name, "app.kubernetes.io/component": ACCOUNT };
}

function podSpec(args: MigrationsArgs): k8s.types.input.core.v1.PodSpec {
  return {
    serviceAccountName: ACCOUNT,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    securityContext: POD_SECURITY,
    containers: [{
      name: "migrations",
      image: args.image,
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
