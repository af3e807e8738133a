/** What a release command may change, by the plan of the whole stack: nothing outside of the release. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { UserError } from "../../sandbox/errors.ts";
import { PlanCollector, type PlannedResource } from "../plan/plan.ts";
import type { JudgedSandbox, Runs } from "../gate/judgedSandbox.ts";
import { gatedPreview } from "../gate/gatedUp.ts";
import { LIVE_RESOURCE } from "./names.ts";
import type { Live } from "./traffic.ts";

const COMPONENT = /::[^:]*golive:release:/;
/** What a release may change is in the cluster: the role of its migrations, which the component declares too, is not. */
const KIND = /^(kubernetes|golive):/;
/** Job that looks at the images that run (components/maintenance): it follows every image and serves nobody. */
const IMAGE_SCAN = /^image-scan$/;
const SHOWN = 10;

export interface PlanOptions {
  /** Whether a change of a resource of the release, by its name, is what the command is for. */
  allowed: (name: string) => boolean;
  /** Resources of other parts that follow the release in this command. */
  following?: RegExp;
  /** The live Service of the cluster that the command looks at. */
  live: Live;
  progress: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Plans the whole stack with the policy pack.
 *
 * @returns what would change, a line for each resource
 * @throws UserError when anything else would change, naming it, or the state is of another cluster; PolicyRefusal when
 * the pack refuses
 */
export async function releasePlan(engine: Pick<JudgedSandbox<Runs>, "name" | "preview">, what: string, { allowed, following, live, progress, signal }: PlanOptions): Promise<string[]> {
  const plan = new PlanCollector();
  let known: string | undefined;
  await gatedPreview(engine, { signal, onEvent: (event) => {
    plan.add(event);
    known ??= liveIdOf(event);
    progress(`${plan.size} resources planned`);
  } });
  const { uid } = live.service.metadata;
  if (known !== undefined && uid !== undefined && known !== uid) throw new UserError(`The state of stack "${engine.name}" is of another cluster: its live Service is ${known}, and the one of this cluster is ${uid}.`, "Choose the cluster of this stack (--kubeconfig, or its context). If somebody has made the Service anew past the program: pulumi up --refresh.");
  const changes = plan.resources.filter((one) => one.operation !== "same");
  const isMeant = ({ urn, type, name }: PlannedResource): boolean => (COMPONENT.test(urn) && KIND.test(type) && allowed(name)) || IMAGE_SCAN.test(name) || following?.test(name) === true;
  const others = changes.filter((one) => !isMeant(one));
  if (others.length > 0) {
    const lines = others.slice(0, SHOWN).map((one) => `  - ${line(one, ` (${one.type})`)}`);
    const more = others.length > SHOWN ? `\n  and ${others.length - SHOWN} more` : "";
    throw new UserError(`${what} would change more than the release:\n${lines.join("\n")}${more}`, "A release touches no infrastructure. Apply those changes by themselves first (pulumi preview, pulumi up), then run the command again.");
  }
  return changes.map((one) => line(one));
}

/** What tells the live Service of the state from one of the same name in another cluster. */
function liveIdOf({ resourcePreEvent }: EngineEvent): string | undefined {
  const old = resourcePreEvent?.metadata.old;
  if (old === undefined || !LIVE_RESOURCE.test(old.urn) || !COMPONENT.test(old.urn)) return undefined;
  const { metadata } = (old.outputs ?? {}) as { metadata?: { uid?: unknown } };
  return typeof metadata?.uid === "string" && metadata.uid !== "" ? metadata.uid : undefined;
}

function line({ operation, name, diff }: PlannedResource, kind = ""): string {
  return `${operation} ${name}${kind}${diff.length > 0 ? `: ${diff.join(", ")}` : ""}`;
}
