/** Logs of every pod: read on the nodes, redacted there, kept by class. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { standardLabels } from "../../application/labels.ts";
import type { ClusterIdentity } from "../../cluster/identity.ts";
import { WorkloadRole } from "../../cluster/workloadRole.ts";
import type { DataStore } from "../../component.ts";
import { agent } from "./agent.ts";
import type { LogClass } from "./fluentBit.ts";
import { logGroups, logStores, writeLogs } from "./groups.ts";
import { logsNamespace } from "./namespace.ts";
import { scraping, type ScrapingArgs } from "./scraping.ts";

export interface LogCollectionArgs {
  prefix: string;
  accountId: string;
  region: string;
  /** Image of Fluent Bit 4 by digest. */
  image: string;
  /** Namespace of its own: agents that read folders of nodes may run in no restricted one. */
  namespace: string;
  appNamespace: string;
  ingressNamespace: string;
  /** Days for which lines are kept, by class; periods that CloudWatch Logs takes. */
  retentionDays: Record<LogClass, number>;
  logsKeyArn: pulumi.Input<string>;
  /** Most nodes that there may be; bounds the namespace. */
  maxNodes: number;
  vpcCidr: string;
  identity: ClusterIdentity;
  /** The Prometheus of this stack, which scrapes the agents. Default: none is ours, and nobody reaches them. */
  scrapedBy?: ScrapingArgs | undefined;
}

/**
 * Fluent Bit on every node reads what containers write, joins lines that the runtime has cut, takes out what could log somebody
 * in (by names of fields, in objects however deep, in text, and by look), and sends each line to the group of its
 * class: application, ingress, system, or the audit trail, for lines of the application that say `"audit": true`.
 * A line that the script can not judge is left out, and one that says so takes its place.
 *
 * A secret without a name and without a look of its own, such as a bare word in a sentence, is not known as one.
 *
 * Costs: CloudWatch Logs by what is written, and little for what is kept.
 */
export class LogCollection extends pulumi.ComponentResource {
  readonly stores: DataStore[];

  constructor(name: string, args: LogCollectionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:monitoring:LogCollection", name, {}, opts);
    const labels = standardLabels("fluent-bit", "fluent-bit", "logs", args.prefix);
    const groups = logGroups(name, args, this);
    const { namespace, ready } = logsNamespace(name, args, labels, this);
    const role = new WorkloadRole("logs", {
      identity: args.identity, prefix: args.prefix, accountId: args.accountId, namespace: args.namespace, serviceAccount: "fluent-bit", statements: writeLogs(args),
    }, { parent: this });
    const account = new k8s.core.v1.ServiceAccount(`${name}-account`, {
      metadata: { name: "fluent-bit", namespace, labels, annotations: role.annotations },
      automountServiceAccountToken: false,
    }, { parent: this });
    agent(name, args, namespace, account.metadata.name, labels, [...groups, ...ready, ...role.ready], this);
    if (args.scrapedBy !== undefined) scraping(name, { prefix: args.prefix, ...args.scrapedBy }, namespace, labels, this);
    this.stores = logStores(args);
    this.registerOutputs({});
  }
}
