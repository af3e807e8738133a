/** Brings an image into a color, through the gates; unless releases are rolling, users see nothing of it. */
import { UserError } from "../../sandbox/errors.ts";
import { demandNoCanary } from "./canary.ts";
import { colorState } from "./colors.ts";
import { hintOf, intoColor, type IntoOptions } from "./intoColor.ts";
import { type Color, demandDigest, digestOf, otherColor } from "./names.ts";
import { changeRecords, eventOf, readRecords, withEvent, withRejection } from "./records.ts";
import { rolled } from "./rolling.ts";
import { type Assertion, readAssertions, standardAssertions } from "./smoke.ts";
import type { Stage } from "./stage.ts";
import { demandAgreement, demandNewest, type Live, nextSerial, readLive } from "./traffic.ts";
import { inTurn } from "./turn.ts";

export interface DeployOptions extends IntoOptions {
  image: string;
  /** File of HTTP assertions; the health paths of the configuration when left out. */
  smoke?: string;
}

/**
 * @returns the color that has the image now
 * @throws UserError when the image is named by tag or was rejected, when the plan touches more than the color that it is
 * for (then nothing has changed), or when the image does not start or fails a gate: then that color has the image, the
 * image is rejected, and traffic is where it was, or in a rolling release where users have what they had
 */
export function deploy(stage: Stage, options: DeployOptions): Promise<Color> {
  demandDigest(options.image);
  return inTurn(stage, async (now) => {
    const live = await readLive(now.api, now.namespace);
    demandAgreement(now, live);
    demandNewest(now, live);
    await demandNoCanary(now, live, "A deployment");
    await demandNotRejected(now, options.image);
    // A file that is none must not be found out when everything has been deployed.
    const smoke = options.smoke === undefined ? standardAssertions(now.config) : readAssertions(options.smoke);
    return now.config.release.strategy === "rolling" ? rolled(now, { live, smoke, image: options.image }, options) : deployed(now, { live, smoke, image: options.image }, options);
  });
}

async function demandNotRejected({ api, namespace }: Stage, image: string): Promise<void> {
  const rejected = (await readRecords(api, namespace)).rejected.find(({ digest }) => digest === digestOf(image));
  if (rejected !== undefined) throw new UserError(`${image} was rejected${rejected.at === undefined ? "" : ` on ${rejected.at}`}: ${rejected.reason}`, "Release another image; if the reason is gone, remove the digest from data.rejected of ConfigMap app-releases.");
}

async function deployed(stage: Stage, { image, live, smoke }: { image: string; live: Live; smoke: readonly Assertion[] }, options: IntoOptions): Promise<Color> {
  const { stack, api, namespace, labels } = stage;
  const idle = otherColor(live.color);
  const serial = nextSerial(stage.config.release.serial, live);
  const failure = await intoColor(stage, { color: idle, image, serial, live, smoke, question: `Deploy ${image} to ${idle} of stack "${stack}"?` }, options);
  const reason = failure?.text;
  const event = eventOf({ action: "deploy", color: idle, image, serial, ...(reason === undefined ? {} : { reason }) });
  await changeRecords(api, namespace, labels, (all) => withEvent(reason === undefined ? all : withRejection(all, { digest: digestOf(image), reason, at: event.at }), event));
  if (failure !== undefined) throw new UserError(`${idle} did not pass: ${failure.text}. Traffic stays on ${live.color}; the image is rejected.`, hintOf(namespace, idle, failure));
  const { ready } = await colorState(api, namespace, idle);
  options.say(`${idle} runs ${image} with ${ready} ready pods, and passed its gates. Commit Pulumi.${stack}.yaml. To make it live: ./golive flip ${stack} ${idle}`);
  return idle;
}
