/** Watches the program's process while the engine runs it: when it started, and how much memory it took at most. */
import { readdirSync, readFileSync } from "node:fs";

const PROGRAM = "@pulumi/pulumi/cmd/run/index.js";
/** Ticks a second of /proc/<pid>/stat; fixed for user space on Linux (man 5 proc, sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 50;

export interface ProgramFigures {
  /** When the process started, in ms since the epoch; undefined where the system has no /proc. */
  startedAt: number | undefined;
  /** Largest resident memory seen, in MB (10⁶ bytes). */
  peakMemoryMb: number | undefined;
}

/** Starts sampling; `stop()` gives the figures. */
export function probeProgram(marker: string): { stop(): ProgramFigures } {
  const known = new Set<number>();
  const figures: ProgramFigures = { startedAt: undefined, peakMemoryMb: undefined };
  const sample = () => {
    for (const pid of programs(known, marker)) {
      figures.startedAt ??= startTime(pid);
      const peak = peakMemory(pid);
      if (peak !== undefined) figures.peakMemoryMb = Math.max(figures.peakMemoryMb ?? 0, peak);
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return { stop: () => { clearInterval(timer); return figures; } };
}

/** Processes that run a program for the stack whose work folder is `marker`. */
function programs(others: Set<number>, marker: string): number[] {
  return pids().filter((pid) => {
    if (others.has(pid)) return false;
    const commandLine = read(`/proc/${pid}/cmdline`);
    if (commandLine.includes(PROGRAM) && commandLine.includes(marker)) return true;
    // A process may still become the program by exec; only settled ones are skipped next time.
    if (commandLine !== "" && !commandLine.includes("node")) others.add(pid);
    return false;
  });
}

function pids(): number[] {
  try {
    return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)).map(Number);
  } catch {
    return [];
  }
}

function startTime(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  // Both count from boot; /proc/stat has the time of boot, but to the second only.
  const uptime = Number.parseFloat(read("/proc/uptime"));
  return Number.isFinite(ticks) && Number.isFinite(uptime) ? Date.now() - (uptime - ticks / TICKS_PER_SECOND) * 1000 : undefined;
}

function peakMemory(pid: number): number | undefined {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kib === undefined ? undefined : (Number(kib) * 1024) / 1e6;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
