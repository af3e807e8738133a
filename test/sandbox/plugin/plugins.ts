/** Plugins and hosts as processes, and the one call that shows whether a provider is there. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import type { Writable } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/provider_pb.js";
import { vi } from "vitest";
import { encode } from "../../../sandbox/aws/wire.ts";
import { CHECKOUT, NODE } from "../../../sandbox/engine/checkout.ts";
import { HOSTS_VARIABLE, hostFiles } from "../../../sandbox/plugin/files.ts";
import { urnOf } from "../aws/client.ts";

export const SHIM = path.join(CHECKOUT, "sandbox", "plugin", "shim.ts");
const HOST = path.join(CHECKOUT, "sandbox", "plugin", "host.ts");

export interface Ended { code: number | null; stderr: string }

export interface Shim {
  pid: number;
  /** What it printed first; empty when it ended without a word. */
  line: Promise<string>;
  ended: Promise<Ended>;
  kill(signal?: NodeJS.Signals): void;
}

/** Starts the plugin as the engine does. @param folder the hosts'; none without */
export function startShim(name: string, folder = "", env: NodeJS.ProcessEnv = {}): Shim {
  const child = spawn(NODE, ["--disable-warning=ExperimentalWarning", SHIM, name], { env: { ...process.env, [HOSTS_VARIABLE]: folder, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => { stderr += String(data); });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stderr }));
  const first = once(child.stdout, "data").then(([data]) => String(data));
  return { pid: child.pid ?? 0, line: Promise.race([first, ended.then(() => "")]), ended, kill: (signal) => child.kill(signal) };
}

export type Host = ChildProcessByStdio<Writable, null, null>;

/** Starts a host and waits until it listens. */
export async function startHost(name: string, folder: string, env: NodeJS.ProcessEnv = {}): Promise<Host> {
  const host = spawn(NODE, ["--disable-warning=ExperimentalWarning", HOST, name, folder], { env: { ...process.env, ...env }, stdio: ["pipe", "ignore", "ignore"] });
  await listening(name, folder);
  return host;
}

export function listening(name: string, folder: string): Promise<void> {
  return vi.waitFor(() => { if (!existsSync(hostFiles(folder, name).socket)) throw new Error("the host does not listen"); }, { timeout: 10_000, interval: 20 });
}

/** Creates a topic with the aws provider that listens there; gives its id, or what the provider says. */
export async function createTopic(port: string): Promise<string> {
  const client = new providerService.ResourceProviderClient(`127.0.0.1:${port.trim()}`, grpc.credentials.createInsecure());
  const req = new pb.CreateRequest();
  req.setUrn(urnOf("aws:sns/topic:Topic", "t"));
  req.setProperties(encode({ name: "t" }));
  try {
    return await new Promise<string>((resolve) => {
      client.create(req, new grpc.Metadata(), { deadline: Date.now() + 5000 }, (error, res) => resolve(error === null ? res.getId() : error.details));
    });
  } finally {
    client.close();
  }
}
