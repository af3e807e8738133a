/** `golive demo`: the whole stack on a real cluster of this machine, with users, two releases and a rollback. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { UserError } from "../../sandbox/errors.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { progress as progressLine } from "../progress.ts";
import { ROOT } from "../stacks.ts";

const OUTPUT = path.join(path.relative(process.cwd(), ROOT), ".golive", "demo.html");

interface Options {
  rate: string;
  output: string;
  keep?: boolean;
}

export function register(program: Command): void {
  program
    .command("demo")
    .description("bring up a real cluster here, release under load, break a release, and show what users saw")
    .option("--rate <number>", "requests a second, from 10 to 5000", "600")
    .option("--output <file>", "page with the chart", OUTPUT)
    .option("--keep", "leave cluster and stack running afterwards, until Ctrl-C")
    .action(demo);
}

async function demo(options: Options): Promise<void> {
  const rate = Number(options.rate);
  if (!Number.isInteger(rate) || rate < 10 || rate > 5000) throw new UserError(`--rate ${options.rate} makes no sense.`, "Give whole requests a second, from 10 to 5000.", 2);
  // Said before minutes of work, and not after them.
  const folder = path.dirname(path.resolve(options.output));
  if (!existsSync(folder) && options.output !== OUTPUT) throw new UserError(`There is no folder ${folder} for the page.`, "Make it first, or name another file: --output FILE", 2);
  const { story } = await import("../demo/story.ts");
  const line = progressLine();
  const { signal } = abortOnInterrupt();
  const say = (text: string): void => {
    line.done();
    process.stdout.write(`${text}\n`);
  };
  try {
    await story({ rate, output: options.output, progress: (text) => line.update(text), say, signal, ...(options.keep === true ? { after: (stage) => kept(stage.folder, stage.cluster.kubeconfig, say, signal) } : {}) });
  } finally {
    line.done();
  }
}

/** Until somebody ends it; everything goes then. */
async function kept(folder: string, kubeconfig: string, say: (text: string) => void, signal: AbortSignal): Promise<void> {
  say(`\nThe stack stays until Ctrl-C. In another terminal:\n  export GOLIVE_STAGE=${folder} KUBECONFIG=${kubeconfig}\n  ./golive status sandbox\n  kubectl get pods -A`);
  // A timer keeps the process, which waits for nothing else.
  const timer = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => { signal.addEventListener("abort", () => resolve(), { once: true }); });
  clearInterval(timer);
}
