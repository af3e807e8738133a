/** Database users of the jobs; they log in with IAM and are made by the job `database-roles`. */

/** User of the dump: reads everything, changes nothing (role pg_read_all_data). */
export const BACKUP_USER = "golive_backup";
/** User of the migrations: acts as the role golive_owner from its login on, which owns schemas and tables; who logs in owns nothing. */
export const MIGRATION_USER = "golive_migration";
/** User of the maintenance: member of golive_owner, so that it may vacuum and partition its tables. */
export const MAINTENANCE_USER = "golive_maintenance";
/** User of the exporter: member of pg_monitor, so that it sees the server's figures, and no row of any table. */
export const MONITORING_USER = "golive_monitoring";
/** Where the jobs' image has the certificate authorities of RDS (components/jobs/image/Containerfile). */
export const RDS_CERTIFICATES = "/etc/ssl/rds/global-bundle.pem";
/** Prefixes under which session libraries keep sessions; the cache cleanup never touches them. */
export const SESSION_PREFIXES = ["session:", "sessions:", "sess:"];
