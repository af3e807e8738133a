/** Names by which the program, its guard and the commands know each other in the cluster; imported by commands, so it needs no cloud library. */

/** Annotation of the live Service: number of the release that moved it last. */
export const SERIAL_ANNOTATION = "golive.dev/release-serial";
/** Annotation of the live Service: the canary by replicas for which it is open to both colors (canaryPods.ts). */
export const CANARY_ANNOTATION = "golive.dev/canary";
/** Annotation of the live Service: what it sent traffic to before, under the number that it has (left.ts). */
export const LEFT_ANNOTATION = "golive.dev/left";
/** The provider applies the live Service under this name, and so do commands: one owner, no conflict (`pulumi.com/patchFieldManager`). */
export const MANAGER = "golive-release";
/** The ConfigMap in which commands keep what releases leave behind. */
export const RECORDS = "app-releases";

/** `…/shop@sha256:<64 hex digits>` → `sha256:<64 hex digits>`. */
export function digestOf(image: string): string {
  return image.slice(image.lastIndexOf("@") + 1);
}
