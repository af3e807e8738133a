/**
 * Loaded into the program's process before anything else (`node --import`), by the sandbox's language host: the
 * same program and the same SDK, without what costs time in a run whose plan is all that matters.
 */
import { createRequire } from "node:module";
import { loadLazily } from "./leanSdk.ts";

// The program may have an SDK of its own.
const entry = process.argv[1] ?? import.meta.filename;
loadLazily(entry);
silenceDebugLog(createRequire(entry));

/**
 * The SDK sends the engine three debug messages for each resource, one call after another, each with the whole
 * answer as text. The sandbox never asks the engine to show them: it would drop them (8 % of a run's time).
 */
function silenceDebugLog(require: NodeJS.Require): void {
  const log = require("@pulumi/pulumi/log") as { debug: (message: string) => Promise<void> };
  log.debug = () => Promise.resolve();
}
