/** Grafana: the dashboards for people, behind single sign-on, and reached from inside only. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { standardLabels } from "../../application/labels.ts";
import type { ClusterIdentity } from "../../cluster/identity.ts";
import { operatorsGroup } from "../../cluster/operatorAccess.ts";
import type { Protection } from "../../component.ts";
import { credentials } from "./credentials.ts";
import { server } from "./server.ts";
import type { SignOn } from "./settings.ts";

export interface GrafanaArgs {
  prefix: string;
  accountId: string;
  region: string;
  /** Image of Grafana 12 by digest. */
  image: string;
  /** Address by which people reach it, https; the identity provider sends them back there. */
  url: string;
  signOn: SignOn;
  /** First client secret of single sign-on, a secret; later ones are put into Secrets Manager and stay. */
  clientSecret: pulumi.Input<string>;
  secretsKeyArn: pulumi.Input<string>;
  /** Age in days at which the expiry check reports a client secret that nobody changed. */
  rotationDays: number;
  /** Days in which a deleted secret can be brought back. */
  recoveryWindowDays: number;
  /** How often External Secrets looks for a new value, in minutes. */
  refreshMinutes: number;
  /** Namespace of monitoring, in which dashboards and data are. */
  namespace: pulumi.Input<string>;
  namespaceName: string;
  identity: ClusterIdentity;
  /** What must be there before its kinds are declared: those of External Secrets and of cert-manager. */
  externalSecrets?: pulumi.Resource[];
  certManager?: pulumi.Resource[];
  /** What it shows: dashboards and Prometheus. */
  after?: pulumi.Resource[];
  protection: Protection;
}

/**
 * Grafana with Prometheus and Alertmanager as data sources and the stack's dashboards, all from files: no volume is kept, and
 * nothing is changed in it by hand. Single sign-on (OpenID Connect) is the only way in: no anonymous visitors, no passwords,
 * no sign-up of its own, roles by groups and refused without one, sessions of eight hours, cookies by https alone.
 *
 * No network policy lets anybody to its port, and it has no route: people come by the API server, `kubectl port-forward
 * --namespace monitoring deployment/grafana 3000`, for which operators have a right here and `url` is https://localhost:3000;
 * or by a way inside the organization that adds a Service and a network policy of its own, and is `url` then. The certificate is
 * signed by itself.
 *
 * Costs: a fee a month for one secret.
 *
 * @example
 * new Grafana("grafana", { prefix, image: config.images.grafana, url: config.monitoring.links.grafana, signOn: config.monitoring.grafana, … });
 */
export class Grafana extends pulumi.ComponentResource {
  constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:monitoring:Grafana", name, {}, opts);
    const labels = standardLabels("grafana", "grafana", "grafana", args.prefix);
    const ready = credentials(name, args, labels, this);
    server(name, args, labels, [...ready, ...(args.after ?? [])], this);
    this.access(name, args, labels);
    this.registerOutputs({});
  }

  /** The way to its port. A rule can not name pods that a Deployment will make, so it is one to the pods of monitoring. */
  private access(name: string, args: GrafanaArgs, labels: Record<string, string>): void {
    const metadata = { name: "operators-grafana", namespace: args.namespace, labels };
    const role = new k8s.rbac.v1.Role(`${name}-operators`, {
      metadata,
      rules: [{ apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"] }],
    }, { parent: this });
    new k8s.rbac.v1.RoleBinding(`${name}-operators-binding`, {
      metadata,
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: operatorsGroup(args.prefix) }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
    }, { parent: this });
  }
}
