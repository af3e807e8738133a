/**
 * A way to one pod from here, through the API server and the kubelet, as `kubectl port-forward` goes: network policies
 * that let only NGINX in stay closed, and the operator's machine needs no route into the cluster.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export interface Forward extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  url: string;
  /** Why the way does not lead there, once it was tried: nothing that the pod can be blamed for. */
  readonly trouble: string | undefined;
}

/** @param kubeconfig files, first wins */
export async function forward(kubeconfig: readonly string[], namespace: string, pod: string, port: number): Promise<Forward> {
  // Loaded when it is needed: a rollback, which can not wait for it, forwards nothing.
  const { KubeConfig, PortForward } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  for (const file of kubeconfig) {
    const one = new KubeConfig();
    one.loadFromFile(file);
    config.mergeConfig(one);
  }
  const forwarding = new PortForward(config);
  const sockets = new Set<Socket>();
  let trouble: string | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // What goes wrong on the way ends the connection, which whoever asked sees.
    socket.on("error", () => undefined);
    forwarding.portForward(namespace, pod, [port], socket, null, socket).catch((error: unknown) => {
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
      server.close();
      await once(server, "close");
    },
  };
}
