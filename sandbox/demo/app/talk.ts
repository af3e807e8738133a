/** One question and one answer over a connection of its own. */
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

export interface Question {
  host: string;
  port: number;
  tls: boolean;
  send: Buffer;
  /** Whether the answer is complete. */
  enough: (bytes: Buffer) => boolean;
  signal: AbortSignal;
}

/** @throws Error when the server can not be reached, ends before it has answered, or takes too long */
export function talk({ host, port, tls, send, enough, signal }: Question): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = tls ? connectTls({ host, port, servername: host }) : connect({ host, port });
    const finish = (act: () => void): void => {
      signal.removeEventListener("abort", tooLong);
      socket.destroy();
      act();
    };
    const tooLong = (): void => finish(() => reject(new Error(`${host}:${port} did not answer in time`)));
    signal.addEventListener("abort", tooLong, { once: true });
    let bytes = Buffer.alloc(0);
    socket.once(tls ? "secureConnect" : "connect", () => socket.write(send));
    socket.on("data", (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      if (enough(bytes)) finish(() => resolve(bytes));
    });
    socket.once("error", (error: Error) => finish(() => reject(error)));
    socket.once("end", () => finish(() => reject(new Error(`${host}:${port} ended the connection without an answer`))));
  });
}
