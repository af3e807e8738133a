/** Database users of the jobs; they log in with IAM and are made by the job `database-roles`. */

/** User of the dump: reads everything, changes nothing (role pg_read_all_data). */
export const BACKUP_USER = "golive_backup";
/** User of the migrations: owns schemas and tables, and grants the application what it needs of them. */
export const MIGRATION_USER = "golive_migration";
/** User of the maintenance: member of the migrations' role, so that it owns what it maintains. */
export const MAINTENANCE_USER = "golive_maintenance";
/** Where the jobs' image has the certificate authorities of RDS (components/jobs/image/Containerfile). */
export const RDS_CERTIFICATES = "/etc/ssl/rds/global-bundle.pem";
/** Prefixes under which session libraries keep sessions; the cache cleanup never touches them. */
export const SESSION_PREFIXES = ["session:", "sessions:", "sess:"];
