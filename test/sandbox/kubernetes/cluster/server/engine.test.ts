/** A program with the real engine on a real API server: plan, apply, rest, change, drift, failure, recovery, end. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LOCAL_STATE } from "../../../../../sandbox/engine/checkout.ts";
import { OperationError, openSandbox, type Sandbox } from "../../../../../sandbox/index.ts";
import { at, countAt } from "../../../../../sandbox/kubernetes/cluster/json.ts";
import { changes, inState } from "../../../../engine/helpers.ts";
import { BUILD_MS, World, playControllers } from "./world.ts";

const MINUTES = 60_000;
let world: World;
let folder = "";
let sandbox: Sandbox;

beforeAll(async () => {
  world = await World.start();
  playControllers(world);
  await mkdir(path.join(LOCAL_STATE, "tmp"), { recursive: true });
  folder = await mkdtemp(path.join(LOCAL_STATE, "tmp", "cluster-mode-"));
  await copyFile(path.join(import.meta.dirname, "program.ts"), path.join(folder, "index.ts"));
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: probe\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n");
  await writeFile(path.join(folder, "Pulumi.test.yaml"), "config: {}\n");
  settings({});
}, BUILD_MS);

afterAll(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
  await world.stop();
}, MINUTES);

/** What the program reads when it next runs. */
function settings(more: object): void {
  vi.stubEnv("PROBE", JSON.stringify({ kubeconfig: world.server.kubeconfig, ...more }));
}

const shop = (apiVersion: string, kind: string, name: string) => world.get(apiVersion, kind, name, "market");

describe("a program on a real API server", { timeout: 3 * MINUTES }, () => {
  it("previews, makes everything and waits for it, and is then at rest", async () => {
    sandbox = await openSandbox({ stack: "test", programDir: folder, env: { GOLIVE_SANDBOX_CLUSTER: "1", GOLIVE_SANDBOX_SETTLE_MS: "100" } });
    expect(await changes(sandbox)).toHaveLength(5);
    await expect(shop("v1", "ConfigMap", "conf")).rejects.toThrow("not found");
    const { changes: done, stdout } = await sandbox.up();
    expect(done, stdout).toEqual({ create: 7 });
    expect(at(await shop("apps/v1", "Deployment", "web"), "spec", "template", "spec", "containers")).toMatchObject([{ image: "web:1", resources: { requests: { cpu: "250m" } } }]);
    const { address, uid } = await sandbox.outputs();
    expect(address?.value).toMatch(/^10\.96\./);
    expect(uid?.value).toBe((await shop("apps/v1", "Deployment", "web")).metadata["uid"]);
    expect((await sandbox.up({ expectNoChanges: true })).changes).toEqual({ same: 7 });
    expect((await sandbox.refresh()).changes).toEqual({ same: 7 });
    expect((await sandbox.up({ expectNoChanges: true })).changes).toEqual({ same: 7 });
  });

  it("changes in place what can be changed", async () => {
    settings({ image: "web:2", data: "good day" });
    expect((await changes(sandbox)).filter((c) => c.startsWith("update"))).toEqual(["update conf", "update web"]);
    expect((await sandbox.up()).changes).toMatchObject({ update: 2 });
    expect(at(await shop("v1", "ConfigMap", "conf"), "data")).toEqual({ greeting: "good day" });
  });

  it("sees after a refresh what somebody else changed, and puts it right", async () => {
    await world.change(await shop("v1", "ConfigMap", "conf"), { data: { greeting: "changed by hand" } });
    await world.api.connection.send("DELETE", "/apis/batch/v1/namespaces/market/jobs/migrate", { query: { propagationPolicy: "Background" } });
    expect((await sandbox.refresh()).changes).toMatchObject({ update: 1, delete: 1 });
    const conflict: unknown = await sandbox.up().catch((error: unknown) => error);
    expect((conflict as OperationError).diagnostics.join()).toContain('data.greeting: owned by "somebody"');
    await world.change(await shop("v1", "ConfigMap", "conf"), { data: { greeting: null } });
    expect((await sandbox.up()).changes).toMatchObject({ update: 1 });
    expect(at(await shop("v1", "ConfigMap", "conf"), "data")).toEqual({ greeting: "good day" });
    expect(countAt(await shop("batch/v1", "Job", "migrate"), "status", "succeeded")).toBe(1);
  });

  it("keeps in state what did not become ready, says why, and recovers", async () => {
    settings({ image: "broken", data: "good day" });
    const failed: unknown = await sandbox.up().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(OperationError);
    expect((failed as OperationError).diagnostics.join()).toMatch(/'web' timed out waiting to be Ready[\s\S]*0\/1 Pods available/);
    expect((await inState(sandbox)).map((r) => r.type)).toContain("kubernetes:apps/v1:Deployment");
    settings({ image: "web:2", data: "good day" });
    expect((await sandbox.up()).changes).toMatchObject({ update: 1 });
    expect((await sandbox.up({ expectNoChanges: true })).changes).toEqual({ same: 7 });
  });

  it("replaces a Job for another template, deleting first, and again when it failed", async () => {
    settings({ image: "web:2", data: "good day", migration: "broken" });
    const failed: unknown = await sandbox.up().catch((error: unknown) => error);
    expect((failed as OperationError).diagnostics.join()).toContain("[BackoffLimitExceeded]");
    settings({ image: "web:2", data: "good day", migration: "web:2" });
    const { changes: done } = await sandbox.up();
    expect(Object.keys(done).sort()).toEqual(["replace", "same"]);
  });

  it("leaves nothing behind when it is destroyed", async () => {
    await sandbox.destroy();
    await expect(world.get("v1", "Namespace", "market", "")).rejects.toThrow("not found");
  });
});
