/** Relational databases: who gets at them, how, and what is seen of it. */
import type { Resource, Stack } from "../resource.ts";
import { is, type Report, type Rule, shown, where } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { CLUSTER, CLUSTER_INSTANCE, DOCUMENTS, GRAPH, INSTANCE, isMultiAzCluster, isReplica, STORES } from "./databaseKinds.ts";
import { customerKey, demand, isNot } from "./keysTests.ts";

/** The parameter that refuses connections without TLS, by the family of the group, and the values that switch it on. */
const TLS_PARAMETERS: readonly { family: RegExp; name: string; on: readonly string[] }[] = [
  { family: /^(aurora-)?postgresql|^postgres|^sqlserver/, name: "rds.force_ssl", on: ["1"] },
  { family: /^(aurora-)?mysql|^mariadb/, name: "require_secure_transport", on: ["1", "ON"] },
];

/** Parameters of DocumentDB, whose groups demand TLS until they say otherwise. */
const DOCUMENT_PARAMETERS = "aws:docdb:ClusterParameterGroup";

/** It answers its clients without TLS until it is told otherwise, whatever the database behind it demands. */
const PROXY = "aws:rds:Proxy";

/** Log that tells of errors, by engine; one that is not listed must export something. */
const ERROR_LOGS: readonly { engine: RegExp; log: string }[] = [
  { engine: /postgres/, log: "postgresql" },
  { engine: /mysql|mariadb|sqlserver/, log: "error" },
  { engine: /neptune|docdb/, log: "audit" },
];

/** Certificate authorities of RDS that are still issuing; clients that verify trust the bundle of these. */
const AUTHORITIES = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

/** The property that names a store's parameter group, and the kind of that group. */
function groupOf(store: Resource): { property: string; kind: string } {
  return store.is(CLUSTER) ? { property: "dbClusterParameterGroupName", kind: "aws:rds:ClusterParameterGroup" } : { property: "parameterGroupName", kind: "aws:rds:ParameterGroup" };
}

function demandTls(store: Resource, report: Report, stack: Stack): void {
  const { property, kind } = groupOf(store);
  const name = store.at(property);
  const [group] = stack.named(kind, store, property);
  // A replica without a group of its own has the one of its source.
  if (group === undefined && (!isReplica(store) || name.exists)) report(name, `is ${shown(name)}, a group that is not declared here, so nobody can tell that it forces TLS`);
  if (group !== undefined) demandParameter(name, group, report);
}

function demandTlsOfDocuments(group: Resource, report: Report): void {
  group.at("parameters").each((parameter) => {
    const value = parameter.at("value");
    if (parameter.at("name").text === "tls" && value.text === "disabled") report(value, "is disabled, must be enabled or the least version of TLS");
  });
}

function demandParameter(name: Value, group: Resource, report: Report): void {
  const family = group.at("family").text ?? "";
  const parameter = TLS_PARAMETERS.find((one) => one.family.test(family));
  if (parameter === undefined) return;
  const forced = any(group.at("parameters").items.map((one) => () => one.at("name").text === parameter.name && parameter.on.includes(one.at("value").text ?? "")));
  if (!forced) report(name, `is a group (${group.name}) without ${parameter.name} = ${parameter.on.join(" or ")}`);
}

function checkLogs(store: Resource, report: Report): void {
  const exports = store.at(store.is(GRAPH) ? "enableCloudwatchLogsExports" : "enabledCloudwatchLogsExports");
  const engine = store.is(GRAPH) ? "neptune" : store.is(DOCUMENTS) ? "docdb" : (store.at("engine").text ?? "");
  const log = ERROR_LOGS.find((one) => one.engine.test(engine))?.log;
  const exported = exports.items.map((one) => one.text);
  if (log === undefined ? exported.length === 0 : !exported.includes(log)) report(exports, `does not name ${log ?? "any log"}`);
}

/** Nothing there is fine: the service then takes one that is current. */
function currentAuthority(value: Value): string | undefined {
  return !value.exists || AUTHORITIES.includes(value.text ?? "") ? undefined : `is ${shown(value)}, must be ${AUTHORITIES.join(" or ")}`;
}

function notShared(value: Value): string | undefined {
  return value.texts.some((account) => account.text === "all") ? "names all, so everybody can restore it" : undefined;
}

export const rules: Rule[] = [
  {
    id: "database/private",
    title: "No database has a public address",
    items: ["database", "network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS AWS 3.0: 2.3.3", "FSBP: RDS.2", "PCI DSS 4.0.1: 1.4.4"],
    why: "With a public address only a security group stands between the database and everybody who tries passwords.",
    mend: "Set `publiclyAccessible: false` and connect from inside the network.",
    ...demand({ [INSTANCE]: { publiclyAccessible: isNot(true) }, [CLUSTER_INSTANCE]: { publiclyAccessible: isNot(true) } }),
  },
  {
    id: "database/subnet-group",
    title: "A database lies in subnets that were chosen for it",
    items: ["database", "network-exposure"],
    severity: "medium",
    frameworks: [],
    why: "Without a subnet group it lands in the account's default network, beside whatever else was made in a hurry, with a way out to the internet.",
    mend: "Set `dbSubnetGroupName` (`neptuneSubnetGroupName`) to a group of isolated data subnets.",
    kinds: STORES,
    // A replica in the same region lies where its source does.
    applies: (store) => !isReplica(store),
    check: (store, report) => {
      const group = store.at(store.is(GRAPH) ? "neptuneSubnetGroupName" : "dbSubnetGroupName");
      if (["default", undefined].includes(group.text)) report(group, `is ${shown(group)}, must be a group of data subnets`);
    },
  },
  {
    id: "database/snapshots-private",
    title: "No snapshot of a database is public",
    items: ["database", "network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["FSBP: RDS.1"],
    why: "A snapshot shared with all can be restored by anybody with an account at AWS, and such snapshots are searched for by machines.",
    mend: "Take `all` out of `sharedAccounts`; name accounts of your own.",
    ...demand(Object.fromEntries(["Snapshot", "ClusterSnapshot", "SnapshotCopy", "ClusterSnapshotCopy"].map((kind) => [`aws:rds:${kind}`, { sharedAccounts: notShared }]))),
  },
  {
    id: "database/iam-authentication",
    title: "Applications log in with short-lived tokens of IAM",
    items: ["database"],
    severity: "medium",
    frameworks: ["FSBP: RDS.10", "FSBP: RDS.12"],
    why: "A password in a connection string is copied, logged and never changed; a token is good for 15 minutes.",
    mend: "Set `iamDatabaseAuthenticationEnabled: true` and grant `rds-db:connect`.",
    ...demand(Object.fromEntries([INSTANCE, CLUSTER, GRAPH].map((kind) => [kind, { iamDatabaseAuthenticationEnabled: is(true) }]))),
  },
  {
    id: "database/managed-password-with-replicas",
    title: "A database with read replicas does not leave its password to RDS",
    items: ["database"],
    severity: "medium",
    frameworks: [],
    why: "RDS refuses to make replicas of an instance whose password it manages: the update stops half-way, with the primary already changed.",
    mend: "Keep the password in a rotated secret of your own (`passwordWo`), and take `manageMasterUserPassword` away.",
    kinds: [INSTANCE],
    relate: (instance, stack, report) => {
      if (instance.at("manageMasterUserPassword").flag === true && stack.pointing(INSTANCE, "replicateSourceDb", instance).length > 0) report(instance.at("manageMasterUserPassword"), "is true, and the instance has read replicas");
    },
  },
  {
    id: "database/tls-parameter",
    title: "A database refuses connections without TLS",
    items: ["database", "encryption-in-transit"],
    severity: "high",
    frameworks: ["FSBP: RDS.38", "FSBP: RDS.39", "FSBP: RDS.41", "FSBP: RDS.44", "PCI DSS 4.0.1: 4.2.1"],
    why: "Offering TLS is not demanding it: a client that does not ask for it sends its password and every row readable.",
    mend: "Declare a parameter group with `rds.force_ssl = 1` (MySQL and MariaDB: `require_secure_transport = ON`; DocumentDB: leave `tls` alone) and name it in `parameterGroupName`, of clusters in `dbClusterParameterGroupName`; set `requireTls: true` on proxies.",
    kinds: [INSTANCE, CLUSTER, DOCUMENT_PARAMETERS, PROXY],
    // Oracle and Db2 have no such parameter: there an option group or the listener decides.
    applies: (store) => !/oracle|db2/.test(store.at("engine").text ?? ""),
    relate: (store, stack, report) => {
      if (store.is(PROXY)) return where({ requireTls: is(true) })(store, report);
      (store.is(DOCUMENT_PARAMETERS) ? demandTlsOfDocuments : demandTls)(store, report, stack);
    },
  },
  {
    id: "database/ca-certificate",
    title: "The server's certificate comes from an authority that is still trusted",
    items: ["database", "encryption-in-transit"],
    severity: "medium",
    frameworks: [],
    why: "Under an authority that has ended, clients that verify the server stop connecting, and those that are told not to verify accept anybody.",
    mend: `Leave \`caCertIdentifier\` out or set it to ${AUTHORITIES.join(", ")}.`,
    ...demand({ [INSTANCE]: { caCertIdentifier: currentAuthority }, [CLUSTER_INSTANCE]: { caCertIdentifier: currentAuthority }, [CLUSTER]: { caCertificateIdentifier: currentAuthority } }),
  },
  {
    id: "database/performance-insights",
    title: "Performance Insights is on, under a customer key",
    items: ["database", "encryption-at-rest"],
    severity: "low",
    frameworks: [],
    why: "It keeps the text of statements, so it belongs under the database's key; and without it nobody can say afterwards what the database was waiting for.",
    mend: "Set `performanceInsightsEnabled: true` and `performanceInsightsKmsKeyId`; the key can not be changed later.",
    kinds: [INSTANCE, CLUSTER_INSTANCE, CLUSTER],
    // Of Aurora the instances have it, of a Multi-AZ cluster the cluster.
    applies: (store) => !store.is(CLUSTER) || isMultiAzCluster(store),
    check: where({ performanceInsightsEnabled: is(true), performanceInsightsKmsKeyId: customerKey() }),
  },
  {
    id: "database/logs-exported",
    title: "A database exports its logs",
    items: ["database"],
    severity: "medium",
    frameworks: ["FSBP: RDS.9"],
    why: "On the instance logs go after days, and with the instance; failed logins and slow statements are asked for weeks later.",
    mend: "Name in `enabledCloudwatchLogsExports` the log of the engine: postgresql, error, audit.",
    kinds: STORES,
    check: checkLogs,
  },
];
