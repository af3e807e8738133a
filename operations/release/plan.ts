/** What a release command may change, by the plan of the whole stack: nothing outside of the release. */
import { UserError } from "../../sandbox/errors.ts";
import { PlanCollector, type PlannedResource } from "../plan/plan.ts";
import type { JudgedSandbox, Runs } from "../gate/judgedSandbox.ts";
import { gatedPreview } from "../gate/gatedUp.ts";

const COMPONENT = /::[^:]*golive:release:/;
/** Job that looks at the images that run (components/maintenance): it follows every image and serves nobody. */
const IMAGE_SCAN = /^image-scan$/;
const SHOWN = 10;

/**
 * Plans the whole stack with the policy pack.
 *
 * @param allowed whether a change of the release is what the command is for
 * @returns what would change, a line for each resource
 * @throws UserError when anything else would change, naming it; PolicyRefusal when the pack refuses
 */
export async function releasePlan(engine: JudgedSandbox<Runs>, what: string, allowed: (name: string) => boolean, options: { progress: (text: string) => void; signal?: AbortSignal }): Promise<string[]> {
  const plan = new PlanCollector();
  await gatedPreview(engine, { signal: options.signal, onEvent: (event) => {
    plan.add(event);
    options.progress(`${plan.size} resources planned`);
  } });
  const changes = plan.resources.filter((one) => one.operation !== "same");
  const others = changes.filter((one) => !(COMPONENT.test(one.urn) && allowed(one.name)) && !IMAGE_SCAN.test(one.name));
  if (others.length > 0) {
    const lines = others.slice(0, SHOWN).map((one) => `  - ${line(one, ` (${one.type})`)}`);
    const more = others.length > SHOWN ? `\n  and ${others.length - SHOWN} more` : "";
    throw new UserError(`${what} would change more than the release:\n${lines.join("\n")}${more}`, "A release touches no infrastructure. Apply those changes by themselves first (pulumi preview, pulumi up), then run the command again.");
  }
  return changes.map((one) => line(one));
}

function line({ operation, name, diff }: PlannedResource, kind = ""): string {
  return `${operation} ${name}${kind}${diff.length > 0 ? `: ${diff.join(", ")}` : ""}`;
}
