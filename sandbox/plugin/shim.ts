/**
 * What the engine starts as a provider's plugin: prints the port of a provider and lives as long as it. The engine
 * starts one for each provider resource, in the middle of its work, so it loads nothing: the provider is served by a
 * host that was started ahead of time (hosts.ts). Where there is none, or none that answers, it is the provider itself.
 *
 * Started as `shim.ts NAME`, where `sandbox/NAME/main.ts` is the provider.
 */
import { readFileSync } from "node:fs";
import { endWithParent } from "../engine/process.ts";
import { borrow } from "./borrow.ts";
import { HOSTS_VARIABLE, hostFiles } from "./files.ts";
import type { Serve } from "./listen.ts";

/** True once the host serves a provider for this process; false when it does not. */
async function served(folder: string): Promise<boolean> {
  const { socket, log } = hostFiles(folder, name);
  const borrowed = await borrow(socket);
  if (borrowed === undefined) return false;
  borrowed.host.once("close", () => fail(`ended unexpectedly\n${textOf(log)}`));
  process.stdout.write(borrowed.line);
  return true;
}

async function serve(): Promise<void> {
  const main = await import(`../${name}/main.ts`) as { serve: Serve };
  const { port } = await main.serve();
  process.stdout.write(`${port}\n`);
}

function fail(what: string): never {
  process.stderr.write(`the simulated ${name} provider ${what}\n`);
  process.exit(1);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const name = process.argv[2] ?? "";
const folder = process.env[HOSTS_VARIABLE] ?? "";
endWithParent();
if (folder === "" || !(await served(folder))) {
  await serve().catch((error: unknown) => fail(`can not start: ${error instanceof Error ? error.message : String(error)}`));
}
