/** A provider's gRPC server, listening for the engine on this machine alone. */
import * as grpc from "@grpc/grpc-js";

export interface Served {
  port: number;
  /** Ends it at once, with what is under way. */
  stop(): void;
}

/** Serves one provider of its own, with state and faults of its own, as if it were a process of its own. */
export type Serve = () => Promise<Served>;

export function listen(server: grpc.Server): Promise<Served> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve({ port, stop: () => server.forceShutdown() });
    });
  });
}
