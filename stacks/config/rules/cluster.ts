/** Rules about the cluster and its nodes. */
import { PRIVATE, contains, range } from "../cidr.ts";
import { type Rule, when } from "./rule.ts";

const existingHasKubeconfig: Rule = {
  id: "existing-has-kubeconfig",
  title: "The kubeconfig is given exactly when the cluster is an existing one.",
  reason: "a new cluster makes its own, and the ambient kubeconfig is never used",
  reads: ["cluster.existing", "kubeconfig"],
  check: ({ cluster, kubeconfig }) => [
    ...when(cluster.existing !== undefined && kubeconfig === undefined, () => ({ path: "kubeconfig", given: "nothing, while cluster.existing is set", allowed: "a Pulumi secret", mend: "pulumi config set --secret kubeconfig --stack <stack> < kubeconfig.yaml" })),
    ...when(cluster.existing === undefined && kubeconfig !== undefined, () => ({ path: "kubeconfig", given: "a secret (not shown), while cluster.existing is not set", allowed: "nothing", mend: "pulumi config rm kubeconfig --stack <stack>, or set cluster.existing" })),
  ],
};

const existingHasIdentity: Rule = {
  id: "existing-has-identity",
  title: "An existing cluster that is not EKS names its OIDC provider, in this account.",
  reason: "its pods get their roles by web identity; Pod Identity exists on EKS only",
  reads: ["cluster.existing", "accountId"],
  check: ({ cluster: { existing }, accountId }) => {
    const path = "cluster.existing.oidcProviderArn";
    if (existing === undefined) return [];
    const arn = existing.oidcProviderArn;
    return [
      ...when(!existing.eks && arn === undefined, () => ({ path, given: "nothing, while cluster.existing.eks is false", allowed: "the ARN of an IAM OIDC provider", mend: `for example arn:aws:iam::${accountId}:oidc-provider/oidc.example.com` })),
      ...when(arn !== undefined && !new RegExp(`^arn:aws[a-z-]*:iam::${accountId}:oidc-provider/.+`).test(arn), () => ({ path, given: `"${arn}"`, allowed: `an OIDC provider of account ${accountId}`, mend: "create the provider in this account" })),
    ];
  },
};

const existingHasTargets: Rule = {
  id: "existing-has-targets",
  title: "The load balancer reaches an existing cluster by its Auto Scaling groups, in the existing VPC, or else by its nodes' addresses.",
  reason: "without a target nobody gets an answer, a group registers instances of the load balancer's own VPC only, and one target group has one kind of target",
  reads: ["cluster.existing", "network.existing"],
  check: ({ cluster: { existing }, network }) => {
    if (existing === undefined) return [];
    const groups = existing.autoscalingGroups.length;
    const addresses = existing.nodeAddresses.length;
    const path = "cluster.existing.autoscalingGroups";
    return [
      ...when(groups === 0 && addresses === 0, () => ({
        path: "cluster.existing.nodeAddresses", given: "nothing, while cluster.existing.autoscalingGroups is empty", allowed: "at least one address",
        mend: "list the addresses of nodes that serve the node port, for example [10.0.0.10], or, where network.existing is set, name the nodes' groups in cluster.existing.autoscalingGroups",
      })),
      ...when(groups > 0 && addresses > 0, () => ({ path, given: `${groups} groups, while cluster.existing.nodeAddresses is set`, allowed: "one of the two", mend: "remove cluster.existing.nodeAddresses: a group registers its nodes itself" })),
      ...when(groups > 0 && addresses === 0 && network.existing === undefined, () => ({
        path, given: `${groups} groups, while network.existing is not set`, allowed: "none in a VPC that is made here", mend: "set network.existing to the nodes' VPC, or list cluster.existing.nodeAddresses instead",
      })),
    ];
  },
};

const nodeAddressesReached: Rule = {
  id: "node-addresses-reached",
  title: "Addresses of an existing cluster's nodes are private and in its workload ranges.",
  reason: "the load balancer takes private targets only and sends to the workload ranges only (ELBv2 API, RegisterTargets)",
  reads: ["cluster.existing"],
  check: ({ cluster: { existing } }) => (existing?.nodeAddresses ?? []).flatMap((address, index) => {
    const inside = (ranges: readonly string[]) => ranges.some((outer) => contains(outer, `${address}/32`));
    const path = `cluster.existing.nodeAddresses[${index}]`;
    return [
      ...when(!inside(PRIVATE), () => ({ path, given: `"${address}"`, allowed: `inside ${PRIVATE.join(", ")}`, mend: "name the node's private address" })),
      ...when(inside(PRIVATE) && !inside(existing?.workloadCidrs ?? []), () => ({ path, given: `"${address}"`, allowed: `inside cluster.existing.workloadCidrs (${existing?.workloadCidrs.join(", ")})`, mend: "correct the address, or add the nodes' range to cluster.existing.workloadCidrs" })),
    ];
  }),
};

/** Widest range in which an API server may be: the largest private one. */
const API_SERVER_BITS = 8;

const existingApiServer: Rule = {
  id: "existing-api-server",
  title: `An existing cluster that is not EKS says the range of its Services; its API server is in ranges of /${API_SERVER_BITS} or smaller.`,
  reason: "network policies let pods out to the API server by its addresses; a wrong range cuts NGINX and cluster services off, all addresses are none of a server",
  reads: ["cluster.existing"],
  check: ({ cluster: { existing } }) => [
    ...when(existing !== undefined && !existing.eks && existing.serviceCidr === undefined, () => ({
      path: "cluster.existing.serviceCidr", given: "nothing, while cluster.existing.eks is false", allowed: "the cluster's range of Services",
      mend: "look for --service-cluster-ip-range of its API server; kubeadm's default is 10.96.0.0/12, that of k3s 10.43.0.0/16",
    })),
    ...(existing?.apiServerCidrs ?? []).flatMap((cidr, index) => when(range(cidr).bits < API_SERVER_BITS, () => ({
      path: `cluster.existing.apiServerCidrs[${index}]`, given: `"${cidr}"`, allowed: `/${API_SERVER_BITS} or smaller`, mend: "name the addresses of the API server alone",
    }))),
  ],
};

const addonsNeedEks: Rule = {
  id: "addons-need-eks",
  title: "EKS add-ons are used on EKS only.",
  reason: "no other cluster can install them",
  reads: ["cluster.existing", "cluster.services"],
  check: ({ cluster: { existing, services } }) => (existing === undefined || existing.eks ? [] : Object.entries(services)
    .filter(([, service]) => service.source === "eksAddon")
    .map(([name]) => ({ path: `cluster.services.${name}.source`, given: "eksAddon, while cluster.existing.eks is false", allowed: "chart where there is one, or present", mend: `set cluster.services.${name}.source: present when the cluster has it` }))),
};

const versionsMatch: Rule = {
  id: "kube-proxy-version",
  title: "The kube-proxy add-on has the cluster's minor version.",
  reason: "kube-proxy may not be newer than the API server, and EKS publishes it for each minor version (EKS user guide, kube-proxy)",
  reads: ["cluster.version", "cluster.services", "cluster.existing"],
  check: ({ cluster: { version, services, existing } }) => {
    const proxy = services["kube-proxy"];
    return when(existing === undefined && proxy.source === "eksAddon" && !proxy.version.startsWith(`v${version}.`), () => ({
      path: "cluster.services.kube-proxy.version", given: `"${proxy.version}", while cluster.version is ${version}`, allowed: `v${version}.…`, mend: "choose the add-on version of that minor version",
    }));
  },
};

const nodesExist: Rule = {
  id: "nodes-exist",
  title: "A new cluster has at least one node group.",
  reason: "nothing could run",
  reads: ["nodes", "cluster.existing"],
  check: ({ nodes, cluster }) => when(cluster.existing === undefined && Object.keys(nodes).length === 0, () => ({
    path: "nodes", given: "no node group", allowed: "at least one", mend: "nodes: {general: {instanceType: t3.large, min: 3, desired: 3, max: 10, diskGib: 50}}",
  })),
};

const nodesInOrder: Rule = {
  id: "nodes-in-order",
  title: "In every node group min ≤ desired ≤ max.",
  reason: "the Auto Scaling group refuses anything else",
  reads: ["nodes"],
  check: ({ nodes }) => Object.entries(nodes).flatMap(([name, { min, desired, max }]) => when(min > desired || desired > max, () => ({
    path: `nodes.${name}`, given: `min ${min}, desired ${desired}, max ${max}`, allowed: "min ≤ desired ≤ max", mend: "put the three numbers in order",
  }))),
};

const nodesCoverZones: Rule = {
  id: "nodes-cover-zones",
  title: "There are at least as many on-demand nodes as zones.",
  reason: "a zone without a node takes no replica, and spot nodes can go at any time",
  reads: ["nodes", "zones", "cluster.existing"],
  check: ({ nodes, zones, cluster }) => {
    if (cluster.existing !== undefined || Object.keys(nodes).length === 0) return [];
    const least = Object.values(nodes).filter((group) => group.capacityType === "ON_DEMAND").reduce((sum, group) => sum + group.min, 0);
    return when(least < zones.length, () => ({ path: "nodes", given: `${least} on-demand nodes at least`, allowed: `${zones.length} or more, one for each of the zones ${zones.join(", ")}`, mend: `raise min of an ON_DEMAND group` }));
  },
};

const runnerHasConnection: Rule = {
  id: "runner-has-connection",
  title: "A runner has a confirmed connection to its repository, in this account.",
  reason: "a connection is pending until a person confirms it in the console, and CodeBuild refuses to use a pending one",
  reads: ["cluster.access.via", "cluster.access.connectionArn", "cluster.existing", "accountId"],
  check: ({ cluster: { access, existing }, accountId }) => {
    const path = "cluster.access.connectionArn";
    const arn = access.connectionArn;
    return [
      ...when(existing === undefined && access.via === "runner" && arn === undefined, () => ({
        path, given: "nothing, while cluster.access.via is runner", allowed: "the ARN of a connection to the repository", mend: "create a connection in the console (Developer Tools, Connections), confirm it, and set its ARN, or choose another way in",
      })),
      ...when(arn !== undefined && arn.split(":")[4] !== accountId, () => ({ path, given: `"${arn}"`, allowed: `a connection of account ${accountId}`, mend: "create the connection in this account" })),
    ];
  },
};

/** Widest range that may come in during the first `up`: one network of an office, 256 addresses. */
const BOOTSTRAP_BITS = 24;

const bootstrapLimited: Rule = {
  id: "bootstrap-limited",
  title: "The way in for the first `up` is for one principal of this account, from addresses of /24 or smaller, into a cluster that is made here.",
  reason: "it opens the API server to the internet; remove cluster.access.bootstrap after the first up",
  reads: ["cluster.access.bootstrap", "cluster.existing", "accountId", "app.name"],
  check: ({ cluster: { access: { bootstrap }, existing }, accountId, app }, stack) => {
    if (bootstrap === undefined) return [];
    const path = "cluster.access.bootstrap";
    const { principalArn, publicCidrs } = bootstrap;
    const own = ["operator", "readonly", "deploy", "break-glass"].map((role) => `:role/${app.name}-${stack}-${role}`);
    return [
      ...when(existing !== undefined, () => ({ path, given: "set, while cluster.existing is set", allowed: "nothing", mend: "remove it: the existing cluster's kubeconfig is the way in" })),
      ...publicCidrs.filter((cidr) => range(cidr).bits < BOOTSTRAP_BITS).map((cidr) => ({
        path: `${path}.publicCidrs`, given: `"${cidr}"`, allowed: `/${BOOTSTRAP_BITS} or smaller`, mend: "name only the addresses from which you run the first up, for example [203.0.113.7/32], and remove cluster.access.bootstrap afterwards",
      })),
      ...when(principalArn.split(":")[4] !== accountId, () => ({ path: `${path}.principalArn`, given: `"${principalArn}"`, allowed: `a role or user of account ${accountId}`, mend: "name the principal whose credentials run the first up: aws sts get-caller-identity" })),
      ...when(own.some((role) => principalArn.endsWith(role)), () => ({ path: `${path}.principalArn`, given: `"${principalArn}", a role of this stack`, allowed: "a principal that is there before the stack", mend: "remove cluster.access.bootstrap: this role has its access entry anyway" })),
    ];
  },
};

export const clusterRules = [runnerHasConnection, bootstrapLimited, existingHasKubeconfig, existingHasIdentity, existingHasTargets, nodeAddressesReached, existingApiServer, addonsNeedEks, versionsMatch, nodesExist, nodesInOrder, nodesCoverZones];
