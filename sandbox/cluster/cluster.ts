/**
 * A real Kubernetes cluster with one node on this machine: every server of a cluster, the programs that Kubernetes is
 * made of, with containers run by containerd. It has namespaces of its own (room.ts), so that several run side by side
 * and nothing of one stays.
 */
import { cp, mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { LOCAL_STATE } from "../engine/checkout.ts";
import { ensureGoTools, type GoToolOptions } from "../engine/goTool.ts";
import { pauseImage } from "../images/index.ts";
import { makeCgroup } from "./cgroups.ts";
import type { Child } from "./child.ts";
import { ApiClient } from "./client.ts";
import { API_PORT, NODE_PATH, SERVICE_ADDRESS, apiServerArguments, controllerManagerArguments, etcdArguments, schedulerArguments } from "./controlPlane.ts";
import { makeCredentials, type Credentials } from "./credentials.ts";
import { dnsAnswers, installDns, writeDnsSettings } from "./dns.ts";
import { answers, importImages, type ImageStore } from "./importImages.ts";
import { cleanLeftovers, identify, ownFolder, recordChildren, removeRemains, type Outside, type Process } from "./leftovers.ts";
import { containerdSocket, writeNodeSettings, type NodeArguments } from "./node.ts";
import { requireMachine } from "./requirements.ts";
import { connect, openRoom, type Room } from "./room.ts";
import { CONTROLLER_MANAGER_TOOL, COREDNS_TOOL, ETCD_TOOL, KUBELET_TOOL, KUBE_APISERVER_TOOL, KUBE_PROXY_TOOL, SCHEDULER_TOOL } from "./tools.ts";

/** About 5 s on two idle cores; a busy machine takes several times that. */
const READY_MS = 120_000;
const POLL_MS = 50;
/** Logs of the last clusters that failed. */
const KEPT_LOGS = 5;
/** A server that ends by itself while others come up would be started anew by a node's own systemd; here the whole cluster is. */
const ATTEMPTS = 2;

export interface Cluster {
  /** Path of an administrator's kubeconfig that works from this process's own network. */
  kubeconfig: string;
  client: ApiClient;
  /** To put before a command that must run inside the cluster's network. */
  inside: string[];
  /** State and logs. */
  folder: string;
  /** Imports image archives (OCI image layouts in tar files) into the node. */
  importImages(files: readonly string[]): Promise<void>;
  /** Kills and starts the API server again, for tests of faults; resolves when it is ready. */
  restartApiServer(): Promise<void>;
  /** Rejects when one of its servers ends by itself; never resolves. */
  died: Promise<never>;
  /** Copies the logs to where they outlive the cluster, `.golive/logs/`; the folder. */
  keepLogs(): Promise<string>;
  /** Ends every process and removes everything. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ClusterOptions extends GoToolOptions {
  /** How often the kubelet measures containers, such as `1s`; every 10 s without. */
  housekeeping?: string;
}

/**
 * Starts a cluster of its own for the caller; several may run at once. It ends with the calling process at the latest.
 *
 * @throws UserError when the machine lacks something, a program can not be built, or the node does not become ready in two
 * attempts; in the last case the logs are kept in `.golive/logs/`
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { plugins } = await requireMachine();
  const { progress, signal } = options;
  const [[etcd = "", apiServer = "", controllerManager = "", scheduler = "", kubelet = "", proxy = "", coreDns = ""], pause] = await Promise.all([
    ensureGoTools([ETCD_TOOL, KUBE_APISERVER_TOOL, CONTROLLER_MANAGER_TOOL, SCHEDULER_TOOL, KUBELET_TOOL, KUBE_PROXY_TOOL, COREDNS_TOOL], options),
    pauseImage(options),
  ]);
  await cleanLeftovers();
  const programs: Programs = { etcd, apiServer, controllerManager, scheduler, kubelet, proxy, coreDns, plugins, pause };
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await start(programs, options);
    } catch (error) {
      if (attempt === ATTEMPTS || signal?.aborted === true) throw error;
      progress?.(`cluster: did not start, trying once more: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Files of the servers, the folder of the CNI plugins and the image that holds a pod's network. */
interface Programs extends Record<"etcd" | "apiServer" | "controllerManager" | "scheduler" | "kubelet" | "proxy" | "coreDns" | "plugins", string> {
  pause: Awaited<ReturnType<typeof pauseImage>>;
}

async function start({ etcd, apiServer, controllerManager, scheduler, kubelet, proxy, coreDns, plugins, pause }: Programs, { progress, signal, housekeeping }: ClusterOptions): Promise<Cluster> {
  progress?.("cluster: starting");
  const started = Date.now();
  const starting = new Starting(await ownFolder("cluster"), signal);
  try {
    const { room, address, credentials, node } = await starting.prepare(pause.reference, plugins, housekeeping);
    const startApi = (): Promise<Child> => room.startServer("kube-apiserver", apiServer, apiServerArguments(credentials, address));
    const client = new ApiClient({ url: apiUrl(address), token: credentials.token, ca: credentials.ca });
    starting.atEnd(() => client.close());
    await starting.run(room.startServer("etcd", etcd, etcdArguments(starting.folder)));
    const api = await starting.run(startApi());
    await starting.run(room.startNodeServer("containerd", "containerd", node.containerd));
    await Promise.all([
      starting.until("containerd", () => answers(starting.images)).then(() => importImages(starting.images, [pause.archive])),
      starting.until("kube-apiserver", () => isReady(client)),
    ]);
    await Promise.all([
      starting.run(room.startNodeServer("kubelet", kubelet, node.kubelet)),
      starting.run(room.startServer("kube-controller-manager", controllerManager, controllerManagerArguments(credentials))),
      starting.run(room.startServer("kube-scheduler", scheduler, schedulerArguments(credentials))),
      starting.run(room.startServer("kube-proxy", proxy, node.proxy)),
      starting.run(room.startServer("coredns", coreDns, await writeDnsSettings(starting.folder, address, credentials.kubeconfigs.dns))),
    ]);
    await Promise.all([
      starting.until("kubelet", () => nodeTakesPods(client)),
      starting.until("kube-apiserver", () => installDns(client, address)).then(() => starting.until("coredns", () => dnsAnswers(address))),
    ]);
    progress?.(`cluster: ready after ${((Date.now() - started) / 1000).toFixed(1)} s, logs in ${path.join(starting.folder, "logs")}`);
    let current = api;
    return {
      kubeconfig: credentials.kubeconfigs.admin,
      client,
      inside: room.inside,
      folder: starting.folder,
      importImages: (files) => importImages(starting.images, files),
      restartApiServer: async () => {
        await current.stop("SIGKILL");
        current = await starting.run(startApi());
        await starting.until("kube-apiserver", () => isReady(client));
      },
      died: starting.died,
      keepLogs: () => starting.keepLogs(),
      stop: () => starting.stop(),
    };
  } catch (error) {
    const kept = signal?.aborted === true ? "" : await starting.keepLogs();
    await starting.stop();
    signal?.throwIfAborted();
    if (error instanceof UserError) throw new UserError(error.message, `${error.hint}\nAll logs: ${kept}`.trim(), error.exitCode, { cause: error });
    throw error;
  }
}

function apiUrl(address: string): string {
  return `https://${address}:${API_PORT}`;
}

/** What has been started so far, and how to end it. */
class Starting {
  readonly folder: string;
  readonly #signal: AbortSignal | undefined;
  /** Rejects when one of the servers ends by itself. */
  readonly died: Promise<never>;
  readonly #fail: (reason: unknown) => void;
  readonly #children: Child[] = [];
  /** Of all that ever ran, as the kernel tells processes apart. */
  readonly #processes: Process[] = [];
  readonly #last: (() => void)[] = [];
  readonly #outside: Outside;
  #recorded: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(folder: string, signal: AbortSignal | undefined) {
    this.folder = folder;
    this.#signal = signal;
    this.#outside = { cgroup: path.basename(folder) };
    ({ promise: this.died, reject: this.#fail } = Promise.withResolvers<never>());
    this.died.catch(() => undefined);
  }

  /** Namespaces, the link into them, certificates and settings. */
  async prepare(pauseReference: string, plugins: string, housekeeping: string | undefined): Promise<{ room: Room; address: string; credentials: Credentials; node: NodeArguments }> {
    await mkdir(path.join(this.folder, "logs", "pods"), { recursive: true });
    const cgroup = path.basename(this.folder);
    await this.#record();
    await makeCgroup(cgroup);
    const room = await openRoom(this.folder);
    this.#processes.push(identify(room.init));
    await this.run(Promise.resolve(room.keeper));
    const { name, address } = await connect(room);
    this.#outside.link = name;
    await this.#record();
    const credentials = await makeCredentials(this.folder, apiUrl(address), [address, "127.0.0.1", SERVICE_ADDRESS]);
    const node = await writeNodeSettings({ folder: this.folder, credentials, address, cgroup, pauseImage: pauseReference, plugins, housekeeping });
    return { room, address, credentials, node };
  }

  async run(starting: Promise<Child>): Promise<Child> {
    const child = await starting;
    this.#children.push(child);
    child.died.catch(this.#fail);
    this.#processes.push(identify(child.pid));
    await this.#record();
    return child;
  }

  get images(): ImageStore {
    return { ctr: ["ctr", "--address", containerdSocket(this.folder)], advice: `containerd's log is ${path.join(this.folder, "logs", "containerd.log")}.` };
  }

  atEnd(last: () => void): void {
    this.#last.push(last);
  }

  /** Asks until the answer is yes; fails when a server ends by itself, or none comes for long. */
  async until(server: string, isSo: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + READY_MS;
    while (!(await Promise.race([isSo(), this.died]))) {
      if (Date.now() > end) throw new UserError(`The cluster was not ready after ${READY_MS / 1000} s: it waits for ${server}.`, `The machine may be too busy: try again when less runs.`);
      await delay(POLL_MS, undefined, { signal: this.#signal });
    }
  }

  async keepLogs(): Promise<string> {
    const shelf = path.join(LOCAL_STATE, "logs");
    await mkdir(shelf, { recursive: true });
    const earlier = await Promise.all((await readdir(shelf)).map(async (name) => ({ name, at: (await stat(path.join(shelf, name))).mtimeMs })));
    for (const { name } of earlier.sort((a, b) => b.at - a.at).slice(KEPT_LOGS - 1)) await rm(path.join(shelf, name), { recursive: true, force: true });
    const kept = path.join(shelf, path.basename(this.folder));
    await cp(path.join(this.folder, "logs"), kept, { recursive: true }).catch(() => undefined);
    return kept;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    for (const last of this.#last) last();
    // All at once, by a signal that nothing can delay: nothing of the cluster is needed again.
    await Promise.all(this.#children.map((child) => child.stop("SIGKILL")));
    await removeRemains(this.folder, this.#processes, this.#outside);
  }

  /** One after the other, the last with everything. */
  #record(): Promise<void> {
    this.#recorded = this.#recorded.then(() => recordChildren(this.folder, this.#processes, this.#outside));
    return this.#recorded;
  }
}

/** Whether the API server takes requests. */
export async function isReady(client: ApiClient): Promise<boolean> {
  const answer = await client.get("/readyz").catch(() => undefined);
  return answer?.status === 200;
}

/** The node is ready, the controllers have seen it, and pods can have their service account. */
async function nodeTakesPods(client: ApiClient): Promise<boolean> {
  const [node, account] = await Promise.all([NODE_PATH, "/api/v1/namespaces/default/serviceaccounts/default"].map((at) => client.get(at).catch(() => undefined)));
  if (node?.status !== 200 || account?.status !== 200) return false;
  const { spec, status } = node.body as { spec: { taints?: unknown[] }; status?: { conditions?: { type: string; status: string }[] } };
  const ready = status?.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false;
  return ready && (spec.taints ?? []).length === 0;
}
