/** What release commands do to a cluster past the engine, on a real API server. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Api } from "../../../operations/cluster/api.ts";
import { readAccess } from "../../../operations/cluster/kubeconfig.ts";
import { changeRecords, liveSince, readRecords } from "../../../operations/release/records.ts";
import { rollback } from "../../../operations/release/rollback.ts";
import { openStage, type Stage } from "../../../operations/release/stage.ts";
import { status, statusText } from "../../../operations/release/status.ts";
import { moveTraffic, readLive } from "../../../operations/release/traffic.ts";
import { ROOT } from "../../../operations/stacks.ts";
import { DIGESTS, NAMESPACE, openTestStage, TestCluster } from "./releaseStage.ts";

let cluster: TestCluster;
let api: Api;
let folder: string;
let stage: Stage;
let said: string[];

beforeAll(async () => {
  cluster = await TestCluster.start();
  api = new Api(await readAccess([cluster.server.kubeconfig]), 5_000);
});

afterAll(async () => {
  api.close();
  await cluster.server.stop();
});

beforeEach(async () => {
  said = [];
  const opened = await openTestStage(cluster);
  ({ stage, folder } = opened);
  return () => opened.close();
});

const how = () => ({ yes: true, progress: () => undefined, say: (line: string) => said.push(line) });
/** An engine whose state another update holds, for ever. */
const locked: Stage["open"] = () => Promise.reject(new Error("The update was not started: process 1 is working on the same state."));
/** What tells the selector of a color. */
const selectorOf = (color: string): Record<string, string> => ({ "app.kubernetes.io/name": "shop", "app.kubernetes.io/instance": `app-${color}`, color });

describe("traffic", () => {
  it("moves in one request, keeps everything else of the Service, and the provider's next apply meets no conflict", async () => {
    await cluster.apply("/api/v1/namespaces/shop/services/app", { apiVersion: "v1", kind: "Service", metadata: { name: "app", annotations: { "example.com/theirs": "kept" } } });
    const before = await readLive(api, NAMESPACE);
    const after = await moveTraffic(api, NAMESPACE, before, { color: "green", serial: 5 });
    expect(after.service["spec"]).toEqual({ ...(before.service["spec"] as object), selector: selectorOf("green") });
    expect(after.service.metadata.annotations).toEqual({ "golive.dev/release-serial": "5", "golive.dev/strategy": "blueGreen", "example.com/theirs": "kept" });
    await cluster.service("blue", 6);
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "blue", serial: 6 });
  });

  it("is read where it is, and a Service that names no color is an error", async () => {
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "blue", serial: 1 });
    await cluster.service("purple", 1);
    await expect(readLive(api, NAMESPACE)).rejects.toThrow('names the color "purple"');
    await expect(readLive(api, "kube-public")).rejects.toThrow("There is no Service app in namespace kube-public");
  });
});

describe("records", () => {
  it("keep what others write at the same time", async () => {
    await Promise.all(Array.from({ length: 8 }, (_, serial) => changeRecords(api, NAMESPACE, {}, (records) => ({ ...records, history: [...records.history, { action: "flip", color: "green", serial, at: `2026-01-0${serial + 1}T00:00:00Z`, by: "somebody" }] }))));
    const { history } = await readRecords(api, NAMESPACE);
    expect(history.map((one) => one.serial).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const { service: live } = await readLive(api, NAMESPACE);
    expect(liveSince({ rejected: [], history }, { color: "green", service: live })).toEqual({ at: history.at(-1)?.at, by: "somebody" });
    // Blue is live by something that nobody has recorded: since the last change of the Service, or before.
    expect(Date.parse(liveSince({ rejected: [], history }, { color: "blue", service: live })?.at ?? "")).toBeGreaterThan(Date.now() - 3_600_000);
    const map = await api.get("/api/v1/namespaces/shop/configmaps/app-releases");
    expect(map?.["data"]).toMatchObject({ schemaVersion: "7" });
  });

  it("that are none are an error with the mend", async () => {
    await cluster.records({ rejected: "soon" });
    await expect(readRecords(api, NAMESPACE)).rejects.toThrow("data.rejected of ConfigMap shop/app-releases is no list of records");
  });
});

describe("a rollback", () => {
  it("moves traffic first, rejects the image, puts configuration in line, and says so when the state can not follow", async () => {
    await cluster.service("green", 3);
    await rollback({ ...stage, open: locked }, { ...how(), reason: "it was slow", skipState: true });
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "blue", serial: 4 });
    const records = await readRecords(api, NAMESPACE);
    expect(records.rejected).toEqual([{ digest: `sha256:${"e".repeat(64)}`, reason: "it was slow", at: expect.any(String) as string }]);
    expect(records.history).toEqual([expect.objectContaining({ action: "rollback", color: "blue", serial: 4, image: DIGESTS.blue, reason: "it was slow" })]);
    expect(stage.again().config).toMatchObject({ activeColor: "blue", release: { serial: 4 } });
    expect(said).toContain("Traffic goes to blue.");
  });

  it("goes on when the state is not to be had", async () => {
    await rollback({ ...stage, open: () => Promise.reject(new Error("the backend is down")) }, { ...how(), reason: "r" });
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "green" });
    expect(said.at(-1)).toContain("The state could not be brought in line: the backend is down");
  });

  it("run twice goes back once: the second run brings the rest in line", async () => {
    await cluster.service("green", 3);
    await rollback(stage, { ...how(), reason: "it was slow", skipState: true });
    const file = path.join(folder, "Pulumi.sandbox.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("activeColor: blue", "activeColor: green"));
    await rollback(stage.again(), { ...how(), reason: "it was slow", skipState: true });
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "blue", serial: 4 });
    expect(stage.again().config.activeColor).toBe("blue");
    expect((await readRecords(api, NAMESPACE)).rejected).toEqual([expect.objectContaining({ digest: `sha256:${"e".repeat(64)}` })]);
    expect(said).toContainEqual(expect.stringMatching(/^Traffic goes to blue already: rolled back at /));
  });

  it.each([
    ["was rejected", { rejected: [{ digest: `sha256:${"e".repeat(64)}`, reason: "it leaks" }] }, "runs an image that was rejected (it leaks)"],
    ["was deployed and never live", { history: [{ action: "deploy", color: "green", serial: 2, at: "2026-01-01T00:00:00Z", by: "x" }] }, "has a new image that was never live"],
  ])("does not go to an image that %s", async (_, records, message) => {
    await changeRecords(api, NAMESPACE, {}, (all) => ({ ...all, ...records } as Awaited<ReturnType<typeof readRecords>>));
    await expect(rollback(stage, { ...how(), reason: "r", skipState: true })).rejects.toThrow(message);
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "blue", serial: 1 });
  });

  it("goes to an image that was live by configuration alone, which nobody records but the guard", async () => {
    await changeRecords(api, NAMESPACE, {}, (all) => ({ ...all, history: [{ action: "deploy", color: "green", image: DIGESTS.green, serial: 2, at: "2026-01-01T00:00:00Z", by: "x" }] }));
    const note = (text: string | null) => stage.api.patch("/api/v1/namespaces/shop/services/app", { metadata: { annotations: { "golive.dev/left": text } } });
    // Of another image of the color it says nothing.
    await note(`1 green sha256:${"a".repeat(64)}`);
    await expect(rollback(stage, { ...how(), reason: "r", skipState: true })).rejects.toThrow("has a new image that was never live");
    await note(`1 green sha256:${"e".repeat(64)}`);
    await rollback(stage, { ...how(), reason: "r", skipState: true });
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "green", serial: 2 });
    await note(null);
  });

  it.each([
    ["a deployment to the other color, and a flip by configuration", [{ action: "deploy", color: "blue" }]],
    ["a flip by command", [{ action: "flip", color: "blue" }]],
  ])("goes to an image that was live by configuration alone, as is told by what came after: %s", async (_, after) => {
    const event = { serial: 2, at: "2026-01-01T00:00:00Z", by: "x" };
    await cluster.records({ rejected: "[]", history: JSON.stringify([{ ...event, action: "deploy", color: "green", image: DIGESTS.green }, ...after.map((one) => ({ ...event, ...one }))]) });
    await rollback(stage, { ...how(), reason: "r", skipState: true });
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "green", serial: 2 });
  });

  it("does not go to an image that was deployed before an attempt on the live color that failed", async () => {
    const event = { action: "deploy", serial: 2, at: "2026-01-01T00:00:00Z", by: "x" };
    await cluster.records({ rejected: "[]", history: JSON.stringify([{ ...event, color: "green" }, { ...event, color: "blue", reason: "it crashed" }, { ...event, color: "blue", verified: true }]) });
    await expect(rollback(stage, { ...how(), reason: "r", skipState: true })).rejects.toThrow("has a new image that was never live");
  });

  it("does not wait for records that nobody can read", async () => {
    await cluster.records({ history: "soon" });
    await expect(rollback(stage, { ...how(), reason: "r", skipState: true })).rejects.toThrow("is no list of records");
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "green" });
  });

  it("is refused when the other color has nobody to answer, and changes nothing", async () => {
    await cluster.endpoints("green", 0);
    await expect(rollback(stage, { ...how(), reason: "r", skipState: true })).rejects.toThrow("green has no ready endpoint, and blue is left live");
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "blue", serial: 1 });
    expect(stage.again().config.release.serial).toBe(1);
  });

  it("moves traffic within a second of its start, as a command of its own", async () => {
    const started = performance.now();
    const child = spawn(path.join(ROOT, "golive"), ["rollback", "sandbox", "--yes", "--kubeconfig", cluster.server.kubeconfig], { env: { ...process.env, GOLIVE_STAGE: folder }, stdio: ["ignore", "pipe", "inherit"] });
    const first = await new Promise<string>((resolve) => child.stdout.once("data", (data: Buffer) => resolve(String(data))));
    const seconds = (performance.now() - started) / 1000;
    child.kill("SIGKILL");
    expect(first).toContain("Traffic goes to green.");
    expect(await readLive(api, NAMESPACE)).toMatchObject({ color: "green", serial: 2 });
    process.stderr.write(`rollback: traffic moved after ${seconds.toFixed(2)} s\n`);
  });
});

describe("status", () => {
  it("shows both colors and what does not agree", async () => {
    await cluster.service("green", 9);
    const found = await status(stage);
    expect(found.live).toEqual({ color: "green", serial: 9, ready: 2, since: expect.any(String) as string });
    expect(found).toMatchObject({ strategy: "blueGreen", isStateCompared: false });
    expect(found.colors.map(({ color, image, ready, isLive }) => ({ color, image, ready, isLive }))).toEqual([{ color: "blue", image: DIGESTS.blue, ready: 2, isLive: false }, { color: "green", image: DIGESTS.green, ready: 2, isLive: true }]);
    expect(found.drift).toEqual([
      expect.stringContaining("says that blue is live, traffic goes to green"), expect.stringContaining("is of release 1, the cluster of 9"),
      "blue has 0 of 2 pods available.", "green has 0 of 2 pods available.",
    ]);
    expect(statusText(found)).toMatch(/Strategy: blueGreen\nLive: green \(release 9, since [^ ]+\), 2 endpoints\n\n {3}blue {3}0\/2 pods {2}2 ready {2}sha256:b+\n→ {2}green/);
  });
});

it("refuses a cluster that is another stack's", async () => {
  await cluster.namespace("shop-staging");
  await expect(openStage("sandbox", { kubeconfig: cluster.server.kubeconfig, env: { GOLIVE_STAGE: folder } })).rejects.toThrow('is not the cluster of stack "sandbox": its namespace shop belongs to shop-staging');
  await cluster.namespace("shop-sandbox");
});
