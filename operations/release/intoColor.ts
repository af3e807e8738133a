/** Puts an image into a color by the engine, within the budget, and through the gates. */
import { UserError } from "../../sandbox/errors.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { judgedUp } from "../gate/gatedUp.ts";
import { confirmed } from "./ask.ts";
import { Begun } from "./begun.ts";
import { grown } from "./autoscaler.ts";
import { colorState } from "./colors.ts";
import { changeConfig, type Changes } from "./configFile.ts";
import { type Budget, budgetOf, gates, overBudget } from "./gates.ts";
import { clusterChange } from "./identity.ts";
import { type Color, otherColor } from "./names.ts";
import { releasePlan } from "./plan.ts";
import { recordSchemaVersion } from "./schemaVersion.ts";
import type { Silences } from "./silences.ts";
import type { Assertion } from "./smoke.ts";
import { openJudged, type Stage } from "./stage.ts";
import { hopeless, type StartTrouble, startTrouble } from "./startup.ts";
import { demandAsSeen, type Live } from "./traffic.ts";

/** Why an image did not come to be what a color runs well. */
export interface Failure {
  text: string;
  log?: string;
}

export interface Into {
  /** Color that gets the image: the idle one, or in a rolling release the live one. */
  color: Color;
  image: string;
  serial: number;
  /** The live Service as it was looked at. */
  live: Live;
  smoke: readonly Assertion[];
  /** What is asked before anything changes. */
  question: string;
  /** Begins, or goes on, when the question has been answered; one of its own where it is left out. */
  budget?: () => Budget;
}

export interface IntoOptions {
  yes: boolean;
  silences?: Silences;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * @returns why the image did not start, or which gate it failed
 * @throws UserError when the plan touches the other color or more than the release, or nobody agreed: then nothing has
 * changed; or when what went wrong is not the image's fault
 */
export async function intoColor(stage: Stage, into: Into, options: IntoOptions): Promise<Failure | undefined> {
  const { stack, folder } = stage;
  const { color, live } = into;
  const changes: Changes = [
    { path: ["golive:images", color], value: into.image },
    { path: ["golive:release", "serial"], value: into.serial },
    ...(await clusterChange(stage.api)),
    // The color that gets the image is at full size; of the other one nothing changes.
    ...(color === live.color ? [] : [{ path: ["golive:release", "drainIdle"], value: false }]),
  ];
  const budget = await (async (): Promise<Budget | Failure> => {
    await using engine = await openJudged(stage, { progress: options.progress, signal: options.signal, changes });
    // Of the other color nothing may change; the live Service only keeps the number of the release.
    const planned = await releasePlan(engine, `A deployment to ${color}`, { ...options, live, allowed: (name) => !new RegExp(`-${otherColor(color)}(-|$)`).test(name) });
    for (const change of planned) options.say(change);
    await confirmed(into.question, options);
    options.silences?.cover(color === live.color ? "rolling" : "deploy", color);
    await demandAsSeen(stage, live);
    // The job of the image before goes with this update, and what it has made of the database stays.
    await recordSchemaVersion(stage);
    const restore = await changeConfig(folder, stack, changes);
    const given = into.budget?.() ?? budgetOf(stage);
    const begun = new Begun();
    try {
      return (await started(stage, into, given, (signal) => judgedUp(engine, { signal, onEvent: begun.onEvent }), options)) ?? given;
    } catch (error) {
      await begun.restore(error, restore, stack, { say: options.say, isInCluster: async () => (await colorState(stage.api, stage.namespace, color)).image === into.image });
      throw error;
    } finally {
      await recordSchemaVersion(stage).catch((error: unknown) => options.say(`The version of the database's schema could not be recorded: ${error instanceof Error ? error.message : String(error)}`));
    }
  })();
  if ("text" in budget) return budget;
  // A color that was drained has one pod until its autoscaler looks.
  await grown(stage, color, stage.config.app.replicas.min);
  const trouble = await gates(stage, color, into.smoke, budget, options);
  return trouble === undefined ? undefined : { text: trouble };
}

/**
 * Runs the engine within the budget, and ends it when waiting longer does not help. It ends in order then: what it has
 * done is in its state.
 *
 * @returns why the image is not there
 * @throws UserError when that is not the image's fault: it is not rejected, and the same command goes on
 */
async function started(stage: Stage, into: Into, budget: Budget, up: (signal: AbortSignal) => Promise<unknown>, options: IntoOptions): Promise<Failure | undefined> {
  const { api, namespace } = stage;
  const { color, image } = into;
  const { progress } = options;
  const [ended, vain] = [new AbortController(), new AbortController()];
  const look = () => startTrouble(api, namespace, color, image);
  progress(`deploying to ${color}`);
  const watching = hopeless(look, { signal: ended.signal, said: (text) => progress(`${color}: ${text}`) }).then((trouble) => {
    if (trouble !== undefined) vain.abort(new Error(trouble.text));
    return trouble;
  });
  try {
    await up(AbortSignal.any([budget.signal, vain.signal, ...(options.signal === undefined ? [] : [options.signal])]));
    return undefined;
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    const ofPods = error instanceof OperationError ? error.diagnostics.find((text) => text.includes(`-${color} (kubernetes:apps/v1:Deployment)`)) : undefined;
    const isOver = budget.signal.aborted && !vain.signal.aborted;
    if (!vain.signal.aborted && !isOver && ofPods === undefined) throw error;
    ended.abort();
    const trouble = (await watching) ?? (await look().catch(() => undefined));
    if (isOver) demandBlame(stage, into, await colorState(api, namespace, color), { trouble, budget, error });
    if (isOver) return { ...trouble, text: `${overBudget(budget)}${trouble === undefined ? "" : `: ${trouble.text}`}` };
    return trouble ?? { text: (ofPods ?? "").split("\n").slice(0, 3).join(" ") };
  } finally {
    ended.abort();
    await watching;
  }
}

/** @throws UserError when the image can not be blamed: its pods have not begun, or have no room */
function demandBlame({ stack }: Stage, { color, image, live }: Into, state: { image: string | undefined }, { trouble, budget, error }: { trouble: StartTrouble | undefined; budget: Budget; error: unknown }): void {
  const within = `within release.budgetSeconds (${budget.seconds} s)`;
  const stays = `Traffic stays on ${live.color}, and the image is not rejected: it has not run.`;
  const mend = `The same command goes on where it stopped: ./golive deploy ${stack} --image ${image}`;
  if (state.image !== image) throw new UserError(`${color} did not pass: what comes before its pods did not end ${within}. ${stays}`, `See what the migrations do (kubectl get jobs). ${mend}`, 1, { cause: error });
  if (trouble?.kind === "no node" || trouble?.kind === "configuration") throw new UserError(`${color} did not pass: its pods did not start ${within}: ${trouble.text}. ${stays}`, `Mend the cluster. ${mend}`, 1, { cause: error });
}

/** Where to look, with the last that it has said. */
export function hintOf(namespace: string, color: Color, { log }: Failure): string {
  const look = `Look at what it logged: kubectl logs -n ${namespace} -l color=${color} --tail 100`;
  return log === undefined ? look : `It logged last:\n${log.split("\n").map((line) => `  ${line}`).join("\n")}\n${look}`;
}
