/** The question before anything is applied: on a terminal, where nobody is, and when somebody presses Ctrl-C. */
import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodeOf, explain } from "../../../operations/failure.ts";
import { InterruptedError } from "../../../operations/interrupt.ts";
import { confirmed } from "../../../operations/release/ask.ts";
import { ROOT } from "../../../operations/stacks.ts";

function terminal(isTTY = true): { input: PassThrough & { isTTY: boolean }; output: PassThrough & { isTTY: boolean }; text: () => string } {
  const [input, output] = [Object.assign(new PassThrough(), { isTTY }), Object.assign(new PassThrough(), { isTTY })];
  let text = "";
  output.on("data", (data: Buffer) => { text += String(data); });
  return { input, output, text: () => text };
}

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, (error: unknown) => error);

describe("the question", () => {
  it.each(["y\n", "Yes\n", " YES \r\n"])("is answered by %j", async (answer) => {
    const { input, output, text } = terminal();
    const asked = confirmed("Deploy?", { yes: false, input, output });
    input.write(answer);
    await asked;
    expect(text()).toContain("Deploy? [y/N] ");
  });

  it.each([["n\n"], ["\n"], ["yeah\n"]])("is refused by %j, which is no mistake of the command line", async (answer) => {
    const { input, output } = terminal();
    const asked = failureOf(confirmed("Deploy?", { yes: false, input, output }));
    input.write(answer);
    const failure = await asked;
    expect([String(failure), exitCodeOf(failure)]).toEqual(["UserError: Not confirmed: nothing was changed.", 1]);
  });

  it("is refused by an input that ends", async () => {
    const { input, output } = terminal();
    const asked = failureOf(confirmed("Deploy?", { yes: false, input, output }));
    input.end();
    expect(String(await asked)).toContain("Not confirmed");
  });

  it("is not asked where nobody is, nor with --yes", async () => {
    const { input, output, text } = terminal(false);
    const failure = await failureOf(confirmed("Deploy?", { yes: false, input, output }));
    expect([exitCodeOf(failure), String(failure)]).toEqual([2, expect.stringContaining("Nobody is there to say yes")]);
    await confirmed("Deploy?", { yes: true, input, output });
    expect(text()).toBe("");
  });
});

describe("Ctrl-C at the question", () => {
  it("is a character where the terminal is ours", async () => {
    const { input, output } = terminal();
    const asked = failureOf(confirmed("Deploy?", { yes: false, input, output }));
    setImmediate(() => input.write("\u0003"));
    expect(await asked).toBeInstanceOf(InterruptedError);
  });

  it("is a signal where the output goes elsewhere", async () => {
    const { input } = terminal();
    const { output } = terminal(false);
    const stop = new AbortController();
    const asked = failureOf(confirmed("Deploy?", { yes: false, signal: stop.signal, input, output }));
    setImmediate(() => stop.abort(new InterruptedError()));
    const failure = await asked;
    expect(exitCodeOf(failure)).toBe(130);
    expect(explain(failure, { debug: false, color: false })).toBe("error: Interrupted.\n");
  });

  it("ends a real program on a real terminal with 130 and one line", async () => {
    const program = `const { confirmed } = await import(${JSON.stringify(path.join(ROOT, "operations/release/ask.ts"))}); const { exitCodeOf, explain } = await import(${JSON.stringify(path.join(ROOT, "operations/failure.ts"))}); const { abortOnInterrupt } = await import(${JSON.stringify(path.join(ROOT, "operations/interrupt.ts"))}); try { await confirmed("Deploy?", { yes: false, signal: abortOnInterrupt().signal }); } catch (error) { console.log(explain(error, { debug: false, color: false })); process.exitCode = exitCodeOf(error); }`;
    const node = path.join(ROOT, "node_modules", ".bin", "node");
    // util-linux' script gives the program a terminal of its own.
    const child = spawn("script", ["--quiet", "--return", "--command", `${node} --disable-warning=ExperimentalWarning --input-type=module --eval '${program}'`, "/dev/null"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    let isAnswered = false;
    child.stdout.on("data", (data: Buffer) => {
      text += String(data);
      // Once: nobody reads what comes after the end.
      if (isAnswered || !text.includes("[y/N] ")) return;
      isAnswered = true;
      child.stdin.write("\u0003");
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect([code, text]).toEqual([130, expect.stringContaining("error: Interrupted.")]);
    expect(text).not.toContain("should not have happened");
  });
});

it("a closed terminal aborts the work, and saying so twice does not end it at once; a second Ctrl-C does", async () => {
  const program = `const { abortOnInterrupt } = await import(${JSON.stringify(path.join(ROOT, "operations/interrupt.ts"))}); const { signal } = abortOnInterrupt(); signal.addEventListener("abort", () => console.log("aborted")); setInterval(() => {}, 1000); console.log("ready");`;
  const child = spawn(path.join(ROOT, "node_modules", ".bin", "node"), ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const says = (what: string) => new Promise<void>((resolve) => child.stdout.on("data", () => { if (text.includes(what)) resolve(); }));
  child.stdout.on("data", (data: Buffer) => { text += String(data); });
  await says("ready");
  child.kill("SIGHUP");
  await says("aborted");
  const closed = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGHUP");
  expect(await Promise.race([closed, new Promise((resolve) => setTimeout(() => resolve("alive"), 300))])).toBe("alive");
  child.kill("SIGINT");
  expect(await closed).toBe(130);
});
