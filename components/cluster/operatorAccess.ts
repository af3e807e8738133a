/** What operators may do in the cluster beside looking: by a group of their own, in named namespaces; and what they see beside what EKS lets them. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { COLORS } from "../application/labels.ts";
import { ALERTMANAGER_WAY, PROMETHEUS_WAY } from "../monitoring/releaseSignals.ts";
import { RECORDS } from "../release/names.ts";
import { operatorView } from "./operatorView.ts";

export interface OperatorAccessArgs {
  /** `<app>-<stack>`. */
  prefix: string;
  /** Namespaces by what they are for; the role of restarts exists in each of them and nowhere else. */
  namespaces: Record<string, pulumi.Input<string>>;
  /** The application's namespace, in which operators release. */
  releases: pulumi.Input<string>;
  /** Namespace of monitoring, and which of its servers are the stack's own. Default: none. */
  signals?: { namespace: pulumi.Input<string>; prometheus: boolean; alertmanager: boolean };
}

type Rule = k8s.types.input.rbac.v1.PolicyRule;

/** Objects of the colors: Deployments, Services and autoscalers. */
const BOTH = COLORS.map((color) => `app-${color}`);

const RESTARTS: Rule[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "delete"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["get", "list", "watch", "delete"] },
];

/** What `./golive flip`, `rollback`, `status` and `drain` ask of the API server (operations/release), and the guard in their updates. */
const RELEASES: Rule[] = [
  { apiGroups: [""], resources: ["services"], resourceNames: ["app"], verbs: ["get", "patch"] },
  { apiGroups: [""], resources: ["services"], resourceNames: BOTH, verbs: ["get"] },
  { apiGroups: [""], resources: ["configmaps"], resourceNames: [RECORDS], verbs: ["get", "update"] },
  // What is to be made has no name yet for a rule to go by (Kubernetes, "Using RBAC Authorization", Referring to resources).
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
  { apiGroups: ["apps"], resources: ["deployments"], resourceNames: BOTH, verbs: ["get"] },
  // Back to a color that was drained: its bounds, and its number before its autoscaler's next look.
  { apiGroups: ["apps"], resources: ["deployments/scale"], resourceNames: BOTH, verbs: ["get", "patch"] },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], resourceNames: BOTH, verbs: ["get", "patch"] },
  // NGINX's route, from which a rollback takes a canary's share.
  { apiGroups: ["k8s.nginx.org"], resources: ["virtualservers"], resourceNames: ["app"], verbs: ["get", "patch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] },
];

/** A way to the application's port of a pod, by which gates look at a color. By web sockets the API server asks for `get`, and from 1.35 on for `create`, too. */
const GATES: Rule[] = [{ apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"] }];

/**
 * Gates and status read Prometheus, which changes nothing by `get`; who makes a silence posts it, and deletes it at the end.
 * By the names of the Services: the proxy leads nowhere else.
 */
const READ_SIGNALS: Rule = { apiGroups: [""], resources: ["services/proxy"], resourceNames: [PROMETHEUS_WAY], verbs: ["get"] };
const SILENCE: Rule = { apiGroups: [""], resources: ["services/proxy"], resourceNames: [ALERTMANAGER_WAY], verbs: ["create", "delete"] };

/** Group that the operators' access entry puts them in. EKS takes no name that begins with `system:`, `eks:` or `aws:`. */
export function operatorsGroup(prefix: string): string {
  return `${prefix}-operators`;
}

/**
 * Restarts: an operator deletes a pod, and its controller makes a new one; deletes a job that failed, and its next run comes
 * by schedule. Releases: an operator moves traffic between the colors, and writes down that it was moved; what a color runs
 * is the deploy role's. Gates look at pods by port-forward, which is a role of its own, because policies know it by its
 * name (policies/exceptions.yaml); what they read of Prometheus is another, in monitoring's namespace. Reading, logs included, comes
 * from EKS's own view policy, which leaves secrets out, and for what that does not know from a role of the cluster (operatorView.ts).
 *
 * No right to write pod templates is among them, neither by deployments (`kubectl rollout restart` patches one) nor by jobs:
 * who writes a template reads every secret of the namespace and acts as its service accounts, and operators are kept from
 * data. No right to enter containers either. For both there is break-glass, which pages. Free of charge.
 */
export class OperatorAccess extends pulumi.ComponentResource {
  constructor(name: string, args: OperatorAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:OperatorAccess", name, {}, opts);
    for (const [part, namespace] of Object.entries(args.namespaces)) this.grant(`${name}-${part}`, "operators", namespace, RESTARTS, args);
    this.grant(`${name}-releases`, "operators-releases", args.releases, RELEASES, args);
    this.grant(`${name}-gates`, "operators-gates", args.releases, GATES, args);
    const { signals } = args;
    if (signals !== undefined && (signals.prometheus || signals.alertmanager)) {
      this.grant(`${name}-signals`, "operators-signals", signals.namespace, [...(signals.prometheus ? [READ_SIGNALS] : []), ...(signals.alertmanager ? [SILENCE] : [])], args);
    }
    operatorView(`${name}-view`, { prefix: args.prefix, group: operatorsGroup(args.prefix), labels: labelsOf(args) }, this);
    this.registerOutputs({});
  }

  private grant(name: string, role: string, namespace: pulumi.Input<string>, rules: Rule[], args: OperatorAccessArgs): void {
    const metadata = { name: role, namespace, labels: labelsOf(args) };
    const made = new k8s.rbac.v1.Role(name, { metadata, rules }, { parent: this });
    new k8s.rbac.v1.RoleBinding(`${name}-binding`, {
      metadata,
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: operatorsGroup(args.prefix) }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: made.metadata.name },
    }, { parent: this });
  }
}

function labelsOf({ prefix }: OperatorAccessArgs): Record<string, string> {
  return {
    "app.kubernetes.io/name": "operators", "app.kubernetes.io/instance": prefix, "app.kubernetes.io/component": "access",
    "app.kubernetes.io/part-of": prefix, "app.kubernetes.io/managed-by": "pulumi",
  };
}
