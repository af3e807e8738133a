/** Where a host is found. */
import { createHash } from "node:crypto";
import { realpathSync, renameSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import path from "node:path";

/** Environment variable that tells the plugins in which folder the hosts' sockets are. */
export const HOSTS_VARIABLE = "GOLIVE_SANDBOX_HOSTS";

/** The socket at which a policy pack is lent. */
export function packSocket(folder: string, pack: string): string {
  return hostFiles(folder, `pack-${createHash("sha256").update(realpathSync(pack)).digest("hex").slice(0, 8)}`).socket;
}

/** What the pack at this socket had to complain about. */
export function packLog(socket: string): string {
  return `${socket}.log`;
}

/** The socket that the host of this provider listens on, and what it had to complain about. */
export function hostFiles(folder: string, name: string): { socket: string; log: string } {
  return { socket: path.join(folder, `${name}.sock`), log: path.join(folder, `${name}.log`) };
}

/** The socket at which the Kubernetes provider tells a program's hooks, in plan mode, what it has seen (kubernetes/planApi.ts). */
export function planApiSocket(folder: string): string {
  return hostFiles(folder, "cluster").socket;
}

/** Makes a server listen here. A socket has its name before it listens; under this one it does from the start, and who sees it is not refused. */
export function listenAt(server: Server, socket: string): void {
  const early = `${socket}.new`;
  rmSync(early, { force: true });
  server.listen(early);
  renameSync(early, socket);
}
