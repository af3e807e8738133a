/** The real exporter of CloudWatch (YACE), built from its module, as a judge of its configuration. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureGoTool, type GoToolSpec } from "../../sandbox/engine/goTool.ts";

const MODULE = "github.com/prometheus-community/yet-another-cloudwatch-exporter";

/** Some minutes on two idle cores when nothing is compiled, most of it for the clients of AWS. */
const YACE_TOOL: GoToolSpec = { name: "yace", version: "v0.67.0", module: MODULE, package: `${MODULE}/cmd/yace`, ldflags: ["-s", "-w"] };

export function exporterProgram(): Promise<string> {
  return ensureGoTool(YACE_TOOL);
}

export interface Verdict {
  /** Whether it would start with the configuration. */
  takes: boolean;
  /** What it warns of or refuses. */
  complaints: string[];
}

/** What the program says of a configuration, as its pod has it: JSON, which is YAML. */
export function verify(program: string, config: unknown): Verdict {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-yace-"));
  try {
    const file = path.join(folder, "yace.yml");
    writeFileSync(file, JSON.stringify(config, undefined, 2));
    const ran = spawnSync(program, ["--log.format=json", "verify-config", `--config.file=${file}`], { encoding: "utf8", timeout: 60_000 });
    if (ran.error !== undefined) throw ran.error;
    const said = ran.stderr.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as { level: string; msg: string; err?: string });
    return { takes: ran.status === 0, complaints: said.filter(({ level }) => level !== "INFO").map(({ msg, err = "" }) => `${msg} ${err}`.trim()) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
