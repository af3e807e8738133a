/** Where a host is found. */
import path from "node:path";

/** Environment variable that tells the plugins in which folder the hosts' sockets are. */
export const HOSTS_VARIABLE = "GOLIVE_SANDBOX_HOSTS";

/** The socket that the host of this provider listens on, and what it had to complain about. */
export function hostFiles(folder: string, name: string): { socket: string; log: string } {
  return { socket: path.join(folder, `${name}.sock`), log: path.join(folder, `${name}.log`) };
}
