/** Who holds roles. */
import { type Rule, shown } from "../rule.ts";
import { all } from "../value.ts";

const BINDINGS = ["k8s:rbac:RoleBinding", "k8s:rbac:ClusterRoleBinding"];

/** The built-in roles that do everything, everywhere or in all namespaces. */
const CLUSTER_WIDE = ["cluster-admin", "admin", "edit"];

/** Users and groups that are everybody, or that no rule can bind. */
const EVERYBODY = ["system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters", "system:serviceaccounts"];

/** Kinds of the cluster's own groups that live in namespaces; of others a role's file does not say where they live. */
const NAMESPACED: Readonly<Record<string, readonly string[]>> = {
  "": ["bindings", "configmaps", "endpoints", "events", "limitranges", "persistentvolumeclaims", "pods", "replicationcontrollers", "resourcequotas", "secrets", "serviceaccounts", "services"],
  apps: ["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  "discovery.k8s.io": ["endpointslices"],
  "networking.k8s.io": ["ingresses", "networkpolicies"],
  policy: ["poddisruptionbudgets"],
  "rbac.authorization.k8s.io": ["rolebindings", "roles"],
};

export const bindings: Rule[] = [
  {
    id: "rbac/privileged-roles",
    title: "Nobody holds cluster-admin, nor admin or edit in all namespaces",
    items: ["rbac"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS EKS 1.7: 4.1.1", "CIS Kubernetes 1.8: 5.1.1", "NSA Kubernetes 1.2: Authentication and authorization"],
    why: "These roles read every Secret and run a pod anywhere: whoever gets hold of one of their subjects has the cluster.",
    mend: "Bind a Role or ClusterRole of your own with the rights that are needed; administrators come in by an EKS access entry that is alarmed.",
    kinds: BINDINGS,
    check: (binding, report) => {
      const role = binding.at("roleRef.name");
      const refused = binding.is("k8s:rbac:ClusterRoleBinding") ? CLUSTER_WIDE : ["cluster-admin"];
      if (all([() => refused.includes(role.text ?? ""), () => binding.at("roleRef.kind").text === "ClusterRole"])) report(role, `is ${shown(role)}, which does everything`);
    },
  },
  {
    id: "rbac/everybody",
    title: "No role is bound to everybody, nor to system:masters",
    items: ["rbac"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS Kubernetes 1.8: 5.1.7", "NSA Kubernetes 1.2: Authentication and authorization"],
    why: "system:anonymous and system:unauthenticated are the whole network, system:authenticated and system:serviceaccounts every pod; system:masters passes every check and can not be taken back from a certificate.",
    mend: "Name the users, the groups of your own or the single service accounts in `subjects`.",
    kinds: BINDINGS,
    check: (binding, report) => binding.at("subjects").each((subject) => {
      const name = subject.key("name");
      const text = name.text ?? "";
      if (EVERYBODY.includes(text) || text.startsWith("system:serviceaccounts:")) report(name, `is ${shown(name)}, which stands for more than anybody can oversee`);
    }),
  },
  {
    id: "rbac/default-account-bound",
    title: "No role is bound to a default service account",
    items: ["rbac", "service-account-tokens"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 4.1.5", "CIS Kubernetes 1.8: 5.1.5"],
    why: "Each pod that names no account runs as `default`: what is granted to it, every forgotten pod of the namespace gets.",
    mend: "Make a ServiceAccount for the workload, bind the role to that, and name it in `serviceAccountName`.",
    kinds: BINDINGS,
    check: (binding, report) => binding.at("subjects").each((subject) => {
      const name = subject.key("name");
      if (all([() => name.text === "default", () => subject.key("kind").text === "ServiceAccount"])) report(name, "is the account of every pod that names none");
    }),
  },
  {
    id: "rbac/cluster-binding",
    title: "Rights in all namespaces are given only where something of the cluster is asked for",
    items: ["rbac"],
    severity: "low",
    enforcement: "advisory",
    frameworks: ["NSA Kubernetes 1.2: Authentication and authorization"],
    why: "A ClusterRoleBinding to a role that is about objects of namespaces grants them in every namespace, kube-system and those of next year included.",
    mend: "Bind the role by a RoleBinding in each namespace where it is needed.",
    kinds: ["k8s:rbac:ClusterRoleBinding"],
    relate: (binding, stack, report) => {
      const ref = binding.at("roleRef.name");
      const [role] = stack.which(["k8s:rbac:ClusterRole"], (one) => one.objectName === ref.text);
      const rules = role?.at("rules").items ?? [];
      const local = all(rules.map((rule) => () => {
        const kinds = rule.key("apiGroups").texts.flatMap((group) => NAMESPACED[group.text ?? ""] ?? []);
        const resources = rule.key("resources").texts;
        return resources.length > 0 && all(resources.map((one) => () => kinds.includes(one.text?.split("/")[0] ?? "")));
      }));
      if (rules.length > 0 && local) report(ref, `is ${shown(ref)}, whose rights are about objects of namespaces only`);
    },
  },
];
