/**
 * A way to one pod from here, through the API server and the kubelet, as `kubectl port-forward` goes: network policies
 * that let only NGINX in stay closed, and the operator's machine needs no route into the cluster.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { PortForward } from "@kubernetes/client-node";
import type { Api } from "../cluster/api.ts";
import type { Access } from "../cluster/kubeconfig.ts";

export interface Forward extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  /** Why the way does not lead there, once it was tried: nothing that the pod can be blamed for. */
  readonly trouble: string | undefined;
}

/** Ways to the pods of the cluster that an Api speaks to, as the same user; the client library is made ready once for all of them. */
export class Forwards {
  readonly #api: Api;
  #made: { access: Access; forwarding: PortForward } | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  async open(namespace: string, pod: string, port: number): Promise<Forward> {
    const forwarding = await this.#forwarding();
    const sockets = new Set<Socket>();
    const ways: ReturnType<PortForward["portForward"]>[] = [];
    let trouble: string | undefined;
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      // What goes wrong on the way ends the connection, which whoever asked sees.
      socket.on("error", () => undefined);
      const way = forwarding.portForward(namespace, pod, [port], socket, null, socket);
      ways.push(way);
      way.catch((error: unknown) => {
        trouble = error instanceof Error && error.message !== "" ? error.message : "the API server does not forward to it";
        socket.destroy();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      get trouble() {
        return trouble;
      },
      [Symbol.asyncDispose]: async () => {
        for (const socket of sockets) socket.destroy();
        // Left to themselves they say good-bye for a second, which a command that is done would wait for.
        for (const way of ways) void way.then(ended, () => undefined);
        server.close();
        await once(server, "close");
      },
    };
  }

  /** Made anew with every new credential. */
  async #forwarding(): Promise<PortForward> {
    const access = await this.#api.access();
    if (this.#made?.access !== access) {
      // Loaded when it is needed: a rollback, which can not wait for it, forwards nothing.
      const { PortForward: Forwarding } = await import("@kubernetes/client-node");
      this.#made = { access, forwarding: new Forwarding(await clientConfig(access)) };
    }
    return this.#made.forwarding;
  }
}

/** Of the web socket's type nothing is known here: it comes from a package of the library's own. */
interface Terminable {
  terminate: () => void;
}

function ended(way: unknown): void {
  const socket = typeof way === "function" ? (way as () => Terminable | null)() : (way as Terminable);
  socket?.terminate();
}

/** What Kubernetes' client library needs to reach the same cluster as the same user. */
export async function clientConfig({ server, context, tls, headers }: Access): Promise<import("@kubernetes/client-node").KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const token = headers["authorization"]?.replace(/^Bearer /, "");
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  config.loadFromOptions({
    clusters: [{ name: context, server, skipTLSVerify: false, ...(tls.ca === undefined ? {} : { caData: base64(tls.ca) }), ...(tls.servername === undefined ? {} : { tlsServerName: tls.servername }) }],
    users: [{ name: context, ...(token === undefined ? {} : { token }), ...(tls.cert === undefined ? {} : { certData: base64(tls.cert) }), ...(tls.key === undefined ? {} : { keyData: base64(tls.key) }) }],
    contexts: [{ name: context, cluster: context, user: context }],
    currentContext: context,
  });
  return config;
}
