/** `golive render STACK --dir DIR`: everything that a stack declares, as files. */
import type { Command } from "commander";
import { gatedUp } from "../gate/gatedUp.ts";
import { JudgedSandbox } from "../gate/judgedSandbox.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { declaredOutputs, declaredResources } from "../render/declared.ts";
import { checkTarget, writeFiles } from "../render/files.ts";
import { stackConfig } from "../stacks.ts";

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
  // What can not succeed is refused before the long work.
  stackConfig(stack);
  await checkTarget(options.dir);
  const line = progress();
  const { signal } = abortOnInterrupt();
  try {
    line.update("starting the engine");
    await using judged = await JudgedSandbox.open({ stack, progress: (text) => line.update(text), signal });
    // Applied, not only planned: endpoints and ARNs are known then, as the simulated cloud gives them.
    let applied = 0;
    await gatedUp(judged, { signal, onEvent: ({ resOutputsEvent }) => { if (resOutputsEvent) line.update(resOutputsEvent.planning === true ? "judging the plan" : `${(applied += 1)} resources declared`); } });
    const state = await judged.sandbox.exportState();
    const index = await writeFiles(stack, declaredResources(state), declaredOutputs(state), options.dir);
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
