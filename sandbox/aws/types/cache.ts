/** ElastiCache. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, arnOf, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

function domain(draft: Draft): string {
  return `${draft.lower(6, "endpoint")}.${draft.region.replace(/^(\w+)-(\w)\w*-(\d)$/, "$1$2$3")}.cache.amazonaws.com`;
}

function clustered(draft: Draft): boolean {
  return draft.number("numNodeGroups", 1) > 1 || draft.text("parameterGroupName").includes("cluster.on");
}

function nodes(draft: Draft): number {
  return draft.number("numCacheClusters", draft.number("numNodeGroups", 1) * (draft.number("replicasPerNodeGroup") + 1));
}

/** Failover needs somewhere to go; a token needs encryption in transit (ElastiCache API, CreateReplicationGroup). */
function admitGroup(draft: Draft): void {
  if (draft.flag("automaticFailoverEnabled") && nodes(draft) < 2) {
    throw new CloudError(`InvalidParameterValue: automaticFailoverEnabled needs two nodes or more, and ${draft.name} has ${nodes(draft)}`);
  }
  if (draft.flag("multiAzEnabled") && !draft.flag("automaticFailoverEnabled")) {
    throw new CloudError("InvalidParameterCombination: Must have automatic failover enabled when Multi-AZ is enabled (multiAzEnabled needs automaticFailoverEnabled)");
  }
  if (draft.text("authToken") !== "" && !draft.flag("transitEncryptionEnabled")) {
    throw new CloudError("InvalidParameterCombination: authToken needs transitEncryptionEnabled");
  }
}

export const cache: TypeTable = {
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    tags: true,
    holdsData: true,
    name: { property: "replicationGroupId", max: 40, lowerCase: true },
    defaults: { automaticFailoverEnabled: false, engine: "redis", multiAzEnabled: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ReplicationGroupAlreadyExists: Replication group ${name} already exists`),
    admit: admitGroup,
    secrets: ["authToken"],
    replaceOn: ["atRestEncryptionEnabled", "kmsKeyId", "subnetGroupName", "port", "dataTieringEnabled", "securityGroupNames", "snapshotArns", "snapshotName"],
    leaves: (known, world) => {
      const snapshot = textOf(known.state.finalSnapshotIdentifier ?? "");
      if (snapshot !== "") world.reserve(`cache snapshot ${snapshot}`, `SnapshotAlreadyExistsFault: Snapshot ${snapshot} already exists`);
    },
    keeps: (known, world) => world.reservation(`cache snapshot ${textOf(known.state.finalSnapshotIdentifier ?? "")}`),
    outputs: {
      arn: arnOf("elasticache", (draft) => `replicationgroup:${draft.name}`),
      applyImmediately: always(false), atRestEncryptionEnabled: always(false), autoMinorVersionUpgrade: always(true),
      clusterEnabled: clustered, clusterMode: (draft) => (clustered(draft) ? "enabled" : "disabled"),
      configurationEndpointAddress: (draft) => (clustered(draft) ? `clustercfg.${draft.name}.${domain(draft)}` : ""),
      primaryEndpointAddress: (draft) => (clustered(draft) ? "" : `${draft.flag("transitEncryptionEnabled") ? "master." : ""}${draft.name}.${domain(draft)}`),
      readerEndpointAddress: (draft) => (clustered(draft) ? "" : `${draft.flag("transitEncryptionEnabled") ? "replica." : ""}${draft.name}${draft.flag("transitEncryptionEnabled") ? "" : "-ro"}.${domain(draft)}`),
      dataTieringEnabled: always(false), engineVersion: always("7.1"), engineVersionActual: (draft) => `${draft.text("engineVersion")}.0`,
      globalReplicationGroupId: always(""), ipDiscovery: always("ipv4"), networkType: always("ipv4"), maintenanceWindow: always("sun:05:00-sun:06:00"),
      memberClusters: (draft) => Array.from({ length: nodes(draft) }, (_, index) => `${draft.name}-${textOf(index + 1).padStart(3, "0")}`),
      nodeType: always("cache.t3.micro"), numCacheClusters: nodes, numNodeGroups: always(1),
      replicasPerNodeGroup: (draft) => nodes(draft) / draft.number("numNodeGroups", 1) - 1,
      parameterGroupName: (draft) => `default.${draft.text("engine")}${draft.text("engineVersion").split(".")[0] ?? "7"}${clustered(draft) ? ".cluster.on" : ""}`,
      nodeGroupConfigurations: (draft) => Array.from({ length: draft.number("numNodeGroups", 1) }, (_, index) => ({ nodeGroupId: textOf(index + 1).padStart(4, "0"), replicaCount: draft.number("replicasPerNodeGroup"), primaryAvailabilityZone: "", replicaAvailabilityZones: [], slots: "" })),
      securityGroupIds: always([]), securityGroupNames: always([]), snapshotWindow: always("03:00-04:00"), subnetGroupName: always("default"),
      transitEncryptionEnabled: always(false), transitEncryptionMode: (draft) => (draft.flag("transitEncryptionEnabled") ? "required" : ""),
    },
  },
  "aws:elasticache/subnetGroup:SubnetGroup": {
    tags: true,
    name: { property: "name", lowerCase: true },
    defaults: { description: "Managed by Pulumi" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `CacheSubnetGroupAlreadyExists: The cache subnet group '${name}' already exists.`),
    outputs: {
      arn: arnOf("elasticache", (draft) => `subnetgroup:${draft.name}`),
      vpcId: (draft) => textOf(draft.world.get("aws:ec2/subnet:Subnet", draft.texts("subnetIds")[0] ?? "")?.state.vpcId ?? ""),
    },
  },
  "aws:elasticache/parameterGroup:ParameterGroup": {
    tags: true,
    name: { property: "name", lowerCase: true },
    defaults: { description: "Managed by Pulumi" },
    id: (draft) => draft.name,
    replaceOn: ["family", "description"],
    unique: uniqueName((name) => `CacheParameterGroupAlreadyExists: Parameter group ${name} already exists`),
    outputs: { arn: arnOf("elasticache", (draft) => `parametergroup:${draft.name}`) },
  },
  "aws:elasticache/user:User": {
    tags: true,
    name: { property: "userId", given: true },
    defaults: { noPasswordRequired: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `UserAlreadyExists: User ${name} already exists.`),
    secrets: ["passwords"],
    replaceOn: ["userName"],
    outputs: {
      arn: arnOf("elasticache", (draft) => `user:${draft.name}`),
      authenticationMode: (draft) => ({ passwordCount: Array.isArray(draft.inputs.passwords) ? draft.inputs.passwords.length : 0, type: draft.flag("noPasswordRequired") ? "no-password" : "password" }),
    },
  },
  "aws:elasticache/userGroup:UserGroup": {
    tags: true,
    name: { property: "userGroupId", given: true },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `UserGroupAlreadyExists: User Group ${name} already exists.`),
    outputs: { arn: arnOf("elasticache", (draft) => `usergroup:${draft.name}`) },
  },
};
