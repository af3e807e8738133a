/** The simulated Kubernetes provider, as the plugin `pulumi-resource-kubernetes` of the sandbox serves it to the engine. */
import { Faults } from "../aws/faults.ts";
import { listen, type Served } from "../plugin/listen.ts";
import { providerServer } from "./server.ts";

export async function serve(): Promise<Served> {
  return listen(providerServer(await Faults.fromEnvironment(process.env)));
}
