/** Tells the engine how an operation goes: a line beside the resource on screen, or a message that stays. */
import * as grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";

export class EngineLog {
  #client: engineService.EngineClient | undefined;
  readonly #warned = new Set<string>();

  /** @param address as the engine gives it when it greets its plugin */
  attach(address: string): void {
    if (address !== "" && this.#client === undefined) this.#client = new engineService.EngineClient(address, grpc.credentials.createInsecure());
  }

  /** Shown while the operation runs. */
  status(urn: string, text: string, warning = false): void {
    this.#send(urn, text, warning, true);
  }

  /** Kept, once for each text. */
  warn(urn: string, text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#send(urn, text, true, false);
  }

  #send(urn: string, text: string, warning: boolean, passing: boolean): void {
    const req = new enginePb.LogRequest();
    req.setSeverity(warning ? enginePb.LogSeverity.WARNING : enginePb.LogSeverity.INFO);
    req.setMessage(text);
    req.setUrn(urn);
    req.setEphemeral(passing);
    // An engine that hears nothing goes on all the same.
    this.#client?.log(req, () => undefined);
  }
}
