/** Scripts of jobs as they lie beside the components: read once, hashed, mounted. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Files of one job by name; `lib.sh` is always among them. */
export type Scripts = Record<string, string>;

/** Reads `names` from the folder beside the caller (`new URL("./scripts/", import.meta.url)`) and the shared library. */
export function readScripts(folder: URL, names: string[]): Scripts {
  const shared = new URL("./scripts/", import.meta.url);
  const own = names.map((name): [string, string] => [name, readFileSync(new URL(name, folder), "utf8")]);
  return { "lib.sh": readFileSync(new URL("lib.sh", shared), "utf8"), ...Object.fromEntries(own) };
}

/** Ten hex digits of the content: a changed script is a new ConfigMap, so that a running job keeps the old one. */
export function scriptsHash(scripts: Scripts): string {
  return createHash("sha256").update(JSON.stringify(scripts)).digest("hex").slice(0, 10);
}
