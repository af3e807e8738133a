/** The real script in the real interpreter: LuaJIT, which Fluent Bit embeds. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { redactionScript } from "../../components/monitoring/logs/script.ts";

export interface Collected {
  code: number;
  class: string;
  source: string;
  /** What is sent. */
  message: string;
  /** Of an answer of NGINX. */
  status?: string;
}

export const TAG = "application_shop_app-blue-7d9f-x_app";

/** What becomes of lines; one process for all of them. */
export function collect(lines: readonly string[], { tag = TAG, stream = "stdout" }: { tag?: string; stream?: string } = {}): Collected[] {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-redact-"));
  try {
    const script = path.join(folder, "redact.lua");
    writeFileSync(script, redactionScript());
    const hex = (text: string) => Buffer.from(text).toString("hex");
    const input = lines.map((line) => `${hex(tag)} ${hex(stream)} ${hex(line)}\n`).join("");
    const ran = spawnSync("luajit", [path.join(import.meta.dirname, "redaction.lua"), script], { input, encoding: "utf8", maxBuffer: 256 * 1024 * 1024, timeout: 60_000 });
    if (ran.error !== undefined) throw new Error(`luajit: ${ran.error.message}; it is Debian's package luajit (.ci/packages.txt)`);
    if (ran.status !== 0) throw new Error(`luajit ended with ${ran.status}: ${ran.stderr}`);
    const text = (encoded: string | undefined) => Buffer.from(encoded ?? "", "hex").toString("utf8");
    return ran.stdout.trimEnd().split("\n").map((line) => {
      const [code, logClass, source, message, status] = line.split(" ");
      return { code: Number(code), class: text(logClass), source: text(source), message: text(message), ...((status ?? "") === "" ? {} : { status: text(status) }) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The line as it was sent: an object when it was one, otherwise text. */
export function logOf({ message }: Collected): unknown {
  return (JSON.parse(message) as { log: unknown }).log;
}

/** The same for one line. */
export function redacted(line: string): unknown {
  const [one] = collect([line]);
  if (one === undefined) throw new Error("nothing was collected");
  return logOf(one);
}
