import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppsV1Api, CoreV1Api, Exec, KubeConfig, type V1Status } from "@kubernetes/client-node";
import { startCluster, type Cluster } from "../../sandbox/cluster/cluster.ts";
import { requireMachine } from "../../sandbox/cluster/requirements.ts";
import { processStart } from "../../sandbox/engine/process.ts";
import { UserError } from "../../sandbox/errors.ts";
import type { Image } from "../../sandbox/images/archive.ts";
import { helloImage } from "./hello.ts";

const run = promisify(execFile);
/** Room for building all programs, when the cache is empty, on a machine that does other work too. */
const BUILD_MS = 1_800_000;
const PODS = "/api/v1/namespaces/default/pods";

let cluster: Cluster;
let image: Image;
beforeAll(async () => {
  [cluster, image] = await Promise.all([startCluster(), helloImage()]);
  await cluster.importImages([image.archive]);
}, BUILD_MS);
afterAll(async () => { await cluster.stop(); }, 60_000);

interface Pod {
  metadata: { name: string };
  status: { podIP?: string; conditions?: { type: string; status: string }[]; containerStatuses?: { imageID: string }[] };
}

/** Asks until there is an answer. */
async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await delay(50);
  }
}

async function startPod(color: string, name: string = color): Promise<void> {
  const { status, body } = await cluster.client.post(PODS, {
    apiVersion: "v1", kind: "Pod", metadata: { name, labels: { app: "hello", color } },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{
        name: "hello", image: image.pinned, imagePullPolicy: "IfNotPresent", env: [{ name: "COLOR", value: color }],
        readinessProbe: { httpGet: { path: "/ready", port: 8080 }, periodSeconds: 1 },
        securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
        resources: { requests: { cpu: "50m", memory: "32Mi", "ephemeral-storage": "16Mi" }, limits: { cpu: "500m", memory: "64Mi" } },
      }],
    },
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
}

function readyPod(name: string): Promise<Pod> {
  return until(`pod ${name} to be ready`, async () => {
    const { body } = await cluster.client.get(`${PODS}/${name}`);
    const pod = body as Pod;
    return pod.status.conditions?.some((c) => c.type === "Ready" && c.status === "True") ? pod : undefined;
  });
}

/** Starts a program of the tests in the cluster's network; its lines as they come. */
function inside(script: string, ...args: string[]): { child: ChildProcess; lines: AsyncIterator<string> } {
  const [program = "", ...rest] = cluster.inside;
  const child = spawn(program, [...rest, process.execPath, path.join(import.meta.dirname, script), ...args], { stdio: ["ignore", "pipe", "inherit"] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function service(): Promise<string> {
  const { body } = await cluster.client.apply("/api/v1/namespaces/default/services/hello?fieldManager=test&force=true", {
    apiVersion: "v1", kind: "Service", metadata: { name: "hello" },
    spec: { selector: { app: "hello", color: "blue" }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  return (body as { spec: { clusterIP: string } }).spec.clusterIP;
}

describe("a cluster with one node", () => {
  it("is ready, and an ordinary client reaches it from outside of its network", async () => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    const { items } = await config.makeApiClient(CoreV1Api).listNode();
    expect(items.map((node) => [node.metadata?.name, node.status?.nodeInfo?.kubeletVersion])).toEqual([["node-1", "v1.36.3"]]);
    expect(items[0]?.status?.conditions?.find((c) => c.type === "Ready")?.status).toBe("True");
  });

  it("runs a pod from an image of this machine, ready by its probe, and moves a Service's traffic to another", async () => {
    await Promise.all([startPod("blue"), startPod("green")]);
    const [blue] = await Promise.all([readyPod("blue"), readyPod("green")]);
    expect(blue.status.containerStatuses?.[0]?.imageID).toContain(image.digest);
    const watch = inside("watch.ts", `http://${await service()}`);
    const seen: string[] = [];
    try {
      // The address of a new Service leads nowhere for the moment until the node has its rules.
      while (seen.at(-1) !== "blue") seen.push(String((await watch.lines.next()).value));
      const started = Date.now();
      await cluster.client.merge("/api/v1/namespaces/default/services/hello", { spec: { selector: { color: "green" } } });
      expect((await watch.lines.next()).value).toBe("green");
      expect(Date.now() - started).toBeLessThan(5_000);
    } finally {
      watch.child.kill("SIGKILL");
      await once(watch.child, "close");
    }
  });

  it("gives out what a pod has written", async () => {
    await until("the log", async () => {
      const { status, body } = await cluster.client.get(`${PODS}/blue/log`);
      return status === 200 && String(body).includes("blue listens") ? true : undefined;
    });
  });

  it("runs a command in a pod", async () => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    const out = new PassThrough();
    const ended = Promise.withResolvers<V1Status>();
    await new Exec(config).exec("default", "blue", "hello", ["/hello", "one", "two"], out, null, null, false, ended.resolve);
    expect((await ended.promise).status).toBe("Success");
    expect(String(out.read())).toBe("told: [one two]\n");
  });

  it("gives pods the names of Services, and none of anything outside", async () => {
    const address = await service();
    const lookUp = async (name: string): Promise<string> => String((await cluster.client.get(`${PODS}/blue:8080/proxy/addresses?of=${name}`)).body);
    expect(await lookUp("hello")).toBe(`[${address}] <nil>`);
    expect(await lookUp("kubernetes.default.svc.cluster.local")).toBe("[10.96.0.1] <nil>");
    expect(await lookUp("example.com")).toContain("no such host");
  });

  it("runs Deployments with its controllers", async () => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    const apps = config.makeApiClient(AppsV1Api);
    const labels = { app: "deployed" };
    await apps.createNamespacedDeployment({
      namespace: "default",
      body: { metadata: { name: "deployed" }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: "hello", image: image.pinned }] } } } },
    });
    await until("both replicas", async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace: "default", name: "deployed" });
      return status?.availableReplicas === 2 ? true : undefined;
    });
    await apps.deleteNamespacedDeployment({ namespace: "default", name: "deployed" });
  });

  it("goes on after its API server was killed, with the same objects, and traffic never stops", async () => {
    const watch = inside("watch.ts", `http://${await service()}`);
    try {
      while ((await watch.lines.next()).value !== "blue");
      const uid = async (): Promise<unknown> => ((await cluster.client.get(`${PODS}/blue`)).body as { metadata: { uid: string } }).metadata.uid;
      const before = await uid();
      await cluster.restartApiServer();
      expect(await uid()).toBe(before);
      await startPod("blue", "later");
      await readyPod("later");
    } finally {
      watch.child.kill("SIGKILL");
      await once(watch.child, "close");
    }
    // Its answer never changed, so there is no further line.
    expect((await watch.lines.next()).done).toBe(true);
  });
});

interface Held {
  folder: string;
  owner: { pid: number };
  children: { pid: number }[];
  link: string;
  cgroup: string;
}

/** Clusters that somebody else runs on this machine now. */
function foreign(): Held[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith("golive-cluster-")).map((name) => path.join(tmpdir(), name));
  return folders.filter((folder) => folder !== cluster.folder && existsSync(path.join(folder, "processes.json")))
    .map((folder) => JSON.parse(readFileSync(path.join(folder, "processes.json"), "utf8")) as Held);
}

/** What a cluster could leave on the machine, outside of its folder; without what others have. */
async function traces(): Promise<{ links: string[]; mounts: string[]; namespaces: string[]; cgroups: string[]; folders: string[] }> {
  const others = foreign();
  const { stdout } = await run("ip", ["-json", "link"]);
  const { stdout: cgroups } = await run("find", ["/sys/fs/cgroup", "-maxdepth", "2", "-name", "golive-*"]);
  return {
    links: (JSON.parse(stdout) as { ifname: string }[]).map((l) => l.ifname).filter((name) => !others.some((o) => o.link === name)).sort(),
    mounts: readFileSync("/proc/self/mountinfo", "utf8").split("\n").map((line) => line.split(" ")[4] ?? "").sort(),
    namespaces: ["/run/netns", "/run/containerd/s"].flatMap((folder) => existsSync(folder) ? readdirSync(folder) : []),
    cgroups: cgroups.trim().split("\n").filter((at) => !others.some((o) => at.endsWith(o.cgroup))).sort(),
    folders: ["/var/lib/cni", "/var/lib/kubelet", "/var/log/containers", "/var/log/pods", "/run/containerd"].filter((f) => existsSync(f)),
  };
}

/** Processes in the network namespace of the one with this id. Its number alone tells nothing later: the kernel gives it out again. */
function processesBeside(pid: number): { pid: number; started: string | undefined }[] {
  const network = readlinkSync(`/proc/${pid}/ns/net`);
  return readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/net`) === network;
    } catch {
      return false;
    }
  }).map((name) => ({ pid: Number(name), started: processStart(Number(name)) }));
}

function alive(processes: readonly { pid: number; started: string | undefined }[]): unknown[] {
  return processes.filter((p) => p.started !== undefined && processStart(p.pid) === p.started);
}

describe("several clusters", () => {
  it("run side by side; one whose owner was killed is cleaned away by the next start, and one that is stopped leaves nothing", async () => {
    const before = await traces();
    const owner = spawn(process.execPath, [path.join(import.meta.dirname, "holdCluster.ts")], { stdio: ["ignore", "pipe", "pipe"] });
    const said = text(owner.stderr);
    const { value: line } = await createInterface({ input: owner.stdout })[Symbol.asyncIterator]().next();
    if (line === undefined) throw new Error(`The second cluster did not start:\n${await said}`);
    const held = JSON.parse(line) as Held;
    const processes = processesBeside(held.children[0]?.pid ?? 0);
    expect(alive(processes).length).toBeGreaterThan(6);
    expect((await cluster.client.get("/readyz")).status).toBe(200);
    const { stdout } = await run("ip", ["-json", "link", "show", held.link]);
    expect(stdout).toContain(held.link);

    owner.kill("SIGKILL");
    await once(owner, "close");
    const next = await startCluster();
    try {
      expect(next.folder).not.toBe(held.folder);
      expect(existsSync(held.folder)).toBe(false);
      expect(alive(processes)).toEqual([]);
      expect((await traces()).cgroups.filter((c) => c.endsWith(held.cgroup))).toEqual([]);
      // The first one, whose owner lives, was left alone.
      expect((await cluster.client.get("/readyz")).status).toBe(200);
    } finally {
      const own = processesBeside(Number(/\/proc\/(\d+)\//.exec(next.inside.join(" "))?.[1]));
      expect(alive(own).length).toBeGreaterThan(6);
      await next.stop();
      expect(alive(own)).toEqual([]);
    }
    expect(existsSync(next.folder)).toBe(false);
    expect(await traces()).toEqual(before);
  }, 300_000);
});

describe("a server that ends while its cluster comes up", () => {
  it("costs one more attempt: the first is cleaned away, its logs are kept and said", async () => {
    const before = await traces();
    const lines: string[] = [];
    let killed: Promise<void> | undefined;
    const next = await startCluster({ progress: (line) => {
      lines.push(line);
      if (line === "cluster: starting") killed ??= killStore();
    } });
    try {
      await killed;
      expect(lines.filter((line) => line === "cluster: starting")).toHaveLength(2);
      expect(lines.join("\n")).toMatch(/cluster: did not start, trying once more: etcd ended by itself \(by SIGKILL\)/);
      expect((await next.client.get("/readyz")).status).toBe(200);
    } finally {
      await next.stop();
    }
    expect(await traces()).toEqual(before);
  }, 300_000);
});

/** Kills etcd of this process's second cluster, once it is there. */
async function killStore(): Promise<void> {
  const pid = await until("etcd of a new cluster", async () => Promise.resolve(foreign().filter(({ owner }) => owner.pid === process.pid)
    .flatMap(({ children }) => children).find((child) => programOf(child.pid).endsWith("/etcd"))?.pid));
  process.kill(pid, "SIGKILL");
}

function programOf(pid: number): string {
  return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] ?? "" : "";
}

describe("a machine that lacks something", () => {
  it("is told all of it at once, with what to install and what works without", async () => {
    const error: unknown = await requireMachine({ PATH: "" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    const { message, hint, exitCode } = error as UserError;
    expect(message).toContain("program containerd\n");
    expect(message).toContain("program openssl");
    expect(message).not.toContain("CNI plugins");
    expect(hint).toMatch(/apt-get install .*containerd.*openssl/);
    expect(hint).toContain("make preview");
    expect(exitCode).toBe(1);
  });
});
