/** Redis by its exporter and by CloudWatch. */
import { type Alert, figure, MINUTE, type RuleGroup } from "./alert.ts";
import { cloudWatch, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "data", dashboard: "database", missing: "quiet" } as const;

export function cacheGroup(scope: Scope, limits: Thresholds): RuleGroup {
  const memory = "max by (instance) (redis_memory_used_bytes) / (max by (instance) (redis_memory_max_bytes) > 0)";
  const used = (severity: 1 | 3, limit: number): Alert => ({
    ...SHARED, name: "RedisMemory", severity, for: 5 * MINUTE, expr: `${memory} > ${figure(limit)}`,
    summary: `{{ $labels.instance }} uses more than ${figure(limit * 100)} % of its memory`, description: "{{ $value | humanizePercentage }} in use; a full store of sessions refuses writes.",
  });
  const node = (metric: string, statistic: string) => `max by (dimension_CacheClusterId) (${cloudWatch("AWS/ElastiCache", metric, statistic)}{dimension_CacheClusterId=~"${scope.prefix}-.*"})`;
  return {
    name: "golive-cache",
    interval: 30,
    recordings: [],
    alerts: [
      {
        ...SHARED, name: "RedisDown", severity: 1, for: MINUTE, expr: "max by (instance) (redis_up) == 0",
        summary: "Redis does not answer", description: "The exporter can not log in to {{ $labels.instance }}; sessions are in it.",
      },
      used(3, limits.memoryWarning),
      used(1, limits.memoryCritical),
      {
        ...SHARED, name: "RedisEvictions", severity: 3, for: 5 * MINUTE, expr: "max by (instance) (rate(redis_evicted_keys_total[5m])) > 0",
        summary: "{{ $labels.instance }} throws keys away", description: "{{ $value | humanize }} a second; in a store of sessions users are logged out.",
      },
      {
        ...SHARED, name: "RedisReplicationLag", severity: 3, for: 5 * MINUTE, expr: `${node("ReplicationLag", "Maximum")} > ${figure(limits.cacheLagSeconds)}`,
        summary: "{{ $labels.dimension_CacheClusterId }} is behind its primary", description: "By {{ $value | humanizeDuration }}; a failover loses as much.",
      },
      {
        ...SHARED, name: "RedisCpu", severity: 3, for: 5 * MINUTE, expr: `${node("EngineCPUUtilization", "Average")} / 100 > ${figure(limits.cpuWarning)}`,
        summary: "The engine thread of {{ $labels.dimension_CacheClusterId }} is near its limit", description: "{{ $value | humanizePercentage }}; every command waits for it.",
      },
    ],
  };
}
