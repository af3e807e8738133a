/** `golive status`, `deploy`, `flip`, `rollback` and `drain`: releases by hand, each as guarded as the engine's own. */
import type { Command } from "commander";
import { UserError } from "../../sandbox/errors.ts";
import { nearest } from "../../stacks/config/mistakes.ts";
import { abortOnInterrupt } from "../interrupt.ts";
import { progress as progressLine } from "../progress.ts";
import { type Color, COLORS, demandDigest, isColor } from "../release/names.ts";
import { Silences } from "../release/silences.ts";
import { openPlace, openStage, type Place, type PlaceOptions } from "../release/stage.ts";

interface Common {
  kubeconfig?: string;
  namespace?: string;
  yes?: boolean;
}

interface Acting {
  yes: boolean;
  progress: (text: string) => void;
  say: (line: string) => void;
  signal: AbortSignal;
  /** Lifted when the command ends, however it ends. */
  silences: Silences;
}

const register = (name: string) => (program: Command): Command => program.command(name).argument("<stack>", "name of the stack: Pulumi.<stack>.yaml").option("--kubeconfig <file>", "kubeconfig of the stack's cluster (default: KUBECONFIG, then the usual place)");

const YES = ["-y, --yes", "do not ask"] as const;
/** Of the commands that must work with a stack file in which somebody has made a mistake. */
const NAMESPACE = ["--namespace <name>", "namespace of the application, where the stack file can not be read"] as const;

export function registerStatus(program: Command): void {
  register("status")(program)
    .description("show both colors, which one is live since when, and what does not agree")
    .option("--json", "print it as JSON")
    .option(...NAMESPACE)
    .action(async (stack: string, options: Common & { json?: boolean }) => {
      const place = await openPlace(stack, options);
      try {
        const { status, statusText } = await import("../release/status.ts");
        const found = await status(place);
        process.stdout.write(`${options.json === true ? JSON.stringify(found, null, 2) : statusText(found)}\n`);
      } finally {
        place.api.close();
      }
    });
}

export function registerDeploy(program: Command): void {
  register("deploy")(program)
    .description("put an image into the idle color and through the gates; traffic stays where it is")
    .requiredOption("--image <image>", "image by digest: registry/name@sha256:<64 hex digits>")
    .option("--smoke <file>", "HTTP assertions (YAML); by default the health paths of the configuration")
    .option(...YES)
    .action((stack: string, options: Common & { image: string; smoke?: string }) => {
      // Said before the cluster is asked anything: it may be far, or not there.
      demandDigest(options.image);
      return acting(openStage, `./golive deploy ${stack} --image ${options.image}`, stack, options, async (stage, act) => {
        const { deploy } = await import("../release/deploy.ts");
        await deploy(stage, { ...act, image: options.image, ...(options.smoke === undefined ? {} : { smoke: options.smoke }) });
      });
    });
}

export function registerFlip(program: Command): void {
  register("flip")(program)
    .argument("<color>", "blue or green")
    .description("send traffic to a color, watch it, and send it back when it turns bad")
    .option(...YES)
    .action((stack: string, color: string, options: Common) => {
      const to = colorOf(color);
      return acting(openStage, `./golive flip ${stack} ${to}`, stack, options, async (stage, act) => {
        const { flip } = await import("../release/flip.ts");
        await flip(stage, to, act);
      });
    });
}

export function registerRollback(program: Command): void {
  register("rollback")(program)
    .description("send traffic back at once, reject the image that failed, and bring configuration and state in line")
    .option("--to <color>", "color to go back to (default: the one that was live before)")
    .option(...NAMESPACE)
    .option("--reason <text>", "why, for those who look later", "rolled back by hand")
    .option(...YES)
    .action((stack: string, options: Common & { to?: string; reason: string }) => {
      const to = options.to === undefined ? undefined : colorOf(options.to);
      return acting(openPlace, `./golive rollback ${stack}`, stack, options, async (place, act) => {
        const { rollback } = await import("../release/rollback.ts");
        await rollback(place, { ...act, reason: options.reason, ...(to === undefined ? {} : { to }) });
      });
    });
}

export function registerDrain(program: Command): void {
  register("drain")(program)
    .description("shrink the idle color to one pod, after the rollback window")
    .option("--now", "within the rollback window, too")
    .option(...YES)
    .action((stack: string, options: Common & { now?: boolean }) => acting(openStage, `./golive drain ${stack}`, stack, options, async (stage, act) => {
      const { drain } = await import("../release/drain.ts");
      await drain(stage, { ...act, now: options.now === true });
    }));
}

/** Runs what changes something: with a progress line, what is done as lines of their own, and an orderly end. */
async function acting<P extends Place>(open: (stack: string, options: PlaceOptions) => Promise<P>, command: string, stack: string, { kubeconfig, namespace, yes }: Common, act: (place: P, how: Acting) => Promise<void>): Promise<void> {
  const place = await open(stack, { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(namespace === undefined ? {} : { namespace }) });
  const line = progressLine();
  const { signal } = abortOnInterrupt();
  const say = (text: string): void => {
    line.done();
    process.stdout.write(`${text}\n`);
  };
  const silences = new Silences(place, { command, say });
  try {
    await act(place, { yes: yes === true, progress: (text) => line.update(text), say, signal, silences });
  } finally {
    await silences.lift();
    line.done();
    place.api.close();
  }
}

/** @throws UserError with what was meant, most probably */
function colorOf(text: string): Color {
  if (isColor(text)) return text;
  const near = nearest(text, [...COLORS]);
  throw new UserError(`There is no color ${JSON.stringify(text.slice(0, 40))}.`, `${near === undefined ? "" : `Did you mean ${near}? `}There are: ${COLORS.join(", ")}.`, 2);
}
