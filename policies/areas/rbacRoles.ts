/** What roles may do. */
import { type ResourceRule, type Rule, shown } from "../rule.ts";
import { all, any, type Value } from "../value.ts";

const ROLES = ["k8s:rbac:Role", "k8s:rbac:ClusterRole"];
const CLUSTER_ROLES = ["k8s:rbac:ClusterRole"];

/** A power over the cluster, as a role's rule would write it. Wildcards are refused by a rule of their own. */
interface Power {
  group: string;
  resources: readonly string[];
  /** Any verb when not said. */
  verbs?: readonly string[];
  /** Harmless when limited to named objects. */
  unlessNamed?: boolean;
  message: string;
}

function names(list: Value, wanted: readonly string[]): boolean {
  return any(list.texts.map((one) => () => wanted.includes(one.text ?? "")));
}

/** Refuses each rule of a role that grants a power. */
function without({ group, resources, verbs, unlessNamed, message }: Power): ResourceRule["check"] {
  return (role, report) => role.at("rules").each((rule) => {
    const granted = all([
      () => names(rule.key("apiGroups"), [group]),
      () => names(rule.key("resources"), resources),
      () => verbs === undefined || names(rule.key("verbs"), verbs),
      () => unlessNamed !== true || rule.key("resourceNames").texts.length === 0,
    ]);
    if (granted) report(rule.key("resources"), message);
  });
}

const WRITE = ["create", "update", "patch", "delete"];
export const ADMISSION = "admissionregistration.k8s.io";
const CERTIFICATES = "certificates.k8s.io";

export const roles: Rule[] = [
  {
    id: "rbac/wildcards",
    title: "A role names its verbs, resources and groups",
    items: ["rbac"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS EKS 1.7: 4.1.3", "CIS Kubernetes 1.8: 5.1.3", "NSA Kubernetes 1.2: Authentication and authorization"],
    why: "`*` also grants what nobody thought of: subresources such as `pods/exec`, verbs such as `escalate`, and every kind that is installed later.",
    mend: "List `verbs`, `resources`, `apiGroups` and `nonResourceURLs` one by one; give `aggregationRule.clusterRoleSelectors` labels.",
    kinds: ROLES,
    check: (role, report) => {
      role.try(() => role.at("rules").each((rule) => {
        for (const key of ["verbs", "resources", "apiGroups"]) {
          rule.try(() => rule.key(key).texts.forEach((one) => rule.try(() => {
            if (one.text?.includes("*") === true) report(one, `is ${shown(one)}, which grants what is not named`);
          })));
        }
        rule.try(() => rule.key("nonResourceURLs").texts.forEach((one) => rule.try(() => {
          if (one.text === "*" || one.text === "/*") report(one, `is ${shown(one)}, which grants every path`);
        })));
      }));
      role.at("aggregationRule.clusterRoleSelectors").each((selector) => {
        if (selector.at("matchLabels").entries.length === 0 && selector.at("matchExpressions").items.length === 0) report(selector, "selects every ClusterRole, and so grants all that they grant");
      });
    },
  },
  {
    id: "rbac/escalation-verbs",
    title: "No role may escalate, bind or impersonate",
    items: ["rbac"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS EKS 1.7: 4.1.8", "CIS Kubernetes 1.8: 5.1.8"],
    why: "`escalate` and `bind` give their holder any right that exists, `impersonate` any identity: each makes its holder an administrator in one step.",
    mend: "Leave `escalate`, `bind` and `impersonate` out of `verbs`; grant the rights that are needed themselves.",
    kinds: ROLES,
    check: (role, report) => role.at("rules").each((rule) => {
      if (names(rule.key("verbs"), ["escalate", "bind", "impersonate"])) report(rule.key("verbs"), "holds escalate, bind or impersonate");
    }),
  },
  {
    id: "rbac/secrets-read",
    title: "No ClusterRole reads Secrets that it does not name",
    items: ["rbac", "secrets"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS EKS 1.7: 4.1.2", "CIS Kubernetes 1.8: 5.1.2"],
    why: "Who reads all Secrets of the cluster holds every password and every key in it; `list` and `watch` return their contents as `get` does.",
    mend: "Grant it by a Role in the one namespace, or list `resourceNames`.",
    kinds: CLUSTER_ROLES,
    check: without({ group: "", resources: ["secrets"], verbs: ["get", "list", "watch"], unlessNamed: true, message: "lets its holders read every Secret" }),
  },
  {
    id: "rbac/pod-exec",
    title: "No role runs commands in pods",
    items: ["rbac"],
    severity: "high",
    closed: true,
    frameworks: [],
    why: "A shell in a pod reads what the pod reads, secrets and customers' data included, and leaves no trace of what was done; `attach`, `portforward` and debug containers are the same by another way in.",
    mend: "Take `pods/exec`, `pods/attach`, `pods/portforward` and `pods/ephemeralcontainers` out of the role; in emergencies people come by an access entry of EKS for an IAM role whose use is alarmed (cluster/admin-access).",
    kinds: ROLES,
    check: without({ group: "", resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"], message: "opens a way into running pods" }),
  },
  {
    id: "rbac/token-creation",
    title: "No role makes tokens for service accounts that it does not name",
    items: ["rbac", "service-account-tokens"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS Kubernetes 1.8: 5.1.13"],
    why: "`serviceaccounts/token` makes its holder every service account in reach, with a token of up to a day that no log connects to who asked for it.",
    mend: "Take `serviceaccounts/token` out of the role, or list the accounts in `resourceNames`.",
    kinds: ROLES,
    check: without({ group: "", resources: ["serviceaccounts/token"], unlessNamed: true, message: "makes tokens of any service account" }),
  },
  {
    id: "rbac/node-proxy",
    title: "No role talks to the kubelets through the API server",
    items: ["rbac"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS Kubernetes 1.8: 5.1.10"],
    why: "`nodes/proxy` reaches the kubelet's own interface, which runs commands in every pod of the node, past admission and past the audit trail.",
    mend: "Grant `nodes/metrics` or `nodes/stats` instead.",
    kinds: ROLES,
    check: without({ group: "", resources: ["nodes/proxy"], message: "reaches the kubelet's interface, and by it every pod of the node" }),
  },
  {
    id: "rbac/webhook-configurations",
    title: "No role changes admission webhooks that it does not name",
    items: ["rbac"],
    severity: "high",
    frameworks: ["CIS Kubernetes 1.8: 5.1.12"],
    why: "Who writes webhook configurations sees and changes every object on its way into the cluster, Secrets included, or switches the checks off.",
    mend: "Read only (`get`, `list`, `watch`), or list the configurations in `resourceNames`.",
    kinds: ROLES,
    check: without({ group: ADMISSION, resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"], verbs: WRITE, unlessNamed: true, message: "changes any webhook that checks or rewrites objects" }),
  },
  {
    id: "rbac/certificate-approval",
    title: "No role approves or signs certificates of the cluster",
    items: ["rbac"],
    severity: "critical",
    frameworks: ["CIS Kubernetes 1.8: 5.1.11"],
    why: "An approved client certificate is a login as any user or group, system:masters included, and it can not be revoked before it expires.",
    mend: "Take `certificatesigningrequests/approval`, `certificatesigningrequests/status` and `signers` out of the role.",
    kinds: ROLES,
    check: without({ group: CERTIFICATES, resources: ["certificatesigningrequests/approval", "certificatesigningrequests/status", "signers"], message: "approves or signs certificates, which are logins" }),
  },
  {
    id: "rbac/persistent-volumes",
    title: "No role creates persistent volumes",
    items: ["rbac"],
    severity: "high",
    frameworks: ["CIS Kubernetes 1.8: 5.1.9"],
    why: "A PersistentVolume of type hostPath is a folder of the node, whatever the pod security standard says of pods: its creator reads and writes the node's disk.",
    mend: "Let people claim storage (`persistentvolumeclaims`) and leave volumes to the CSI driver.",
    kinds: ROLES,
    check: without({ group: "", resources: ["persistentvolumes"], verbs: ["create"], message: "creates volumes, folders of nodes among them" }),
  },
];
