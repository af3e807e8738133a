/** PostgreSQL by its exporter and by CloudWatch. */
import { type Alert, figure, HOUR, MINUTE, type RuleGroup } from "./alert.ts";
import { cloudWatch, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "data", dashboard: "database", missing: "quiet" } as const;

export function databaseGroup(scope: Scope, limits: Thresholds): RuleGroup {
  return { name: "golive-database", interval: 30, recordings: [], alerts: [...server(limits), ...instances(scope, limits)] };
}

function server(limits: Thresholds): Alert[] {
  const connections = "sum by (instance) (pg_stat_activity_count) / max by (instance) (pg_settings_max_connections)";
  const used = (severity: 1 | 3, limit: number): Alert => ({
    ...SHARED, name: "DatabaseConnections", severity, for: 5 * MINUTE, expr: `${connections} > ${figure(limit)}`,
    summary: `More than ${figure(limit * 100)} % of the connections of {{ $labels.instance }} are taken`, description: "{{ $value | humanizePercentage }} in use; at 100 % the application gets none.",
  });
  return [
    {
      ...SHARED, name: "DatabaseDown", severity: 1, for: MINUTE, expr: "max by (instance) (pg_up) == 0",
      summary: "The database does not answer", description: "The exporter can not log in to {{ $labels.instance }}.",
    },
    used(3, limits.connectionsWarning),
    used(1, limits.connectionsCritical),
    {
      ...SHARED, name: "DatabaseFailover", severity: 2, for: 0, expr: "max by (instance) (changes(pg_postmaster_start_time_seconds[15m])) > 0",
      summary: "The database was restarted or failed over", description: "The server behind {{ $labels.instance }} is another one, or new, since less than 15 minutes.",
    },
    {
      ...SHARED, name: "DatabaseLongTransaction", severity: 3, for: 5 * MINUTE,
      // Of backends that wait with a transaction open or work in one; replication and vacuum are other types of backend.
      expr: `max by (instance, datname) (pg_stat_activity_max_tx_duration{state=~"active|idle in transaction.*"}) > ${figure(limits.transactionSeconds)}`,
      summary: "A transaction of {{ $labels.datname }} stays open", description: "For {{ $value | humanizeDuration }}; it holds locks and keeps vacuum from its work.",
    },
  ];
}

function instances(scope: Scope, limits: Thresholds): Alert[] {
  const ours = `dimension_DBInstanceIdentifier=~"${scope.prefix}-postgres.*"`;
  const by = (aggregate: string, expr: string) => `${aggregate} by (dimension_DBInstanceIdentifier) (${expr})`;
  const cpu = (severity: 2 | 3, limit: number): Alert => ({
    // CloudWatch counts in percent.
    ...SHARED, name: "DatabaseCpu", severity, for: 5 * MINUTE, expr: `${by("max", `${cloudWatch("AWS/RDS", "CPUUtilization", "Average")}{${ours}}`)} / 100 > ${figure(limit)}`,
    summary: `{{ $labels.dimension_DBInstanceIdentifier }} uses more than ${figure(limit * 100)} % of its CPU`, description: "{{ $value | humanizePercentage }} in use.",
  });
  return [
    cpu(3, limits.cpuWarning),
    cpu(2, limits.cpuCritical),
    {
      ...SHARED, name: "ReplicationLag", severity: 2, for: 5 * MINUTE, expr: `${by("max", `${cloudWatch("AWS/RDS", "ReplicaLag", "Maximum")}{${ours}}`)} > ${figure(limits.replicaLagSeconds)}`,
      summary: "{{ $labels.dimension_DBInstanceIdentifier }} is behind", description: "By {{ $value | humanizeDuration }}; reads from it are stale.",
    },
    {
      ...SHARED, name: "DatabaseStorageFilling", severity: 2, for: HOUR, expr: `${by("min", `predict_linear(${cloudWatch("AWS/RDS", "FreeStorageSpace", "Average")}{${ours}}[6h], ${figure(limits.databaseStorageSeconds)})`)} < 0`,
      summary: "The storage of {{ $labels.dimension_DBInstanceIdentifier }} will be used up within days", description: "At the pace of the last six hours; a full disk stops PostgreSQL at once.",
    },
    {
      ...SHARED, name: "TransactionIdsRunningOut", severity: 2, for: 15 * MINUTE, expr: `${by("max", `${cloudWatch("AWS/RDS", "MaximumUsedTransactionIDs", "Maximum")}{${ours}}`)} > ${figure(limits.transactionIds)}`,
      summary: "Vacuum does not keep up with the transaction ids", description: "{{ $value | humanize }} are used; the server stops at two billion.",
    },
  ];
}
