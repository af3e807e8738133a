/** Node groups and add-ons. */
import type { Resource, Stack } from "../resource.ts";
import { present, type Report, type Rule, shown, where } from "../rule.ts";
import { isPublic, subnetsOf } from "./networkRoutes.ts";

const NODES = ["aws:eks:NodeGroup"];
const ADDON = "aws:eks:Addon";
const CLUSTER = "aws:eks:Cluster";

/** What every cluster needs to run pods; with Auto Mode AWS runs them. */
const MANAGED = ["vpc-cni", "coredns", "kube-proxy"];

function privateSubnets(resource: Resource, stack: Stack, report: Report): void {
  const property = resource.is(CLUSTER) ? "vpcConfig.subnetIds" : "subnetIds";
  for (const subnet of subnetsOf(resource, property, stack)) {
    resource.try(() => {
      if (isPublic(subnet, stack)) report(resource.at(property), `holds ${subnet.name}, which has a route to an internet gateway; must be private subnets`);
    });
  }
}

function nodeZones(cluster: Resource, stack: Stack, report: Report): void {
  const groups = stack.pointing("aws:eks:NodeGroup", "clusterName", cluster);
  const subnets = groups.flatMap((group) => subnetsOf(group, "subnetIds", stack));
  const zones = new Set(subnets.map((subnet) => subnet.at("availabilityZone").text));
  if (zones.size === 1) report(cluster, "has all its nodes in one zone");
}

function minimum(group: Resource, report: Report): void {
  const size = group.at("scalingConfig.minSize");
  const subnets = group.at("subnetIds").texts.length;
  if ((size.number ?? 0) < subnets) report(size, `is ${shown(size)}, must be at least ${subnets}, one for each subnet`);
}

function updates(group: Resource, report: Report): void {
  const least = group.at("scalingConfig.minSize").number ?? 0;
  group.try(() => {
    const nodes = group.at("updateConfig.maxUnavailable");
    const count = nodes.number ?? 1;
    if (count > 1 && count >= least) report(nodes, `is ${count}, must be 1, or less than the ${least} nodes that there are at least`);
  });
  group.try(() => {
    const percentage = group.at("updateConfig.maxUnavailablePercentage");
    if ((percentage.number ?? 0) > 50) report(percentage, `is ${shown(percentage)}, must be at most 50`);
  });
}

function addons(cluster: Resource, stack: Stack, report: Report): void {
  for (const name of MANAGED) {
    cluster.try(() => {
      if (stack.pointing(ADDON, "clusterName", cluster, (addon) => addon.at("addonName").text === name).length === 0) report(cluster, `has no add-on ${name}`);
    });
  }
}

export const nodes: Rule[] = [
  {
    id: "cluster/node-template",
    title: "Nodes start from a launch template of ours",
    items: ["cluster-encryption", "network-exposure"],
    severity: "high",
    frameworks: [],
    why: "Without one EKS makes its own: disks without our key, and metadata two hops away, which every pod reaches.",
    mend: "Set `launchTemplate` to one with encrypted disks and `metadataOptions`.",
    kinds: NODES,
    check: where({ launchTemplate: present() }),
  },
  {
    id: "cluster/node-login",
    title: "Nobody logs in to nodes by SSH from anywhere",
    items: ["network-exposure"],
    severity: "critical",
    frameworks: [],
    why: "With a key and without source groups EKS opens port 22 of every node to 0.0.0.0/0.",
    mend: "Leave `remoteAccess` out and use Session Manager, or name `sourceSecurityGroupIds`.",
    kinds: NODES,
    check: (group, report) => {
      if (group.at("remoteAccess").exists && group.at("remoteAccess.sourceSecurityGroupIds").texts.length === 0) report(group.at("remoteAccess"), "opens SSH to everywhere, must be left out or name sourceSecurityGroupIds");
    },
  },
  {
    id: "cluster/private-subnets",
    title: "Nodes and the control plane's interfaces are in private subnets",
    items: ["cluster-endpoint", "network-exposure"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 5.4.3"],
    why: "In a public subnet one wrong security-group rule puts the kubelet on the internet.",
    mend: "Set `subnetIds` to subnets whose way out is a NAT gateway.",
    kinds: [...NODES, CLUSTER],
    relate: privateSubnets,
  },
  {
    id: "cluster/node-zones",
    title: "The nodes of a cluster are in two zones at least",
    items: ["spread", "replicas"],
    severity: "high",
    frameworks: [],
    why: "Replicas spread over zones only where there are nodes; with all of them in one zone its loss is the loss of the site.",
    mend: "Set `subnetIds` of the node groups to private subnets of two zones or more.",
    kinds: [CLUSTER],
    relate: nodeZones,
  },
  {
    id: "cluster/node-minimum",
    title: "A node group keeps a node in each of its subnets",
    items: ["replicas", "spread"],
    severity: "medium",
    frameworks: [],
    why: "Scaled in at night to fewer nodes than zones, the cluster loses the room for spread replicas, and the first failure comes then.",
    mend: "Set `scalingConfig.minSize` to the number of subnets or more.",
    kinds: NODES,
    check: minimum,
  },
  {
    id: "cluster/node-image",
    title: "Nodes run Amazon Linux 2023 or Bottlerocket",
    items: ["cluster-endpoint"],
    severity: "medium",
    frameworks: [],
    why: "Amazon Linux 2 gets no images for EKS any more since November 2025, and a custom image gets the fixes that somebody remembers to build in.",
    mend: "Set `amiType` to one of `AL2023_…` or `BOTTLEROCKET_…`, or leave it out.",
    kinds: NODES,
    check: where({ amiType: (value) => (/^(AL2023|BOTTLEROCKET)_/.test(value.text ?? "AL2023_") ? undefined : `is ${shown(value)}, must be AL2023_… or BOTTLEROCKET_…`) }),
  },
  {
    id: "cluster/node-updates",
    title: "An update of nodes leaves most of them running",
    items: ["pdb"],
    severity: "medium",
    frameworks: [],
    why: "A new image is rolled out over as many nodes at once as this allows; all at once is an outage, whatever the disruption budgets say.",
    mend: "Set `updateConfig` to `maxUnavailable: 1`, or a percentage of at most 50.",
    kinds: NODES,
    check: updates,
  },
  {
    id: "cluster/addons",
    title: "Network, DNS and proxy of the cluster are managed add-ons",
    items: ["cluster-endpoint"],
    severity: "medium",
    frameworks: [],
    why: "What EKS puts in by itself stays at the version of the first day; after two upgrades of the cluster it no longer fits, and the network goes down.",
    mend: `Declare \`eks.Addon\` for ${MANAGED.join(", ")}, or use Auto Mode.`,
    kinds: [CLUSTER],
    applies: (cluster) => cluster.at("computeConfig.enabled").flag !== true,
    relate: addons,
  },
  {
    id: "cluster/addon-version",
    title: "Versions of add-ons are pinned",
    items: ["cluster-endpoint"],
    severity: "medium",
    frameworks: [],
    why: "Without a version EKS takes what is the default on the day: staging and production differ, and a rebuild after a disaster is not what was tested.",
    mend: "Set `addonVersion`.",
    kinds: [ADDON],
    check: where({ addonVersion: (value) => (/^v\d+\.\d+\.\d+/.test(String(value.text)) ? undefined : `is ${shown(value)}, must be one version such as v1.13.2-eksbuild.11`) }),
  },
  {
    id: "cluster/addon-conflicts",
    title: "What was changed by hand in an add-on does not outlive an update",
    items: ["cluster-endpoint"],
    severity: "low",
    frameworks: [],
    why: "A hand-made change that updates preserve is in no review and in no rebuilt cluster, and is found when it is missing.",
    mend: "Set `resolveConflictsOnUpdate: \"OVERWRITE\"`, and write the change into `configurationValues`.",
    kinds: [ADDON],
    check: where({ resolveConflictsOnUpdate: (value) => (value.text === "PRESERVE" ? "is PRESERVE, must be OVERWRITE" : undefined) }),
  },
  {
    id: "cluster/network-policy",
    title: "The pod network enforces network policies",
    items: ["network-policies"],
    severity: "critical",
    frameworks: ["CIS EKS 1.7: 5.4.4", "NSA Kubernetes 1.2: Network separation and hardening"],
    why: "Without its agent every NetworkPolicy is accepted, stored, and does nothing: each pod reaches the database and the API server.",
    mend: "Set `enableNetworkPolicy` to `\"true\"` in `configurationValues` of vpc-cni.",
    kinds: [ADDON],
    applies: (addon) => addon.at("addonName").text === "vpc-cni",
    check: (addon, report) => {
      const values = addon.at("configurationValues");
      if (values.json.at("enableNetworkPolicy").flag !== true) report(values, "does not set enableNetworkPolicy to true");
    },
  },
];
