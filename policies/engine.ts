/**
 * What the engine tells a pack of the run: which stack, whether it is a preview, the stack's configuration. Current
 * engines say it in a call (`ConfigureStack`) of which the SDK keeps the tags only, so this listens to that call;
 * older engines say it in the environment.
 */
import { createRequire } from "node:module";

/** One run of the engine. */
export interface Run {
  stack: string;
  project: string;
  /** A preview: nothing is applied. */
  dryRun: boolean;
  /** The stack's configuration, `project:key` to text; secrets are decrypted, and must not be told. */
  config: Readonly<Record<string, string>>;
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

type Handler = (call: { request: StackRequest }, callback: unknown) => void;

/** A method of a gRPC service, as far as its messages are concerned. */
interface Method {
  requestDeserialize: (bytes: Uint8Array) => unknown;
  responseType: new () => unknown;
}

/**
 * Calls back as soon as the engine has told; must be called before the pack starts to serve.
 *
 * The engine also sends each resource once more, to be remediated. This pack mends nothing, so that copy is not even
 * taken apart: a quarter of the pack's work.
 */
export function onConfigured(tell: (run: Run) => void): void {
  const grpc = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"))("@grpc/grpc-js") as Grpc;
  const { prototype } = grpc.Server;
  const original = prototype.addService;
  prototype.addService = function addService(this: unknown, service, implementation) {
    const configureStack = implementation["configureStack"] as Handler;
    const listening: Handler = (call, callback) => {
      tell(runOf(call.request));
      configureStack(call, callback);
    };
    const { remediate } = service;
    if (remediate === undefined) throw new Error("the Analyzer service of @pulumi/pulumi has no Remediate");
    const nothing: (call: unknown, callback: (error: null, answer: unknown) => void) => void = (_, callback) => callback(null, new remediate.responseType());
    original.call(this as typeof prototype, { ...service, remediate: { ...remediate, requestDeserialize: () => undefined } }, { ...implementation, configureStack: listening, remediate: nothing });
  };
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
