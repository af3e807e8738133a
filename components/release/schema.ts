/** Which versions of the database's schema an image runs on, and where the cluster keeps it. */

export interface Schema {
  /** Version that the image's own migrations bring the schema to. */
  version: number;
  /** Oldest and newest version on which the image runs. */
  oldest: number;
  newest: number;
}

/** Annotation of a color's Deployment: `12-15`, the versions that it runs on. */
export const SCHEMA_ANNOTATION = "golive.dev/schema";
/** Annotation of a migrations Job: the version that the schema has when it is done. */
export const SCHEMA_VERSION_ANNOTATION = "golive.dev/schema-version";

export function rangeText({ oldest, newest }: Pick<Schema, "oldest" | "newest">): string {
  return `${oldest}-${newest}`;
}

/** The range of a text such as `12-15`; undefined when it is none. */
export function rangeOf(text: string | undefined): Pick<Schema, "oldest" | "newest"> | undefined {
  const [, oldest, newest] = /^(\d+)-(\d+)$/.exec(text ?? "") ?? [];
  return oldest === undefined || newest === undefined ? undefined : { oldest: Number(oldest), newest: Number(newest) };
}
