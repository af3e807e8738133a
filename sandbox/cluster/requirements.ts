/** What a machine must have for a cluster of its own: asked before anything is built or started. */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";

const run = promisify(execFile);

/** Program to Debian package. */
const PROGRAMS = {
  containerd: "containerd",
  "containerd-shim-runc-v2": "containerd",
  ctr: "containerd",
  runc: "runc",
  ip: "iproute2",
  nft: "nftables",
  openssl: "openssl",
  nsenter: "util-linux",
  unshare: "util-linux",
  setpriv: "util-linux",
} as const;
const PLUGINS_PACKAGE = "containernetworking-plugins";
/** Debian's folder, and the one that the plugins' makers name. */
const PLUGIN_FOLDERS = ["/usr/lib/cni", "/opt/cni/bin"];
const PLUGINS = ["ptp", "host-local", "loopback"];
/** Bits of capabilities (linux/capability.h): networks and rules, mounts and namespaces. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n } as const;
/** cgroup controllers without which the kubelet does not start. */
const CONTROLLERS = ["cpu", "cpuset", "memory", "pids"];
/** Makes one of each thing that the cluster needs of the kernel, in namespaces that end with the command. */
const TRIALS = {
  "namespaces for processes, mounts and networks": ["--mount", "--pid", "--net", "--fork", "true"],
  "veth interfaces": ["--net", "ip", "link", "add", "name", "t0", "type", "veth", "peer", "name", "t1"],
  "nftables with address translation": ["--net", "nft", "add table ip t; add chain ip t c { type nat hook output priority 0; }; add rule ip t c ip daddr 198.18.0.1 dnat to 198.18.0.2"],
} as const;

export interface Machine {
  /** Folder of the CNI plugins. */
  plugins: string;
}

/**
 * @param env whose PATH is searched
 * @throws UserError that names everything that is missing, and what works without
 */
export async function requireMachine(env: NodeJS.ProcessEnv = process.env): Promise<Machine> {
  if (process.platform !== "linux") throw missing([`Linux (this is ${process.platform})`], []);
  const rights = await lackingRights();
  const programs = await lackingPrograms(env);
  const plugins = await pluginFolder();
  const packages = new Set<string>(programs.map((name) => PROGRAMS[name]));
  if (plugins === undefined) packages.add(PLUGINS_PACKAGE);
  // Trials need rights and programs.
  const kernel = rights.length + programs.length > 0 ? [] : await lackingFeatures();
  const all = [...rights, ...programs.map((p) => `program ${p}`), ...(plugins === undefined ? [`CNI plugins ${PLUGINS.join(", ")} in ${PLUGIN_FOLDERS.join(" or ")}`] : []), ...kernel];
  if (all.length > 0 || plugins === undefined) throw missing(all, [...packages]);
  return { plugins };
}

function missing(what: readonly string[], packages: readonly string[]): UserError {
  const hints = [
    ...(packages.length > 0 ? [`Debian and Ubuntu: sudo apt-get install --no-install-recommends ${packages.join(" ")}`] : []),
    "`make preview` works without a cluster. One that is there already is used where GOLIVE_CLUSTER names a file that describes it: docs/clusters.md.",
  ];
  return new UserError(`A Kubernetes cluster can not run on this machine. Missing:\n${what.map((w) => `  - ${w}`).join("\n")}`, hints.join("\n"));
}

async function lackingRights(): Promise<string[]> {
  if (process.getuid?.() !== 0) return ["root (run the command with sudo, or in a container that is privileged)"];
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile("/proc/self/status", "utf8"))?.[1] ?? "0"}`);
  return Object.entries(CAPABILITIES).filter(([, bit]) => (effective & (1n << bit)) === 0n).map(([name]) => `capability ${name} (this container is not privileged)`);
}

async function lackingPrograms(env: NodeJS.ProcessEnv): Promise<(keyof typeof PROGRAMS)[]> {
  const folders = `${env["PATH"] ?? ""}:/usr/sbin:/sbin`.split(":").filter((f) => f !== "");
  const names = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[];
  const found = await Promise.all(names.map((name) => Promise.any(folders.map((f) => access(path.join(f, name), constants.X_OK))).then(() => true, () => false)));
  return names.filter((_, i) => found[i] !== true);
}

async function pluginFolder(): Promise<string | undefined> {
  for (const folder of PLUGIN_FOLDERS) {
    const present = new Set(await readdir(folder).catch(() => []));
    if (PLUGINS.every((name) => present.has(name))) return folder;
  }
  return undefined;
}

async function lackingFeatures(): Promise<string[]> {
  // Those that are modules are loaded; where they are built in, there is nothing to load.
  await run("modprobe", ["-a", "overlay", "veth", "nf_tables"]).catch(() => undefined);
  const overlay = /\toverlay$/m.test(await readFile("/proc/filesystems", "utf8")) ? [] : ["kernel: overlay file system (CONFIG_OVERLAY_FS)"];
  const trials = await Promise.all(Object.entries(TRIALS).map(([what, args]) => run("unshare", [...args]).then(() => [], (error: unknown) => [`kernel: ${what} (${firstLine(error)})`])));
  return [...overlay, ...await lackingControllers(), ...trials.flat()];
}

async function lackingControllers(): Promise<string[]> {
  const second = await readFile("/sys/fs/cgroup/cgroup.controllers", "utf8").catch(() => undefined);
  const present = new Set(second === undefined ? await readdir("/sys/fs/cgroup").catch(() => []) : second.trim().split(" "));
  return CONTROLLERS.filter((c) => !present.has(c)).map((c) => `cgroup controller ${c} in /sys/fs/cgroup`);
}

function firstLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return text.trim().split("\n")[0] ?? "";
}
