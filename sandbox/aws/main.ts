/** The simulated AWS provider, as the plugin `pulumi-resource-aws` of the sandbox serves it to the engine. */
import { listen, type Served } from "../plugin/listen.ts";
import { Faults } from "./faults.ts";
import { providerServer } from "./provider.ts";
import { inUseOf } from "./use.ts";

export async function serve(): Promise<Served> {
  return listen(providerServer(await Faults.fromEnvironment(process.env), inUseOf(process.env)));
}
