/** `golive preview STACK`: the plan of a stack by the real engine, in the sandbox. */
import type { Command } from "commander";
import { judgedPreview } from "../gate/judgedPreview.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { policyResult } from "../plan/policy.ts";
import { previewReport, previewText } from "../plan/report.ts";
import { progress } from "../progress.ts";
import { stackConfig } from "../stacks.ts";

interface Options {
  json?: boolean;
  state?: string;
}

export function register(program: Command): void {
  program
    .command("preview")
    .argument("<stack>", "name of the stack: Pulumi.<stack>.yaml")
    .description("plan a stack on the real engine, with no cloud and no credentials")
    .option("--json", "print the report as JSON")
    .option("--state <dir>", "plan against the sandbox state kept in this folder, instead of against nothing")
    .action(preview);
}

async function preview(stack: string, options: Options): Promise<void> {
  // Mistakes are told at once, all together, and before minutes of building an engine that is not there yet.
  stackConfig(stack);
  const line = progress();
  const { signal } = abortOnInterrupt();
  try {
    const { plan: resources, results, seconds } = await judgedPreview({ stack, stateDir: options.state, progress: (text) => line.update(text), signal });
    line.done();
    const plan = resources.plan();
    const policy = policyResult(results);
    const text = options.json === true
      ? JSON.stringify(previewReport(stack, seconds, plan, policy), null, 2)
      : previewText(stack, seconds, plan, policy);
    process.stdout.write(`${text}\n`);
    if (policy.mandatory > 0) process.exitCode = 1;
  } finally {
    line.done();
  }
}
