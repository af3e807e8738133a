/** `./golive setup`: everything that later commands would install when they need it. */
import { UserError } from "../errors.ts";
import { ensureEngine } from "./engine.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

try {
  const engine = await ensureEngine({ progress: (line) => process.stderr.write(`golive: ${line}\n`), signal: stop.signal });
  process.stderr.write(`golive: ready (Pulumi ${engine.version}, ${engine.source === "built" ? "built from modules" : "found on this machine"})\n`);
} catch (error) {
  if (stop.signal.aborted) {
    process.stderr.write("golive: interrupted; run the command again and it goes on where it stopped\n");
    process.exitCode = 130;
  } else if (error instanceof UserError) {
    process.stderr.write(`golive: ${error.message}\n${error.hint.replace(/^/gm, "  ")}\n`);
    process.exitCode = error.exitCode;
  } else throw error;
}
