/** A stack where it runs: its file, the engine that acts on it, the cluster that it is in. */
import path from "node:path";
import { UserError } from "../../sandbox/errors.ts";
import type { Config } from "../../stacks/config.ts";
import { Api } from "../cluster/api.ts";
import { kubeconfigFiles, readAccess } from "../cluster/kubeconfig.ts";
import { JudgedSandbox, type Runs } from "../gate/judgedSandbox.ts";
import { ROOT, stackConfig } from "../stacks.ts";
import { demandOwnCluster } from "./identity.ts";

/** Folder of a stack that runs on this machine (`./golive demo`): its files, state and kubeconfig. */
export const STAGE_VARIABLE = "GOLIVE_STAGE";

export interface Stage {
  readonly stack: string;
  /** Holds `Pulumi.<stack>.yaml`, which commands change. */
  readonly folder: string;
  readonly config: Config;
  /** Namespace of the application. */
  readonly namespace: string;
  readonly api: Api;
  /** Labels of what commands themselves write into the cluster. */
  readonly labels: Record<string, string>;
  /** Files of the kubeconfig, first wins; for what opens connections of its own. */
  readonly kubeconfig: readonly string[];
  /** The same stage with its configuration read anew. */
  again(): Stage;
  /** The engine, with the policy pack; dispose of it. */
  open(options: { progress: (line: string) => void; signal?: AbortSignal }): Promise<JudgedSandbox<Runs>>;
}

/**
 * @param kubeconfig file; otherwise that of the stage, of KUBECONFIG, or the usual one
 * @throws UserError when stack, configuration, kubeconfig or cluster are not what they should be
 */
export async function openStage(stack: string, { kubeconfig, env = process.env }: { kubeconfig?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Stage> {
  const local = env[STAGE_VARIABLE];
  const folder = local ?? ROOT;
  const config = stackConfig(stack, folder);
  const files = kubeconfigFiles(kubeconfig ?? (local === undefined ? undefined : kubeconfigOf(local)), env);
  const api = new Api(await readAccess(files));
  await demandOwnCluster(api, stack, config.app.name);
  return stageOf({ stack, folder, kubeconfig: files, api, open: (options) => (local === undefined ? real(stack, options.signal) : openLocalStack(stack, local, options)) }, config);
}

function stageOf(place: Pick<Stage, "stack" | "folder" | "kubeconfig" | "api" | "open">, config: Config): Stage {
  const { stack, folder } = place;
  const { name } = config.app;
  const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/component": "release", "app.kubernetes.io/part-of": `${name}-${stack}`, "app.kubernetes.io/managed-by": "golive" };
  return { ...place, config, namespace: name, labels, again: () => stageOf(place, stackConfig(stack, folder)) };
}

/** Kubeconfig of a stage on this machine. */
export function kubeconfigOf(stage: string): string {
  return path.join(stage, "kubeconfig.json");
}

async function real(stack: string, signal: AbortSignal | undefined): Promise<JudgedSandbox<Runs>> {
  const { openRealStack } = await import("./realStack.ts");
  return JudgedSandbox.judging((env) => openRealStack(stack, ROOT, env, signal));
}

/** A stack of this machine, by the folder of its stage: the simulated cloud, and the cluster of its kubeconfig. */
export async function openLocalStack(stack: string, folder: string, options: { progress: (line: string) => void; signal?: AbortSignal }): Promise<JudgedSandbox<Runs>> {
  const { openSandbox } = await import("../../sandbox/workspace/sandbox.ts");
  const { readFileSync } = await import("node:fs");
  const kubeconfig = readFileSync(kubeconfigOf(folder), "utf8");
  return JudgedSandbox.judging((env) => openSandbox({
    ...options, stack, programDir: folder, stateDir: path.join(folder, "state"),
    // The simulated Kubernetes provider acts on the cluster that the kubeconfig names.
    env: { ...env, GOLIVE_SANDBOX_CLUSTER: "1" },
    configOverrides: { "golive:kubeconfig": { secure: kubeconfig } },
  }));
}

/** A person's answer to the plan. @throws UserError when there is nobody to ask */
export async function confirmed(question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) throw new UserError("Nobody is there to say yes: standard input is no terminal.", "Run it again with --yes.", 2);
  const { createInterface } = await import("node:readline/promises");
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await ask.question(`${question} [y/N] `)).trim().toLowerCase();
    if (answer !== "y" && answer !== "yes") throw new UserError("Not confirmed: nothing was changed.", "", 1);
  } finally {
    ask.close();
  }
}
