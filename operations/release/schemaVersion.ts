/** The version of the database's schema, kept when the migrations' jobs go: a new image takes the job of the former one away. */
import type { KubeObject } from "../cluster/api.ts";
import { SCHEMA_VERSION } from "./names.ts";
import { changeRecords, readRecords } from "./records.ts";
import type { Place } from "./stage.ts";
import { MIGRATIONS } from "./startup.ts";

/**
 * Records the newest version that migrations have made, where it is newer than what is known: the database does not go
 * back, and the program's guard refuses images that do not run on it.
 */
export async function recordSchemaVersion({ api, namespace, labels }: Place): Promise<void> {
  const [jobs, { schemaVersion: known }] = await Promise.all([
    api.list(`/apis/batch/v1/namespaces/${namespace}/jobs?labelSelector=${encodeURIComponent(MIGRATIONS)}`),
    readRecords(api, namespace),
  ]);
  const newest = Math.max(...jobs.map(madeBy), known ?? 0);
  if (newest <= (known ?? 0)) return;
  await changeRecords(api, namespace, labels, (records) => ({ ...records, schemaVersion: Math.max(newest, records.schemaVersion ?? 0) }));
}

/** 0 for a job that has not succeeded, or does not say. */
function madeBy({ metadata, ...job }: KubeObject): number {
  const { succeeded = 0 } = (job["status"] ?? {}) as { succeeded?: number };
  const version = metadata.annotations?.[SCHEMA_VERSION] ?? "";
  return succeeded > 0 && /^\d+$/.test(version) ? Number(version) : 0;
}
