/** What operators may do in the cluster beside looking: by a group of their own, in named namespaces. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

export interface OperatorAccessArgs {
  /** `<app>-<stack>`. */
  prefix: string;
  /** Namespaces by what they are for; the role exists in each of them and nowhere else. */
  namespaces: Record<string, pulumi.Input<string>>;
}

/** Group that the operators' access entry puts them in. EKS takes no name that begins with `system:`, `eks:` or `aws:`. */
export function operatorsGroup(prefix: string): string {
  return `${prefix}-operators`;
}

/**
 * Restarts: an operator deletes a pod, and its controller makes a new one; deletes a job that failed, and its next run comes
 * by schedule. Reading, logs included, comes from EKS's own view policy, which leaves secrets out.
 *
 * No right to write pod templates is among them, neither by deployments (`kubectl rollout restart` patches one) nor by jobs:
 * who writes a template reads every secret of the namespace and acts as its service accounts, and operators are kept from
 * data. No right to enter containers either. For both there is break-glass, which pages. Free of charge.
 */
export class OperatorAccess extends pulumi.ComponentResource {
  constructor(name: string, args: OperatorAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:OperatorAccess", name, {}, opts);
    for (const [part, namespace] of Object.entries(args.namespaces)) this.restarts(`${name}-${part}`, namespace, args);
    this.registerOutputs({});
  }

  private restarts(name: string, namespace: pulumi.Input<string>, args: OperatorAccessArgs): void {
    const metadata = {
      name: "operators",
      namespace,
      labels: {
        "app.kubernetes.io/name": "operators", "app.kubernetes.io/instance": args.prefix, "app.kubernetes.io/component": "access",
        "app.kubernetes.io/part-of": args.prefix, "app.kubernetes.io/managed-by": "pulumi",
      },
    };
    const role = new k8s.rbac.v1.Role(name, {
      metadata,
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "delete"] },
        { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
        { apiGroups: ["batch"], resources: ["jobs"], verbs: ["get", "list", "watch", "delete"] },
      ],
    }, { parent: this });
    new k8s.rbac.v1.RoleBinding(`${name}-binding`, {
      metadata,
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: operatorsGroup(args.prefix) }],
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
    }, { parent: this });
  }
}
