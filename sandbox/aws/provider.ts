/** The provider's protocol: each request is read, handed to the simulated cloud, and answered. */
import * as grpc from "@grpc/grpc-js";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import type { Change } from "./changes.ts";
import { Cloud, type Resource } from "./cloud.ts";
import { type InitFailed } from "./failures.ts";
import type { Faults } from "./faults.ts";
import { invoke } from "./invokes/index.ts";
import type { Autonaming } from "./naming.ts";
import { settingsFailures, settingsOf } from "./settings.ts";
import type { InputFailure } from "./strictness.ts";
import { TYPES } from "./types/index.ts";
import { hasUnknown, plain, type ValueObject } from "./values.ts";
import { decode, encode } from "./wire.ts";

/** Version of the real provider that the sandbox stands in for; the SDK's version in package.json. */
export const VERSION = "7.48.0";

/** Counting calls for gRPC's inspector takes time in each, and nobody looks. */
const GRPC = { "grpc.enable_channelz": 0 };

/** An error that carries the resource which exists although the operation failed. */
class PartialFailure extends Error {
  readonly metadata = new grpc.Metadata();

  constructor(failure: InitFailed, resource: Resource, inputs: ValueObject) {
    super(failure.message);
    const detail = new pb.ErrorResourceInitFailed();
    detail.setId(resource.id);
    detail.setProperties(encode(resource.state));
    detail.setInputs(encode(inputs));
    detail.setReasonsList(failure.reasons);
    const packed = new anyPb.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new statusPb.Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(failure.message);
    status.addDetails(packed);
    // Where gRPC keeps structured details; the Node library leaves the packing to its users.
    this.metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
}

/** Serves one provider: the engine starts a process for each, and configures it once. `inUse`: see use.ts. */
export function providerServer(faults: Faults, inUse = false): grpc.Server {
  const cloud = new Cloud(settingsOf({}), inUse);
  const canceled = new AbortController();

  async function create(req: pb.CreateRequest): Promise<pb.CreateResponse> {
    const inputs = decode(req.getProperties());
    const failure = req.getPreview() ? undefined : await faults.strike("create", req.getUrn(), canceled.signal);
    const made = cloud.create(req.getUrn(), inputs, req.getPreview());
    if (failure !== undefined) throw new PartialFailure(failure, made, inputs);
    const res = new pb.CreateResponse();
    res.setId(made.id);
    res.setProperties(encode(made.state));
    return res;
  }

  async function update(req: pb.UpdateRequest): Promise<pb.UpdateResponse> {
    const inputs = decode(req.getNews());
    const failure = req.getPreview() ? undefined : await faults.strike("update", req.getUrn(), canceled.signal);
    const made = cloud.update(req.getUrn(), req.getId(), decode(req.getOlds()), inputs, req.getPreview());
    if (failure !== undefined) throw new PartialFailure(failure, made, inputs);
    const res = new pb.UpdateResponse();
    res.setProperties(encode(made.state));
    return res;
  }

  async function read(req: pb.ReadRequest): Promise<pb.ReadResponse> {
    await faults.strike("read", req.getUrn(), canceled.signal);
    const found = cloud.read(req.getUrn(), req.getId(), decode(req.getProperties()));
    const res = new pb.ReadResponse();
    if (found === undefined) return res;
    res.setId(found.id);
    res.setProperties(encode(found.state));
    res.setInputs(req.getInputs() ?? encode(found.state));
    return res;
  }

  async function remove(req: pb.DeleteRequest): Promise<emptyPb.Empty> {
    await faults.strike("delete", req.getUrn(), canceled.signal);
    cloud.delete(req.getUrn(), req.getId(), decode(req.getProperties()));
    return new emptyPb.Empty();
  }

  async function check(req: pb.CheckRequest): Promise<pb.CheckResponse> {
    const checked = await cloud.check(req.getUrn(), decode(req.getOlds()), decode(req.getNews()), autonaming(req.getAutonaming()));
    return checkResponse(checked.inputs, checked.failures);
  }

  async function diff(req: pb.DiffRequest): Promise<pb.DiffResponse> {
    const oldState = decode(req.getOlds());
    const oldInputs = req.getOldInputs() === undefined ? oldState : decode(req.getOldInputs());
    const diffed = await cloud.diff(req.getUrn(), req.getId(), oldState, oldInputs, decode(req.getNews()), req.getIgnorechangesList());
    return diffResponse(diffed.changes, diffed.deleteBeforeReplace);
  }

  function configure(req: pb.ConfigureRequest): pb.ConfigureResponse {
    const args = decode(req.getArgs());
    req.getVariablesMap().forEach((value, key) => {
      args[key.split(":").at(-1) ?? key] ??= value;
    });
    cloud.settings = settingsOf(args);
    const res = new pb.ConfigureResponse();
    res.setSupportspreview(true);
    res.setAcceptsecrets(true);
    res.setAcceptresources(true);
    res.setAcceptoutputs(true);
    res.setSupportsAutonamingConfiguration(true);
    return res;
  }

  function answer(req: pb.InvokeRequest): pb.InvokeResponse {
    const args = decode(req.getArgs());
    const res = new pb.InvokeResponse();
    res.setReturn(encode(invoke(req.getTok(), plain(args), cloud)));
    return res;
  }

  const server = new grpc.Server(GRPC);
  server.addService(providerService.ResourceProviderService, {
    handshake: unary(handshake),
    getPluginInfo: unary(pluginInfo),
    getSchema: unary(schema),
    checkConfig: unary((req: pb.CheckRequest) => {
      const news = decode(req.getNews());
      return checkResponse(news, settingsFailures(news));
    }),
    diffConfig: unary(diffConfig),
    configure: unary(configure),
    attach: unary(() => new emptyPb.Empty()),
    cancel: unary(() => { canceled.abort(new Error("canceled by the engine")); return new emptyPb.Empty(); }),
    check: unary(check),
    diff: unary(diff),
    create: unary(create),
    read: unary(read),
    update: unary(update),
    delete: unary(remove),
    invoke: unary(answer),
  });
  return server;
}

function unary<Req, Res>(handler: (req: Req) => Res | Promise<Res>): grpc.handleUnaryCall<Req, Res> {
  return (call, callback) => {
    Promise.resolve(call.request).then(handler).then(
      (res) => callback(null, res),
      (error: unknown) => callback({
        code: grpc.status.UNKNOWN,
        details: error instanceof Error ? error.message : String(error),
        ...(error instanceof PartialFailure ? { metadata: error.metadata } : {}),
      }),
    );
  };
}

function handshake(): pb.ProviderHandshakeResponse {
  const res = new pb.ProviderHandshakeResponse();
  res.setAcceptSecrets(true);
  res.setAcceptResources(true);
  res.setAcceptOutputs(true);
  res.setSupportsAutonamingConfiguration(true);
  return res;
}

function pluginInfo(): pluginPb.PluginInfo {
  const info = new pluginPb.PluginInfo();
  info.setVersion(VERSION);
  return info;
}

/** Enough for tools that ask which types there are; properties are the SDK's typings' business. */
function schema(): pb.GetSchemaResponse {
  const res = new pb.GetSchemaResponse();
  const resources = Object.fromEntries(Object.keys(TYPES).map((type) => [type, {}]));
  res.setSchema(JSON.stringify({ name: "aws", version: VERSION, resources }));
  return res;
}

/** A provider of another region is another provider: everything of it is replaced. */
function diffConfig(req: pb.DiffRequest): pb.DiffResponse {
  const news = decode(req.getNews());
  const olds = decode(req.getOldInputs() ?? req.getOlds());
  const differing = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((key) => key !== "version" && !key.startsWith("__") && JSON.stringify(plain(olds[key] ?? null)) !== JSON.stringify(plain(news[key] ?? null)));
  return diffResponse(differing.map((path) => ({
    path,
    kind: "update",
    replaces: path === "region" && !hasUnknown(news[path] ?? null),
  })), false);
}

function checkResponse(inputs: ValueObject, failures: readonly InputFailure[]): pb.CheckResponse {
  const res = new pb.CheckResponse();
  res.setInputs(encode(inputs));
  res.setFailuresList(failures.map(({ property, reason }) => {
    const failure = new pb.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  }));
  return res;
}

const { Kind } = pb.PropertyDiff;
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

function diffResponse(changes: readonly Change[], deleteBeforeReplace: boolean): pb.DiffResponse {
  const res = new pb.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  res.setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  res.setDiffsList([...new Set(changes.map(({ path }) => topLevel(path)))]);
  res.setReplacesList(changes.filter((change) => change.replaces).map(({ path }) => path));
  res.setDeletebeforereplace(deleteBeforeReplace);
  res.setHasdetaileddiff(true);
  for (const change of changes) {
    const entry = new pb.PropertyDiff();
    entry.setKind(KINDS[change.kind][change.replaces ? 1 : 0]);
    entry.setInputdiff(true);
    res.getDetaileddiffMap().set(change.path, entry);
  }
  return res;
}

function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

function autonaming(options: pb.CheckRequest.AutonamingOptions | undefined): Autonaming | undefined {
  if (options === undefined) return undefined;
  const { DISABLE, ENFORCE } = pb.CheckRequest.AutonamingOptions.Mode;
  const mode = options.getMode();
  return {
    mode: mode === DISABLE ? "disable" : mode === ENFORCE ? "enforce" : "propose",
    proposed: options.getProposedName(),
  };
}
