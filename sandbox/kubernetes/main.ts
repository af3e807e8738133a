/** The simulated Kubernetes provider, as the plugin `pulumi-resource-kubernetes` of the sandbox serves it to the engine. */
import { Faults } from "../aws/faults.ts";
import { listen, type Served } from "../plugin/listen.ts";
import { announce, SeenObjects } from "./planApi.ts";
import { providerServer } from "./server.ts";

export async function serve(): Promise<Served> {
  const seen = new SeenObjects();
  // An engine that is gone must not see its objects appear later.
  const ended = new AbortController();
  const served = await listen(providerServer(await Faults.fromEnvironment(process.env), seen, ended.signal));
  const leave = announce(seen, process.env);
  return { port: served.port, stop: () => { ended.abort(new Error("the engine is gone")); leave(); served.stop(); } };
}
