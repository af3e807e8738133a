/** A real NGINX in the cluster's network that serves what the stack's route says, as NGINX Ingress Controller would. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { CONFIG_NAME } from "../../components/ingress/nginxConfig.ts";
import { clusterIp } from "../../operations/demo/stage.ts";
import type { Cluster } from "../../sandbox/cluster/cluster.ts";
import { nginxProgram } from "../ingress/nginx.ts";
import { type RateLimitSpec, renderNginx, type VirtualServerSpec } from "../ingress/render.ts";

const run = promisify(execFile);
/** In a network that has nothing else on its loopback. */
const LISTEN = { address: "127.0.0.1", http: 18_080, https: 18_443 };
const POLL_MS = 100;
const START_MS = 20_000;

interface Item<Spec> {
  metadata: { name: string; generation: number };
  spec: Spec;
  data?: Record<string, string>;
}

export interface Router {
  /** Reached from the cluster's network. */
  url: string;
  /** What the load's `Host` must be. */
  host: string;
  /** Rejects when NGINX refuses a route, or ends. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

/** Follows the only VirtualServer, its Policy and the controller's ConfigMap: renders them, and has NGINX reload at each change. */
export async function startRouter(cluster: Cluster): Promise<Router> {
  const { client, inside } = cluster;
  const folder = await mkdtemp(path.join(tmpdir(), "golive-router-"));
  // NGINX started by root works as another user.
  await chmod(folder, 0o755);
  const file = path.join(folder, "nginx.conf");
  const list = async <Spec>(place: string): Promise<Item<Spec>[]> => ((await client.get(place)).body as { items: Item<Spec>[] }).items;
  const only = <Found>([found]: Found[], what: string): Found => {
    if (found === undefined) throw new Error(`the cluster has no ${what}`);
    return found;
  };
  const route = async (): Promise<Item<VirtualServerSpec>> => only(await list<VirtualServerSpec>("/apis/k8s.nginx.org/v1/virtualservers"), "VirtualServer");
  const limited = only((await list<{ rateLimit?: RateLimitSpec }>("/apis/k8s.nginx.org/v1/policies")).flatMap(({ spec }) => spec.rateLimit ?? []), "Policy with a rate limit");
  const config = only((await list("/api/v1/configmaps")).filter(({ metadata }) => metadata.name === CONFIG_NAME), "ConfigMap of the controller").data ?? {};
  // All users come from one address here, which the limit is not for.
  const limit = { ...limited, rate: "100000r/s", burst: 100_000 };
  const write = async ({ spec }: Item<VirtualServerSpec>): Promise<void> => {
    // Users come without TLS, which test/ingress is about.
    const server = { ...spec, tls: { ...spec.tls, redirect: { ...spec.tls.redirect, enable: false } } };
    const upstreams = Object.fromEntries(await Promise.all(server.upstreams.map(async ({ service: name, port }): Promise<[string, string]> => [String(name), `${await clusterIp(cluster, String(name))}:${String(port)}`])));
    await writeFile(file, renderNginx({ config, server, limit, folder, listen: LISTEN, upstreams }));
  };
  let current = await route();
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", `/CN=${current.spec.host}`, "-keyout", path.join(folder, "server.key"), "-out", path.join(folder, "server.crt")]);
  await write(current);
  const [program = "", ...before] = inside;
  const nginx = [nginxProgram(), "-c", file, "-p", folder, "-e", path.join(folder, "error.log")];
  const server = spawn(program, [...before, ...nginx], { stdio: ["ignore", "ignore", "inherit"] });
  const end = new AbortController();
  const ended = once(server, "exit");
  const follow = async (): Promise<never> => {
    for (;; await delay(POLL_MS, undefined, { signal: end.signal })) {
      // While the API server restarts, NGINX serves what it has.
      const found = await route().catch(() => current);
      if (found.metadata.generation === current.metadata.generation) continue;
      current = found;
      await write(found);
      await run(program, [...before, ...nginx, "-s", "reload"]);
    }
  };
  const failed = Promise.race([follow(), ended.then(([code]): never => { throw new Error(`nginx ended with ${String(code)}`); })]);
  failed.catch(() => undefined);
  const url = `http://${LISTEN.address}:${LISTEN.http}`;
  const host = current.spec.host;
  const answers = (): Promise<boolean> => run(program, [...before, process.execPath, "--eval", `fetch("${url}/api/version", { redirect: "error" }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`]).then(() => true, () => false);
  for (const until = Date.now() + START_MS; !(await Promise.race([answers(), failed]));) if (Date.now() > until) throw new Error("nginx does not answer");
  return {
    url, host, failed,
    stop: async () => {
      end.abort();
      server.kill("SIGTERM");
      if (server.exitCode === null && server.signalCode === null) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
