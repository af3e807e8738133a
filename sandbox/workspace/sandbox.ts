/**
 * The sandbox: a program previewed and applied on the real engine, against simulated providers.
 *
 * It works on a copy of the stack files, so no credential, no passphrase and no secret of the real stack is
 * needed, and nothing of the checkout is changed.
 */
import "../engine/leanSdk.ts";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { LocalWorkspace, PulumiCommand, Stack, type Deployment, type OutputMap } from "@pulumi/pulumi/automation/index.js";
import { stringify, type Document } from "yaml";
import { UserError } from "../errors.ts";
import { CHECKOUT } from "../engine/checkout.ts";
import { ensureEngine, inEngine, sealed, type Engine } from "../engine/engine.ts";
import { writeWhole } from "../engine/files.ts";
import { HOSTS_VARIABLE } from "../plugin/files.ts";
import { Hosts } from "../plugin/hosts.ts";
import { backendUrl, prepareBackend } from "./backend.ts";
import { sandboxCrypter, type Crypter } from "./crypter.ts";
import { runOperation, type OperationOptions, type OperationResult } from "./operation.ts";
import { makeRunFolder } from "./runFolder.ts";
import { parseYaml, readStackFile, setConfigValue, type ConfigValue } from "./stackFile.ts";

/** What the sandbox loads into the program's process before the program. */
const PRELOAD = pathToFileURL(path.join(CHECKOUT, "sandbox/engine/programPreload.ts")).href;

export interface SandboxOptions {
  /** Name of the stack: `Pulumi.<stack>.yaml` must exist. */
  stack: string;
  /** Keeps state in this folder; without it, state ends with the sandbox. */
  stateDir?: string;
  /** Another checkout of the program (a git work tree) or a folder with a program of its own; has a Pulumi.yaml. */
  programDir?: string;
  /** Added to the environment of engine, program and providers. */
  env?: Record<string, string>;
  /** Values that differ from the stack file, by key or path; see `setConfig`. */
  configOverrides?: Record<string, ConfigValue | undefined>;
  /**
   * Saves state after every step, so that a killed run loses nothing. Default: only with `stateDir`; otherwise
   * state is saved at the end of a run, also of one that fails, which is quicker.
   */
  durable?: boolean;
  /** Told when the engine must be built first. */
  progress?: (line: string) => void;
  signal?: AbortSignal;
}

/** Opens a sandbox; `close()` it, or declare it with `await using`. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  // What a person may have mistyped is said before minutes of building begin.
  const crypter = await sandboxCrypter();
  const files = readFiles(options, crypter);
  const engine = await ensureEngine({ progress: options.progress, signal: options.signal });
  const folder = await makeRunFolder();
  try {
    const stateDir = path.resolve(options.stateDir ?? path.join(folder, "state"));
    const workDir = path.join(folder, "work");
    await writeWhole(path.join(workDir, "Pulumi.yaml"), files.project);
    await writeWhole(path.join(workDir, `Pulumi.${options.stack}.yaml`), String(files.settings));
    await prepareBackend(engine, { project: files.name, stack: options.stack, workDir }, stateDir);
    const env = environment(engine, folder, stateDir, options);
    const stack = await openStack(engine, workDir, options.stack, env);
    return new Sandbox({ engine, folder, workDir, stateDir, project: files.name, stack, env, settings: files.settings, crypter });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface ProgramFiles {
  name: string;
  project: string;
  settings: Document;
}

function readFiles(options: SandboxOptions, crypter: Crypter): ProgramFiles {
  const folder = path.resolve(options.programDir ?? CHECKOUT);
  const project = parseYaml(path.join(folder, "Pulumi.yaml"), () => new UserError(`There is no program in ${folder}: it has no Pulumi.yaml.`, "Name a folder that holds a Pulumi program."));
  const name = project.get("name");
  if (typeof name !== "string") throw new UserError(`${path.join(folder, "Pulumi.yaml")}: the project has no name.`, "Add a line such as `name: golive`.");
  const main = project.get("main");
  project.set("main", path.resolve(folder, typeof main === "string" ? main : "."));
  preload(project);
  // Where the real stack keeps its state is no business of the sandbox.
  project.delete("backend");
  const settings = readStackFile(folder, options.stack, crypter);
  for (const [key, value] of Object.entries(options.configOverrides ?? {})) setConfigValue(settings, key, value, crypter);
  return { name, project: stringify(project), settings };
}

/** Our own language host preloads by itself; the official one, which comes with an official CLI, what Pulumi.yaml says. */
function preload(project: Document): void {
  if (project.getIn(["runtime", "name"]) !== "nodejs") return;
  const place = ["runtime", "options", "nodeargs"];
  const given = project.getIn(place);
  project.setIn(place, `${typeof given === "string" ? given : ""} --import ${PRELOAD}`.trim());
}

function environment(engine: Engine, folder: string, stateDir: string, options: SandboxOptions): Record<string, string> {
  const env: Record<string, string> = { ...engine.env, PULUMI_BACKEND_URL: backendUrl(stateDir), [HOSTS_VARIABLE]: folder };
  const durable = options.durable ?? options.stateDir !== undefined;
  if (!durable) {
    // The second variable is honored only together with the first.
    env["PULUMI_EXPERIMENTAL"] = "true";
    env["PULUMI_SKIP_CHECKPOINTS"] = "true";
    env["PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS"] = "true";
  }
  return sealed({ ...env, ...options.env });
}

/** A stack of the Automation API without its usual calls of the CLI: the stack is known to exist. */
async function openStack(engine: Engine, workDir: string, name: string, env: Record<string, string>): Promise<Stack> {
  const pulumiCommand = await PulumiCommand.get({ root: engine.root, skipVersionCheck: true });
  const workspace = await LocalWorkspace.create({ workDir, pulumiCommand, envVars: env });
  workspace.selectStack = () => Promise.resolve();
  const stack = await Stack.select(name, workspace);
  // Asked after every update, by three more starts of the CLI; `Sandbox.outputs` asks when somebody wants to know.
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
  return stack;
}

interface Parts {
  engine: Engine;
  folder: string;
  workDir: string;
  stateDir: string;
  project: string;
  stack: Stack;
  env: Record<string, string>;
  settings: Document;
  crypter: Crypter;
}

/** One stack in the sandbox. Operations on it run one after another. */
export class Sandbox implements AsyncDisposable {
  readonly #parts: Parts;
  #hosts: Hosts | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get engine(): Engine {
    return this.#parts.engine;
  }

  get name(): string {
    return this.#parts.stack.name;
  }

  get project(): string {
    return this.#parts.project;
  }

  /** Folder of the copied Pulumi.yaml and stack file. */
  get workDir(): string {
    return this.#parts.workDir;
  }

  get stateDir(): string {
    return this.#parts.stateDir;
  }

  /** What would change. @throws OperationError when the program, a provider or a policy refuses */
  preview(options: OperationOptions = {}): Promise<OperationResult> {
    return this.#run("preview", options, (opts) => this.#parts.stack.preview(opts));
  }

  /** Applies without a preview. */
  up(options: OperationOptions = {}): Promise<OperationResult> {
    return this.#run("update", options, (opts) => this.#parts.stack.up(opts));
  }

  /** Compares state with what the providers say. */
  refresh(options: OperationOptions = {}): Promise<OperationResult> {
    return this.#run("refresh", options, (opts) => this.#parts.stack.refresh(opts));
  }

  /** Removes every resource; refused while any is protected. */
  destroy(options: OperationOptions = {}): Promise<OperationResult> {
    return this.#run("destroy", options, (opts) => this.#parts.stack.destroy(opts));
  }

  /** The stack's outputs, secrets in plain text and marked. */
  outputs(): Promise<OutputMap> {
    return this.#parts.stack.workspace.stackOutputs(this.name);
  }

  exportState(): Promise<Deployment> {
    return this.#parts.stack.exportStack();
  }

  importState(state: Deployment): Promise<void> {
    return this.#parts.stack.importStack(state);
  }

  /** Takes the protection off every resource in state; the next update puts it back where the program asks for it. */
  async unprotectAll(signal?: AbortSignal): Promise<void> {
    await this.pulumi(["state", "unprotect", "--all", "--yes"], signal);
  }

  /**
   * Sets a value in the sandbox's copy of the stack file; `undefined` removes it.
   *
   * @param key `golive:region`, or a path: `golive:cluster.nodes[0].type`
   * @param value `{secure: text}` makes it a secret
   */
  async setConfig(key: string, value: ConfigValue | undefined): Promise<void> {
    const { settings, workDir, crypter } = this.#parts;
    setConfigValue(settings, key, value, crypter);
    await writeWhole(path.join(workDir, `Pulumi.${this.name}.yaml`), String(settings));
  }

  /** Any other command of the CLI on this stack; gives what it prints. */
  async pulumi(args: string[], signal?: AbortSignal): Promise<string> {
    const { engine, workDir, env } = this.#parts;
    const all = [...args, "--stack", this.name, "--non-interactive"];
    const { stdout } = await promisify(execFile)(engine.pulumi, all, { cwd: workDir, env: { ...process.env, ...env }, signal, maxBuffer: 1 << 28 });
    return stdout;
  }

  /** Ends its processes and removes its folder; state survives only in a `stateDir`. May be called twice. */
  async close(): Promise<void> {
    await this.#hosts?.stop();
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(what: string, options: OperationOptions, call: (options: OperationOptions) => Promise<unknown>): Promise<OperationResult> {
    if (!existsSync(this.#parts.workDir)) throw new Error("this sandbox is closed");
    return runOperation(`${what} of stack "${this.name}"`, options, (observed) => {
      this.#hosts ??= new Hosts(this.#parts.folder, inEngine(this.#parts.env));
      this.#hosts.lendPacks(options.policyPacks ?? []);
      return call({ ...options, ...observed });
    });
  }
}
