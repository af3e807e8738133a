/**
 * The simulated AWS provider: the program behind the plugin `pulumi-resource-aws` of the sandbox. The engine starts
 * it, reads the port from its first line, and talks gRPC to it.
 */
import * as grpc from "@grpc/grpc-js";
import { Faults } from "./faults.ts";
import { providerServer } from "./provider.ts";
import { inUseOf } from "./use.ts";

/** How often to look whether the engine still lives, in milliseconds. */
const PARENT_CHECK_MS = 1000;

async function serve(): Promise<void> {
  const server = providerServer(await Faults.fromEnvironment(process.env), inUseOf(process.env));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) fail(error);
    process.stdout.write(`${port}\n`);
  });
}

function fail(error: unknown): never {
  process.stderr.write(`the simulated AWS provider can not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

serve().catch(fail);

// An engine that was killed can not say goodbye: end with it rather than stay behind.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, PARENT_CHECK_MS).unref();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
