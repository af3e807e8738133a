/** Who is told of an alert: Alertmanager's configuration, its credentials, and Alertmanager itself. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { standardLabels } from "../../application/labels.ts";
import type { ClusterIdentity } from "../../cluster/identity.ts";
import type { Protection } from "../../component.ts";
import { type ApiServerAddresses, apiServerPeers, eksApiServer, NOT_INTERNET, tcp } from "../../networkRules.ts";
import { ALERTMANAGER_PORT } from "../releaseSignals.ts";
import { alertmanager, ALERTMANAGER_PODS } from "./alertmanager.ts";
import { alertmanagerSecret } from "./credentials.ts";
import type { Credential, Notifications } from "./notifications.ts";

export interface AlertRoutingArgs {
  prefix: string;
  accountId: string;
  region: string;
  notifications: Notifications;
  /** First value of each credential that the notifications need, a secret; later ones are put into Secrets Manager and stay. */
  values: pulumi.Input<Partial<Record<Credential, string>>>;
  secretsKeyArn: pulumi.Input<string>;
  /** Age in days at which the expiry check reports a credential that nobody changed. */
  rotationDays: number;
  /** Days in which a deleted credential can be brought back. */
  recoveryWindowDays: number;
  /** How often External Secrets looks for new values, in minutes. */
  refreshMinutes: number;
  namespace: pulumi.Input<string>;
  namespaceName: string;
  vpcCidr: string;
  /** Where the API server is, through which release commands make silences; EKS in the VPC by default. */
  apiServer?: ApiServerAddresses;
  identity: ClusterIdentity;
  /** Image of Alertmanager by digest; without it Alertmanager is somebody else's, and only its configuration is declared. */
  image?: string | undefined;
  /** Storage class of its volume, encrypted. Default: the cluster's default. */
  storageClass?: string | undefined;
  /** What must be there before its kinds are declared: those of External Secrets, and those of the Prometheus Operator. */
  externalSecrets?: pulumi.Resource[];
  definitions?: pulumi.Resource[];
  protection: Protection;
}

/** Gossip of the copies: what was told, and what is silenced. */
const GOSSIP = [{ protocol: "TCP", port: 9094 }, { protocol: "UDP", port: 9094 }];

/**
 * Routes by severity and team, inhibitions, receivers for mail, Slack, PagerDuty and the dead man's switch. No credential is
 * in the configuration: it names files, which External Secrets fills from Secrets Manager.
 * Where the configuration says that nobody is told, nothing is declared but Alertmanager, when it has an image.
 *
 * Costs: a fee a credential and month in Secrets Manager, and two volumes of 1 GiB.
 *
 * @example
 * new AlertRouting("alerts", { prefix, notifications: config.monitoring.notifications, values: config.notificationSecrets, … });
 */
export class AlertRouting extends pulumi.ComponentResource {
  constructor(name: string, args: AlertRoutingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:monitoring:AlertRouting", name, {}, opts);
    const labels = standardLabels("alertmanager", "alertmanager", "monitoring", args.prefix);
    const secret = alertmanagerSecret(name, args, labels, this);
    this.reach(name, args, labels);
    if (args.image !== undefined) alertmanager(name, { ...args, image: args.image }, labels, secret, this);
    this.registerOutputs({});
  }

  /** HTTPS and cluster DNS every pod of the namespace has; beside them the copies reach each other and the mail server, and nothing else. */
  private reach(name: string, args: AlertRoutingArgs, labels: Record<string, string>): void {
    const peers = [{ podSelector: { matchLabels: ALERTMANAGER_PODS } }];
    const policy = (part: string, spec: Omit<k8s.types.input.networking.v1.NetworkPolicySpec, "podSelector">) => new k8s.networking.v1.NetworkPolicy(`${name}-${part}`, {
      metadata: { name: `allow-alertmanager-${part}`, namespace: args.namespace, labels },
      spec: { podSelector: { matchLabels: ALERTMANAGER_PODS }, ...spec },
    }, { parent: this });
    policy("gossip", { policyTypes: ["Ingress", "Egress"], ingress: [{ from: peers, ports: GOSSIP }], egress: [{ to: peers, ports: GOSSIP }] });
    // Release commands silence planned work through the API server's proxy; people have no other way to it.
    if (args.image !== undefined) policy("silences", { policyTypes: ["Ingress"], ingress: [{ from: apiServerPeers(args.apiServer ?? eksApiServer(args.vpcCidr)), ports: tcp(ALERTMANAGER_PORT) }] });
    const { mail } = args.notifications;
    if (mail === undefined) return;
    // An endpoint of SES has an address of the VPC.
    policy("mail", { policyTypes: ["Egress"], egress: [{ to: [{ ipBlock: { cidr: args.vpcCidr } }, { ipBlock: { cidr: "0.0.0.0/0", except: NOT_INTERNET } }], ports: tcp(Number(mail.smarthost.split(":")[1])) }] });
  }
}
