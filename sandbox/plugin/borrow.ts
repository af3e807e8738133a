/** What a process of the engine borrows from a host that was started ahead of time (hosts.ts): a server's port. */
import { connect, type Socket } from "node:net";

/** A host that is still loading on a busy machine is waited for; one that is stuck must not hold up the engine for long. */
const WAIT_MS = 5000;

/** The server is there as long as the connection. */
export interface Borrowed {
  /** The line with the port. */
  line: Buffer;
  host: Socket;
}

/** Asks the host at this socket; nothing comes of none, of one that refuses, and of one that is stuck for longer than this. */
export function borrow(socket: string, waitMs = WAIT_MS): Promise<Borrowed | undefined> {
  return new Promise((resolve) => {
    const host = connect(socket);
    host.setTimeout(waitMs, () => host.destroy());
    host.once("data", (line) => {
      host.setTimeout(0);
      resolve({ line, host });
    });
    // The reason does not matter: a close follows.
    host.on("error", () => undefined);
    host.once("close", () => resolve(undefined));
  });
}
