/** Parameters of the PostgreSQL server. */
import type * as aws from "@pulumi/aws";

type Parameter = aws.types.input.rds.ParameterGroupParameter;

/**
 * What differs from the service's defaults, and why.
 * Static parameters take effect with a reboot (RDS user guide, "Working with parameters on your RDS for PostgreSQL DB instance").
 */
export function parameters(): Parameter[] {
  return [
    // Refuses every connection without TLS; default from major version 15 on, said so that it can be checked.
    { name: "rds.force_ssl", value: "1" },
    { name: "password_encryption", value: "scram-sha-256" },
    { name: "rds.accepted_password_auth_method", value: "scram" },
    // Who came, who went, what changed the schema, what was slow or waited.
    { name: "log_connections", value: "1" },
    { name: "log_disconnections", value: "1" },
    { name: "log_statement", value: "ddl" },
    { name: "log_min_duration_statement", value: "1000" },
    { name: "log_lock_waits", value: "1" },
    { name: "log_autovacuum_min_duration", value: "1000" },
    // Values bound to statements are personal data or secrets: they never reach a log.
    { name: "log_parameter_max_length", value: "0" },
    { name: "log_parameter_max_length_on_error", value: "0" },
    { name: "shared_preload_libraries", value: "pg_stat_statements,pgaudit", applyMethod: "pending-reboot" },
    { name: "pg_stat_statements.track", value: "all" },
    { name: "pgaudit.log", value: "ddl,role" },
    { name: "track_io_timing", value: "1" },
    // A forgotten transaction holds back vacuum and locks migrations out; ten minutes is more than a request takes.
    { name: "idle_in_transaction_session_timeout", value: "600000" },
  ];
}

/** Memory of an instance class in GiB by its size and family (RDS user guide, "Hardware specifications for DB instance classes"). */
export function memoryGib(instanceClass: string): number {
  const [, family = "", size = ""] = instanceClass.split(".");
  const small: Record<string, number> = { micro: 1, small: 2, medium: 4 };
  const fixed = small[size];
  if (fixed !== undefined) return fixed;
  const large = family.startsWith("r") || family.startsWith("x") ? 16 : 8;
  if (size === "large") return large;
  const times = size === "xlarge" ? 1 : Number.parseInt(size, 10);
  return Number.isNaN(times) ? large : large * 2 * times;
}
