/** `golive preview STACK`: the plan of a stack by the real engine, in the sandbox. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { PlanCollector } from "../plan/plan.ts";
import { PolicyCollector } from "../plan/policy.ts";
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
  // The engine's SDK takes a second to load, which a mistake need not wait for.
  const { openSandbox } = await import("../../sandbox/workspace/sandbox.ts");
  const line = progress();
  const { signal } = abortOnInterrupt();
  try {
    line.update("starting the engine");
    await using sandbox = await openSandbox({ stack, stateDir: options.state, progress: (text) => line.update(text), signal });
    const pack = policyPack();
    const resources = new PlanCollector();
    const policy = new PolicyCollector(pack === undefined ? null : "golive");
    // The engine's own time: building it once, or installing, is not the plan's.
    const engineStarted = performance.now();
    await sandbox.preview({
      signal,
      policyPacks: pack === undefined ? [] : [pack],
      onEvent: (event) => {
        resources.add(event);
        policy.add(event);
        line.update(`${resources.size} resources planned`);
      },
    });
    line.done();
    const seconds = (performance.now() - engineStarted) / 1000;
    const plan = resources.plan();
    const text = options.json === true
      ? JSON.stringify(previewReport(stack, seconds, plan, policy.result), null, 2)
      : previewText(stack, seconds, plan, policy.result);
    process.stdout.write(`${text}\n`);
    if ((policy.result?.mandatory ?? 0) > 0) process.exitCode = 1;
  } finally {
    line.done();
  }
}

/** The checklist pack of this checkout, when it is there. */
function policyPack(): string | undefined {
  const folder = path.join(CHECKOUT, "policies");
  return existsSync(path.join(folder, "PulumiPolicy.yaml")) ? folder : undefined;
}
