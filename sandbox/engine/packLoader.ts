/**
 * Loads a policy pack whose entry Node can run as it is. The SDK's own runner loads the TypeScript compiler before any
 * pack, whether the pack needs it or not: most of a second at the start of every preview.
 */
import { readFileSync } from "node:fs";
import { createRequire, flushCompileCache } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { loadLazily } from "./leanSdk.ts";

/** Whether the pack in this folder needs no compiler. @throws where it has no readable package.json */
export function isLean(folder: string): boolean {
  const { main } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { main?: string };
  return /\.[cm]?js$/.test(main ?? "");
}

/** Runs the pack, which prints the port that it listens on. */
export async function loadPack(folder: string): Promise<void> {
  const from = path.join(path.resolve(folder), "noop.js");
  loadLazily(from);
  await import(pathToFileURL(createRequire(from).resolve(path.resolve(folder))).href);
  // The engine ends a pack without asking, and Node would keep what it compiled at an orderly end only.
  flushCompileCache();
}
