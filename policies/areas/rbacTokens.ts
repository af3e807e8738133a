/** Service accounts, and the tokens that speak for them. */
import { POD_CARRIERS } from "../kinds.ts";
import { podSpec } from "../pods.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Rule, shown } from "../rule.ts";
import { matching } from "../search.ts";
import { all, any, type Value } from "../value.ts";

const BINDINGS = ["k8s:rbac:RoleBinding", "k8s:rbac:ClusterRoleBinding"];

/** Longest life of a projected token in seconds: a day, as EKS projects its own. */
const LONGEST = 86_400;

/** The name of the account as which a pod runs: `serviceAccount` is the old name of the field. */
function accountOf(spec: Value): string {
  return spec.key("serviceAccountName").text ?? spec.key("serviceAccount").text ?? "default";
}

/** What the pod's account says about mounting its token; `undefined` where it says nothing, or is not declared here. */
function accountMounts(pod: Resource, spec: Value, stack: Stack): boolean | undefined {
  const name = accountOf(spec);
  const [account] = matching(stack.near(() => pod.namespace, "k8s:core:ServiceAccount"), (one) => all([() => one.namespace === pod.namespace, () => one.objectName === name]));
  return account?.at("automountServiceAccountToken").flag;
}

/** Whether a role is bound to an account, so that its token is good for something. */
function isBound(namespace: string, name: string, stack: Stack): boolean {
  return any(stack.of(...BINDINGS).flatMap((one) => one.at("subjects").items).map((subject) => () => all([
    () => subject.key("kind").text === "ServiceAccount",
    () => subject.key("name").text === name,
    () => subject.key("namespace").text === namespace,
  ])));
}

/** Looks at each projected token of a pod. */
function eachToken(pod: Resource, look: (token: Value) => void): void {
  podSpec(pod).key("volumes").each((volume) => volume.at("projected.sources").each((source) => {
    const token = source.key("serviceAccountToken");
    if (token.exists) look(token);
  }));
}

export const tokens: Rule[] = [
  {
    id: "rbac/token-mount",
    title: "A token is mounted only where somebody said so, for an account that holds a role",
    items: ["service-account-tokens"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 4.1.6", "CIS Kubernetes 1.8: 5.1.6", "NSA Kubernetes 1.2: Protecting Pod service account tokens"],
    why: "Kubernetes mounts a token into every pod that does not decline it: who reads files of the pod then speaks to the API server in its name.",
    mend: "Set `automountServiceAccountToken: false` in the pod's specification or on its ServiceAccount; for a pod that needs the API set it to `true`, and declare the RoleBinding of its account in the same stack.",
    kinds: POD_CARRIERS,
    relate: (pod, stack, report) => {
      const spec = podSpec(pod);
      const own = spec.key("automountServiceAccountToken");
      const mounts = own.flag ?? accountMounts(pod, spec, stack);
      if (mounts === false) return;
      if (mounts === undefined) report(own, "is not set, and the pod's ServiceAccount does not decline it either");
      else if (!isBound(pod.namespace, accountOf(spec), stack)) report(own, "mounts the token of an account that holds no role here");
    },
  },
  {
    id: "rbac/default-account",
    title: "A workload runs as an account of its own, not as default",
    items: ["rbac", "service-account-tokens"],
    severity: "medium",
    frameworks: ["CIS EKS 1.7: 4.1.5", "CIS Kubernetes 1.8: 5.1.5"],
    why: "All pods that name no account share `default`: rights in the cloud or the cluster then can be given to one of them only by giving them to all.",
    mend: "Declare a ServiceAccount for the workload and name it in `serviceAccountName`.",
    kinds: POD_CARRIERS,
    check: (pod, report) => {
      const spec = podSpec(pod);
      if (accountOf(spec) === "default") report(spec.key("serviceAccountName"), "is the default account, which all pods share that name none");
    },
  },
  {
    id: "rbac/token-secrets",
    title: "No service account has a token that never expires",
    items: ["service-account-tokens", "secrets"],
    severity: "high",
    closed: true,
    frameworks: [],
    why: "A Secret of type kubernetes.io/service-account-token holds a token without an end: one copy of it is a login until somebody deletes the account.",
    mend: "Leave the Secret out; ask for tokens by `kubectl create token`, or project them into pods with `expirationSeconds`.",
    kinds: ["k8s:core:Secret"],
    check: (secret, report) => {
      const type = secret.at("type");
      if (type.text === "kubernetes.io/service-account-token") report(type, "makes a token that never expires");
    },
  },
  {
    id: "rbac/token-expiry",
    title: "Projected tokens live a day at most",
    items: ["service-account-tokens"],
    severity: "medium",
    frameworks: [],
    why: "A projected token is a file that ends up in dumps and backups; what it can do there ends with its life, which may be as long as the pod asks for.",
    mend: `Set \`expirationSeconds\` of the projected token to ${LONGEST} or less, or leave it out for an hour.`,
    kinds: POD_CARRIERS,
    check: (pod, report) => eachToken(pod, (token) => {
      const life = token.key("expirationSeconds");
      if ((life.number ?? 0) > LONGEST) report(life, `is ${shown(life)}, must be at most ${LONGEST} seconds`);
    }),
  },
  {
    id: "rbac/token-audience",
    title: "Projected tokens say for whom they are",
    items: ["service-account-tokens"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "Without an audience the token is one for the API server: the service that it is shown to can use it there in the pod's name.",
    mend: "Set `audience` of the projected token to the name by which the receiver knows itself.",
    kinds: POD_CARRIERS,
    check: (pod, report) => eachToken(pod, (token) => {
      const audience = token.key("audience");
      if (!audience.exists) report(audience, "is not set, so that the token is one for the API server");
    }),
  },
];
