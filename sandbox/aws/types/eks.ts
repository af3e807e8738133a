/** EKS: clusters, node groups, add-ons and access. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, arnOf, createdAt, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

const CLUSTER = "aws:eks/cluster:Cluster";

/** A certificate authority as the service hands it out: Base64 of a PEM block (its content is random, not a certificate). */
function authority(draft: Draft): string {
  const body = Buffer.from(draft.hex(512, "certificate authority"), "hex").toString("base64");
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`).toString("base64");
}

/** Parts of a cluster are added to clusters that exist, as far as this process has seen one come and go. */
function admitPart(draft: Draft): void {
  const cluster = draft.text("clusterName");
  if (draft.world.isGone(cluster, CLUSTER)) throw new CloudError(`ResourceNotFoundException: No cluster found for name: ${cluster}.`);
}

export const eks: TypeTable = {
  [CLUSTER]: {
    tags: true,
    name: { property: "name", max: 100 },
    defaults: { bootstrapSelfManagedAddons: true },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceInUseException: Cluster already exists with name: ${name}`),
    replaceOn: ["roleArn", "bootstrapSelfManagedAddons", "kubernetesNetworkConfig.serviceIpv4Cidr", "kubernetesNetworkConfig.ipFamily"],
    keeps: (known, world) => {
      if (known.state.deletionProtection === true) return `InvalidRequestException: Cluster ${known.id} cannot be deleted: deletion protection is enabled`;
      const group = world.find("aws:eks/nodeGroup:NodeGroup", (other) => other.state.clusterName === known.id);
      return group === undefined ? undefined : `ResourceInUseException: Cluster has nodegroups attached: ${textOf(group.state.nodeGroupName)}`;
    },
    outputs: {
      arn: arnOf("eks", (draft) => `cluster/${draft.name}`),
      accessConfig: always({ authenticationMode: "CONFIG_MAP", bootstrapClusterCreatorAdminPermissions: true }),
      certificateAuthority: (draft) => ({ data: authority(draft) }),
      clusterId: always(""),
      createdAt: createdAt("createdAt"),
      deletionProtection: always(false),
      endpoint: (draft) => `https://${draft.hex(32, "endpoint").toUpperCase()}.gr7.${draft.region}.eks.amazonaws.com`,
      identities: (draft) => [{ oidcs: [{ issuer: `https://oidc.eks.${draft.region}.amazonaws.com/id/${draft.hex(32, "endpoint").toUpperCase()}` }] }],
      kubernetesNetworkConfig: (draft) => ({ ipFamily: "ipv4", serviceIpv4Cidr: "172.20.0.0/16", serviceIpv6Cidr: "", elasticLoadBalancing: { enabled: draft.flag("kubernetesNetworkConfig.elasticLoadBalancing.enabled") } }),
      platformVersion: always("eks.5"),
      status: always("ACTIVE"),
      upgradePolicy: always({ supportType: "EXTENDED" }),
      version: always("1.33"),
      "vpcConfig.clusterSecurityGroupId": (draft) => draft.ec2Id("sg"),
      "vpcConfig.vpcId": (draft) => textOf(draft.world.get("aws:ec2/subnet:Subnet", draft.texts("vpcConfig.subnetIds")[0] ?? "")?.state.vpcId ?? ""),
      "vpcConfig.endpointPrivateAccess": always(false),
      "vpcConfig.endpointPublicAccess": always(true),
      "vpcConfig.publicAccessCidrs": (draft) => (draft.value("vpcConfig.endpointPublicAccess") === false ? null : ["0.0.0.0/0"]),
    },
  },
  "aws:eks/nodeGroup:NodeGroup": {
    tags: true,
    name: { property: "nodeGroupName", max: 63, prefixProperty: "nodeGroupNamePrefix" },
    id: (draft) => `${draft.text("clusterName")}:${draft.name}`,
    unique: {
      key: (draft) => `${draft.text("clusterName")} ${draft.name}`,
      error: (draft) => `ResourceInUseException: NodeGroup already exists with name ${draft.name} and cluster name ${draft.text("clusterName")}`,
    },
    admit: (draft) => {
      admitPart(draft);
      const { minSize, maxSize, desiredSize } = { minSize: draft.number("scalingConfig.minSize"), maxSize: draft.number("scalingConfig.maxSize"), desiredSize: draft.number("scalingConfig.desiredSize") };
      if (minSize > desiredSize || desiredSize > maxSize) {
        throw new CloudError(`InvalidParameterException: desired capacity ${desiredSize} must be between minimum ${minSize} and maximum ${maxSize} (${draft.name})`);
      }
    },
    replaceOn: ["clusterName", "nodeRoleArn", "subnetIds", "instanceTypes", "amiType", "capacityType", "diskSize", "launchTemplate.id", "launchTemplate.name", "remoteAccess"],
    outputs: {
      arn: arnOf("eks", (draft) => `nodegroup/${draft.text("clusterName")}/${draft.name}/${draft.uuid()}`),
      amiType: always("AL2023_x86_64_STANDARD"),
      capacityType: always("ON_DEMAND"),
      diskSize: (draft) => (draft.value("launchTemplate") === undefined ? 20 : 0),
      instanceTypes: (draft) => (draft.value("launchTemplate") === undefined ? ["t3.medium"] : []),
      nodeGroupNamePrefix: always(""),
      nodeRepairConfig: always({ enabled: false }),
      resources: (draft) => [{ autoscalingGroups: [{ name: `eks-${draft.name}-${draft.uuid("scaling group")}` }], remoteAccessSecurityGroupId: "" }],
      status: always("ACTIVE"),
      updateConfig: always({ maxUnavailable: 1 }),
      version: (draft) => textOf(draft.world.get(CLUSTER, draft.text("clusterName"))?.state.version ?? "1.33"),
      releaseVersion: (draft) => `${draft.text("version")}.3-20260901`,
    },
  },
  "aws:eks/addon:Addon": {
    tags: true,
    id: (draft) => `${draft.text("clusterName")}:${draft.text("addonName")}`,
    admit: admitPart,
    unique: {
      key: (draft) => `${draft.text("clusterName")} ${draft.text("addonName")}`,
      error: (draft) => `ResourceInUseException: Addon already exists: ${draft.text("addonName")}`,
    },
    replaceOn: ["clusterName", "addonName"],
    outputs: {
      arn: arnOf("eks", (draft) => `addon/${draft.text("clusterName")}/${draft.text("addonName")}/${draft.uuid()}`),
      addonVersion: always("v1.0.0-eksbuild.1"), configurationValues: always(""),
      createdAt: createdAt("createdAt"), modifiedAt: (draft) => draft.now(),
    },
  },
  "aws:eks/accessEntry:AccessEntry": {
    tags: true,
    defaults: { type: "STANDARD" },
    id: (draft) => `${draft.text("clusterName")}:${draft.text("principalArn")}`,
    admit: admitPart,
    replaceOn: ["clusterName", "principalArn", "type"],
    unique: {
      key: (draft) => `${draft.text("clusterName")} ${draft.text("principalArn")}`,
      error: (draft) => `ResourceInUseException: The specified access entry resource is already in use on this cluster: ${draft.text("principalArn")}`,
    },
    outputs: {
      accessEntryArn: arnOf("eks", (draft) => `access-entry/${draft.text("clusterName")}/role/${draft.account}/${draft.text("principalArn").split("/").at(-1) ?? ""}/${draft.uuid()}`),
      createdAt: createdAt("createdAt"), modifiedAt: (draft) => draft.now(),
      kubernetesGroups: always([]),
      userName: (draft) => `${draft.text("principalArn").replace(":iam::", ":sts::").replace(":role/", ":assumed-role/")}/{{SessionName}}`,
    },
  },
  "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {
    id: (draft) => `${draft.text("clusterName")}#${draft.text("principalArn")}#${draft.text("policyArn")}`,
    admit: admitPart,
    replaceOn: ["clusterName", "principalArn", "policyArn", "accessScope"],
    outputs: { associatedAt: createdAt("associatedAt"), modifiedAt: (draft) => draft.now() },
  },
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    tags: true,
    id: (draft) => `a-${draft.lower(17)}`,
    admit: admitPart,
    replaceOn: ["clusterName", "namespace", "serviceAccount"],
    unique: {
      key: (draft) => `${draft.text("clusterName")} ${draft.text("namespace")} ${draft.text("serviceAccount")}`,
      error: (draft) => `ResourceInUseException: Association already exists: ${draft.text("namespace")}/${draft.text("serviceAccount")}`,
    },
    outputs: {
      associationArn: arnOf("eks", (draft) => `podidentityassociation/${draft.text("clusterName")}/${draft.id}`),
      associationId: (draft) => draft.id,
      disableSessionTags: always(false),
      externalId: always(""),
    },
  },
};
