/** The official Kubernetes provider, put in place by the CLI itself. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";

const INSTALL_MS = 600_000;

/**
 * Installs the provider's plugin, once; it is some 30 MB from Pulumi's own server.
 *
 * @param pulumi the CLI @param home the engine's home (`PULUMI_HOME`) @param version of the npm package, without a `v`
 * @throws UserError when it can not be had
 */
export async function ensureOfficialKubernetes(pulumi: string, home: string, version: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (existsSync(path.join(home, "plugins", `resource-kubernetes-v${version}`, "pulumi-resource-kubernetes"))) return;
  await promisify(execFile)(pulumi, ["plugin", "install", "resource", "kubernetes", `v${version}`], { env: { ...env, PULUMI_HOME: home }, timeout: INSTALL_MS }).catch((error: unknown) => {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim().split("\n").slice(-3).join("\n") : String(error);
    throw new UserError(`The official Kubernetes provider ${version} could not be installed.`, `The CLI says:\n${said}\nWithout GOLIVE_KUBERNETES_PROVIDER the simulated one is used.`, 1, { cause: error });
  });
}
