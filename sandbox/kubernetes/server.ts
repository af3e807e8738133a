/** The provider's protocol: each request is read, handed to {@link KubernetesProvider}, and answered. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import type { Faults } from "../aws/faults.ts";
import { hasUnknown, isObject, type ValueObject } from "../aws/values.ts";
import { decode, encode } from "../aws/wire.ts";
import { EngineLog } from "./cluster/engineLog.ts";
import { CHART, chartFindings, declareChart } from "./chart.ts";
import { checkConfig, diffConfig, readConfig } from "./config.ts";
import { SeenObjects } from "./planApi.ts";
import { KubernetesProvider, type Applied, type Diff } from "./provider.ts";
import { RpcError, initFailed, invalidProperties } from "./rpcErrors.ts";
import type { Finding } from "./schema/check.ts";

// The package's own version, read without loading the package.
const version = (JSON.parse(readFileSync(createRequire(import.meta.url).resolve("@pulumi/kubernetes/package.json"), "utf8")) as { version: string }).version;

/** Set to 1 where the provider acts on the cluster that its kubeconfig names. */
const CLUSTER_VARIABLE = "GOLIVE_SANDBOX_CLUSTER";

/** Counting calls for gRPC's inspector (channelz) takes time in each, and nobody looks. */
const GRPC = { "grpc.enable_channelz": 0, "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Serves one provider: the engine configures it once, and tells it alone of a cancellation. What it sees of the cluster, it notes. */
export function providerServer(faults: Faults, seen = new SeenObjects(), ended = new AbortController().signal): grpc.Server {
  const provider = new KubernetesProvider(faults);
  const cancelled = new AbortController();
  const signal = AbortSignal.any([cancelled.signal, ended]);
  const log = new EngineLog();

  async function configure(req: pb.ConfigureRequest): Promise<pb.ConfigureResponse> {
    const variables: ValueObject = {};
    req.getVariablesMap().forEach((value, key) => { variables[key.replace("kubernetes:config:", "")] = value; });
    provider.config = readConfig({ ...variables, ...decode(req.getArgs()) });
    if (process.env[CLUSTER_VARIABLE] === "1" && !provider.config.renderMode) {
      // Plan mode, which most runs are, does without what it takes to speak to a cluster.
      const { ClusterObjects } = await import("./cluster/objects.ts");
      const cluster = new ClusterObjects(provider.config, log);
      ended.addEventListener("abort", () => cluster.close());
      provider.cluster = cluster;
    }
    const res = new pb.ConfigureResponse();
    res.setAcceptsecrets(true);
    res.setSupportspreview(true);
    res.setSupportsAutonamingConfiguration(true);
    return res;
  }

  function check(req: pb.CheckRequest): pb.CheckResponse {
    const olds = decode(req.getOlds());
    const autonaming = req.getAutonaming();
    const Mode = pb.CheckRequest.AutonamingOptions.Mode;
    const proposed = autonaming?.getProposedName() ?? "";
    const { inputs, failures } = provider.check(req.getUrn(), decode(req.getNews()), {
      randomSeed: req.getRandomseed_asU8(),
      ...(Object.keys(olds).length > 0 ? { olds } : {}),
      ...(proposed === "" ? {} : { proposed }),
      disabled: autonaming?.getMode() === Mode.DISABLE,
    });
    seen.recall(req.getUrn(), olds);
    return checkResponse(inputs, failures);
  }

  async function diff(req: pb.DiffRequest): Promise<pb.DiffResponse> {
    const olds = decode(req.getOlds());
    const stored = olds["__inputs"];
    const oldInputs = isObject(stored) ? (stored) : decode(req.getOldInputs());
    return diffResponse(await provider.diff(req.getUrn(), olds, oldInputs, decode(req.getNews()), { signal, ignoreChanges: req.getIgnorechangesList() }));
  }

  /** What a preview would do does not happen. */
  function note(req: pb.CreateRequest | pb.UpdateRequest, applied: Applied): Applied {
    if (!req.getPreview()) seen.put(req.getUrn(), applied.outputs, applied.notReady === undefined);
    return applied;
  }

  async function create(req: pb.CreateRequest): Promise<pb.CreateResponse> {
    const inputs = decode(req.getProperties());
    const applied = ready(note(req, await provider.create(req.getUrn(), inputs, { signal, preview: req.getPreview(), seconds: req.getTimeout() })), inputs);
    const res = new pb.CreateResponse();
    res.setId(applied.id);
    res.setProperties(encode(applied.outputs));
    return res;
  }

  async function update(req: pb.UpdateRequest): Promise<pb.UpdateResponse> {
    const news = decode(req.getNews());
    const request = { signal, preview: req.getPreview(), seconds: req.getTimeout(), ignoreChanges: req.getIgnorechangesList() };
    const applied = ready(note(req, await provider.update(req.getUrn(), req.getId(), decode(req.getOlds()), news, request)), news);
    const res = new pb.UpdateResponse();
    res.setProperties(encode(applied.outputs));
    return res;
  }

  async function read(req: pb.ReadRequest): Promise<pb.ReadResponse> {
    const found = await provider.read(req.getUrn(), req.getId(), decode(req.getProperties()), decode(req.getInputs()), { signal });
    const res = new pb.ReadResponse();
    // An answer without an id says that the object is gone.
    if (found === undefined) return res;
    ready(found, found.inputs);
    res.setId(found.id);
    res.setProperties(encode(found.outputs));
    res.setInputs(encode(found.inputs));
    return res;
  }

  async function remove(req: pb.DeleteRequest): Promise<emptyPb.Empty> {
    await provider.delete(req.getUrn(), req.getId(), decode(req.getProperties()), { signal, seconds: req.getTimeout() });
    seen.remove(req.getUrn());
    return new emptyPb.Empty();
  }

  const server = new grpc.Server(GRPC);
  server.addService(providerService.ResourceProviderService, {
    handshake: unary((req: pb.ProviderHandshakeRequest) => { log.attach(req.getEngineAddress()); return handshake(); }),
    getPluginInfo: unary(pluginInfo),
    getSchema: unary(schema),
    checkConfig: unary(checkProvider),
    diffConfig: unary(diffProvider),
    configure: unary(configure),
    check: unary(check),
    diff: unary(diff),
    create: unary(create),
    update: unary(update),
    read: unary(read),
    delete: unary(remove),
    construct: unary(construct),
    invoke: unary(refuseInvoke),
    call: unary(refuseCall),
    attach: unary((req: pluginPb.PluginAttach) => { log.attach(req.getAddress()); return new emptyPb.Empty(); }),
    cancel: unary(() => { cancelled.abort(new Error("the update was cancelled")); return new emptyPb.Empty(); }),
  });
  return server;
}

type Handler<Req, Res> = (req: Req) => Res | Promise<Res>;

function unary<Req, Res>(handler: Handler<Req, Res>): grpc.handleUnaryCall<Req, Res> {
  return (call, callback) => {
    Promise.resolve(call.request).then(handler).then(
      (res) => callback(null, res),
      (error: unknown) => callback(error instanceof RpcError ? error : { code: grpc.status.UNKNOWN, message: error instanceof Error ? error.message : String(error) }),
    );
  };
}

function handshake(): pb.ProviderHandshakeResponse {
  const res = new pb.ProviderHandshakeResponse();
  res.setAcceptSecrets(true);
  res.setSupportsAutonamingConfiguration(true);
  return res;
}

function checkResponse(inputs: ValueObject, failures: readonly Finding[]): pb.CheckResponse {
  const res = new pb.CheckResponse();
  res.setInputs(encode(inputs));
  for (const failure of failures) {
    const item = new pb.CheckFailure();
    item.setProperty(failure.path);
    item.setReason(failure.reason);
    res.addFailures(item);
  }
  return res;
}

/**
 * Leaves out what is unknown (the kubeconfig of a cluster that the same update makes): the engine passes over a
 * provider with unknown settings in a preview, so that none of its objects would be checked. No cluster is needed here.
 */
function checkProvider(req: pb.CheckRequest): pb.CheckResponse {
  const news = decode(req.getNews());
  const known = Object.fromEntries(Object.entries(news).filter(([, value]) => !hasUnknown(value)));
  return checkResponse(known, checkConfig(news));
}

function diffProvider(req: pb.DiffRequest): pb.DiffResponse {
  const { diffs, replaces } = diffConfig(decode(req.getOlds()), decode(req.getNews()));
  const res = new pb.DiffResponse();
  res.setChanges(diffs.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE);
  res.setDiffsList(diffs);
  res.setReplacesList(replaces);
  return res;
}

function diffResponse(result: Diff): pb.DiffResponse {
  const { Kind } = pb.PropertyDiff;
  const kinds = { add: [Kind.ADD, Kind.ADD_REPLACE], delete: [Kind.DELETE, Kind.DELETE_REPLACE], update: [Kind.UPDATE, Kind.UPDATE_REPLACE] } as const;
  const res = new pb.DiffResponse();
  for (const [path, entry] of result.entries) {
    const item = new pb.PropertyDiff();
    item.setKind(kinds[entry.change][entry.replace ? 1 : 0]);
    item.setInputdiff(true);
    res.getDetaileddiffMap().set(path, item);
    const top = path.split(/[.[]/)[0] ?? path;
    if (!res.getDiffsList().includes(top)) res.addDiffs(top);
  }
  res.setHasdetaileddiff(true);
  res.setReplacesList(result.replaces);
  res.setDeletebeforereplace(result.deleteBeforeReplace);
  res.setChanges(result.entries.size > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE);
  return res;
}

/** Hands the result on, or as "there, but not ready". */
function ready(applied: Applied, inputs: ValueObject): Applied {
  if (applied.notReady !== undefined) throw initFailed(applied.id, applied.outputs, inputs, applied.notReady);
  return applied;
}

async function construct(req: pb.ConstructRequest): Promise<pb.ConstructResponse> {
  if (req.getType() !== CHART) {
    throw new Error(`the sandbox's kubernetes provider does not expand ${req.getType()} ("${req.getName()}"): declare the objects as resources of their own`);
  }
  const args = decode(req.getInputs());
  const wrong = chartFindings(CHART, args);
  if (wrong.length > 0) throw invalidProperties(`the chart "${req.getName()}"`, wrong);
  const { urn, state } = await declareChart(req, args);
  const res = new pb.ConstructResponse();
  res.setUrn(urn);
  res.setState(encode(state));
  return res;
}

function refuseInvoke(req: pb.InvokeRequest): never {
  throw new Error(`the sandbox's kubernetes provider does not serve the function ${req.getTok()}: it has no cluster and no registry to ask`);
}

function refuseCall(req: pb.CallRequest): never {
  throw new Error(`the sandbox's kubernetes provider does not serve the method ${req.getTok()}`);
}

function schema(): pb.GetSchemaResponse {
  const res = new pb.GetSchemaResponse();
  res.setSchema(JSON.stringify({ name: "kubernetes", version }));
  return res;
}

function pluginInfo(): pluginPb.PluginInfo {
  const info = new pluginPb.PluginInfo();
  info.setVersion(version);
  return info;
}
