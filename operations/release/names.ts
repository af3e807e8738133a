/** Names of the release: those of the program, and what commands make of them. */
import { UserError } from "../../sandbox/errors.ts";
import type { Color } from "../../stacks/config/releaseNames.ts";

export { CANARY_ANNOTATION, canaryOf as replicaCanaryOf, type Color, COLORS, digestOf, LEFT_ANNOTATION, leftOf, MANAGER, otherColor, RECORDS, SERIAL_ANNOTATION, served } from "../../stacks/config/releaseNames.ts";

export function isColor(text: string | undefined): text is Color {
  return text === "blue" || text === "green";
}

const IMAGE = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/** @throws UserError for a tag, and for what is no name of an image at all */
export function demandDigest(image: string): void {
  if (!IMAGE.test(image)) throw new UserError(`${image} does not name an image by digest.`, "A tag can be moved to other content between the gates and the flip. Write registry/name@sha256:<64 hex digits> (docker buildx imagetools inspect NAME:TAG shows it).", 2);
}

/** The Service that users reach; `app-<color>` is that color's own. */
export const LIVE_SERVICE = "app";
/** The same in the program, as the engine's `--target` finds it. */
export const LIVE_TARGET = "**golive:release:Release$kubernetes:core/v1:Service::*-live-service";
/** The same by its name in the program. */
export const LIVE_RESOURCE = /-live-service$/;
/** Autoscaler of a color, as the engine's `--target` finds it. */
export const autoscalerTarget = (color: Color): string => `**$kubernetes:autoscaling/v2:HorizontalPodAutoscaler::*-${color}-autoscaler`;
export const AUTOSCALER_RESOURCE = /-autoscaler$/;
/** NGINX's route, which a canary splits, in the same way. */
export const ROUTE_TARGET = "**$kubernetes:k8s.nginx.org/v1:VirtualServer::*";
export const ROUTE_RESOURCE = /-virtual-server$/;
/** Annotation of a migrations Job: the version that the schema has when it is done. */
export const SCHEMA_VERSION = "golive.dev/schema-version";
