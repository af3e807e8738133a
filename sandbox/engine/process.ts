/** Processes of this machine: questions about others, and the end of this one. */
import { readFileSync } from "node:fs";

/**
 * When the process started, as an opaque text that differs for a later process with the same id; `undefined`
 * when there is no such process. Systems without /proc only tell whether it lives.
 */
export function processStart(pid: number): string | undefined {
  try {
    // Field 22 is the start time (proc(5)); the command in field 2 may hold blanks and brackets, so count after it.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return isAlive(pid) && process.platform !== "linux" ? "alive" : undefined;
  }
}

/** Whether a process with this id exists. One that belongs to another user counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** How often to look whether the parent still lives, in milliseconds. */
const PARENT_CHECK_MS = 1000;

/**
 * Ends this process with the one that started it, and by the signals that end one. An engine that was killed can not
 * say goodbye to what it started.
 *
 * @param last what is still to be done
 */
export function endWithParent(last: () => void = () => undefined): void {
  const end = (): void => {
    last();
    process.exit(0);
  };
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_CHECK_MS).unref();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
}
