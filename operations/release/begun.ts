/** Whether an update has begun to change anything: until then its configuration can be put back as if it had never been. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { Restore } from "./configFile.ts";
import { isLocked } from "./turn.ts";

/** Steps of the engine that leave everything as it is. */
const LOOKS = new Set(["same", "read", "refresh"]);

export class Begun {
  #hasBegun = false;

  /** To be told the events of the update. */
  readonly onEvent = ({ resourcePreEvent }: EngineEvent): void => {
    if (resourcePreEvent !== undefined && !LOOKS.has(resourcePreEvent.metadata.op)) this.#hasBegun = true;
  };

  /**
   * Puts a stack file back after a failure, unless the update has begun: the same command again goes on where that stopped.
   *
   * @param isInCluster whether the cluster shows it, whose word counts when an engine that was ended has not told all; when it can
   * not be asked, the file stays
   */
  async restore(error: unknown, restore: Restore, stack: string, { say, isInCluster = () => Promise.resolve(false) }: { say: (line: string) => void; isInCluster?: () => Promise<boolean> }): Promise<void> {
    if (!isLocked(error) && (this.#hasBegun || (await isInCluster().catch(() => true)))) return;
    if ((await restore()) === "changed by somebody else") say(`Pulumi.${stack}.yaml was changed by somebody else meanwhile and is left as it is.`);
  }
}
