/** The application in the cluster: one color with all that guards, scales and configures it. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "../cluster/identity.ts";
import { WorkloadRole } from "../cluster/workloadRole.ts";
import type { Transform } from "../component.ts";
import { autoscaler, disruptionBudget } from "./availability.ts";
import { configMap, CONFIG_HASH_ANNOTATION } from "./configMap.ts";
import { saysCredential } from "./credentialNames.ts";
import { deployment } from "./deployment.ts";
import { podLabels } from "./labels.ts";
import type { ApplicationNamespace } from "./namespace.ts";
import { networkPolicies } from "./networkPolicies.ts";
import { colorService, liveService } from "./services.ts";
import { workloadStatements } from "./workloadStatements.ts";

export type Color = "blue" | "green";

export interface ApplicationTransforms {
  deployment?: Transform<k8s.apps.v1.DeploymentArgs>;
  autoscaler?: Transform<k8s.autoscaling.v2.HorizontalPodAutoscalerArgs>;
}

/** The application's slice of the configuration; field names are those of the stack file's `app`. */
export interface ApplicationSettings {
  /** Name of the application. */
  name: string;
  /** Port of the container, 1024 or higher. */
  port: number;
  health: { ready: string; live: string; deep: string };
  metricsPath: string;
  replicas: { min: number; max: number };
  /** Targets of the autoscaler: CPU in percent of the request, requests a second and replica. */
  autoscaling: { cpuPercent: number; requestsPerSecond: number };
  /** Requests of one replica; the memory limit is the same, the CPU limit four times as much. */
  requests: { cpu: string; memory: string };
  /** Seconds that a stopping pod goes on serving, and seconds until it is killed. */
  drain: { preStopSeconds: number; gracePeriodSeconds: number };
  security: {
    accessTokenSeconds: number;
    refreshTokenSeconds: number;
    sessionSeconds: number;
    requestsPerMinute: number;
    requestsPerHour: number;
    burst: number;
    uploadMaxMb: number;
    uploadTypes: string[];
    mfaRequired: boolean;
  };
  /** Further environment variables that are no secrets. */
  settings: Record<string, string>;
}

export interface ApplicationArgs extends ApplicationSettings {
  /** `<app>-<stack>`. */
  prefix: string;
  accountId: string;
  region: string;
  environment: string;
  color: Color;
  /** Image by digest. */
  image: string;
  /** Public host, for links that the application writes. */
  host: string;
  /** Where it runs. */
  namespace: ApplicationNamespace;
  /** Namespaces of NGINX (may connect to the port) and of monitoring (may scrape, receives traces). */
  ingressNamespace: string;
  monitoringNamespace: string;
  vpcCidr: string;
  postgres: {
    writerHost: pulumi.Input<string>;
    readerHost: pulumi.Input<string>;
    port: number;
    databaseName: string;
    user: string;
    /** The primary's own address: IAM authentication tokens are signed for it and not for an alias. */
    endpoint: pulumi.Input<string>;
    /** Own addresses of the instances to read from. */
    readerEndpoints: pulumi.Input<string>[];
    /** ARNs that allow `user` to log in (rds-db:connect): one for each instance, replicas included. */
    connectArns: pulumi.Input<string>[];
  };
  redis: { host: pulumi.Input<string>; readerHost?: pulumi.Input<string>; sessionsHost: pulumi.Input<string>; port: number };
  filesBucket: { name: string; arn: string; keyArn: pulumi.Input<string> };
  /** Kubernetes Secret that External Secrets keeps; every key becomes an environment variable. */
  secretName: string;
  /** Changes when the secrets do, so that pods roll, and tells none of them: `Secrets.contentVersion`. */
  secretsVersion?: pulumi.Input<string>;
  identity: ClusterIdentity;
  /** What the pods wait for beside their own parts: synced secrets, database users, migrations. */
  after?: pulumi.Resource[];
  /** Share of requests that are traced, 0 to 1. */
  traceSamplingRate: number;
  transform?: ApplicationTransforms;
}

/**
 * Role, configuration, deployment, services, autoscaler, disruption budget, network policies.
 *
 * The Service called `app` is the live one, which NGINX sends traffic to; `app-<color>` always means that color, for
 * checks and smoke tests. Pods hold no Kubernetes token; their AWS role allows logging in to the database as one
 * user and reading and writing files, nothing more.
 *
 * Cost driver: the nodes that its requests fill, replicas.min × requests at least.
 */
export class Application extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Live Service, for the ingress. */
  readonly service: { name: string; port: number; namespace: pulumi.Output<string> };
  /** Labels that pods of every color carry, for network policies and monitors. */
  readonly podLabels: Record<string, string>;
  readonly roleArn: string;
  readonly deployment: k8s.apps.v1.Deployment;

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:application:Application", name, {}, opts);
    check(name, args);
    this.podLabels = podLabels(args);

    const { namespace } = args;
    const role = new WorkloadRole("app", {
      identity: args.identity,
      prefix: args.prefix,
      accountId: args.accountId,
      namespace: namespace.plainName,
      serviceAccount: "app",
      statements: workloadStatements(args),
    }, { parent: this });
    networkPolicies(args);
    const account = this.serviceAccount(name, args, role);
    const config = configMap(name, args, this);
    const dependsOn = [...namespace.guards, ...namespace.policies.declared, ...role.ready, ...(args.after ?? [])];
    const pods = deployment(name, args, { config, account, dependsOn }, this);
    autoscaler(name, args, pods, this);
    disruptionBudget(name, args, this);
    colorService(name, args, this);
    const live = liveService(name, args, pods, this);

    this.namespace = namespace.name;
    this.service = { name: "app", port: 80, namespace: this.namespace };
    this.roleArn = role.roleArn;
    this.deployment = pods;
    this.registerOutputs({ namespace: this.namespace, service: live.metadata.name, roleArn: this.roleArn });
  }

  private serviceAccount(name: string, args: ApplicationArgs, role: WorkloadRole): k8s.core.v1.ServiceAccount {
    return new k8s.core.v1.ServiceAccount(`${name}-service-account`, {
      metadata: { name: "app", namespace: args.namespace.name, labels: podLabels(args), annotations: role.annotations },
      automountServiceAccountToken: false,
    }, { parent: this });
  }
}

export { CONFIG_HASH_ANNOTATION };

function check(name: string, args: ApplicationArgs): void {
  if (!/@sha256:[a-f0-9]{64}$/.test(args.image)) {
    throw new Error(`Application ${name}: image ${args.image} is not named by digest (…@sha256:<64 hex digits>); a tag can be moved to other content.`);
  }
  if (args.drain.gracePeriodSeconds < args.drain.preStopSeconds + 10) {
    throw new Error(`Application ${name}: drain.gracePeriodSeconds (${args.drain.gracePeriodSeconds}) must exceed drain.preStopSeconds (${args.drain.preStopSeconds}) by 10 at least, or requests under way are cut off.`);
  }
  const reserved = Object.keys(args.settings).find(saysCredential);
  if (reserved !== undefined) {
    throw new Error(`Application ${name}: settings.${reserved} looks like a secret, and settings are kept in plain text; name it in secrets.app and give its value as the Pulumi secret appSecrets.${reserved}.`);
  }
}
