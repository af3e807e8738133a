/** Decides whether changing a property replaces the resource, and says from which source it is known. */
import type { ReplaceSource } from "../data.ts";
import type { Mapping } from "../mapping/types.ts";
import type { Field } from "./typings.ts";

/** Properties of every resource, decided once. */
const EVERYWHERE: Readonly<Record<string, "inPlace" | "hand">> = {
  // Every taggable type is tagged through its service's tagging operation.
  tags: "inPlace",
  tagsAll: "inPlace",
  // Provider guide "Enhanced Region Support": a changed `region` of a resource replaces it.
  region: "hand",
  // A generated name can not be told from a given one by the service, so the same rule as for `name` holds.
  namePrefix: "hand",
  bucketPrefix: "hand",
  identifierPrefix: "hand",
  nodeGroupNamePrefix: "hand",
  statementIdPrefix: "hand",
  // How long the provider waits, whether it forces or skips deletion: its own switches, read when it acts.
  timeouts: "inPlace",
  skipDestroy: "inPlace",
  forceDestroy: "inPlace",
  forceDelete: "inPlace",
};

/**
 * Phrases of the provider's documentation that say so. The documentation of arguments is what the typings carry.
 */
const SAYS_REPLACE: readonly RegExp[] = [
  /\bforces?\b[^.]{0,40}\b(new|replace|replacement|recreat\w*|re-creat\w*|creation)\b/i,
  /\b(chang\w+|modif\w+|updat\w+)\b[^.]{0,60}\b(creates? a new|re-?creates?|re-?created|destroy\w*|replaces|replaced)\b/i,
];

/**
 * Decision for one property. `created` and `updated` say whether an operation that creates, or one that changes
 * the resource, has a member for it. By hand goes before documentation, documentation before the operations.
 */
export function decideReplacement(
  field: Field,
  mapping: Mapping,
  found: { readonly created: boolean; readonly updated: boolean },
): ReplaceSource | "inPlace" | "undecided" {
  if (mapping.replace?.[field.name] !== undefined || mapping.id?.includes(field.name) === true) return "hand";
  if (mapping.inPlace?.[field.name] !== undefined) return "inPlace";
  const general = EVERYWHERE[field.name];
  if (general !== undefined) return general;
  if (SAYS_REPLACE.some((phrase) => phrase.test(field.documentation))) return "documentation";
  if (found.updated) return "inPlace";
  if (found.created) return "api";
  // The provider's own switches never reach the service, so there is nothing that a change could replace.
  return mapping.rename?.[field.name] === null ? "inPlace" : "undecided";
}
