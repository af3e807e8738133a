/** `tagsAll`: the provider's default tags and the resource's own. */
import type { Settings } from "./settings.ts";
import { Secret, UNKNOWN, hasSecret, hasUnknown, isObject, plain, type Value, textOf } from "./values.ts";

/** Merges as the provider does; one unknown tag makes the whole unknown, one secret tag the whole secret. */
export function tagsAll(tags: Value | undefined, settings: Settings): Value {
  const own = tags ?? {};
  if (hasUnknown(own)) return hasSecret(own) ? new Secret(UNKNOWN) : UNKNOWN;
  const bare = plain(own);
  const merged = Object.entries({ ...settings.defaultTags, ...(isObject(bare) ? bare : {}) })
    .filter(([key]) => !settings.ignoreTags.keys.includes(key)
      && !settings.ignoreTags.keyPrefixes.some((prefix) => key.startsWith(prefix)));
  const all = Object.fromEntries(merged.map(([key, value]) => [key, textOf(value)]));
  return hasSecret(own) ? new Secret(all) : all;
}
