/** Puts an image into the idle color, and through the gates; users see nothing of it. */
import { UserError } from "../../sandbox/errors.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { judgedUp } from "../gate/gatedUp.ts";
import { colorState } from "./colors.ts";
import { changeConfig } from "./configFile.ts";
import { gates } from "./gates.ts";
import { type Color, digestOf, otherColor } from "./names.ts";
import { releasePlan } from "./plan.ts";
import { changeRecords, readRecords, withEvent } from "./records.ts";
import { readAssertions, standardAssertions } from "./smoke.ts";
import { confirmed, type Stage } from "./stage.ts";
import { demandAgreement, nextSerial, readLive } from "./traffic.ts";

export interface DeployOptions {
  image: string;
  yes: boolean;
  /** File of HTTP assertions; the health paths of the configuration when left out. */
  smoke?: string;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal?: AbortSignal;
}

const IMAGE = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/**
 * @returns the color that has the image now
 * @throws UserError when the image is named by tag or was rejected, when the plan touches more than the idle color (then
 * nothing has changed), or when a gate fails: then the idle color has the image, the image is rejected, and traffic is
 * where it was
 */
export async function deploy(stage: Stage, options: DeployOptions): Promise<Color> {
  const { stack, api, namespace } = stage;
  const { image } = options;
  if (!IMAGE.test(image)) throw new UserError(`${image} does not name an image by digest.`, "A tag can be moved to other content between the gates and the flip. Write registry/name@sha256:<64 hex digits> (docker buildx imagetools inspect NAME:TAG shows it).", 2);
  const live = await readLive(api, namespace);
  demandAgreement(stage, live);
  const rejected = (await readRecords(api, namespace)).rejected.find(({ digest }) => digest === digestOf(image));
  if (rejected !== undefined) throw new UserError(`${image} was rejected${rejected.at === undefined ? "" : ` on ${rejected.at}`}: ${rejected.reason}`, "Release another image; if the reason is gone, remove the digest from data.rejected of ConfigMap app-releases.");
  // A file that is none must not be found out when everything has been deployed.
  const smoke = options.smoke === undefined ? standardAssertions(stage.config) : readAssertions(options.smoke);
  const idle = otherColor(live.color);
  const serial = nextSerial(stage, live);
  const trouble = (await applied(stage, idle, serial, options)) ?? (await gates(stage, idle, smoke, options));
  await changeRecords(api, namespace, stage.labels, ({ rejected: before, history }) => withEvent({
    rejected: trouble === undefined ? before : [...before, { digest: digestOf(image), reason: trouble, at: new Date().toISOString() }],
    history,
  }, { action: "deploy", color: idle, image, serial, ...(trouble === undefined ? {} : { reason: trouble }) }));
  if (trouble !== undefined) throw new UserError(`${idle} did not pass: ${trouble}. Traffic stays on ${live.color}; the image is rejected.`, `Look at what it logged: kubectl logs -n ${namespace} -l color=${idle} --tail 100`);
  const { ready } = await colorState(api, namespace, idle);
  options.say(`${idle} runs ${image} with ${ready} ready pods, and passed its gates. To make it live: ./golive flip ${stack} ${idle}`);
  return idle;
}

/** @returns why the engine gave up on the new pods, if it did */
async function applied(stage: Stage, idle: Color, serial: number, options: DeployOptions): Promise<string | undefined> {
  const { stack } = stage;
  const restore = await changeConfig(stage.folder, stack, [
    { path: ["golive:images", idle], value: options.image },
    { path: ["golive:release", "serial"], value: serial },
    { path: ["golive:release", "drainIdle"], value: false },
  ]);
  let isUnderWay = false;
  try {
    await using engine = await stage.open({ progress: options.progress, signal: options.signal });
    const live = otherColor(idle);
    // Of the live color nothing may change; the live Service only keeps the number of the release.
    const changes = await releasePlan(engine, `A deployment to ${idle}`, (name) => !new RegExp(`-${live}(-|$)`).test(name), options);
    for (const change of changes) options.say(change);
    await confirmed(`Deploy ${options.image} to ${idle} of stack "${stack}"?`, options.yes);
    isUnderWay = true;
    options.progress(`deploying to ${idle}`);
    await judgedUp(engine, { signal: options.signal });
    return undefined;
  } catch (error) {
    const ofPods = isUnderWay && error instanceof OperationError ? error.diagnostics.find((text) => text.includes(`-${idle} (kubernetes:apps/v1:Deployment)`)) : undefined;
    if (ofPods !== undefined) return ofPods.split("\n").slice(0, 3).join(" ");
    // What has begun is not undone by a changed file: the same command again goes on where it stopped.
    if (!isUnderWay && (await restore()) === "changed by somebody else") options.say(`Pulumi.${stack}.yaml was changed by somebody else meanwhile and is left as it is.`);
    throw error;
  }
}
