/** A canary on its way: the idle color gets a growing share of the traffic, and is watched at each step. */
import { UserError } from "../../sandbox/errors.ts";
import { judgedUp } from "../gate/gatedUp.ts";
import { confirmed } from "./ask.ts";
import { canaryOf, routeOf } from "./canary.ts";
import { changeConfig, type Changes } from "./configFile.ts";
import { budgetOf, type GateOptions, verify } from "./gates.ts";
import { AUTOSCALER_RESOURCE, type Color, LIVE_RESOURCE, LIVE_TARGET, otherColor, ROUTE_RESOURCE } from "./names.ts";
import { releasePlan } from "./plan.ts";
import { rollback } from "./rollback.ts";
import type { Silences } from "./silences.ts";
import { openJudged, type Stage } from "./stage.ts";
import { demandAsSeen, type Live, nextSerial, readLive } from "./traffic.ts";

export interface StepOptions extends GateOptions {
  yes: boolean;
  silences?: Silences;
}

/**
 * Goes through the steps below 100 % (`release.canary.weights`) that are still ahead, each watched for
 * `release.canary.stepSeconds`. What is left is a flip. Run again after a kill it watches the step that it was in, and goes on.
 *
 * @returns the stage with the configuration of the last step
 * @throws UserError when a step is refused: traffic is divided as it was; or when the color turned bad: then all traffic
 * is back on the live color, and the image is rejected
 */
export async function canarySteps(stage: Stage, to: Color, options: StepOptions): Promise<Stage> {
  const { weights, stepSeconds } = stage.config.release.canary;
  const steps = weights.filter((weight) => weight < 100);
  let now = stage;
  let live = await readLive(now.api, now.namespace);
  const reached = await shareOf(now, live, to);
  const ahead = steps.filter((weight) => weight >= (reached ?? 0));
  if (ahead.length > 0) await confirmed(`Give ${to} ${ahead.join(" %, ")} % of the traffic of stack "${now.stack}", each for ${stepSeconds} s, and then all of it?`, options);
  options.silences?.cover("flip", to);
  const budget = budgetOf(stage);
  for (const weight of ahead) {
    if (weight !== reached || now.config.release.canary.weight !== weight) await stepTo(now, live, to, weight, options);
    options.say(`${to} has ${weight} % of the traffic.`);
    now = now.again();
    const trouble = await verify(now, to, stepSeconds, { ...options, budget }).catch((error: unknown) => {
      options.say(`${to} has ${weight} % of the traffic, and nobody watches it. To go on: ./golive flip ${now.stack} ${to}. Back: ./golive rollback ${now.stack}`);
      throw error;
    });
    if (trouble !== undefined) await goBack(now, to, weight, trouble, options);
    live = await readLive(now.api, now.namespace);
    if (live.color === to) return now;
  }
  return now;
}

/** The share that a color has now, in percent. */
async function shareOf(stage: Stage, live: Live, color: Color): Promise<number | undefined> {
  return live.canary?.color === color ? live.canary.weight : canaryOf(await routeOf(stage), color)?.weight;
}

async function stepTo(stage: Stage, live: Live, to: Color, weight: number, options: StepOptions): Promise<void> {
  const { stack, folder, config } = stage;
  const changes: Changes = [
    { path: ["golive:release", "serial"], value: nextSerial(config.release.serial, live) },
    { path: ["golive:release", "canary", "weight"], value: weight },
  ];
  await using engine = await openJudged(stage, { progress: options.progress, signal: options.signal, changes });
  const plan = () => releasePlan(engine, `A share of ${weight} % for ${to}`, { ...options, live, allowed: (name) => LIVE_RESOURCE.test(name) || AUTOSCALER_RESOURCE.test(name), following: ROUTE_RESOURCE });
  let planned = await plan();
  if (planned.length === 0) {
    // The state is of before a rollback that could not bring it in line: the cluster is right.
    await engine.sandbox.refresh({ target: [LIVE_TARGET], signal: options.signal });
    planned = await plan();
  }
  for (const change of planned) options.say(change);
  await demandAsSeen(stage, live);
  const restore = await changeConfig(folder, stack, changes);
  try {
    options.progress(`giving ${to} ${weight} % of the traffic`);
    await judgedUp(engine, { signal: options.signal });
  } catch (error) {
    // A share that it has got all the same is what the configuration must say.
    const share = await readLive(stage.api, stage.namespace).then((now) => shareOf(stage, now, to)).catch(() => undefined);
    if (share === weight) options.say(`${to} has ${weight} % of the traffic, and nobody watches it. To go on: ./golive flip ${stack} ${to}. Back: ./golive rollback ${stack}`);
    else if ((await restore()) === "changed by somebody else") options.say(`Pulumi.${stack}.yaml was changed by somebody else meanwhile and is left as it is: see that release.canary.weight is what it should be.`);
    throw error;
  }
}

async function goBack(stage: Stage, to: Color, weight: number, trouble: string, options: StepOptions): Promise<never> {
  options.say(`${to} turned bad with ${weight} % of the traffic: ${trouble}. Rolling back.`);
  await rollback(stage, { reason: trouble, yes: true, progress: options.progress, say: options.say });
  throw new UserError(`${to} turned bad with ${weight} % of the traffic: ${trouble}. All of it is back on ${otherColor(to)}, and the image is rejected.`, `Look at what it logged: kubectl logs -n ${stage.namespace} -l color=${to} --tail 100`);
}
