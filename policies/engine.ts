/**
 * What the engine tells a pack, beyond what the SDK hands on, and without what the SDK does for nobody.
 *
 * - Which stack, whether it is a preview, the stack's configuration: current engines say it in a call
 *   (`ConfigureStack`) of which the SDK keeps the tags only; older ones in the environment.
 * - Resources: read from the engine's own bytes (wire.ts), properties when somebody asks. Secrets are still marked as
 *   such in them, which the SDK would undo.
 * - Each resource before its step: in a preview it is kept for the end, and the engine, which waits, goes on at once.
 * - Each resource once more, to be remediated: this pack mends nothing, so that call is not served at all.
 *
 * The SDK serves all else. It is shown a resource without properties before its step, and none at the end; which
 * policies are on, what a violation looks like, what an error does is its own.
 */
import { createRequire } from "node:module";
import protobuf from "google-protobuf";
import { Message, structOf, textOf } from "./wire.ts";

/** One run of the engine. */
export interface Run {
  stack: string;
  project: string;
  /** A preview: nothing is applied. */
  dryRun: boolean;
  /** The stack's configuration, `project:key` to text; secrets are decrypted, and must not be told. */
  config: Readonly<Record<string, string>>;
}

/** A resource as the engine sent it; what may be large is read when somebody asks. */
export interface Sent {
  urn: string;
  type: string;
  name: string;
  protect: boolean;
  ignoreChanges: readonly string[];
  /** URNs on which each property depends; the engine tells it at the end. */
  references: Readonly<Record<string, readonly string[]>>;
  /** @param keys those of the first level that are wanted; all of them when left out */
  props: (keys?: readonly string[]) => Record<string, unknown>;
  provider: { name: string; props: Record<string, unknown> } | undefined;
}

/** What the engine has told so far. */
export interface Told {
  run: Run | undefined;
  /** By URN: what the program asks for, from before each step. */
  asked: Map<string, Sent>;
  /** By URN: what each resource became, from the end. */
  became: Map<string, Sent>;
  /** Called in a preview when a resource was asked for and the engine has its answer. */
  onAsked?: (sent: Sent) => void;
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

type Handler<Request> = (call: { request: Request }, callback: (error: null, answer: unknown) => void) => void;

/** Numbers of fields (pulumi/proto/analyzer.proto): of AnalyzeRequest and AnalyzerResource, and of what is in them. */
const RESOURCE = { type: 1, properties: 2, urn: 3, name: 4, options: 5, provider: 6, propertyDependencies: 9 } as const;
const OPTIONS = { protect: 1, ignoreChanges: 2 } as const;
const PROVIDER = { properties: 2, urn: 3, name: 4 } as const;
const ENTRY = { key: 1, value: 2 } as const;
/** The only field of AnalyzeStackRequest and of AnalyzerPropertyDependencies. */
const ONLY = 1;
const NOTHING = new Uint8Array();

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
    const handlers = {
      ...implementation,
      configureStack: heard(implementation["configureStack"] as Handler<StackRequest>, (request) => { told.run = runOf(request); }),
      analyze: answering(implementation["analyze"] as Handler<Asked>, told, () => new analyze.responseType()),
    };
    const methods = {
      ...others,
      analyze: {
        ...analyze,
        requestDeserialize: (bytes: Uint8Array): Asked => {
          const message = new Message(bytes);
          const sent = reading.sent(message);
          told.asked.set(sent.urn, sent);
          return { sent, request: () => analyze.requestDeserialize(withoutProperties(message)) };
        },
      },
      analyzeStack: {
        ...analyzeStack,
        requestDeserialize: (bytes: Uint8Array) => {
          for (const one of new Message(bytes).all(ONLY)) {
            const sent = reading.sent(new Message(one));
            told.became.set(sent.urn, sent);
          }
          return analyzeStack.requestDeserialize(NOTHING);
        },
      },
    };
    original.call(this as typeof prototype, methods, handlers);
  };
  return told;
}

/** A resource before its step, and what the SDK is to see of it. */
interface Asked {
  sent: Sent;
  request: () => unknown;
}

/** The SDK's handler, with its requests listened to. */
function heard<Request>(handler: Handler<Request>, listener: (request: Request) => void): Handler<Request> {
  return (call, callback) => {
    listener(call.request);
    handler(call, callback);
  };
}

/** Answers at once in a preview, and looks at the resource while the engine goes on; otherwise the SDK answers. */
function answering(ofSdk: Handler<Asked>, told: Told, nothing: () => unknown): Handler<Asked> {
  return (call, callback) => {
    const { sent, request } = call.request;
    if (told.run?.dryRun !== true) {
      // The call is the library's own object, of which the SDK may want more than the request.
      ofSdk(Object.assign(call, { request: request() }), callback);
      return;
    }
    callback(null, nothing());
    setImmediate(() => told.onAsked?.(sent));
  };
}

/** What the SDK needs of a resource in order to report on it. */
function withoutProperties(message: Message): Uint8Array {
  const writer = new protobuf.BinaryWriter();
  for (const number of [RESOURCE.type, RESOURCE.urn, RESOURCE.name, RESOURCE.options]) writer.writeBytes(number, message.bytes(number) ?? NOTHING);
  writer.writeBytes(RESOURCE.properties, NOTHING);
  return writer.getResultBuffer();
}

/** Reads resources; a provider, which comes with each of its resources, is read once. */
class Reading {
  readonly #providers = new Map<string, { name: string; props: Record<string, unknown> }>();

  sent(message: Message): Sent {
    const options = new Message(message.bytes(RESOURCE.options) ?? NOTHING);
    const properties = message.bytes(RESOURCE.properties) ?? NOTHING;
    const provider = message.bytes(RESOURCE.provider);
    let all: Record<string, unknown> | undefined;
    return {
      urn: message.text(RESOURCE.urn),
      type: message.text(RESOURCE.type),
      name: message.text(RESOURCE.name),
      protect: options.flag(OPTIONS.protect),
      ignoreChanges: options.all(OPTIONS.ignoreChanges).map(textOf),
      references: Object.fromEntries(message.all(RESOURCE.propertyDependencies).map(reference)),
      props: (keys) => (keys === undefined ? (all ??= structOf(properties)) : structOf(properties, keys)),
      provider: provider && this.#provider(new Message(provider)),
    };
  }

  #provider(message: Message): { name: string; props: Record<string, unknown> } {
    const urn = message.text(PROVIDER.urn);
    const before = this.#providers.get(urn);
    if (before !== undefined) return before;
    const provider = { name: message.text(PROVIDER.name), props: structOf(message.bytes(PROVIDER.properties) ?? NOTHING) };
    this.#providers.set(urn, provider);
    return provider;
  }
}

/** A property, and the URNs on which it depends. */
function reference(bytes: Uint8Array): [property: string, urns: string[]] {
  const entry = new Message(bytes);
  return [entry.text(ENTRY.key), new Message(entry.bytes(ENTRY.value) ?? NOTHING).all(ONLY).map(textOf)];
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
