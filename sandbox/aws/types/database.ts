/** RDS. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import type { Known, World } from "../world.ts";
import { always, arnOf, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

const INSTANCE = "aws:rds/instance:Instance";

/** Hosted zones of RDS endpoints, by region (the service's `HostedZoneId` of an endpoint). */
const HOSTED_ZONES: Readonly<Record<string, string>> = { "us-east-1": "Z2R2ITUGPM61AM", "us-east-2": "Z2XHWR1WZ565X2", "us-west-2": "Z1PVIF0B656C1W", "eu-west-1": "Z29XKXDKYMONMX", "eu-central-1": "Z1RLNUO7B9Q6NB" };
const PORTS: Readonly<Record<string, number>> = { postgres: 5432, "aurora-postgresql": 5432, mysql: 3306, mariadb: 3306, "aurora-mysql": 3306 };

/** The instance that a replica copies: named by identifier or by ARN. */
function source(draft: Draft): Known | undefined {
  const name = draft.text("replicateSourceDb");
  return name === "" ? undefined : draft.world.find(INSTANCE, (known) => known.state.identifier === name || known.state.arn === name);
}

function inherited(property: string, otherwise: string | number | null): (draft: Draft) => string | number | null {
  return (draft) => {
    const value = source(draft)?.state[property];
    return typeof value === "string" || typeof value === "number" ? value : otherwise;
  };
}

function admitInstance(draft: Draft): void {
  const primary = source(draft);
  if (primary !== undefined && Number(primary.state.backupRetentionPeriod ?? 0) === 0) {
    throw new CloudError("InvalidDBInstanceState: Automated backups are not enabled for this database instance. To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.");
  }
  if (draft.flag("performanceInsightsEnabled") === false && draft.text("performanceInsightsKmsKeyId") !== "") {
    throw new CloudError("InvalidParameterCombination: performanceInsightsKmsKeyId needs performanceInsightsEnabled");
  }
  if (draft.number("monitoringInterval") > 0 && draft.text("monitoringRoleArn") === "") {
    throw new CloudError("InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.");
  }
  const replicated = draft.previous !== undefined && draft.number("backupRetentionPeriod", 1) === 0
    && draft.world.find(INSTANCE, (known) => [draft.text("identifier"), textOf(draft.previous?.arn)].includes(textOf(known.state.replicateSourceDb)));
  if (replicated) {
    throw new CloudError(`InvalidParameterCombination: Backups can not be switched off while ${replicated.id} replicates ${draft.text("identifier")}`);
  }
}

/** RDS refuses to lose a database unless told twice: protection off, and a final snapshot or none wanted. */
function keepsDatabase(what: string, name: string): (known: Known, world: World) => string | undefined {
  return (known, world) => {
    if (known.state.deletionProtection === true) {
      return `InvalidParameterCombination: Cannot delete protected ${what}, please disable deletion protection and try again: ${textOf(known.state[name])}`;
    }
    if (known.state.skipFinalSnapshot === true || (known.state.replicateSourceDb ?? "") !== "") return undefined;
    const snapshot = textOf(known.state.finalSnapshotIdentifier ?? "");
    if (snapshot === "") return `finalSnapshotIdentifier is required when skipFinalSnapshot is false: ${textOf(known.state[name])}`;
    return world.reservation(`snapshot ${snapshot}`);
  };
}

function leavesSnapshot(known: Known, world: World): void {
  const snapshot = textOf(known.state.finalSnapshotIdentifier ?? "");
  if (known.state.skipFinalSnapshot === true || snapshot === "") return;
  world.reserve(`snapshot ${snapshot}`, `DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier ${snapshot} already exists.`);
}

function managedSecret(draft: Draft): { kmsKeyId: string; secretArn: string; secretStatus: string }[] {
  if (!draft.flag("manageMasterUserPassword")) return [];
  const arn = draft.arn("secretsmanager", `secret:rds!db-${draft.uuid("secret")}-${draft.mixed(6, "secret suffix")}`);
  return [{ kmsKeyId: draft.text("masterUserSecretKmsKeyId", draft.arn("kms", `key/${draft.uuid("aws/secretsmanager")}`)), secretArn: arn, secretStatus: "active" }];
}

export const database: TypeTable = {
  [INSTANCE]: {
    tags: true,
    holdsData: true,
    name: { property: "identifier", max: 63, lowerCase: true, prefixProperty: "identifierPrefix", renames: true },
    defaults: {
      autoMinorVersionUpgrade: true, copyTagsToSnapshot: false, dedicatedLogVolume: false, deleteAutomatedBackups: true,
      monitoringInterval: 0, publiclyAccessible: false, skipFinalSnapshot: false,
    },
    id: (draft) => `db-${draft.upper(26)}`,
    unique: uniqueName((name) => `DBInstanceAlreadyExists: DB instance already exists: ${name}`),
    admit: admitInstance,
    keeps: keepsDatabase("DB Instance", "identifier"),
    leaves: leavesSnapshot,
    secrets: ["password"],
    replaceOn: ["engine", "storageEncrypted", "kmsKeyId", "username", "dbName", "availabilityZone", "snapshotIdentifier", "characterSetName", "timezone"],
    outputs: {
      engine: inherited("engine", ""),
      engineVersion: inherited("engineVersion", ""),
      engineVersionActual: (draft) => draft.text("engineVersion"),
      engineLifecycleSupport: always("open-source-rds-extended-support"),
      port: (draft) => Number(inherited("port", PORTS[draft.text("engine")] ?? 5432)(draft)),
      address: (draft) => `${draft.name}.${draft.lower(12, `endpoint ${draft.account}`)}.${draft.region}.rds.amazonaws.com`,
      endpoint: (draft) => `${draft.text("address")}:${draft.text("port")}`,
      arn: arnOf("rds", (draft) => `db:${draft.name}`),
      resourceId: (draft) => draft.id,
      hostedZoneId: (draft) => HOSTED_ZONES[draft.region] ?? "Z2R2ITUGPM61AM",
      allocatedStorage: inherited("allocatedStorage", 20),
      availabilityZone: (draft) => draft.zones()[Number.parseInt(draft.hex(2, "zone"), 16) % 3] ?? null,
      backupRetentionPeriod: always(0), backupTarget: always("region"), backupWindow: always("07:00-07:30"),
      caCertIdentifier: always("rds-ca-rsa2048-g1"), databaseInsightsMode: always("standard"),
      dbName: inherited("dbName", ""), dbSubnetGroupName: inherited("dbSubnetGroupName", "default"), iops: always(0), identifierPrefix: always(""),
      kmsKeyId: (draft) => (draft.flag("storageEncrypted") ? textOf(inherited("kmsKeyId", draft.arn("kms", `key/${draft.uuid("aws/rds")}`))(draft)) : ""),
      characterSetName: always(""), domainFqdn: always(""), masterUserSecretKmsKeyId: always(""), ncharCharacterSetName: always(""), snapshotIdentifier: always(""), timezone: always(""),
      latestRestorableTime: (draft) => (draft.number("backupRetentionPeriod") > 0 ? draft.now() : ""),
      licenseModel: always("postgresql-license"), listenerEndpoints: always([]), maintenanceWindow: always("sun:09:00-sun:09:30"),
      masterUserSecrets: managedSecret, monitoringRoleArn: always(""), multiAz: always(false), networkType: always("IPV4"),
      optionGroupName: (draft) => `default:${draft.text("engine")}-${draft.text("engineVersion").split(".")[0] ?? ""}`,
      parameterGroupName: (draft) => `default.${draft.text("engine")}${draft.text("engineVersion").split(".")[0] ?? ""}`,
      performanceInsightsKmsKeyId: always(""),
      performanceInsightsRetentionPeriod: (draft) => (draft.flag("performanceInsightsEnabled") ? 7 : 0),
      replicaMode: always(""), replicas: always([]), status: always("available"), storageType: always("gp3"), storageThroughput: always(0),
      upgradeRolloutOrder: always("second"), username: inherited("username", ""), vpcSecurityGroupIds: always([]),
    },
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    tags: true,
    name: { property: "name", lowerCase: true, prefixProperty: "namePrefix" },
    defaults: { description: "Managed by Pulumi" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `DBSubnetGroupAlreadyExists: The DB subnet group '${name}' already exists.`),
    outputs: {
      arn: arnOf("rds", (draft) => `subgrp:${draft.name}`), namePrefix: always(""), supportedNetworkTypes: always(["IPV4"]),
      vpcId: (draft) => textOf(draft.world.get("aws:ec2/subnet:Subnet", draft.texts("subnetIds")[0] ?? "")?.state.vpcId ?? ""),
    },
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    tags: true,
    name: { property: "name", lowerCase: true, prefixProperty: "namePrefix" },
    defaults: { description: "Managed by Pulumi", skipDestroy: false },
    id: (draft) => draft.name,
    replaceOn: ["family", "description"],
    unique: uniqueName((name) => `DBParameterGroupAlreadyExists: Parameter group ${name} already exists`),
    outputs: { arn: arnOf("rds", (draft) => `pg:${draft.name}`), namePrefix: always("") },
  },
  "aws:rds/optionGroup:OptionGroup": {
    tags: true,
    name: { property: "name", lowerCase: true, prefixProperty: "namePrefix" },
    defaults: { optionGroupDescription: "Managed by Pulumi", skipDestroy: false },
    id: (draft) => draft.name,
    replaceOn: ["engineName", "majorEngineVersion", "optionGroupDescription"],
    unique: uniqueName((name) => `OptionGroupAlreadyExistsFault: An option group named ${name} already exists.`),
    outputs: { arn: arnOf("rds", (draft) => `og:${draft.name}`), namePrefix: always("") },
  },
  "aws:rds/eventSubscription:EventSubscription": {
    tags: true,
    name: { property: "name", prefixProperty: "namePrefix" },
    defaults: { enabled: true },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `SubscriptionAlreadyExist: Subscription ${name} already exists.`),
    outputs: { arn: arnOf("rds", (draft) => `es:${draft.name}`), customerAwsId: (draft) => draft.account, namePrefix: always("") },
  },
  "aws:rds/cluster:Cluster": {
    tags: true,
    holdsData: true,
    name: { property: "clusterIdentifier", max: 63, lowerCase: true, prefixProperty: "clusterIdentifierPrefix" },
    defaults: { backtrackWindow: 0, copyTagsToSnapshot: false, engineMode: "provisioned", skipFinalSnapshot: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `DBClusterAlreadyExistsFault: DB Cluster already exists: ${name}`),
    keeps: keepsDatabase("Cluster", "clusterIdentifier"),
    leaves: leavesSnapshot,
    secrets: ["masterPassword"],
    replaceOn: ["engine", "storageEncrypted", "kmsKeyId", "masterUsername", "databaseName", "availabilityZones", "snapshotIdentifier"],
    outputs: {
      arn: arnOf("rds", (draft) => `cluster:${draft.name}`),
      clusterResourceId: (draft) => `cluster-${draft.upper(26)}`,
      endpoint: (draft) => `${draft.name}.cluster-${draft.lower(12, "endpoint")}.${draft.region}.rds.amazonaws.com`,
      readerEndpoint: (draft) => `${draft.name}.cluster-ro-${draft.lower(12, "endpoint")}.${draft.region}.rds.amazonaws.com`,
      caCertificateIdentifier: always("rds-ca-rsa2048-g1"), caCertificateValidTill: always("2061-05-22T22:57:12Z"),
      engineVersionActual: (draft) => draft.text("engineVersion"), hostedZoneId: (draft) => HOSTED_ZONES[draft.region] ?? "Z2R2ITUGPM61AM",
      availabilityZones: (draft) => draft.zones(), backupRetentionPeriod: always(1), clusterMembers: always([]), iamRoles: always([]),
      masterUserSecrets: managedSecret, port: (draft) => PORTS[draft.text("engine")] ?? 3306, storageEncrypted: always(false),
      allocatedStorage: always(1), databaseName: always(""), dbSubnetGroupName: always("default"), engineVersion: always("17.4"), kmsKeyId: always(""), masterUsername: always(""),
      engineLifecycleSupport: always("open-source-rds-extended-support"), monitoringInterval: always(0), networkType: always("IPV4"), storageType: always(""),
      preferredBackupWindow: always("07:00-07:30"), preferredMaintenanceWindow: always("sun:09:00-sun:09:30"), clusterIdentifierPrefix: always(""),
      upgradeRolloutOrder: always("second"), vpcSecurityGroupIds: always([]),
    },
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    defaults: { retentionPeriod: 7 },
    id: (draft) => draft.arn("rds", `auto-backup:ab-${draft.lower(39)}`),
    replaceOn: ["sourceDbInstanceArn", "kmsKeyId", "retentionPeriod"],
    outputs: { kmsKeyId: (draft) => draft.arn("kms", `key/${draft.uuid("aws/rds")}`) },
  },
};
