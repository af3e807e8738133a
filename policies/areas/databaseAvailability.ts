/** Relational databases: that they stay, and come back. */
import { atLeast, is, present, type Rule, where } from "../rule.ts";
import { CLUSTER, CLUSTER_INSTANCE, INSTANCE, isMultiAzCluster, isReplica, STORES } from "./databaseKinds.ts";
import { isNot, parts } from "./keysTests.ts";

const TABLE = "aws:dynamodb:Table";

export const rules: Rule[] = [
  {
    id: "database/multi-az",
    title: "A database stands by in a second zone",
    items: ["database"],
    severity: "high",
    frameworks: ["FSBP: RDS.5"],
    why: "An instance in one zone is gone with the zone, and comes back only from a backup, in more time than the recovery objective of 30 minutes allows.",
    mend: "Set `multiAz: true` on the primary instance.",
    kinds: [INSTANCE],
    // A read replica is itself the copy of a primary that stands by.
    applies: (instance) => !isReplica(instance),
    check: where({ multiAz: is(true) }),
  },
  {
    id: "database/aurora-standby",
    title: "An Aurora cluster has a second instance",
    items: ["database"],
    severity: "high",
    frameworks: ["FSBP: RDS.15"],
    why: "The storage of Aurora survives a zone, its only instance does not: until a new one has started somewhere else, nobody is served.",
    mend: "Declare a second `ClusterInstance` with the same `clusterIdentifier`, in another zone.",
    kinds: [CLUSTER],
    applies: (cluster) => !isMultiAzCluster(cluster),
    relate: (cluster, stack, report) => {
      const [first] = stack.pointing(CLUSTER_INSTANCE, "clusterIdentifier", cluster);
      const others = stack.pointing(CLUSTER_INSTANCE, "clusterIdentifier", cluster, (one) => one !== first);
      if (others.length === 0) report(cluster, `has ${first === undefined ? "no instance" : "one instance"}, must have at least 2`);
    },
  },
  {
    id: "database/deletion-protection",
    title: "A database can not be deleted by one call",
    items: ["database"],
    severity: "high",
    frameworks: ["FSBP: RDS.7", "FSBP: RDS.8"],
    why: "A wrong stack, a rename, a click in the console: the call that deletes the database succeeds at once, and the clock of the recovery objective runs.",
    mend: "Set `deletionProtection: true`; take it away in a change of its own when the database shall really go.",
    kinds: [...STORES, "aws:rds:GlobalCluster"],
    check: where({ deletionProtection: is(true) }),
  },
  {
    id: "database/final-snapshot",
    title: "A database leaves a snapshot when it goes",
    items: ["database", "retention-backups"],
    severity: "high",
    frameworks: [],
    why: "When the database is deleted after all, the last minutes before are in no backup; without a name for the snapshot the deletion fails half-way.",
    mend: "Set `skipFinalSnapshot: false` and a `finalSnapshotIdentifier`.",
    kinds: [...STORES, "aws:redshift:Cluster"],
    // RDS takes no final snapshot of a replica.
    applies: (store) => !isReplica(store),
    check: where({ skipFinalSnapshot: isNot(true), finalSnapshotIdentifier: present() }),
  },
  {
    id: "database/point-in-time-recovery",
    title: "A database can be put back to any second of the last week",
    items: ["database", "retention-backups"],
    severity: "critical",
    frameworks: ["FSBP: RDS.11", "FSBP: DynamoDB.2"],
    why: "The recovery point objective of 5 minutes rests on it; and a wrong migration on Friday evening is found on Monday, so one day is too short.",
    mend: "Set `backupRetentionPeriod` to at least 7 (35 is the most); of DynamoDB, `pointInTimeRecovery` on the table and each replica.",
    kinds: [...STORES, TABLE, "aws:dynamodb:TableReplica"],
    applies: (store) => !isReplica(store),
    check: (store, report) => {
      if (STORES.includes(store.kind.kind)) return where({ backupRetentionPeriod: atLeast(7, " days") })(store, report);
      where({ [store.is(TABLE) ? "pointInTimeRecovery.enabled" : "pointInTimeRecovery"]: is(true) })(store, report);
      parts(store.at("replicas").items, { pointInTimeRecovery: is(true) }, report);
    },
  },
  {
    id: "database/blue-green-with-replicas",
    title: "A database with read replicas is not updated blue/green by RDS",
    items: ["database"],
    severity: "critical",
    frameworks: [],
    why: "The provider promotes the new primary and leaves the declared replicas on the old one, which it then deletes: reads go stale, then fail.",
    mend: "Take `blueGreenUpdate` away, or the replicas first, update, and declare replicas of the new primary.",
    kinds: [INSTANCE],
    relate: (instance, stack, report) => {
      if (instance.at("blueGreenUpdate.enabled").flag !== true) return;
      const replicas = stack.pointing(INSTANCE, "replicateSourceDb", instance);
      if (replicas.length > 0) report(instance.at("blueGreenUpdate.enabled"), `is true, and ${replicas.map((one) => one.name).join(", ")} would stay on the old primary`);
    },
  },
  {
    id: "database/minor-upgrades",
    title: "Minor versions come by themselves",
    items: ["database"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 2.3.2", "FSBP: RDS.13", "FSBP: RDS.35"],
    why: "Security fixes of the server are in minor versions; with upgrades off they wait for somebody to remember.",
    mend: "Leave `autoMinorVersionUpgrade` at `true`, and name the major version alone in `engineVersion`.",
    kinds: [INSTANCE, CLUSTER, CLUSTER_INSTANCE, "aws:neptune:ClusterInstance"],
    check: where({ autoMinorVersionUpgrade: isNot(false) }),
  },
  {
    id: "database/major-version",
    title: "The major version is pinned",
    items: ["database"],
    severity: "medium",
    frameworks: [],
    why: "Without a version each new environment gets the newest one: staging and production drift apart, and a restore lands on another server than the dump came from.",
    mend: "Set `engineVersion` to at least the major version, such as \"16\".",
    kinds: STORES,
    applies: (store) => !isReplica(store),
    check: where({ engineVersion: present() }),
  },
  {
    id: "database/enhanced-monitoring",
    title: "Enhanced monitoring looks into the database's host",
    items: ["database"],
    severity: "low",
    frameworks: ["FSBP: RDS.6"],
    why: "CloudWatch sees the hypervisor, not processes and memory of the host; in an incident that is the difference between a query and a neighbor.",
    mend: "Set `monitoringInterval` to 60 seconds or less and `monitoringRoleArn`.",
    kinds: [INSTANCE, CLUSTER_INSTANCE, CLUSTER],
    // Of Aurora the instances have it, of a Multi-AZ cluster the cluster.
    applies: (store) => !store.is(CLUSTER) || isMultiAzCluster(store),
    check: where({ monitoringInterval: atLeast(1, " s"), monitoringRoleArn: present() }),
  },
];
