/** The provider in cluster mode, spoken to as the engine does; refusals come with their details. */
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import type { ValueObject } from "../../../../sandbox/aws/values.ts";
import { decode, encode } from "../../../../sandbox/aws/wire.ts";
import { serve } from "../../../../sandbox/kubernetes/main.ts";
import type { Served } from "../../../../sandbox/plugin/listen.ts";
import { urn } from "../harness.ts";

/** The object is there but not ready: what the engine keeps of it. */
export class InitFailed extends Error {
  readonly id: string;
  readonly outputs: ValueObject;
  readonly reasons: string[];

  constructor(details: pb.ErrorResourceInitFailed) {
    super(details.getReasonsList().join("\n"));
    this.id = details.getId();
    this.outputs = decode(details.getProperties());
    this.reasons = details.getReasonsList();
  }
}

export interface Made {
  id: string;
  outputs: ValueObject;
}

export interface Options {
  preview?: boolean;
  seconds?: number;
  ignoreChanges?: string[];
}

export class ClusterProvider {
  readonly #served: Served;
  readonly #client: providerService.ResourceProviderClient;

  private constructor(served: Served) {
    this.#served = served;
    this.#client = new providerService.ResourceProviderClient(`127.0.0.1:${served.port}`, grpc.credentials.createInsecure());
  }

  /** @param kubeconfig path or text; more settings as the program gives them */
  static async start(kubeconfig: string | undefined, settings: ValueObject = {}): Promise<ClusterProvider> {
    const provider = new ClusterProvider(await serve());
    const req = new pb.ConfigureRequest();
    req.setArgs(encode({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...settings }));
    process.env["GOLIVE_SANDBOX_CLUSTER"] = "1";
    try {
      await call(promisify<pb.ConfigureRequest, pb.ConfigureResponse>(provider.#client.configure.bind(provider.#client)), req);
    } finally {
      delete process.env["GOLIVE_SANDBOX_CLUSTER"];
    }
    return provider;
  }

  stop(): void {
    this.#client.close();
    this.#served.stop();
  }

  async check(type: string, news: ValueObject): Promise<{ inputs: ValueObject; failures: string[] }> {
    const req = new pb.CheckRequest();
    req.setUrn(urn(type));
    req.setNews(encode(news));
    req.setRandomseed(Buffer.from(randomUUID()));
    const res = await call(promisify<pb.CheckRequest, pb.CheckResponse>(this.#client.check.bind(this.#client)), req);
    return { inputs: decode(res.getInputs()), failures: res.getFailuresList().map((f) => `${f.getProperty()}: ${f.getReason()}`) };
  }

  async create(type: string, inputs: ValueObject, options: Options = {}): Promise<Made> {
    const req = new pb.CreateRequest();
    req.setUrn(urn(type));
    req.setProperties(encode(inputs));
    req.setPreview(options.preview ?? false);
    req.setTimeout(options.seconds ?? 0);
    const res = await call(promisify<pb.CreateRequest, pb.CreateResponse>(this.#client.create.bind(this.#client)), req);
    return { id: res.getId(), outputs: decode(res.getProperties()) };
  }

  async update(type: string, made: Made, news: ValueObject, options: Options = {}): Promise<Made> {
    const req = new pb.UpdateRequest();
    req.setUrn(urn(type));
    req.setId(made.id);
    req.setOlds(encode(made.outputs));
    req.setNews(encode(news));
    req.setPreview(options.preview ?? false);
    req.setTimeout(options.seconds ?? 0);
    req.setIgnorechangesList(options.ignoreChanges ?? []);
    const res = await call(promisify<pb.UpdateRequest, pb.UpdateResponse>(this.#client.update.bind(this.#client)), req);
    return { id: made.id, outputs: decode(res.getProperties()) };
  }

  /** Changed paths, and whether the object is replaced for them. */
  async diff(type: string, made: Made, news: ValueObject, ignoreChanges: string[] = []): Promise<{ paths: string[]; replaces: string[]; deleteFirst: boolean }> {
    const req = new pb.DiffRequest();
    req.setUrn(urn(type));
    req.setId(made.id);
    req.setOlds(encode(made.outputs));
    req.setNews(encode(news));
    req.setIgnorechangesList(ignoreChanges);
    const res = await call(promisify<pb.DiffRequest, pb.DiffResponse>(this.#client.diff.bind(this.#client)), req);
    return { paths: [...res.getDetaileddiffMap().keys()].sort(), replaces: res.getReplacesList(), deleteFirst: res.getDeletebeforereplace() };
  }

  async read(type: string, id: string, state: ValueObject = {}, inputs: ValueObject = {}): Promise<Made & { inputs: ValueObject }> {
    const req = new pb.ReadRequest();
    req.setUrn(urn(type));
    req.setId(id);
    req.setProperties(encode(state));
    req.setInputs(encode(inputs));
    const res = await call(promisify<pb.ReadRequest, pb.ReadResponse>(this.#client.read.bind(this.#client)), req);
    return { id: res.getId(), outputs: decode(res.getProperties()), inputs: decode(res.getInputs()) };
  }

  async delete(type: string, made: Made, options: Options = {}): Promise<void> {
    const req = new pb.DeleteRequest();
    req.setUrn(urn(type));
    req.setId(made.id);
    req.setProperties(encode(made.outputs));
    req.setTimeout(options.seconds ?? 0);
    await call(promisify<pb.DeleteRequest, emptyPb.Empty>(this.#client.delete.bind(this.#client)), req);
  }

  async cancel(): Promise<void> {
    await call(promisify<emptyPb.Empty, emptyPb.Empty>(this.#client.cancel.bind(this.#client)), new emptyPb.Empty());
  }
}

async function call<Req, Res>(method: (req: Req) => Promise<Res>, req: Req): Promise<Res> {
  try {
    return await method(req);
  } catch (error) {
    throw detailed(error);
  }
}

function detailed(error: unknown): unknown {
  if (!(error instanceof Error && "metadata" in error && error.metadata instanceof grpc.Metadata)) return error;
  const [packed] = error.metadata.get("grpc-status-details-bin");
  if (packed === undefined) return error;
  const [any] = statusPb.Status.deserializeBinary(Buffer.from(packed)).getDetailsList();
  return any instanceof anyPb.Any && any.getTypeName() === "pulumirpc.ErrorResourceInitFailed"
    ? new InitFailed(pb.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8())) : error;
}
