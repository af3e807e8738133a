/**
 * Runs a policy pack whose entry Node can run as it is. The SDK's own runner loads the TypeScript compiler before any
 * pack, whether the pack needs it or not: most of a second at the start of every preview.
 *
 * Started by the language host as `packRunner.ts ENGINE_ADDRESS FOLDER`; the pack prints the port it listens on.
 */
import { createRequire, flushCompileCache } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { loadLazily } from "./leanSdk.ts";

const folder = process.argv.at(-1) ?? ".";
const require = createRequire(path.join(path.resolve(folder), "noop.js"));
loadLazily(path.join(path.resolve(folder), "noop.js"));
try {
  await import(pathToFileURL(require.resolve(path.resolve(folder))).href);
  // The engine ends a pack without asking, and Node would keep what it compiled at an orderly end only.
  flushCompileCache();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
