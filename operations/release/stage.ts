/** A stack where it runs: its file, the engine that acts on it, the cluster that it is in. */
import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../sandbox/errors.ts";
import type { Config } from "../../stacks/config.ts";
import { Api } from "../cluster/api.ts";
import { kubeconfigFiles, readAccess } from "../cluster/kubeconfig.ts";
import type { JudgedSandbox, Runs } from "../gate/judgedSandbox.ts";
import { ROOT, stackConfig, stackNames } from "../stacks.ts";
import { type Brief, briefOf } from "./brief.ts";
import { type Changes, overridesOf } from "./configFile.ts";
import { Forwards } from "./forward.ts";
import { demandOwnCluster, demandSameCluster } from "./identity.ts";

/** Folder of a stack that runs on this machine (`./golive demo`): its files, state and kubeconfig. */
export const STAGE_VARIABLE = "GOLIVE_STAGE";

export interface OpenOptions {
  progress: (line: string) => void;
  signal?: AbortSignal;
  /** Values that differ from the stack file, which stays as it is: a plan is nobody's decision yet. */
  changes?: Changes;
  /** Added to the engine's environment. */
  env?: Record<string, string>;
}

/** What a rollback needs: it works with a stack file that is broken, and without the policy pack. */
export interface Place {
  readonly stack: string;
  /** Holds `Pulumi.<stack>.yaml`, which commands change. */
  readonly folder: string;
  /** Namespace of the application. */
  readonly namespace: string;
  readonly api: Api;
  /** Ways to pods of that cluster. */
  readonly forwards: Forwards;
  /** Labels of what commands themselves write into the cluster. */
  readonly labels: Record<string, string>;
  /** Folder of the state, where it is kept on this machine. */
  readonly stateFolder: string | undefined;
  /** The stack file as it is now, as far as it can be read. */
  brief: () => Brief;
  /** The engine, without policies; close it. */
  open(options: OpenOptions): Promise<Runs>;
}

export interface Stage extends Place {
  readonly config: Config;
  /** The same stage with its configuration read anew. */
  again(): Stage;
}

export interface PlaceOptions {
  /** File; otherwise that of the stage, of KUBECONFIG, or the usual one. */
  kubeconfig?: string;
  /** Namespace of the application, for a stack file that does not tell. */
  namespace?: string;
  env?: NodeJS.ProcessEnv;
}

/** @throws UserError when stack, configuration, kubeconfig or cluster are not what they should be */
export async function openStage(stack: string, options: PlaceOptions = {}): Promise<Stage> {
  // Mistakes of the file are all told before the cluster is asked anything.
  stackConfig(stack, folderOf(options));
  return stageOf(await openPlace(stack, options));
}

/** As {@link openStage}, with a stack file that may have mistakes. @throws UserError */
export async function openPlace(stack: string, options: PlaceOptions = {}): Promise<Place> {
  const { env = process.env } = options;
  const local = env[STAGE_VARIABLE];
  const folder = folderOf(options);
  const brief = (): Brief => briefOf(folder, stack);
  const known = brief();
  const namespace = options.namespace ?? namespaceOf(stack, folder, known);
  const api = new Api(await readAccess(kubeconfigFiles(options.kubeconfig ?? (local === undefined ? undefined : kubeconfigOf(local)), env)), undefined, (line) => { process.stderr.write(`${line}\n`); });
  try {
    if (local !== undefined && options.kubeconfig !== undefined) await demandSameCluster(api, kubeconfigOf(local));
    await demandOwnCluster(api, stack, namespace, known.cluster);
  } catch (error) {
    api.close();
    throw error;
  }
  const labels = { "app.kubernetes.io/name": namespace, "app.kubernetes.io/instance": namespace, "app.kubernetes.io/component": "release", "app.kubernetes.io/part-of": `${namespace}-${stack}`, "app.kubernetes.io/managed-by": "golive" };
  const open = (given: OpenOptions): Promise<Runs> => (local === undefined ? real(stack, given) : openLocal(stack, local, given));
  return { stack, folder, namespace, api, forwards: new Forwards(api), labels, stateFolder: local === undefined ? undefined : stateOf(local), brief, open };
}

/** @throws UserError when the stage that is named is not there */
function folderOf({ env = process.env }: PlaceOptions): string {
  const stage = env[STAGE_VARIABLE];
  if (stage !== undefined && !existsSync(stage)) throw new UserError(`There is no stage in ${stage}, which ${STAGE_VARIABLE} names.`, `It ends with its demo (./golive demo --keep). For the stacks of this checkout: unset ${STAGE_VARIABLE}`, 2);
  return stage ?? ROOT;
}

/** The program's namespace has the name of the application. */
function namespaceOf(stack: string, folder: string, { app, mistake }: Brief): string {
  if (app !== undefined) return app;
  // A stack that is none is said as such.
  if (!stackNames(folder).includes(stack)) stackConfig(stack, folder);
  throw new UserError(`Pulumi.${stack}.yaml does not tell the name of the application: ${mistake ?? "app.name is absent."}`, `Mend the file, or name the namespace to act all the same: ./golive rollback ${stack} --namespace NAME`);
}

function stageOf(place: Place): Stage {
  return { ...place, config: stackConfig(place.stack, place.folder), again: () => stageOf(place) };
}

/** Kubeconfig of a stage on this machine. */
export function kubeconfigOf(stage: string): string {
  return path.join(stage, "kubeconfig.json");
}

function stateOf(stage: string): string {
  return path.join(stage, "state");
}

async function real(stack: string, options: OpenOptions): Promise<Runs> {
  const { openRealStack } = await import("./realStack.ts");
  return openRealStack(stack, ROOT, options);
}

/** A stack of this machine, by the folder of its stage: the simulated cloud, and the cluster of its kubeconfig. */
async function openLocal(stack: string, folder: string, { changes = [], env, ...options }: OpenOptions): Promise<Runs> {
  const { openSandbox } = await import("../../sandbox/workspace/sandbox.ts");
  const { readFileSync } = await import("node:fs");
  const kubeconfig = readFileSync(kubeconfigOf(folder), "utf8");
  return openSandbox({
    ...options, stack, programDir: folder, stateDir: stateOf(folder),
    // The simulated Kubernetes provider acts on the cluster that the kubeconfig names.
    env: { ...env, GOLIVE_SANDBOX_CLUSTER: "1" },
    configOverrides: { ...overridesOf(changes), "golive:kubeconfig": { secure: kubeconfig } },
  });
}

/** The same with the policy pack; dispose of it. */
export async function openLocalStack(stack: string, folder: string, options: OpenOptions): Promise<JudgedSandbox<Runs>> {
  return judging((given) => openLocal(stack, folder, given), options);
}

/** The engine of a place, with the policy pack: for all that is applied. Dispose of it. */
export async function openJudged(place: Pick<Place, "open">, options: OpenOptions): Promise<JudgedSandbox<Runs>> {
  return judging((given) => place.open(given), options);
}

/** The pack is loaded when it is needed: what sends traffic back must not fall over a policy that does not load. */
async function judging(open: (options: OpenOptions) => Promise<Runs>, options: OpenOptions): Promise<JudgedSandbox<Runs>> {
  const { JudgedSandbox: Judged } = await import("../gate/judgedSandbox.ts");
  return Judged.judging((env) => open({ ...options, env: { ...options.env, ...env } }));
}
