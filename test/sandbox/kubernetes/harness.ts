/** Starts the plugin as the engine does, and speaks the engine's protocol to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import type { ValueObject } from "../../../sandbox/aws/values.ts";
import { decode, encode } from "../../../sandbox/aws/wire.ts";

const SHIM = path.join(import.meta.dirname, "../../../sandbox/plugin/shim.ts");

export interface CheckResult {
  inputs: ValueObject;
  /** `path: reason`. */
  failures: string[];
}

export interface DiffResult {
  changes: boolean;
  detailed: Record<string, string>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export class Plugin {
  readonly client: providerService.ResourceProviderClient;
  readonly #end: () => Promise<void>;

  constructor(port: string, end: () => Promise<void>) {
    this.client = new providerService.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    this.#end = end;
  }

  static async start(env: Record<string, string> = {}): Promise<Plugin> {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", SHIM, "kubernetes"], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    const [port] = (await Promise.race([once(createInterface({ input: child.stdout }), "line"), exited.then(() => { throw new Error("the plugin ended at once"); })])) as [string];
    return new Plugin(port, async () => { child.kill(); await exited; });
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.#end();
  }

  async configure(config: ValueObject): Promise<pb.ConfigureResponse> {
    const req = new pb.ConfigureRequest();
    req.setArgs(encode(config));
    return promisify<pb.ConfigureRequest, pb.ConfigureResponse>(this.client.configure.bind(this.client))(req);
  }

  async check(type: string, news: ValueObject, options: { name?: string; olds?: ValueObject; seed?: string } = {}): Promise<CheckResult> {
    const req = new pb.CheckRequest();
    req.setUrn(urn(type, options.name));
    req.setNews(encode(news));
    if (options.olds !== undefined) req.setOlds(encode(options.olds));
    req.setRandomseed(Buffer.from(options.seed ?? "seed"));
    const res = await promisify<pb.CheckRequest, pb.CheckResponse>(this.client.check.bind(this.client))(req);
    return { inputs: decode(res.getInputs()), failures: res.getFailuresList().map((f) => `${f.getProperty()}: ${f.getReason()}`) };
  }

  async diff(type: string, olds: ValueObject, news: ValueObject): Promise<DiffResult> {
    const req = new pb.DiffRequest();
    req.setUrn(urn(type));
    req.setOlds(encode(olds));
    req.setNews(encode(news));
    const res = await promisify<pb.DiffRequest, pb.DiffResponse>(this.client.diff.bind(this.client))(req);
    const names = Object.fromEntries(Object.entries(pb.PropertyDiff.Kind).map(([name, value]) => [value, name]));
    const detailed: Record<string, string> = {};
    res.getDetaileddiffMap().forEach((item, key) => { detailed[key] = names[item.getKind()] ?? ""; });
    return { changes: res.getChanges() === pb.DiffResponse.DiffChanges.DIFF_SOME, detailed, replaces: res.getReplacesList(), deleteBeforeReplace: res.getDeletebeforereplace() };
  }

  async create(type: string, inputs: ValueObject, options: { name?: string; preview?: boolean } = {}): Promise<{ id: string; outputs: ValueObject }> {
    const req = new pb.CreateRequest();
    req.setUrn(urn(type, options.name));
    req.setProperties(encode(inputs));
    req.setPreview(options.preview ?? false);
    const res = await promisify<pb.CreateRequest, pb.CreateResponse>(this.client.create.bind(this.client))(req);
    return { id: res.getId(), outputs: decode(res.getProperties()) };
  }

  async update(type: string, id: string, olds: ValueObject, news: ValueObject): Promise<ValueObject> {
    const req = new pb.UpdateRequest();
    req.setUrn(urn(type));
    req.setId(id);
    req.setOlds(encode(olds));
    req.setNews(encode(news));
    const res = await promisify<pb.UpdateRequest, pb.UpdateResponse>(this.client.update.bind(this.client))(req);
    return decode(res.getProperties());
  }

  async invoke(token: string): Promise<pb.InvokeResponse> {
    const req = new pb.InvokeRequest();
    req.setTok(token);
    return promisify<pb.InvokeRequest, pb.InvokeResponse>(this.client.invoke.bind(this.client))(req);
  }
}

export function urn(type: string, name = "app"): string {
  return `urn:pulumi:test::project::${type}::${name}`;
}
