/** Names of the release: those of the program, and what commands make of them. */
import type { Color } from "../../stacks/config/releaseNames.ts";

export { type Color, COLORS, digestOf, MANAGER, otherColor, RECORDS, SERIAL_ANNOTATION } from "../../stacks/config/releaseNames.ts";

export function isColor(text: string | undefined): text is Color {
  return text === "blue" || text === "green";
}

/** The Service that users reach; `app-<color>` is that color's own. */
export const LIVE_SERVICE = "app";
/** The same in the program, as the engine's `--target` finds it. */
export const LIVE_TARGET = "**golive:release:Release$kubernetes:core/v1:Service::*-live-service";
