/** `golive render STACK --dir DIR`: everything that a stack declares, as files. */
import type { Command } from "commander";
import { openSandbox } from "../../sandbox/workspace/sandbox.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { declaredResources } from "../render/declared.ts";
import { writeFiles } from "../render/files.ts";

export function register(program: Command): void {
  program
    .command("render")
    .argument("<stack>", "name of the stack: Pulumi.<stack>.yaml")
    .requiredOption("--dir <dir>", "folder to write; new, empty, or written by an earlier render")
    .description("write every Kubernetes object as YAML and every AWS resource as JSON")
    .option("--json", "print the index as JSON")
    .action(render);
}

async function render(stack: string, options: { dir: string; json?: boolean }): Promise<void> {
  const line = progress();
  const { signal } = abortOnInterrupt();
  try {
    line.update("starting the engine");
    await using sandbox = await openSandbox({ stack, progress: (text) => line.update(text), signal });
    // Applied, not only planned: endpoints and ARNs are known then, as the simulated cloud gives them.
    let applied = 0;
    await sandbox.up({ signal, onEvent: (event) => { if (event.resOutputsEvent) line.update(`${(applied += 1)} resources declared`); } });
    const index = await writeFiles(stack, declaredResources(await sandbox.exportState()), options.dir);
    line.done();
    process.stdout.write(options.json === true ? `${JSON.stringify(index, null, 2)}\n` : summary(index.resources.length, index.charts, options.dir));
  } finally {
    line.done();
  }
}

function summary(files: number, charts: string[], dir: string): string {
  const notExpanded = charts.length === 0 ? "" : ` ${charts.length} charts are declared but not expanded: ${charts.join(", ")}.`;
  return `${files} files in ${dir}, one a resource; secrets are left out.${notExpanded}\n`;
}
