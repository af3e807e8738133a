/**
 * The Node.js language host of the sandbox: the process that the Pulumi CLI starts to run a TypeScript
 * program or a policy pack. The official distribution ships a host of its own and a machine that has it uses
 * that one; this one serves machines where only the CLI itself could be built (SANDBOX.md, "Engine").
 *
 * Started by the CLI as `pulumi-language-nodejs [flags] ENGINE_ADDRESS`; prints the port it listens on.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import languageService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/language_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import { borrow } from "../plugin/borrow.ts";
import { HOSTS_VARIABLE, packLog, packSocket } from "../plugin/files.ts";
import { isLean } from "./packLoader.ts";
import { endWithParent } from "./process.ts";

/** Exit code by which `cmd/run` says "I have told the user already" (@pulumi/pulumi, cmd/run/index.js). */
const EXIT_BAIL = 32;

/** Runs before the program does; the time it saves is said there. */
const PRELOAD = new URL("programPreload.ts", import.meta.url).href;

const require = createRequire(import.meta.url);
const engineAddress = process.argv.at(-1) ?? "";
const sdkVersion = (JSON.parse(readFileSync(require.resolve("@pulumi/pulumi/package.json"), "utf8")) as { version: string }).version;
const children = new Set<ChildProcess>();

function runner(name: "run" | "run-policy-pack" | "run-plugin", from: string): string {
  // The program's own copy of the SDK, as the official host does; ours where the program has none.
  try {
    return createRequire(path.join(from, "noop.js")).resolve(`@pulumi/pulumi/cmd/${name}/index.js`);
  } catch {
    return require.resolve(`@pulumi/pulumi/cmd/${name}/index.js`);
  }
}

function flag(name: string, value: string | number): string[] {
  return value === "" || value === 0 ? [] : [`--${name}`, String(value)];
}

/** `runtime.options.nodeargs` of Pulumi.yaml, which the official host also hands to Node, split at blanks. */
function nodeArguments(info: pb.ProgramInfo | undefined): string[] {
  const given: unknown = info?.getOptions()?.toJavaScript()["nodeargs"];
  return typeof given === "string" ? given.split(/\s+/).filter(Boolean) : [];
}

/** Turns the config map of the engine (`ns:key`) into the two variables that the SDK reads. */
function configEnvironment(req: pb.RunRequest): Record<string, string> {
  const config: Record<string, string> = {};
  req.getConfigMap().forEach((value, key) => {
    config[configKey(key)] = value;
  });
  return {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(req.getConfigsecretkeysList().map(configKey)),
  };
}

/** `ns:config:key` is the engine's long form of `ns:key`. */
function configKey(key: string): string {
  const parts = key.split(":");
  return parts.length === 3 && parts[1] === "config" ? `${parts[0]}:${parts[2]}` : key;
}

function start(args: string[], env: NodeJS.ProcessEnv, cwd: string, stdio: "inherit" | "pipe"): ChildProcess {
  const child = spawn(process.execPath, args, { env, cwd, stdio: ["ignore", stdio, stdio] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

async function run(req: pb.RunRequest): Promise<pb.RunResponse> {
  const info = req.getInfo();
  const directory = info?.getProgramDirectory() ?? req.getPwd();
  const args = [
    ...nodeArguments(info),
    "--import", PRELOAD,
    runner("run", directory),
    ...flag("monitor", req.getMonitorAddress()),
    ...flag("engine", engineAddress),
    ...flag("project", req.getProject()),
    ...flag("root-directory", info?.getRootDirectory() ?? ""),
    ...flag("stack", req.getStack()),
    ...flag("pwd", req.getPwd()),
    ...flag("parallel", req.getParallel()),
    ...flag("organization", req.getOrganization()),
    ...(req.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? ".",
    ...req.getArgsList(),
  ];
  const result = new pb.RunResponse();
  const code = await exitOf(start(args, { ...process.env, ...configEnvironment(req) }, directory, "inherit"));
  if (code === EXIT_BAIL) result.setBail(true);
  else if (code !== 0) result.setError(`the program ended with exit code ${code}`);
  return result;
}

/** The quick runner for a pack that needs no compiler, else the SDK's own. */
function packRunner(folder: string): string {
  return isLean(folder) ? path.join(import.meta.dirname, "packRunner.ts") : runner("run-policy-pack", folder);
}

type PluginCall = grpc.ServerWritableStream<pb.RunPluginRequest, pb.RunPluginResponse>;

/** Hands on a pack that was loaded ahead of time; false where there is none. */
async function lendPack(call: PluginCall, folder: string): Promise<boolean> {
  const hosts = process.env[HOSTS_VARIABLE];
  if (hosts === undefined) return false;
  const socket = packSocket(hosts, folder);
  const borrowed = await borrow(socket);
  if (borrowed === undefined) return false;
  const { line, host } = borrowed;
  call.on("cancelled", () => host.destroy());
  host.once("close", () => {
    if (!call.cancelled) call.write(response((r) => r.setStderr(readFileSync(packLog(socket)))));
    call.write(response((r) => r.setExitcode(call.cancelled ? 0 : 1)));
    call.end();
  });
  call.write(response((r) => r.setStdout(line)));
  return true;
}

async function runPlugin(call: PluginCall): Promise<void> {
  const req = call.request;
  const folder = req.getInfo()?.getProgramDirectory() ?? req.getProgram();
  const isPack = req.getKind() === "analyzer";
  if (isPack && await lendPack(call, folder)) return;
  const entry = isPack ? packRunner(folder) : runner("run-plugin", folder);
  const env = { ...process.env, ...environmentOf(req.getEnvList()) };
  const child = start([entry, ...req.getArgsList(), folder], env, req.getPwd(), "pipe");
  child.stdout?.on("data", (data: Buffer) => call.write(response((r) => r.setStdout(data))));
  child.stderr?.on("data", (data: Buffer) => call.write(response((r) => r.setStderr(data))));
  call.on("cancelled", () => child.kill());
  exitOf(child).then(
    (code) => { call.write(response((r) => r.setExitcode(code))); call.end(); },
    (error: unknown) => call.destroy(error instanceof Error ? error : new Error(String(error))),
  );
}

/** `NAME=value` lines as variables. */
function environmentOf(lines: string[]): Record<string, string> {
  return Object.fromEntries(lines.map((line): [string, string] => {
    const at = line.indexOf("=");
    return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
  }));
}

function response(fill: (r: pb.RunPluginResponse) => void): pb.RunPluginResponse {
  const r = new pb.RunPluginResponse();
  fill(r);
  return r;
}

type Handler<Req, Res> = (req: Req) => Res | Promise<Res>;

function unary<Req, Res>(handler: Handler<Req, Res>): grpc.handleUnaryCall<Req, Res> {
  return (call, callback) => {
    Promise.resolve(call.request).then(handler).then(
      (res) => callback(null, res),
      (error: unknown) => callback({ code: grpc.status.UNKNOWN, message: error instanceof Error ? error.message : String(error) }),
    );
  };
}

function pluginInfo(): pluginPb.PluginInfo {
  const info = new pluginPb.PluginInfo();
  info.setVersion(sdkVersion);
  return info;
}

function about(): pb.AboutResponse {
  const res = new pb.AboutResponse();
  res.setExecutable(process.execPath);
  res.setVersion(process.version);
  return res;
}

const server = new grpc.Server();
server.addService(languageService.LanguageRuntimeService, {
  handshake: unary(() => new pb.LanguageHandshakeResponse()),
  getRequiredPlugins: unary(() => new pb.GetRequiredPluginsResponse()),
  getRequiredPackages: unary(() => new pb.GetRequiredPackagesResponse()),
  getPluginInfo: unary(pluginInfo),
  installDependencies: (call: grpc.ServerWritableStream<pb.InstallDependenciesRequest, pb.InstallDependenciesResponse>) => call.end(),
  about: unary(about),
  getProgramDependencies: unary(() => new pb.GetProgramDependenciesResponse()),
  cancel: unary(() => { stopChildren(); return new emptyPb.Empty(); }),
  run: unary(run),
  runPlugin: (call: PluginCall) => {
    runPlugin(call).catch((error: unknown) => call.destroy(error instanceof Error ? error : new Error(String(error))));
  },
});

function stopChildren(): void {
  for (const child of children) child.kill();
}

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});

endWithParent(stopChildren);
