/**
 * A real Kubernetes API server on this machine, with nothing behind it: it validates, defaults and stores objects,
 * and no controller acts on them. Made for server-side dry runs.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { ensureGoTools, type GoToolOptions } from "../engine/goTool.ts";
import { startChild, tail, type Child } from "./child.ts";
import { ApiClient, type ApiConnection } from "./client.ts";
import { SERVICE_RANGE, accountArguments, etcdArguments } from "./controlPlane.ts";
import { kubeconfigText, writeAccountKeys } from "./credentials.ts";
import { cleanLeftovers, ownFolder, recordChildren } from "./leftovers.ts";
import { ETCD_TOOL, KUBE_APISERVER_TOOL } from "./tools.ts";

/** Ready after about 4 s on two idle cores; a busy machine takes several times that. */
const READY_MS = 90_000;
const POLL_MS = 100;
/** A port that was free may be taken before the server has it. */
const ATTEMPTS = 3;

export interface ApiServer extends ApiConnection {
  /** Path of a kubeconfig of a cluster administrator. */
  kubeconfig: string;
  client: ApiClient;
  /** Ends the processes and removes everything that they wrote. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a server of its own for the caller; several may run at once.
 *
 * @throws UserError when it can not be built, or does not become ready within 90 s
 */
export async function startApiServer(options: GoToolOptions = {}): Promise<ApiServer> {
  const [etcd = "", apiServer = ""] = await ensureGoTools([ETCD_TOOL, KUBE_APISERVER_TOOL], options);
  await cleanLeftovers();
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await start(etcd, apiServer, options.signal);
    } catch (error) {
      const taken = error instanceof UserError && /address already in use/.test(error.hint);
      if (!taken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(etcdFile: string, apiServerFile: string, signal: AbortSignal | undefined): Promise<ApiServer> {
  const folder = await ownFolder();
  const children: Child[] = [];
  const clean = async (): Promise<void> => {
    // The API server first: it waits for its store while it ends.
    for (const child of children.splice(0).reverse()) await child.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const [store = 0, peer = 0, api = 0] = await freePorts(3);
    children.push(await startChild("etcd", etcdFile, etcdArguments(folder, store, peer), path.join(folder, "etcd.log")));
    await recordChildren(folder, children.map((c) => c.pid));
    const token = randomBytes(24).toString("hex");
    const log = path.join(folder, "kube-apiserver.log");
    children.push(await startChild("kube-apiserver", apiServerFile, await apiServerArguments(folder, store, api, token), log));
    await recordChildren(folder, children.map((c) => c.pid));
    const connection = await Promise.race([ready(folder, api, token, log, signal), ...children.map((c) => c.died)]);
    const client = new ApiClient(connection);
    const kubeconfig = path.join(folder, "kubeconfig.json");
    await writeFile(kubeconfig, kubeconfigText(connection), { mode: 0o600 });
    return { ...connection, kubeconfig, client, stop: async () => { client.close(); await clean(); } };
  } catch (error) {
    await clean();
    throw error;
  }
}

async function apiServerArguments(folder: string, store: number, port: number, token: string): Promise<string[]> {
  await writeAccountKeys(folder);
  const tokens = path.join(folder, "tokens.csv");
  await writeFile(tokens, `${token},golive,golive,"system:masters"\n`, { mode: 0o600 });
  await mkdir(certificates(folder), { recursive: true });
  return [
    `--etcd-servers=http://127.0.0.1:${store}`,
    "--bind-address=127.0.0.1", `--secure-port=${port}`, `--cert-dir=${certificates(folder)}`,
    `--token-auth-file=${tokens}`, "--authorization-mode=RBAC",
    ...accountArguments(folder), `--service-cluster-ip-range=${SERVICE_RANGE}`,
    // A loopback address can not be an endpoint of the Service "kubernetes".
    "--endpoint-reconciler-type=none",
  ];
}

function certificates(folder: string): string {
  return path.join(folder, "certificates");
}

/** Waits until the server says that it is ready; it makes its own certificate on the way. */
async function ready(folder: string, port: number, token: string, log: string, signal: AbortSignal | undefined): Promise<ApiConnection> {
  const until = Date.now() + READY_MS;
  for (;;) {
    const ca = await readFile(path.join(certificates(folder), "apiserver.crt"), "utf8").catch(() => "");
    if (ca !== "") {
      const connection = { url: `https://127.0.0.1:${port}`, token, ca };
      const client = new ApiClient(connection);
      const answer = await client.get("/readyz").catch(() => undefined);
      client.close();
      if (answer?.status === 200) return connection;
    }
    if (Date.now() > until) {
      throw new UserError(`The API server was not ready after ${READY_MS / 1000} s.`, `The machine may be too busy: try again when less runs. The end of its log:\n${await tail(log)}`);
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Ports of the loopback address that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  })));
  return Promise.all(servers.map((server) => new Promise<number>((resolve) => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
  })));
}
