/**
 * What the engine tells a pack, beyond what the SDK hands on, and without what the SDK does for nobody.
 *
 * - Which stack, whether it is a preview, the stack's configuration: current engines say it in a call
 *   (`ConfigureStack`) of which the SDK keeps the tags only; older ones in the environment.
 * - Properties, of resources and of their providers: kept as the engine sent them, and taken apart when somebody asks
 *   (wire.ts). Secrets are still marked as such in them, which the SDK would undo.
 * - Each resource before its step: in a preview it is kept for the end, and the engine, which waits, goes on at once.
 * - Each resource once more, to be remediated: this pack mends nothing, so that call is not served at all.
 *
 * The SDK serves all else. It is shown messages without properties, and which policies are on, what a violation looks
 * like, what an error does is its own.
 */
import { createRequire } from "node:module";
import protobuf from "google-protobuf";
import { repeated, split, stringOf, structOf } from "./wire.ts";

/** One run of the engine. */
export interface Run {
  stack: string;
  project: string;
  /** A preview: nothing is applied. */
  dryRun: boolean;
  /** The stack's configuration, `project:key` to text; secrets are decrypted, and must not be told. */
  config: Readonly<Record<string, string>>;
}

/** The properties of a resource, as the engine sent them. */
export interface Sent {
  /** @param keys those of the first level that are wanted; all of them when left out */
  props: (keys?: readonly string[]) => Record<string, unknown>;
  provider: { name: string; props: Record<string, unknown> } | undefined;
}

/** What the engine has told so far. */
export interface Told {
  run: Run | undefined;
  /** By URN: what the program asks for, from before each step; of a preview nobody hears it before the end. */
  asked: Map<string, Sent>;
  /** By URN: what each resource became, from the end. */
  became: Map<string, Sent>;
}

/** The parts of a gRPC server that are listened to; the SDK has a copy of the library of its own choosing. */
interface Grpc {
  Server: { prototype: { addService: (service: Record<string, Method | undefined>, implementation: Record<string, unknown>) => void } };
}

interface StackRequest {
  getStack: () => string;
  getProject: () => string;
  getDryRun: () => boolean;
  getConfigMap: () => { forEach: (each: (value: string, key: string) => void) => void };
}

/** A method of a gRPC service, as far as its messages are concerned. */
interface Method {
  requestDeserialize: (bytes: Uint8Array) => unknown;
  responseType: new () => unknown;
}

type Handler = (call: { request: StackRequest }, callback: (error: null, answer: unknown) => void) => void;

/** Numbers of fields (pulumi/proto/analyzer.proto): of AnalyzeRequest and AnalyzerResource, of the provider in them, and of AnalyzeStackRequest. */
const RESOURCE = { properties: 2, urn: 3, provider: 6 } as const;
const PROVIDER = { properties: 2, urn: 3, name: 4 } as const;
const RESOURCES = 1;
/** A field of type message without anything in it: the SDK expects properties. */
const NO_PROPERTIES = Uint8Array.of((RESOURCE.properties << 3) | 2, 0);

/** Listens from now on; must be called before the pack starts to serve. */
export function listen(): Told {
  const told: Told = { run: undefined, asked: new Map(), became: new Map() };
  const reading = new Reading();
  const grpc = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"))("@grpc/grpc-js") as Grpc;
  const { prototype } = grpc.Server;
  const original = prototype.addService;
  prototype.addService = function addService(this: unknown, service, implementation) {
    const { analyze, analyzeStack, remediate, ...others } = service;
    if (analyze === undefined || analyzeStack === undefined || remediate === undefined) throw new Error("the Analyzer service of @pulumi/pulumi has no Analyze, AnalyzeStack or Remediate");
    const analyzeOfSdk = implementation["analyze"] as Handler;
    const configureStack = implementation["configureStack"] as Handler;
    const listening: Handler = (call, callback) => {
      told.run = runOf(call.request);
      configureStack(call, callback);
    };
    const analyzing: Handler = (call, callback) => {
      if (told.run?.dryRun === true) callback(null, new analyze.responseType());
      else analyzeOfSdk(call, callback);
    };
    const methods = {
      ...others,
      analyze: {
        ...analyze,
        requestDeserialize: (bytes: Uint8Array) => {
          const rest = reading.without(bytes, told.asked);
          return told.run?.dryRun === true ? {} : analyze.requestDeserialize(rest);
        },
      },
      analyzeStack: { ...analyzeStack, requestDeserialize: (bytes: Uint8Array) => analyzeStack.requestDeserialize(joined(repeated(bytes, RESOURCES).map((one) => reading.without(one, told.became)))) },
    };
    original.call(this as typeof prototype, methods, { ...implementation, analyze: analyzing, configureStack: listening });
  };
  return told;
}

/** Takes properties out of messages; a provider's, which come with each of its resources, are read once. */
class Reading {
  readonly #providers = new Map<string, { name: string; props: Record<string, unknown> }>();

  /** The message of a resource without properties, which are remembered by its URN. */
  without(bytes: Uint8Array, remembered: Map<string, Sent>): Uint8Array {
    const { rest, parts } = split(bytes, [RESOURCE.properties, RESOURCE.provider]);
    const properties = parts.get(RESOURCE.properties) ?? new Uint8Array();
    const provider = parts.get(RESOURCE.provider);
    remembered.set(stringOf(rest, RESOURCE.urn), {
      props: (keys) => structOf(properties, keys),
      provider: provider && this.#provider(provider),
    });
    return Buffer.concat([rest, NO_PROPERTIES]);
  }

  #provider(bytes: Uint8Array): { name: string; props: Record<string, unknown> } {
    const { rest, parts } = split(bytes, [PROVIDER.properties]);
    const urn = stringOf(rest, PROVIDER.urn);
    const before = this.#providers.get(urn);
    if (before !== undefined) return before;
    const provider = { name: stringOf(rest, PROVIDER.name), props: structOf(parts.get(PROVIDER.properties) ?? new Uint8Array()) };
    this.#providers.set(urn, provider);
    return provider;
  }
}

/** A message with these resources. */
function joined(resources: readonly Uint8Array[]): Uint8Array {
  const writer = new protobuf.BinaryWriter();
  for (const resource of resources) writer.writeBytes(RESOURCES, resource);
  return writer.getResultBuffer();
}

function runOf(request: StackRequest): Run {
  const config: Record<string, string> = {};
  request.getConfigMap().forEach((value, key) => {
    config[key] = value;
  });
  return { stack: request.getStack(), project: request.getProject(), dryRun: request.getDryRun(), config };
}

/** What an engine says that does not call. */
export function runFromEnvironment(env: NodeJS.ProcessEnv): Run {
  return {
    stack: env["PULUMI_STACK"] ?? "",
    project: env["PULUMI_PROJECT"] ?? "",
    dryRun: env["PULUMI_DRY_RUN"] === "true",
    config: JSON.parse(env["PULUMI_CONFIG"] ?? "{}") as Record<string, string>,
  };
}
