/** A provider served in this process, and a client that speaks its protocol as the engine does. */
import * as grpc from "@grpc/grpc-js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import type structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { Faults, type Fault } from "../../../sandbox/aws/faults.ts";
import { providerServer } from "../../../sandbox/aws/provider.ts";
import type { ValueObject } from "../../../sandbox/aws/values.ts";
import { decode, encode } from "../../../sandbox/aws/wire.ts";

type Call<Req, Res> = (req: Req, callback: (error: grpc.ServiceError | null, res: Res) => void) => void;
interface Methods {
  handshake: Call<pb.ProviderHandshakeRequest, pb.ProviderHandshakeResponse>;
  configure: Call<pb.ConfigureRequest, pb.ConfigureResponse>;
  checkConfig: Call<pb.CheckRequest, pb.CheckResponse>;
  diffConfig: Call<pb.DiffRequest, pb.DiffResponse>;
  check: Call<pb.CheckRequest, pb.CheckResponse>;
  diff: Call<pb.DiffRequest, pb.DiffResponse>;
  create: Call<pb.CreateRequest, pb.CreateResponse>;
  read: Call<pb.ReadRequest, pb.ReadResponse>;
  update: Call<pb.UpdateRequest, pb.UpdateResponse>;
  delete: Call<pb.DeleteRequest, unknown>;
  invoke: Call<pb.InvokeRequest, pb.InvokeResponse>;
}

export interface Made { id: string; state: ValueObject; raw: structPb.Struct | undefined }

export class ProviderClient {
  readonly #server: grpc.Server;
  readonly #client: grpc.Client & Methods;

  private constructor(server: grpc.Server, client: grpc.Client & Methods) {
    this.#server = server;
    this.#client = client;
  }

  static async start(config: ValueObject = { region: "us-east-1" }, faults: Fault[] = [], inUse = false): Promise<ProviderClient> {
    const server = providerServer(new Faults(faults), inUse);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
    });
    const Client = grpc.makeGenericClientConstructor(providerService.ResourceProviderService, "ResourceProvider");
    const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure()) as unknown as grpc.Client & Methods;
    const started = new ProviderClient(server, client);
    const req = new pb.ConfigureRequest();
    req.setArgs(encode(config));
    const configured = await started.call("configure", req);
    if (!configured.getSupportspreview() || !configured.getAcceptsecrets()) throw new Error("the provider must support previews and secrets");
    return started;
  }

  call<Name extends keyof Methods>(name: Name, req: Parameters<Methods[Name]>[0]): Promise<Answer<Name>> {
    return new Promise((resolve, reject) => {
      const method = this.#client[name].bind(this.#client) as Call<unknown, Answer<Name>>;
      method(req, (error, res) => (error === null ? resolve(res) : reject(error)));
    });
  }

  async check(urn: string, news: ValueObject, olds: ValueObject = {}): Promise<{ inputs: ValueObject; failures: { property: string; reason: string }[] }> {
    const req = new pb.CheckRequest();
    req.setUrn(urn);
    req.setOlds(encode(olds));
    req.setNews(encode(news));
    const res = await this.call("check", req);
    return { inputs: decode(res.getInputs()), failures: res.getFailuresList().map((f) => ({ property: f.getProperty(), reason: f.getReason() })) };
  }

  /** Checks, then creates. */
  async create(urn: string, news: ValueObject, preview = false): Promise<Made & { inputs: ValueObject }> {
    const { inputs, failures } = await this.check(urn, news);
    if (failures.length > 0) throw new Error(failures.map((f) => `${f.property}: ${f.reason}`).join("\n"));
    const req = new pb.CreateRequest();
    req.setUrn(urn);
    req.setProperties(encode(inputs));
    req.setPreview(preview);
    const res = await this.call("create", req);
    return { id: res.getId(), state: decode(res.getProperties()), raw: res.getProperties(), inputs };
  }

  async diff(urn: string, made: { id: string; state: ValueObject; inputs: ValueObject }, news: ValueObject, ignore: string[] = []): Promise<pb.DiffResponse> {
    const req = new pb.DiffRequest();
    req.setUrn(urn);
    req.setId(made.id);
    req.setOlds(encode(made.state));
    req.setOldInputs(encode(made.inputs));
    req.setNews(encode(news));
    req.setIgnorechangesList(ignore);
    return this.call("diff", req);
  }

  async update(urn: string, made: Made, news: ValueObject, preview = false): Promise<ValueObject> {
    const req = new pb.UpdateRequest();
    req.setUrn(urn);
    req.setId(made.id);
    req.setOlds(encode(made.state));
    req.setNews(encode(news));
    req.setPreview(preview);
    return decode((await this.call("update", req)).getProperties());
  }

  async delete(urn: string, made: { id: string; state: ValueObject }): Promise<void> {
    const req = new pb.DeleteRequest();
    req.setUrn(urn);
    req.setId(made.id);
    req.setProperties(encode(made.state));
    await this.call("delete", req);
  }

  async invoke(token: string, args: ValueObject): Promise<ValueObject> {
    const req = new pb.InvokeRequest();
    req.setTok(token);
    req.setArgs(encode(args));
    return decode((await this.call("invoke", req)).getReturn());
  }

  stop(): void {
    this.#client.close();
    this.#server.forceShutdown();
  }
}

type Answer<Name extends keyof Methods> = Methods[Name] extends Call<never, infer Res> ? Res : never;

/** URN of a resource of the tests' stack. */
export function urnOf(type: string, name: string): string {
  return `urn:pulumi:test::project::${type}::${name}`;
}
