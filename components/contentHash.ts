/** Names by content: what changes gets another name, and whatever mounts or runs it follows. */
import { createHash } from "node:crypto";

/** Ten hex digits of SHA-256 over the sorted pairs. */
export function hashOf(data: Record<string, string>): string {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 10);
}
