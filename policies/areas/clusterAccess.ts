/** Who may do what in the cluster, and how they get there. */
import type { Resource, Stack } from "../resource.ts";
import { is, type Report, type Rule, shown, where } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { isAlarmed } from "./iam.ts";
import { isPipeline } from "./iamTrust.ts";

const CLUSTER = ["aws:eks:Cluster"];
const PROVIDER = "pulumi:providers:kubernetes";

/** Access policies that write, or read secrets, everywhere when they are given for the whole cluster. */
const POWERFUL = ["AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", "AmazonEKSAdminViewPolicy"];

function principal(entry: Resource, report: Report): void {
  const arn = entry.at("principalArn");
  if (!/arn:[\w-]+:iam::\d{12}:role\/[^*]+$/.test(String(arn.text))) report(arn, `is ${shown(arn)}, must be one IAM role`);
}

function wholeCluster(association: Resource, stack: Stack, report: Report): void {
  const policy = String(association.at("policyArn").text?.split("/").pop());
  if (!POWERFUL.includes(policy) || association.at("accessScope.type").text === "namespace" || isTrusted(association, stack)) return;
  report(association.at("policyArn"), `is ${policy} for the whole cluster, must be limited to namespaces, or be for a pipeline or a role whose use is alarmed`);
}

/** Who needs the whole cluster: the pipeline, which declares namespaces and their rights, and in emergencies a role that rings when it is taken. */
function isTrusted(association: Resource, stack: Stack): boolean {
  const roles = stack.named("aws:iam:Role", association, "principalArn");
  return any([
    ...roles.flatMap((role) => [() => isPipeline(role), () => isAlarmed(String(role.at("name").text), stack)]),
    () => isAlarmed(String(association.at("principalArn").text), stack),
  ]);
}

/** Keys and tokens that stay valid when the file is copied, in JSON and in YAML. */
const STATIC = /(^|[{,\s"'])(token|password|client-key-data)["']?\s*:|AWS_SECRET_ACCESS_KEY/m;

/** A kubeconfig as text; JSON with a part that nobody knows yet is not known as a whole. */
function textOf(config: Value): string {
  return config.json.exists ? JSON.stringify(config.json.raw) : String(config.text);
}

function kubeconfig(provider: Resource, report: Report): void {
  const config = provider.at("kubeconfig");
  if (STATIC.test(textOf(config))) report(config, "holds a token, a password or a key, must call aws eks get-token");
}

function verified(provider: Resource, report: Report): void {
  const config = provider.at("kubeconfig");
  if (/insecure-skip-tls-verify["']?\s*:\s*["']?true/.test(textOf(config))) report(config, "skips the check of the server's certificate, must have certificate-authority-data");
}

export const access: Rule[] = [
  {
    id: "cluster/access-mode",
    title: "Access to the cluster is by access entries alone",
    items: ["cluster-endpoint", "rbac"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 4.1.7"],
    why: "The aws-auth map is edited by hand inside of the cluster: no CloudTrail event shows it, and a typing error locks everybody out.",
    mend: "Set `accessConfig.authenticationMode: \"API\"`.",
    kinds: CLUSTER,
    check: where({ "accessConfig.authenticationMode": is("API") }),
  },
  {
    id: "cluster/creator-admin",
    title: "Who creates the cluster is no administrator of it for ever",
    items: ["rbac"],
    severity: "high",
    frameworks: [],
    why: "The creator's right is in no access entry that anybody would review, and the pipeline's or a person's role keeps it after its job has changed.",
    mend: "Set `accessConfig.bootstrapClusterCreatorAdminPermissions: false` and declare entries.",
    kinds: CLUSTER,
    check: where({ "accessConfig.bootstrapClusterCreatorAdminPermissions": is(false) }),
  },
  {
    id: "cluster/no-aws-auth",
    title: "There is no aws-auth map",
    items: ["rbac"],
    severity: "high",
    frameworks: [],
    why: "Whoever may write that one ConfigMap makes himself administrator of the cluster.",
    mend: "Remove the ConfigMap and declare `eks.AccessEntry` for each role.",
    kinds: ["k8s:core:ConfigMap"],
    check: (map, report) => {
      if (map.objectName === "aws-auth" && map.namespace === "kube-system") report(map.at("metadata.name"), "is aws-auth, which gives rights beside the access entries");
    },
  },
  {
    id: "cluster/access-principal",
    title: "Access entries are for single IAM roles",
    items: ["rbac", "iam-wildcards"],
    severity: "high",
    frameworks: [],
    why: "A user's keys do not expire, and the account's root stands for everybody who may assume anything; a role has sessions with MFA and an end.",
    mend: "Set `principalArn` to the ARN of one role.",
    kinds: ["aws:eks:AccessEntry"],
    check: principal,
  },
  {
    id: "cluster/admin-access",
    title: "Only pipelines, and roles whose use is alarmed, have power over the whole cluster",
    items: ["rbac"],
    severity: "critical",
    frameworks: [],
    why: "An administrator of the cluster reads every secret and takes the role of every pod; one stolen session of a role that people use daily is then enough.",
    mend: "Set `accessScope` to `namespace` with the namespaces, or `policyArn` to AmazonEKSViewPolicy. A pipeline's role is declared in the stack and trusts tokens of an OIDC issuer only; for emergencies declare an EventRule on AssumeRole of the role's ARN with a target that pages.",
    kinds: ["aws:eks:AccessPolicyAssociation"],
    relate: wholeCluster,
  },
  {
    id: "cluster/kubeconfig-keys",
    title: "The kubeconfig of the program holds no key",
    items: ["secrets", "rbac"],
    severity: "high",
    frameworks: [],
    why: "A token in the state is the cluster's key for everybody who can read or restore the state, long after the person has left.",
    mend: "Let `users[].user.exec` call `aws eks get-token`, with credentials of the caller.",
    kinds: [PROVIDER],
    check: kubeconfig,
  },
  {
    id: "cluster/kubeconfig-tls",
    title: "The API server's certificate is checked",
    items: ["encryption-in-transit", "cluster-endpoint"],
    severity: "high",
    frameworks: [],
    why: "Without the check whoever stands between gets the caller's token, and answers as the cluster.",
    mend: "Give `certificate-authority-data`, and leave `insecure-skip-tls-verify` out.",
    kinds: [PROVIDER],
    check: verified,
  },
  {
    id: "cluster/pod-identity-agent",
    title: "Where pods get roles by Pod Identity, its agent is an add-on",
    items: ["iam-wildcards"],
    severity: "high",
    frameworks: [],
    why: "Without the agent pods find no credentials of their own; somebody then gives the node's role what all of them need.",
    mend: "Declare `eks.Addon` with `addonName: \"eks-pod-identity-agent\"`.",
    kinds: ["aws:eks:PodIdentityAssociation"],
    relate: (association, stack, report) => {
      const cluster = association.at("clusterName").text;
      const agents = stack.which(["aws:eks:Addon"], (addon) => addon.at("addonName").text === "eks-pod-identity-agent" && addon.at("clusterName").text === cluster);
      if (agents.length === 0) report(association.at("clusterName"), "names a cluster without the add-on eks-pod-identity-agent");
    },
  },
];
