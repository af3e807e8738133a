/** `golive render STACK --dir DIR`: everything that a stack declares, as files. */
import type { Command } from "commander";
import { POLICY_PACK } from "../gate/pack.ts";
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
  // The engine's SDK takes a second to load, which a mistake need not wait for.
  const { openSandbox } = await import("../../sandbox/workspace/sandbox.ts");
  const line = progress();
  const { signal } = abortOnInterrupt();
  try {
    line.update("starting the engine");
    await using sandbox = await openSandbox({ stack, progress: (text) => line.update(text), signal });
    // Applied, not only planned: endpoints and ARNs are known then, as the simulated cloud gives them.
    let applied = 0;
    await sandbox.up({ signal, policyPacks: [POLICY_PACK], onEvent: (event) => { if (event.resOutputsEvent) line.update(`${(applied += 1)} resources declared`); } });
    const state = await sandbox.exportState();
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
