/**
 * The `golive` command. Each command is a module of its own in commands/, loaded only when it is the one that is asked
 * for, so that help and mistakes answer at once.
 *
 * Exit codes: 0 done, 1 refused or failed, 2 used wrongly, 130 interrupted.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import { exitCodeOf, explain } from "./failure.ts";
import { EXIT_INTERRUPTED } from "./interrupt.ts";

/** Commands that exist: name, one line for the help, and what registers it with its arguments and options. */
interface Entry {
  name: string;
  summary: string;
  load: () => Promise<{ register: (program: Command) => void }>;
}

type Releases = typeof import("./commands/release.ts");

/** One of the commands of releases, which share a module. */
function releases(register: keyof Releases): Entry["load"] {
  return async () => ({ register: (await import("./commands/release.ts"))[register] });
}

/** In the order in which a team meets them. */
export const COMMANDS: readonly Entry[] = [
  { name: "preview", summary: "plan a stack on the real engine, with no cloud and no credentials", load: () => import("./commands/preview.ts") },
  { name: "render", summary: "write every Kubernetes object as YAML and every AWS resource as JSON", load: () => import("./commands/render.ts") },
  { name: "gate", summary: "refuse what breaks the security checklist, with no cloud and no credentials", load: () => import("./commands/gate.ts") },
  { name: "check", summary: "put Kubernetes manifests, saved states or lists of resources through the policy pack's rules", load: () => import("./commands/check.ts") },
  { name: "status", summary: "show both colors, which one is live since when, and what does not agree", load: releases("registerStatus") },
  { name: "deploy", summary: "put an image into the idle color and through the gates; traffic stays where it is", load: releases("registerDeploy") },
  { name: "flip", summary: "send traffic to a color, watch it, and send it back when it turns bad", load: releases("registerFlip") },
  { name: "rollback", summary: "send traffic back at once; configuration and state follow", load: releases("registerRollback") },
  { name: "drain", summary: "shrink the idle color to one pod, after the rollback window", load: releases("registerDrain") },
  { name: "demo", summary: "bring up a real cluster here, release under load, break a release, and show what users saw", load: () => import("./commands/demo.ts") },
  { name: "policies", summary: "list and explain the rules of the policy pack, write their reference", load: () => import("./commands/policies.ts") },
  { name: "config", summary: "check a stack's configuration, explain a key, write schema and reference", load: () => import("./commands/config.ts") },
];

/** The commander program with the one command loaded that `args` ask for; the others are there by name only. */
export async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command("golive")
    .description("Declares and previews a whole production environment on AWS and Kubernetes.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showHelpAfterError("Run `./golive --help` to see every command.")
    .addHelpText("after", "\n./golive setup installs packages and the engine, and nothing else.\nHelp for one command: ./golive COMMAND --help\nExit codes: 0 done, 1 refused or failed, 2 used wrongly, 130 interrupted.")
    .exitOverride();
  const wanted = wantedCommand(args);
  for (const entry of COMMANDS) {
    if (entry.name === wanted) (await entry.load()).register(program);
    else program.command(entry.name).description(entry.summary);
  }
  inherit(program);
  return program;
}

/** The first word that is no option; of `help COMMAND` the second one. */
function wantedCommand(args: readonly string[]): string | undefined {
  return args.find((arg) => !arg.startsWith("-") && arg !== "help");
}

/** Commander answers `help nope` and `nope --help` with the general help: an unknown command is refused by its name alone. */
function withoutHelpForNothing(args: readonly string[]): readonly string[] {
  const wanted = wantedCommand(args);
  return wanted === undefined || COMMANDS.some((entry) => entry.name === wanted) ? args : [wanted];
}

/** Commander copies settings to subcommands only where it creates them itself; modules may nest deeper. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    child.helpOption("-h, --help", "print help");
    inherit(child);
  }
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, "..", "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}

/**
 * Runs one command line to its end and never throws.
 *
 * @param args what comes after `golive`
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args);
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(withoutHelpForNothing(args), { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed its own message already; help and version end this way as well, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(explain(error, { debug: process.env["GOLIVE_DEBUG"] === "1", color: process.stderr.isTTY === true && !process.env["NO_COLOR"] }));
    return exitCodeOf(error);
  }
}

/** `golive … | head` closes the pipe early, which is no failure. Of a terminal that is gone SIGHUP tells, and the work ends in order. */
function endWhenPipeCloses(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EIO") return;
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? 0);
  });
}

async function main(): Promise<void> {
  endWhenPipeCloses(process.stdout);
  endWhenPipeCloses(process.stderr);
  // Before a command takes over the signal, nothing is under way that needs an orderly end.
  process.once("SIGINT", () => {
    if (process.listenerCount("SIGINT") === 0) process.exit(EXIT_INTERRUPTED);
  });
  process.exitCode = await run(process.argv.slice(2));
}

if (import.meta.main) await main();
