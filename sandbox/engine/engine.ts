/**
 * The Pulumi engine of the sandbox: the CLI, its language host, the simulated providers as plugins, and an
 * environment in which nothing of the user's own Pulumi, AWS or Kubernetes is used or touched.
 */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import path from "node:path";
import { UserError, writeError } from "../errors.ts";
import { CHECKOUT, LOCAL_STATE, NODE } from "./checkout.ts";
import { shellQuote, writeWhole } from "./files.ts";
import { OLDEST_PULUMI, findPulumi } from "./findPulumi.ts";
import { ensureGoTool, type GoToolOptions } from "./goTool.ts";
import { ensureOfficialKubernetes } from "./officialKubernetes.ts";
import { simulatedProviders } from "../plugin/providers.ts";
import { PULUMI_TOOL, PULUMI_VERSION } from "./pulumiTool.ts";

export interface Engine {
  /** The CLI to start: a wrapper that keeps the user's credentials out and then becomes the real CLI. */
  pulumi: string;
  /** Folder whose `bin/` holds the wrapper, as the Automation API's `PulumiCommand.get({root})` wants it. */
  root: string;
  /** With its `v`, such as `v3.257.0`. */
  version: string;
  /** Found on this machine, or built into the cache. */
  source: "path" | "built";
  /** What the CLI must have in its environment. `PULUMI_BACKEND_URL` is left to the caller. */
  env: Record<string, string>;
}

/** Encrypts stand-ins that are no secrets, in state that is thrown away: it protects nothing and may be known. */
export const SANDBOX_PASSPHRASE = "golive-sandbox";

/**
 * Finds or builds the engine and puts everything in place. Safe to be run by several processes at once.
 *
 * @throws UserError when there is neither a recent CLI nor a way to build one
 */
export async function ensureEngine(options: GoToolOptions = {}): Promise<Engine> {
  const found = await findPulumi();
  const file = found?.file ?? (await built(options));
  const version = found?.version ?? PULUMI_VERSION;
  const root = LOCAL_STATE;
  const providers = simulatedProviders();
  const isOfficial = !providers.includes("kubernetes");
  // A home of its own: the two plugins have the same name and version.
  const home = path.join(LOCAL_STATE, isOfficial ? "home-official" : "home");
  const pulumi = path.join(root, "bin", "pulumi");
  try {
    await writeWhole(pulumi, pulumiWrapper(file, version), 0o755);
    // The official host, which lies beside the official CLI, is preferred by the CLI itself.
    await writeWhole(path.join(home, "plugins", `language-nodejs-${version}`, "pulumi-language-nodejs"), nodeWrapper("sandbox/engine/languageHost.ts"), 0o755);
    for (const name of providers) {
      // A plugin must carry the version of the npm package.
      const folder = path.join(home, "plugins", `resource-${name}-v${packageVersion(`@pulumi/${name}`)}`);
      await writeWhole(path.join(folder, `pulumi-resource-${name}`), nodeWrapper("sandbox/plugin/shim.ts", name), 0o755);
    }
    await refuseLogs(home);
  } catch (error) {
    throw writeError(error, "the sandbox's engine set-up", LOCAL_STATE, "The checkout must be on a writable disk.");
  }
  const env = environment(home);
  if (isOfficial) await ensureOfficialKubernetes(pulumi, home, packageVersion("@pulumi/kubernetes"), inEngine(env));
  return { pulumi, root, version, source: found === undefined ? "built" : "path", env };
}

async function built(options: GoToolOptions): Promise<string> {
  try {
    return await ensureGoTool(PULUMI_TOOL, options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`No usable Pulumi engine: none on PATH (${OLDEST_PULUMI} or newer), and ${error.message}`, [error.hint, waysOut()].join("\n\n"), 1, { cause: error });
  }
}

function waysOut(): string {
  return [
    "Three ways out:",
    "  1. Install the official Pulumi CLI and have it on PATH.",
    "  2. Install Go 1.25.11 or newer with access to a Go module proxy: the CLI is then built once, in 3 to 10 minutes.",
    "  3. Bring one along: set GOLIVE_PULUMI to a Pulumi CLI file, or copy the folder ~/.cache/golive from a machine of",
    "     the same kind that has built it (GOLIVE_CACHE names another place).",
  ].join("\n");
}

/**
 * The wrapper takes away what could reach a real cloud or the user's own Pulumi (the Automation API hands the
 * whole environment on), then becomes the CLI. It answers `version`, which the Automation API asks at every
 * start, by itself: starting the CLI costs up to half a second.
 */
function pulumiWrapper(file: string, version: string): string {
  return `#!/bin/sh
# Written by sandbox/engine/engine.ts.
if [ "$*" = version ]; then echo ${version}; exit 0; fi
for name in $GOLIVE_UNSET; do unset "$name"; done
# A terminal that is closed ends the command, which ends the CLI in order.
trap '' HUP
exec ${shellQuote(file)} "$@"
`;
}

function nodeWrapper(program: string, ...args: string[]): string {
  return `#!/bin/sh
# Written by sandbox/engine/engine.ts.
exec ${shellQuote(NODE)} --disable-warning=ExperimentalWarning ${[path.join(CHECKOUT, program), ...args].map(shellQuote).join(" ")} "$@"
`;
}

/**
 * The CLI compresses and encrypts a debug log of every run into its home, some MB each, for a third of the engine's
 * time; it has no switch, but does without where it can not make the folder.
 */
async function refuseLogs(home: string): Promise<void> {
  const logs = path.join(home, "logs");
  if ((await stat(logs).catch(() => undefined))?.isDirectory()) await rm(logs, { recursive: true, force: true });
  await writeWhole(logs, "A file in place of the folder: the sandbox's engine keeps no logs (sandbox/engine/engine.ts).\n");
}

function packageVersion(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function environment(home: string): Record<string, string> {
  return sealed({
    // The official language host starts the `node` it finds on PATH.
    PATH: [path.dirname(NODE), process.env["PATH"] ?? ""].join(path.delimiter),
    PULUMI_HOME: home,
    PULUMI_CONFIG_PASSPHRASE: SANDBOX_PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Real providers that happen to be on PATH must not be used, nor warned of.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    // A run is short and the heap small: collecting garbage rarely saves a tenth of the engine's time.
    GOGC: process.env["GOGC"] ?? "400",
    // Compiled code of the SDKs and of our own programs is kept between runs.
    NODE_COMPILE_CACHE: path.join(LOCAL_STATE, "compile-cache"),
  });
}

/** Variables of the user that could reach a real cloud, cluster or Pulumi account. */
const FOREIGN = /^(AWS|KUBE|PULUMI|AZURE|ARM|GOOGLE|CLOUDSDK)\w*$/;

/** The environment that engine and plugins have: the user's without what {@link sealed} takes away. */
export function inEngine(env: Record<string, string>): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = { ...process.env, ...env };
  for (const name of (env["GOLIVE_UNSET"] ?? "").split(" ")) delete all[name];
  return all;
}

/** Adds the list by which the wrapper takes the user's variables away, but for those set here. */
export function sealed(env: Record<string, string>): Record<string, string> {
  const foreign = Object.keys(process.env).filter((name) => FOREIGN.test(name) && !Object.hasOwn(env, name));
  return { ...env, GOLIVE_UNSET: foreign.join(" ") };
}
