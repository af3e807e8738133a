/** Reasons against a color or an image that more than one guard has, each with its mend. */
import { isBack } from "./left.ts";
import { digestOf } from "./names.ts";
import { rangeOf } from "./schema.ts";
import type { LiveService, Pods, Records, Wanted } from "./seen.ts";

/** Whether the configuration is older than what moved traffic last, by its number or by what it wants again. */
export function staleReasons(live: LiveService | undefined, wanted: Wanted): string[] {
  const { serial } = wanted;
  if (live?.serial === undefined || serial > live.serial) return [];
  if (serial < live.serial) return [`The configuration is of release ${serial}, and the live Service was moved by release ${live.serial}: this checkout is stale. Bring it up to date (git pull), or, when it is really meant, give it a later number: pulumi config set --path golive:release.serial ${live.serial + 1}.`];
  return isBack(live, wanted) ? [backReason(serial)] : [];
}

export function backReason(serial: number): string {
  return `Users had this before, under the same release.serial ${serial}, and were moved on since: this checkout is stale. Bring it up to date (git pull), or, when going back is really meant, give it a number of its own: pulumi config set --path golive:release.serial ${serial + 1}.`;
}

export function imageReasons({ color, image }: Pick<Wanted, "color" | "image">, pods: Pods, { rejected }: Records): string[] {
  const wrong = pods.image === image ? [] : [`Deployment app-${color} runs ${pods.image ?? "no image"}, and images.${color} is ${image}. Update once with activeColor as it was, with --refresh, so that it gets its image.`];
  return [...wrong, ...rejectedReasons(image, { rejected })];
}

export function rejectedReasons(image: string, { rejected }: Records): string[] {
  const before = rejected.find(({ digest }) => digest === digestOf(image));
  if (before === undefined) return [];
  const when = before.at === undefined ? "" : ` on ${before.at}`;
  return [`Image ${image} was rejected${when}: ${before.reason}. Release another image; if the reason is gone, remove the digest from data.rejected of ConfigMap app-releases.`];
}

export function schemaReasons({ color }: Pick<Wanted, "color">, pods: Pods, version: number | undefined): string[] {
  const range = rangeOf(pods.schema);
  if (range === undefined || version === undefined || (version >= range.oldest && version <= range.newest)) return [];
  const mend = version > range.newest ? "Release an image that knows this version" : "Let the migrations of its image run (pulumi up with activeColor as it was)";
  return [`Color ${color} runs on versions ${range.oldest} to ${range.newest} of the database's schema, which is at ${version}. ${mend}, or correct release.schema.${color}.`];
}
