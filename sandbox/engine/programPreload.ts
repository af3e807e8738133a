/**
 * Loaded into the program's process before anything else (`node --import`), by the sandbox's language host: the
 * same program and the same SDK, without what costs time in a run whose plan is all that matters.
 */
import childProcess from "node:child_process";
import Module, { createRequire, syncBuiltinESMExports } from "node:module";
import net from "node:net";
import tls from "node:tls";
import { HOSTS_VARIABLE, planApiSocket } from "../plugin/files.ts";
import { loadLazily } from "./leanSdk.ts";

/** What `aws eks get-token` prints (Kubernetes, client-go credential plugins). */
const CREDENTIAL = JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1beta1", kind: "ExecCredential", spec: {}, status: { token: "k8s-aws-v1.sandbox" } });

// The program may have an SDK of its own.
const entry = process.argv[1] ?? import.meta.filename;
loadLazily(entry);
silenceDebugLog(createRequire(entry));
leaveTracesAsTheyAre(createRequire(entry));
leadToPlan();

/**
 * The SDK sends the engine three debug messages for each resource, one call after another, each with the whole
 * answer as text. The sandbox never asks the engine to show them: it would drop them (8 % of a run's time).
 */
function silenceDebugLog(require: NodeJS.Require): void {
  const log = require("@pulumi/pulumi/log") as { debug: (message: string) => Promise<void> };
  log.debug = () => Promise.resolve();
}

/**
 * The SDK notes a stack trace with each of its promises, and has each one translated by source maps, line by line, in
 * case somebody reads it (an eighth of a run's processor time). Node runs the program's TypeScript at the lines where it
 * is written, so its own traces need no translation.
 */
function leaveTracesAsTheyAre(require: NodeJS.Require): void {
  const sdk = createRequire(require.resolve("@pulumi/pulumi"));
  const file = sdk.resolve("source-map-support/register");
  const module = new Module(file);
  module.filename = file;
  module.loaded = true;
  sdk.cache[file] = module;
}

/**
 * In plan mode no cluster is where the program's kubeconfig says: what hooks ask it, they ask the provider, who has the
 * objects of this run (kubernetes/planApi.ts), and nobody needs the AWS CLI to log in there.
 */
function leadToPlan(): void {
  const folder = process.env[HOSTS_VARIABLE] ?? "";
  if (folder === "" || process.env["GOLIVE_SANDBOX_CLUSTER"] === "1") return;
  tls.connect = (): tls.TLSSocket => {
    const socket = net.connect(planApiSocket(folder));
    socket.once("connect", () => socket.emit("secureConnect"));
    return socket as tls.TLSSocket;
  };
  const { spawn } = childProcess;
  const standIn = (command: string, args: string[], ...rest: [childProcess.SpawnOptions]) =>
    command === "aws" && args.includes("get-token") ? spawn(process.execPath, ["-p", JSON.stringify(CREDENTIAL)], ...rest) : spawn(command, args, ...rest);
  childProcess.spawn = standIn as typeof spawn;
  syncBuiltinESMExports();
}
