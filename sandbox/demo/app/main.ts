/** Starts the application, and ends it on SIGTERM without losing a request. */
import type { Server } from "node:http";
import { createAdmin } from "./admin.ts";
import { Faults } from "./faults.ts";
import { startHunger } from "./hunger.ts";
import { createLog } from "./log.ts";
import { createApp } from "./server.ts";
import { type Settings, readSettings } from "./settings.ts";

try {
  await start(readSettings(process.env));
} catch (error) {
  process.stderr.write(`The application can not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function start(settings: Settings): Promise<void> {
  const { version, color, pod } = settings;
  const log = createLog(settings.log.level, { app: settings.name, version, color, pod }, settings.log.redactedFields);
  const faults = new Faults(settings.fault, () => {
    log.error("told to crash", { fault: faults.text });
    process.exit(1);
  });
  if (faults.crashesAtStart) throw new Error("told to crash at the start (FAULT=crash-at-start).");
  startHunger(faults);
  const app = createApp(settings, faults, log);
  const admin = settings.adminPort === undefined ? undefined : createAdmin(faults, log);
  let ending = false;
  const end = (signal: string): void => {
    if (ending) return;
    ending = true;
    log.info("ending", { signal, requestsUnderWay: app.connections.underWay });
    void app.stop().then((cut) => {
      if (cut > 0) log.error("requests were cut off", { requests: cut, afterSeconds: settings.shutdownSeconds });
      else log.info("ended");
      // What still waits on behalf of a request that is gone must not hold up the pod.
      process.exit(0);
    });
  };
  // Before it listens: a signal that comes early must not end the process with a request under way.
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => end(signal));
  const port = await listen(app.server, settings.port, settings.address);
  const adminPort = admin === undefined ? undefined : await listen(admin, settings.adminPort ?? 0, settings.address);
  log.info("listening", { port, adminPort, fault: faults.text });
}

/** @returns the port, which the system chooses for 0 */
function listen(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    // 511 waiting connections, as NGINX has it: a burst of new ones must not be refused.
    server.listen({ port, host: address, backlog: 511 }, () => {
      server.off("error", reject);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}
