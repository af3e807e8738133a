/** PostgreSQL and Redis. */
import { cloudWatch } from "../alerts/scope.ts";
import { PANEL_RANGE } from "./measure.ts";
import { type Board, type Panel, type Subject, watched } from "./panel.ts";

export function databaseBoard(subject: Subject): Board {
  return {
    name: "database", title: "Database and cache", from: "now-6h", refresh: "1m",
    description: "PostgreSQL by its exporter and by RDS, Redis by its exporter and by ElastiCache. CloudWatch is some minutes late.",
    rows: [
      { title: "PostgreSQL", panels: postgres(subject) },
      { title: "PostgreSQL: instances", panels: instances(subject) },
      { title: "Redis", panels: redis(subject) },
    ],
  };
}

const rate = (metric: string) => `sum by (instance) (rate(${metric}${PANEL_RANGE}))`;

function postgres(subject: Subject): Panel[] {
  const hits = rate("pg_stat_database_blks_hit");
  return [
    watched(subject, "DatabaseDown", { title: "Answers", description: "Whether the exporter can log in.", unit: "none", shape: "states", width: 12, legend: "{{instance}}", states: { zero: "down", one: "up", bad: 0 } }),
    watched(subject, "DatabaseFailover", { title: "Restarts and failovers, 15 minutes", description: "How often the server behind the address became another one, or a new one.", unit: "none", shape: "lines", width: 12, decimals: 0, legend: "{{instance}}" }),
    watched(subject, "DatabaseConnections", { title: "Connections", description: "Share of those that the server allows; at 100 % the application gets none.", unit: "percentunit", shape: "lines", max: 1, legend: "{{instance}}" }),
    { title: "Connections by state", description: "Many that are idle in transaction: the application does not end what it begins.", unit: "none", shape: "stack", decimals: 0, queries: [{ expr: "sum by (state) (pg_stat_activity_count)", legend: "{{state}}" }] },
    watched(subject, "DatabaseLongTransaction", { title: "Longest transaction", description: "It holds locks, and keeps vacuum from its work.", unit: "s", shape: "lines", legend: "{{instance}} {{datname}}" }),
    {
      title: "Transactions", description: "Committed and rolled back, a second.", unit: "ops", shape: "lines",
      queries: [{ expr: rate("pg_stat_database_xact_commit"), legend: "{{instance}} committed" }, { expr: rate("pg_stat_database_xact_rollback"), legend: "{{instance}} rolled back" }],
    },
    { title: "Found in memory", description: "Share of blocks read that were in the server's own cache. A fall: another kind of queries, or a working set that has outgrown the instance.", unit: "percentunit", shape: "lines", max: 1, queries: [{ expr: `${hits} / (${hits} + ${rate("pg_stat_database_blks_read")} > 0)`, legend: "{{instance}}" }] },
    { title: "Deadlocks, 15 minutes", description: "Transactions that the server ended because they waited for each other.", unit: "none", shape: "lines", decimals: 0, queries: [{ expr: "sum by (instance, datname) (increase(pg_stat_database_deadlocks[15m]))", legend: "{{instance}} {{datname}}" }] },
  ];
}

function instances(subject: Subject): Panel[] {
  const legend = "{{dimension_DBInstanceIdentifier}}";
  const free = `min by (dimension_DBInstanceIdentifier) (${cloudWatch("AWS/RDS", "FreeStorageSpace", "Average")}{dimension_DBInstanceIdentifier=~"${subject.scope.prefix}-postgres.*"})`;
  return [
    watched(subject, "DatabaseCpu", { title: "CPU", description: "By instance.", unit: "percentunit", shape: "lines", max: 1, legend }),
    watched(subject, "ReplicationLag", { title: "Replicas behind", description: "Reads from a replica are this old.", unit: "s", shape: "lines", legend }),
    watched(subject, "TransactionIdsRunningOut", { title: "Transaction ids used", description: "Vacuum gives them back; the server stops at two billion.", unit: "short", shape: "lines", legend }),
    { title: "Free storage", description: "A full disk stops PostgreSQL at once.", unit: "bytes", shape: "lines", width: 12, queries: [{ expr: free, legend }] },
    watched(subject, "DatabaseStorageFilling", { title: "Free storage, foreseen", description: "What will be left in some days at the pace of the last six hours; below nothing it is used up by then.", unit: "bytes", shape: "lines", width: 12, legend }),
  ];
}

function redis(subject: Subject): Panel[] {
  const node = "{{dimension_CacheClusterId}}";
  const hits = rate("redis_keyspace_hits_total");
  return [
    watched(subject, "RedisDown", { title: "Answers", description: "Whether the exporter can log in; sessions are in it.", unit: "none", shape: "states", width: 12, legend: "{{instance}}", states: { zero: "down", one: "up", bad: 0 } }),
    watched(subject, "RedisMemory", { title: "Memory", description: "Share of what it may use. A full store of sessions refuses writes.", unit: "percentunit", shape: "lines", width: 12, max: 1, legend: "{{instance}}" }),
    watched(subject, "RedisEvictions", { title: "Keys thrown away", description: "A second; in a store of sessions users are logged out.", unit: "ops", shape: "lines", legend: "{{instance}}" }),
    watched(subject, "RedisCpu", { title: "CPU of the engine's thread", description: "Every command waits for it.", unit: "percentunit", shape: "lines", max: 1, legend: node }),
    watched(subject, "RedisReplicationLag", { title: "Replicas behind", description: "A failover loses as much.", unit: "s", shape: "lines", legend: node }),
    { title: "Commands", description: "A second.", unit: "ops", shape: "lines", queries: [{ expr: rate("redis_commands_processed_total"), legend: "{{instance}}" }] },
    { title: "Keys found", description: "Share of look-ups that found their key.", unit: "percentunit", shape: "lines", max: 1, queries: [{ expr: `${hits} / (${hits} + ${rate("redis_keyspace_misses_total")} > 0)`, legend: "{{instance}}" }] },
    { title: "Clients", description: "Connections of clients.", unit: "none", shape: "lines", decimals: 0, queries: [{ expr: "max by (instance) (redis_connected_clients)", legend: "{{instance}}" }] },
  ];
}
