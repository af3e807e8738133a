/** What somebody may have meant. */
import { distance } from "fastest-levenshtein";

/** `; did you mean "x"?` for the nearest known name, empty when none is near. */
export function closest(given: string, known: readonly string[]): string {
  const near = known.map((name) => ({ name, off: distance(given, name) })).sort((a, b) => a.off - b.off)[0];
  return near !== undefined && near.off <= Math.max(2, given.length / 3) ? `; did you mean "${near.name}"?` : "";
}
