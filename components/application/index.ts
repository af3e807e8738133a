/** The application in the cluster, as far as both colors share it: who it is, and whom it may talk to. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "../cluster/identity.ts";
import { WorkloadRole } from "../cluster/workloadRole.ts";
import { podLabels } from "./labels.ts";
import type { ApplicationNamespace } from "./namespace.ts";
import { networkPolicies } from "./networkPolicies.ts";
import { workloadStatements } from "./workloadStatements.ts";

export interface ApplicationArgs {
  /** Name of the application, and `<app>-<stack>`. */
  name: string;
  prefix: string;
  accountId: string;
  region: string;
  /** Port of the container. */
  port: number;
  /** Where it runs. */
  namespace: ApplicationNamespace;
  /** Namespaces of NGINX (may connect to the port) and of monitoring (may scrape). */
  ingressNamespace: string;
  monitoringNamespace: string;
  /** Labels of the pods there that take traces. Default: there are none, and nothing is sent. */
  traceCollector?: Record<string, string> | undefined;
  vpcCidr: string;
  postgres: {
    port: number;
    /** ARNs that allow the application's user to log in (rds-db:connect): one for each instance, replicas included. */
    connectArns: pulumi.Input<string>[];
  };
  redis: { port: number };
  filesBucket: { arn: string; keyArn: pulumi.Input<string> };
  identity: ClusterIdentity;
}

/**
 * Role, service account and network policies. The pods are the release's (components/release): each color's are the
 * application, so a flip changes nothing of what it may do.
 *
 * Pods hold no Kubernetes token; their AWS role allows logging in to the database as one user and reading and writing
 * files, nothing more. Costs nothing.
 */
export class Application extends pulumi.ComponentResource {
  readonly namespace: ApplicationNamespace;
  /** Labels that pods of every color carry, for network policies and monitors. */
  readonly podLabels: Record<string, string>;
  readonly roleArn: string;
  readonly account: k8s.core.v1.ServiceAccount;
  /** What must be there before the first pod: quota, network policies, role. */
  readonly guards: pulumi.Resource[];

  constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:application:Application", name, {}, opts);
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
    this.namespace = namespace;
    this.podLabels = podLabels(args);
    this.roleArn = role.roleArn;
    this.account = this.serviceAccount(name, args, role);
    this.guards = [...namespace.guards, ...namespace.policies.declared, ...role.ready];
    this.registerOutputs({ namespace: namespace.name, roleArn: this.roleArn });
  }

  private serviceAccount(name: string, args: ApplicationArgs, role: WorkloadRole): k8s.core.v1.ServiceAccount {
    return new k8s.core.v1.ServiceAccount(`${name}-service-account`, {
      metadata: { name: "app", namespace: args.namespace.name, labels: podLabels(args), annotations: role.annotations },
      automountServiceAccountToken: false,
    }, { parent: this });
  }
}
