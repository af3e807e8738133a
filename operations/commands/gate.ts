/** `golive gate [STACK…]`: what a pull request must pass; needs no cloud and no credentials. */
import { Option, type Command } from "commander";
import { UserError } from "../../sandbox/errors.ts";
import { anyRefused, gate } from "../gate/gate.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { writeOutput } from "../output.ts";
import { progress } from "../progress.ts";
import { FORMATS, type Format, render } from "../report/render.ts";
import { stackConfig, stackNames } from "../stacks.ts";

interface Options {
  base?: string;
  format: Format;
  json?: boolean;
  output?: string;
}

export function register(program: Command): void {
  program
    .command("gate")
    .argument("[stacks...]", "names of stacks; all that the checkout has when none is named")
    .description("preview stacks with the policy pack and refuse what breaks the security checklist")
    .option("--base <ref>", "apply the stacks as of this git revision first, so that replacements and deletions are judged, too")
    .addOption(new Option("--format <format>", "form of the report").choices(FORMATS).default("text"))
    .option("--json", "the same as --format json")
    .option("--output <file>", "write the report to this file, and only its summary to the terminal")
    .action(run);
}

async function run(named: string[], options: Options): Promise<void> {
  const stacks = named.length > 0 ? [...new Set(named)] : stackNames();
  if (stacks.length === 0) throw new UserError("There is no stack to judge.", "A stack is a file Pulumi.<stack>.yaml.");
  // Mistakes are told before minutes of previews.
  for (const stack of stacks) stackConfig(stack);
  const line = progress();
  const { signal } = abortOnInterrupt();
  try {
    const reports = await gate({ stacks, base: options.base, progress: (text) => line.update(text), signal });
    line.done();
    const text = render(options.json === true ? "json" : options.format, reports, { color: options.output === undefined });
    writeOutput(text, options.output ?? "-", "the report");
    if (options.output !== undefined) process.stdout.write(render("text", reports, { summary: true }));
    if (anyRefused(reports)) process.exitCode = 1;
  } finally {
    line.done();
  }
}
