/** Where scheduled jobs run: a hardened namespace, and what every job of it shares. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "../cluster/identity.ts";
import { DNS, PolicySet } from "../networkRules.ts";

export { ScheduledJob, type ScheduledJobArgs, type WatchedJob } from "./scheduledJob.ts";

export interface JobsArgs {
  /** `${app}-${stack}`; labels and metrics carry it. */
  prefix: string;
  /** Name of the application; the namespace is `${app}-jobs`. */
  app: string;
  accountId: string;
  region: string;
  /** Image of the jobs by digest. */
  image: string;
  identity: ClusterIdentity;
  /** Addresses of database, cache and interface endpoints. */
  vpcCidr: string;
  alarmTopicArn: pulumi.Input<string>;
}

/**
 * Namespace `${app}-jobs` with pod security "restricted", a quota, default limits and no traffic but name resolution;
 * each job opens what it needs for itself. Costs nothing until a job runs.
 *
 * ```ts
 * const jobs = new Jobs("jobs", { prefix, app: config.app.name, accountId, region, image: config.images.jobs, … });
 * new ScheduledJob("database-dump", { jobs, schedule: "0 1 * * *", … });
 * ```
 */
export class Jobs extends pulumi.ComponentResource {
  readonly args: JobsArgs;
  /** Plain name, for IAM and labels. */
  readonly namespaceName: string;
  /** Name as an output of the namespace: what uses it comes after it. */
  readonly namespace: pulumi.Output<string>;
  /** CloudWatch namespace of the jobs' metrics. */
  readonly metricNamespace: string;
  /** What must be there before the first pod. */
  readonly guards: pulumi.Resource[];

  constructor(name: string, args: JobsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:jobs:Jobs", name, {}, opts);
    if (!/@sha256:[a-f0-9]{64}$/.test(args.image)) throw new Error(`Jobs: image ${args.image} is not named by digest; add @sha256:<64 hex digits>`);
    this.args = args;
    this.namespaceName = `${args.app}-jobs`;
    this.metricNamespace = `Golive/${args.prefix}`;
    this.namespace = this.createNamespace(name);
    this.limits(name);
    const policies = new PolicySet(name, this.namespace, this.labels("jobs"), { parent: this });
    policies.allowOut("allow-dns", {}, [DNS]);
    this.guards = policies.declared;
    this.registerOutputs({ namespace: this.namespace });
  }

  /** The recommended labels of Kubernetes for an object of the jobs. */
  labels(component: string): Record<string, string> {
    return {
      "app.kubernetes.io/name": component,
      "app.kubernetes.io/instance": this.args.prefix,
      "app.kubernetes.io/component": "job",
      "app.kubernetes.io/part-of": this.args.app,
      "app.kubernetes.io/managed-by": "pulumi",
    };
  }

  private createNamespace(name: string): pulumi.Output<string> {
    return new k8s.core.v1.Namespace(`${name}-namespace`, {
      metadata: {
        name: this.namespaceName,
        labels: {
          ...this.labels("jobs"),
          ...Object.fromEntries(["enforce", "warn", "audit"].flatMap((mode) => [
            [`pod-security.kubernetes.io/${mode}`, "restricted"], [`pod-security.kubernetes.io/${mode}-version`, "latest"],
          ])),
        },
      },
    }, { parent: this }).metadata.name;
  }

  private limits(name: string): void {
    new k8s.core.v1.ResourceQuota(`${name}-quota`, {
      metadata: { name: "jobs", namespace: this.namespace, labels: this.labels("jobs") },
      // Two of the larger jobs at once and a few small ones; more waits, the nodes belong to the application.
      spec: { hard: { "requests.cpu": "2", "requests.memory": "4Gi", "limits.memory": "8Gi", pods: "30", "count/cronjobs.batch": "30" } },
    }, { parent: this });
    new k8s.core.v1.LimitRange(`${name}-limits`, {
      metadata: { name: "jobs", namespace: this.namespace, labels: this.labels("jobs") },
      spec: { limits: [{ type: "Container", default: { cpu: "500m", memory: "256Mi" }, defaultRequest: { cpu: "50m", memory: "128Mi" }, max: { cpu: "2", memory: "2Gi" } }] },
    }, { parent: this });
  }
}
