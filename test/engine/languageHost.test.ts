import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import languageService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/language_pb.js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { CHECKOUT, NODE } from "../../sandbox/engine/checkout.ts";
import { isAlive } from "../../sandbox/engine/process.ts";

let host: ChildProcess;
let client: InstanceType<typeof languageService.LanguageRuntimeClient>;
let folder: string;

function startHost(): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(NODE, [path.join(CHECKOUT, "sandbox", "engine", "languageHost.ts"), "127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    createInterface({ input: child.stdout }).once("line", (line) => resolve({ child, port: Number(line) }));
  });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-host-"));
  await symlink(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
  const { child, port } = await startHost();
  host = child;
  client = new languageService.LanguageRuntimeClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
});

afterAll(async () => {
  client.close();
  host.kill();
  await rm(folder, { recursive: true, force: true });
});

function ask<Res>(call: (done: (error: grpc.ServiceError | null, res: Res) => void) => unknown): Promise<Res> {
  return new Promise((resolve, reject) => {
    call((error, res) => (error === null ? resolve(res) : reject(new Error(error.message))));
  });
}

function programInfo(): pb.ProgramInfo {
  const info = new pb.ProgramInfo();
  info.setRootDirectory(folder);
  info.setProgramDirectory(folder);
  info.setEntryPoint("index.cjs");
  return info;
}

describe("the language host", () => {
  test("says which SDK and which Node it runs programs with", async () => {
    const info = await ask<{ getVersion(): string }>((done) => client.getPluginInfo(new emptyPb.Empty(), done));
    expect(info.getVersion()).toMatch(/^3\.\d+\.\d+$/);
    const about = await ask<pb.AboutResponse>((done) => client.about(new pb.AboutRequest(), done));
    expect(about.getVersion()).toMatch(/^v2[4-9]\./);
  });

  test("asks for no plugin: the engine finds them by the versions that the SDKs send", async () => {
    const plugins = await ask<pb.GetRequiredPackagesResponse>((done) => client.getRequiredPackages(new pb.GetRequiredPackagesRequest(), done));
    expect(plugins.getPackagesList()).toEqual([]);
  });

  test("tells when a program fails", async () => {
    // No engine listens at that address, so the program's runner ends with an error.
    await writeFile(path.join(folder, "index.cjs"), "module.exports = {};\n");
    const request = new pb.RunRequest();
    request.setProject("fixture");
    request.setStack("dev");
    request.setPwd(folder);
    request.setMonitorAddress("127.0.0.1:1");
    request.setInfo(programInfo());
    const result = await ask<pb.RunResponse>((done) => client.run(request, done));
    expect(result.getError() !== "" || result.getBail()).toBe(true);
  });
});

test("ends with the process that started it", async () => {
  // A shell stands in for a CLI that is killed: the host must not stay behind.
  const script = `"${NODE}" "${path.join(CHECKOUT, "sandbox", "engine", "languageHost.ts")}" 127.0.0.1:1 & echo pid $!; wait`;
  const shell = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = await new Promise<number>((resolve) => {
    let found = 0;
    createInterface({ input: shell.stdout }).on("line", (line) => {
      if (line.startsWith("pid ")) found = Number(line.slice(4));
      else resolve(found);
    });
  });
  expect(isAlive(pid)).toBe(true);
  shell.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000, interval: 100 });
});
