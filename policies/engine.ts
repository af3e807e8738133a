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
  Server: { prototype: { addService: (service: unknown, implementation: Record<string, unknown>) => void } };
}

interface StackRequest {
  getStack: () => string;
  getProject: () => string;
  getDryRun: () => boolean;
  getConfigMap: () => { forEach: (each: (value: string, key: string) => void) => void };
}

type Handler = (call: { request: StackRequest }, callback: unknown) => void;

/** Calls back as soon as the engine has told; must be called before the pack starts to serve. */
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
    original.call(this as typeof prototype, service, { ...implementation, configureStack: listening });
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
