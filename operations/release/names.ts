/** Names by which the program, its guard and the commands know each other in the cluster (components/release). */

export const COLORS = ["blue", "green"] as const;
export type Color = (typeof COLORS)[number];

export function isColor(text: string | undefined): text is Color {
  return text === "blue" || text === "green";
}

export function otherColor(color: Color): Color {
  return color === "blue" ? "green" : "blue";
}

/** The Service that users reach; `app-<color>` is that color's own. */
export const LIVE_SERVICE = "app";
/** The same in the program, as the engine's `--target` finds it. */
export const LIVE_TARGET = "**golive:release:Release$kubernetes:core/v1:Service::*-live-service";
/** Number of the release that moved the live Service last. */
export const SERIAL_ANNOTATION = "golive.dev/release-serial";
/** The provider applies the live Service under this name, and so do commands: one owner, no conflict (`pulumi.com/patchFieldManager`). */
export const MANAGER = "golive-release";
/** ConfigMap of what releases leave behind. */
export const RECORDS = "app-releases";

/** `…/shop@sha256:<64 hex digits>` → `sha256:<64 hex digits>`. */
export function digestOf(image: string): string {
  return image.slice(image.lastIndexOf("@") + 1);
}
