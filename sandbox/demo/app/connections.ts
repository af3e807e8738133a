/** The connections of a server, and how they come to an end without cutting a request off. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** After SIGTERM: a quiet time without connections, after which nobody comes any more. Endpoints were removed before (preStop). */
const QUIET_MS = 500;
/** How long an idle connection may wait for one more request, whose answer ends it; then it is closed all the same. */
const IDLE_MS = 5_000;
const LOOK_MS = 25;

interface Known {
  openedAt: number;
  busy: number;
}

export class Connections {
  readonly #open = new Map<Socket, Known>();
  readonly #server: Server;
  readonly #longest: number;
  #lastBusy = performance.now();
  /** Whether the application is ending: every answer ends its connection. */
  closing = false;

  /** @param connectionSeconds age after which a connection ends with its next answer */
  constructor(server: Server, connectionSeconds: number | undefined) {
    this.#server = server;
    this.#longest = connectionSeconds === undefined ? Infinity : connectionSeconds * 1000;
    // Longer than any client keeps an idle connection (NGINX 60 s, AWS load balancers 60 s): the side that closes an
    // idle connection must be the one that sends requests, or a request meets a closed door.
    server.keepAliveTimeout = 75_000;
    server.on("connection", (socket: Socket) => {
      this.#open.set(socket, { openedAt: performance.now(), busy: 0 });
      socket.once("close", () => this.#open.delete(socket));
    });
  }

  /** Counts a request as under way until it is answered; asks its client to close where that is due. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const known = this.#open.get(request.socket);
    if (known === undefined) return;
    known.busy++;
    this.#lastBusy = performance.now();
    response.once("close", () => {
      known.busy--;
      this.#lastBusy = performance.now();
    });
    if (this.isDue(request)) response.shouldKeepAlive = false;
  }

  /** Whether the connection is to end with the answer. Asked again when the answer starts: SIGTERM may have come meanwhile. */
  isDue(request: IncomingMessage): boolean {
    const known = this.#open.get(request.socket);
    return this.closing || (known !== undefined && performance.now() - known.openedAt >= this.#longest);
  }

  get underWay(): number {
    let sum = 0;
    for (const { busy } of this.#open.values()) sum += busy;
    return sum;
  }

  /**
   * Goes on serving until nobody is left: answers end their connections, idle ones are closed after a while, requests
   * under way get their time.
   *
   * @returns how many requests had to be cut off after `seconds`
   */
  async drain(seconds: number): Promise<number> {
    this.closing = true;
    const began = performance.now();
    this.#lastBusy = began;
    const until = began + seconds * 1000;
    const idleUntil = began + Math.min(IDLE_MS, seconds * 500);
    for (;;) {
      const now = performance.now();
      const quiet = now - this.#lastBusy >= QUIET_MS;
      if (quiet && this.#open.size === 0) break;
      if (now >= idleUntil) this.#server.closeIdleConnections();
      if (now >= idleUntil && this.underWay === 0) break;
      if (now >= until) break;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const cut = this.underWay;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    return cut;
  }
}
