/** Which providers are simulated. */
import { UserError } from "../errors.ts";

export type Provider = "aws" | "kubernetes";

const VARIABLE = "GOLIVE_KUBERNETES_PROVIDER";

/**
 * The simulated providers, each in a folder `sandbox/<name>`. With GOLIVE_KUBERNETES_PROVIDER=official Kubernetes' is the
 * one that production uses: for a real cluster, to compare the two (docs/clusters.md).
 *
 * @throws UserError when the variable says something else
 */
export function simulatedProviders(env: NodeJS.ProcessEnv = process.env): readonly Provider[] {
  const said = env[VARIABLE] ?? "";
  if (said !== "" && said !== "official" && said !== "simulated") throw new UserError(`${VARIABLE}=${said} names no provider.`, "Say official or simulated, or nothing, which is simulated.", 2);
  return said === "official" ? ["aws"] : ["aws", "kubernetes"];
}
