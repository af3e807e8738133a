import { DEFAULTS as limits } from "../../../components/monitoring/alerts/thresholds.ts";
import type { AlertCase, AlertCases } from "../case.ts";
import { falling, gauge, rate, type Series } from "../series.ts";

const PG = { instance: "primary" };
const RDS = { dimension_DBInstanceIdentifier: "shop-production-postgres" };
const CACHE = { dimension_CacheClusterId: "shop-production-cache-001" };
const REDIS = { instance: "cache" };

const pg = (metric: string, value: number, more = ""): Series => ({ [`${metric}{instance="primary"${more}}`]: gauge(value) });
const rds = (metric: string, value: number): Series => ({ [`aws_rds_${metric}{dimension_DBInstanceIdentifier="shop-production-postgres"}`]: gauge(value) });
const node = (metric: string, value: number): Series => ({ [`aws_elasticache_${metric}{dimension_CacheClusterId="shop-production-cache-001"}`]: gauge(value) });

const connections = (share: number): Series => ({ ...pg("pg_stat_activity_count", share * 1500, ',datname="app",state="active"'), ...pg("pg_stat_activity_count", share * 500, ',datname="app",state="idle"'), ...pg("pg_settings_max_connections", 2000) });
const connected = (limit: "connectionsWarning" | "connectionsCritical"): AlertCase => ({ labels: PG, at: { [limit]: (factor: number) => connections(factor * limits[limit]) }, target: connections(0.5) });
const cpu = (limit: "cpuWarning" | "cpuCritical"): AlertCase => ({ labels: RDS, at: { [limit]: (factor: number) => rds("cpuutilization_average", factor * limits[limit] * 100) }, target: rds("cpuutilization_average", 69) });
const memory = (share: number): Series => ({ 'redis_memory_used_bytes{instance="cache"}': gauge(share * 5e8), 'redis_memory_max_bytes{instance="cache"}': gauge(5e8) });
const filled = (limit: "memoryWarning" | "memoryCritical"): AlertCase => ({ labels: REDIS, at: { [limit]: (factor: number) => memory(factor * limits[limit]) }, target: memory(0.79) });

export const data: AlertCases = {
  "DatabaseDown/1": { labels: PG, at: { state: () => pg("pg_up", 0) }, target: pg("pg_up", 1) },
  "DatabaseConnections/3": connected("connectionsWarning"),
  "DatabaseConnections/1": connected("connectionsCritical"),
  "DatabaseFailover/2": { labels: PG, at: { state: () => pg("pg_postmaster_start_time_seconds", 200) }, target: pg("pg_postmaster_start_time_seconds", 100), recovery: 2400 },
  "DatabaseLongTransaction/3": {
    labels: { ...PG, datname: "app" }, at: { transactionSeconds: (factor) => pg("pg_stat_activity_max_tx_duration", factor * limits.transactionSeconds, ',datname="app",state="idle in transaction"') },
    target: pg("pg_stat_activity_max_tx_duration", 30, ',datname="app",state="idle in transaction"'),
  },
  "DatabaseCpu/3": cpu("cpuWarning"),
  "DatabaseCpu/2": cpu("cpuCritical"),
  "ReplicationLag/2": { labels: RDS, at: { replicaLagSeconds: (factor) => rds("replica_lag_maximum", factor * limits.replicaLagSeconds) }, target: rds("replica_lag_maximum", 1) },
  "DatabaseStorageFilling/2": {
    labels: RDS, starts: 360, recovery: 8 * 3600,
    at: { databaseStorageSeconds: (factor) => ({ 'aws_rds_free_storage_space_average{dimension_DBInstanceIdentifier="shop-production-postgres"}': falling(5e10, limits.databaseStorageSeconds / factor) }) },
    target: rds("free_storage_space_average", 5e10),
  },
  "TransactionIdsRunningOut/2": { labels: RDS, at: { transactionIds: (factor) => rds("maximum_used_transaction_ids_maximum", factor * limits.transactionIds) }, target: rds("maximum_used_transaction_ids_maximum", 2e8) },
  "RedisDown/1": { labels: REDIS, at: { state: () => ({ 'redis_up{instance="cache"}': gauge(0) }) }, target: { 'redis_up{instance="cache"}': gauge(1) } },
  "RedisMemory/3": filled("memoryWarning"),
  "RedisMemory/1": filled("memoryCritical"),
  "RedisEvictions/3": { labels: REDIS, at: { state: () => ({ 'redis_evicted_keys_total{instance="cache"}': rate(2) }) }, target: { 'redis_evicted_keys_total{instance="cache"}': rate(0) } },
  "RedisReplicationLag/3": { labels: CACHE, at: { cacheLagSeconds: (factor) => node("replication_lag_maximum", factor * limits.cacheLagSeconds) }, target: node("replication_lag_maximum", 1) },
  "RedisCpu/3": { labels: CACHE, at: { cpuWarning: (factor) => node("engine_cpuutilization_average", factor * limits.cpuWarning * 100) }, target: node("engine_cpuutilization_average", 40) },
};
