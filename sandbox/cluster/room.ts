/**
 * The namespaces that one cluster lives in: processes, mounts and network. A shell is their first process; when it
 * ends, the kernel ends every other process in there, and mounts, links and firewall rules go with them. So nothing of
 * a cluster outlives it, however it ends.
 *
 * The network is reached from outside over a veth pair. What the cluster sends elsewhere fails at once as unreachable.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";
import { processStart } from "../engine/process.ts";
import { startChild, type Child } from "./child.ts";
import { SERVICE_RANGE } from "./controlPlane.ts";

const run = promisify(execFile);
const READY_MS = 20_000;
const GONE_MS = 20_000;
const POLL_MS = 20;

/** For benchmarks of networks, routed nowhere (RFC 2544): four addresses for each pair, the middle two usable. */
const RANGE = { first: [198, 18, 0, 0], slots: 32_768 } as const;
const LINK_PREFIX = "golive";
const INNER_LINK = "up0";

/**
 * First process. /run is hidden, as the node's programs keep sockets there under fixed names and would take the
 * machine's own systemd for theirs; what they write below /var/lib and /var/log under fixed names ends in the
 * cluster's folder. /sys stays as it is: a new one would have no cgroups. `wait` takes in orphans.
 */
const INIT = `
set -eu
read -r pid rest </proc/self/stat
mount --make-rshared /
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
for part in lib log; do
  mkdir -p "$1/var/$part/upper" "$1/var/$part/work"
  mount -t overlay -o "lowerdir=/var/$part,upperdir=$1/var/$part/upper,workdir=$1/var/$part/work" overlay "/var/$part"
done
ip link set lo up
ip route add unreachable default
echo 1 >/proc/sys/net/ipv4/ip_forward
echo "10000 65000" >/proc/sys/net/ipv4/ip_local_port_range
echo 1 >/proc/sys/net/ipv4/tcp_tw_reuse
echo "$pid" >"$1/init.part"
mv "$1/init.part" "$1/init.pid"
sleep infinity &
wait
`;

/** A program that ends with the caller even when that is killed. */
const WITH_CALLER = ["--pdeathsig", "KILL", "--"];

export interface Room {
  /** Ends only when the room does; `stop` by SIGKILL ends all that runs in it. */
  keeper: Child;
  /** Process id of the first process, as seen from outside. */
  init: number;
  /** To put before a command that must run in the room's network. */
  inside: string[];
  /** Starts a server that needs the room's network alone. */
  startServer(name: string, file: string, args: readonly string[]): Promise<Child>;
  /** Starts a server that has others do work, and so must see the room's processes and mounts too. */
  startNodeServer(name: string, file: string, args: readonly string[]): Promise<Child>;
}

/** Makes the namespaces. Logs go to `logs/` in the folder. */
export async function openRoom(folder: string): Promise<Room> {
  const log = (name: string): string => path.join(folder, "logs", `${name}.log`);
  // None of the caller's: a proxy or a KUBECONFIG of theirs would lead the cluster's programs elsewhere.
  const options = { detached: true, env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`, HOME: folder, LANG: "C" } };
  const keeper = await startChild("The cluster's first process", "setpriv", [
    ...WITH_CALLER, "unshare", "--mount", "--pid", "--net", "--fork", "--kill-child=KILL", "sh", "-c", INIT, "golive-cluster", folder,
  ], log("namespaces"), options);
  try {
    const init = await Promise.race([firstProcess(folder), keeper.died]);
    const inside = ["nsenter", `--net=/proc/${init}/ns/net`, "--"];
    const start = (name: string, command: readonly string[]): Promise<Child> => startChild(name, "setpriv", [...WITH_CALLER, ...command], log(name), options);
    return {
      keeper, init, inside,
      startServer: (name, file, args) => start(name, [...inside, file, ...args]),
      startNodeServer: (name, file, args) => start(name, ["nsenter", `--target=${init}`, "--mount", "--pid", "--net", "--", file, ...args]),
    };
  } catch (error) {
    await keeper.stop("SIGKILL");
    throw error;
  }
}

async function firstProcess(folder: string): Promise<number> {
  const until = Date.now() + READY_MS;
  for (;;) {
    const pid = await readFile(path.join(folder, "init.pid"), "utf8").catch(() => "");
    if (pid !== "") return Number(pid);
    if (Date.now() > until) throw new UserError(`The cluster's namespaces were not ready after ${READY_MS / 1000} s.`, `The log is ${path.join(folder, "logs", "namespaces.log")}.`);
    await delay(POLL_MS);
  }
}

/** Resolves when no process with the id and start time is left, as the kernel ends what is in a room one by one. */
export async function gone(pid: number, started: string): Promise<void> {
  const until = Date.now() + GONE_MS;
  while (processStart(pid) === started && started !== "") {
    if (Date.now() > until) throw new UserError(`Process ${pid} of a sandbox cluster does not end.`, "It may hang in the kernel: look at its state in /proc, or restart the machine.");
    await delay(POLL_MS);
  }
}

export interface Link {
  /** Interface in the caller's network. */
  name: string;
  /** The cluster's address, which the caller reaches. */
  address: string;
}

/** Ties the room's network to the caller's, by the first pair of addresses that is free. */
export async function connect(room: Room): Promise<Link> {
  const { stdout } = await run("ip", ["-json", "-4", "address"]);
  const taken = new Set((JSON.parse(stdout) as { addr_info: { local?: string }[] }[]).flatMap((i) => i.addr_info.map((a) => a.local)));
  for (let slot = 0; slot < RANGE.slots; slot++) {
    const [outer, address, name] = [addressOf(slot, 1), addressOf(slot, 2), `${LINK_PREFIX}${slot}`];
    if (taken.has(outer) || !(await addLink(name, room.init))) continue;
    // A packet needs some route before the rules give it the address of a pod.
    await Promise.all([
      run("sh", ["-c", `ip address add ${outer}/30 dev ${name} && ip link set ${name} up`]),
      run("nsenter", [`--net=/proc/${room.init}/ns/net`, "sh", "-c", `ip address add ${address}/30 dev ${INNER_LINK} && ip link set ${INNER_LINK} up && ip route add ${SERVICE_RANGE} dev ${INNER_LINK}`]),
    ]);
    return { name, address };
  }
  throw new UserError("No pair of addresses in 198.18.0.0/15 is free for a cluster.", `Remove interfaces that are not in use: \`ip link | grep ${LINK_PREFIX}\`.`);
}

/** The kernel has one interface of a name, so that two starts at once do not get the same addresses. */
async function addLink(name: string, init: number): Promise<boolean> {
  try {
    await run("ip", ["link", "add", "name", name, "type", "veth", "peer", "name", INNER_LINK, "netns", String(init)]);
    return true;
  } catch (error) {
    if (error instanceof Error && /File exists/.test(error.message)) return false;
    throw error;
  }
}

function addressOf(slot: number, offset: number): string {
  const number = slot * 4 + offset;
  const [a, b] = RANGE.first;
  return [a, b + (number >> 16), (number >> 8) & 255, number & 255].join(".");
}

/** Removes the interface; with the room gone the kernel may have done so already, or do it soon. */
export async function disconnect(name: string): Promise<void> {
  await run("ip", ["link", "delete", name]).catch(() => undefined);
}
