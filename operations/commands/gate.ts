/** `golive gate [STACK…]`: what a pull request must pass; needs no cloud and no credentials. */
import { InvalidArgumentError, Option, type Command } from "commander";
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
  report: ReportFile[];
}

/** A form of the report beside the one that `--format` asks for. */
interface ReportFile {
  format: Format;
  file: string;
}

/** @param judge what judges the stacks; tests put in their own */
export function register(program: Command, judge: typeof gate = gate): void {
  program
    .command("gate")
    .argument("[stacks...]", "names of stacks; all that the checkout has when none is named")
    .description("preview stacks with the policy pack and refuse what breaks the security checklist")
    .option("--base <ref>", "apply the stacks as of this git revision first, so that replacements and deletions are judged, too")
    .addOption(new Option("--format <format>", "form of the report").choices(FORMATS).default("text"))
    .addOption(new Option("--json", "the same as --format json").conflicts("format"))
    .option("--output <file>", "write the report to this file, and only its summary to the terminal")
    .option("--report <format=file>", "write the report in this form to this file as well; may be given several times", reportFile, [])
    .action((named: string[], options: Options) => run(named, options, judge));
}

/** @throws InvalidArgumentError when it is no `format=file`, or two reports would go into one file */
function reportFile(text: string, before: ReportFile[]): ReportFile[] {
  const [, name = "", file = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const format = FORMATS.find((one) => one === name);
  if (format === undefined || file === "" || file === "-") throw new InvalidArgumentError(`It must be a format and a file, such as sarif=gate.sarif; formats are ${FORMATS.join(", ")}.`);
  if (before.some((one) => one.file === file)) throw new InvalidArgumentError("Another report goes into that file already.");
  return [...before, { format, file }];
}

async function run(named: string[], options: Options, judge: typeof gate): Promise<void> {
  const stacks = named.length > 0 ? [...new Set(named)] : stackNames();
  if (stacks.length === 0) throw new UserError("There is no stack to judge.", "A stack is a file Pulumi.<stack>.yaml.");
  // Mistakes are told before minutes of previews.
  for (const stack of stacks) stackConfig(stack);
  const line = progress();
  const { signal } = abortOnInterrupt();
  try {
    const reports = await judge({ stacks, every: named.length === 0, base: options.base, progress: (text) => line.update(text), signal });
    line.done();
    const text = render(options.json === true ? "json" : options.format, reports, { color: options.output === undefined });
    writeOutput(text, options.output ?? "-", "the report");
    if (options.output !== undefined) process.stdout.write(render("text", reports, { summary: true }));
    for (const { format, file } of options.report) writeOutput(render(format, reports, { color: false }), file, `the ${format} report`);
    if (anyRefused(reports)) process.exitCode = 1;
  } finally {
    line.done();
  }
}
