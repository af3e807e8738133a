/** A way to a server that can be shut and opened again, as a server that restarts is. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

export class Door {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  readonly #kubeconfig: string;
  #server: Server | undefined;
  #port = 0;
  /** Connections that came through. */
  passed = 0;

  /** @param kubeconfig path of the kubeconfig of the server behind it */
  constructor(url: string, kubeconfig: string) {
    this.#target = new URL(url);
    this.#kubeconfig = readFileSync(kubeconfig, "utf8");
  }

  /** Text of a kubeconfig that leads through the door; it must have been open once. */
  get kubeconfig(): string {
    return this.#kubeconfig.replaceAll(this.#target.host, `127.0.0.1:${this.#port}`);
  }

  async open(): Promise<void> {
    this.#server = createServer((near) => {
      this.passed += 1;
      const far = connect(Number(this.#target.port), this.#target.hostname);
      for (const [one, other] of [[near, far], [far, near]] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => { this.#sockets.delete(one); other.destroy(); });
        one.pipe(other);
      }
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection; new ones are refused. */
  async shut(): Promise<void> {
    const closed = this.#server === undefined ? undefined : once(this.#server, "close");
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = undefined;
  }
}
