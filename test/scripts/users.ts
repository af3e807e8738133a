/** The job `database-roles` as the tests run it: with the master user's password, under the users' usual names. */
import path from "node:path";
import type { Postgres } from "./postgres.ts";
import { type Outcome, run } from "./process.ts";
import { jobEnv } from "./servers.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Names of the users, as the job takes them. */
export const USERS = { APPLICATION_USER: "shop_app", MIGRATION_USER: "golive_migration", BACKUP_USER: "golive_backup", MAINTENANCE_USER: "golive_maintenance", MONITORING_USER: "golive_monitoring" };

/** Runs the job once; `values` change or add variables. Publishes nothing. */
export async function databaseRoles(postgres: Postgres, values: Record<string, string> = {}): Promise<Outcome> {
  return await run("bash", [path.join(ROOT, "components/maintenance/scripts/database-roles.sh")], {
    env: jobEnv({ ...postgres.env, LIB: path.join(ROOT, "components/jobs/scripts/lib.sh"), JOB_NAME: "database-roles", METRIC_NAMESPACE: "", ...USERS, ...values }),
  });
}

/** The same, where the users are only a beginning. */
export async function makeUsers(postgres: Postgres): Promise<void> {
  const done = await databaseRoles(postgres);
  if (done.code !== 0) throw new Error(done.stderr);
}
