/** The load generator: it keeps its schedule, and misses nothing that goes wrong. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawn } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { startLoadElsewhere } from "../../../sandbox/demo/load/elsewhere.ts";
import { startLoad } from "../../../sandbox/demo/load/generator.ts";
import { type LoadRecord, type Mark, readResult } from "../../../sandbox/demo/load/records.ts";
import { type Arrival, arrivals } from "../../../sandbox/demo/load/schedule.ts";
import { misrouting, movedAfter, spans, summarize } from "../../../sandbox/demo/load/summary.ts";
import { running, startApp } from "./run.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function record(given: Partial<LoadRecord>): LoadRecord {
  return { due: given.sent ?? 0, sent: 0, latency: 10, kind: "new", opened: given.sent ?? 0, status: 200, error: "", version: "1", color: "blue", pod: "p", ...given };
}

describe("schedule", () => {
  it("has exactly the rates that were asked for, in the order of time, evenly", () => {
    const first: Arrival[] = [];
    for (const arrival of arrivals({ keepAlive: 300, new: 300, long: 2 })) if (first.push({ ...arrival }) === 602 * 10) break;
    expect(first.at(-1)?.at).toBeLessThan(10_000);
    expect(first.filter((one) => one.kind === "keepAlive")).toHaveLength(3000);
    expect(first.filter((one) => one.kind === "long")).toHaveLength(20);
    expect(first.every((one, i) => one.at >= (first[i - 1]?.at ?? 0))).toBe(true);
    const kept = first.filter((one) => one.kind === "new").map((one) => one.at);
    for (const [i, at] of kept.entries()) if (i > 0) expect(at - (kept[i - 1] ?? 0)).toBeCloseTo(1000 / 300, 6);
    expect([...arrivals({ keepAlive: 0, new: 0, long: 0 })]).toEqual([]);
  });
});

describe("generator", () => {
  // The machine is measured too: while others fill it, a second chance is fair.
  it("keeps 600 requests a second within 2 percent, half of them on new connections", { retry: 2, timeout: 60_000 }, async () => {
    const app = await startApp();
    const load = await startLoadElsewhere([], { url: app.url, plan: { keepAlive: 300, new: 300, long: 1 }, longSeconds: 1, seconds: 4, connections: 6 });
    const { records, started } = await load.ended;
    const sent = records.filter((one) => one.kind !== "long" && one.sent >= started + 1000 && one.sent < started + 4000);
    expect(sent.length / 3).toBeGreaterThan(588);
    expect(sent.length / 3).toBeLessThan(612);
    expect(summarize({ started, ended: started + 4000, plan: { keepAlive: 300, new: 300, long: 1 }, marks: [], records }).failures).toEqual({});
    expect(new Set(records.filter((one) => one.kind === "new").map((one) => one.opened)).size).toBeGreaterThan(1190);
    expect(new Set(records.filter((one) => one.kind === "keepAlive").map((one) => one.opened)).size).toBeLessThan(600);
    expect(records.every((one) => one.color === "blue" && one.version === "1.2.3" && one.pod === "app-blue-1")).toBe(true);
  });

  it("sends on while the server stalls, and counts the wait from when a request was due", async () => {
    const waiting: (() => void)[] = [];
    let stalled = true;
    const url = await serve((_, response) => {
      if (stalled) waiting.push(() => response.end("late"));
      else response.end("ok");
    });
    const load = startLoad({ url, plan: { keepAlive: 100, new: 0, long: 0 }, seconds: 1 });
    await expect.poll(() => waiting.length, { timeout: 10_000 }).toBeGreaterThan(60);
    stalled = false;
    for (const answer of waiting) answer();
    const { records } = await load.ended;
    expect(records).toHaveLength(100);
    expect(Math.max(...records.map((one) => one.latency))).toBeGreaterThan(550);
  });

  it("counts resets, connections ended without an answer, halves of answers, refusals, timeouts and errors", async () => {
    let turn = 0;
    const url = await serve((request, response) => {
      switch (turn++ % 5) {
        case 0: request.socket.resetAndDestroy(); break;
        case 1: request.socket.end(); break;
        case 2: response.writeHead(200, { "content-length": 10 }).write("half", () => request.socket.destroy()); break;
        case 3: response.writeHead(503).end(); break;
        default: break;
      }
    });
    const load = startLoad({ url, plan: { keepAlive: 0, new: 100, long: 0 }, seconds: 0.5, timeoutSeconds: 1 });
    const { failures, failed, total } = summarize(await load.ended);
    expect([failed, total]).toEqual([50, 50]);
    expect(failures).toEqual({ reset: 10, closed: 20, "status 503": 10, timeout: 10 });
    servers[0]?.closeAllConnections();
    servers[0]?.close();
    const refused = summarize(await startLoad({ url, plan: { keepAlive: 50, new: 0, long: 0 }, seconds: 0.2 }).ended);
    expect(refused.failures).toEqual({ refused: 10 });
  });

  it("replaces kept connections after their time", async () => {
    const url = await serve((_, response) => response.end("ok"));
    const plan = { keepAlive: 100, new: 0, long: 0 };
    const opened = async (connectionSeconds: number | undefined) => new Set((await startLoad({ url, plan, connections: 2, connectionSeconds, seconds: 1 }).ended).records.map((one) => one.opened)).size;
    expect(await opened(0.1)).toBeGreaterThanOrEqual(8);
    expect(await opened(undefined)).toBeLessThan(8);
  });
});

describe("misrouting", () => {
  const marks: Mark[] = [
    { at: 0, name: "start", colors: ["blue"] },
    { at: 900, name: "switch begins", colors: ["blue", "green"] },
    { at: 1000, name: "switch completed", colors: ["green"], olderConnections: true },
    { at: 1500, name: "only shown" },
    { at: 2000, name: "drained", colors: ["green"] },
  ];

  it("follows what may answer when a request is sent, older connections until all is drained", () => {
    const isMisrouted = misrouting(marks.toReversed());
    const judged = (given: Partial<LoadRecord>): boolean => isMisrouted(record(given));
    expect(judged({ sent: 100 })).toBe(false);
    expect(judged({ sent: 100, color: "green" })).toBe(true);
    expect(judged({ sent: 950, color: "green" })).toBe(false);
    expect(judged({ sent: 1100, color: "green" })).toBe(false);
    expect(judged({ sent: 1100 })).toBe(true);
    expect(judged({ sent: 1600, opened: 500 })).toBe(false);
    expect(judged({ sent: 1600, opened: 1000 })).toBe(true);
    expect(judged({ sent: 1600, opened: 500, color: "red" })).toBe(true);
    expect(judged({ sent: 2000, opened: 500 })).toBe(true);
    expect(judged({ sent: 2000, color: "" })).toBe(true);
  });

  it("lets what is under way during a change be answered by either side, and what nobody answered be failed only", () => {
    const isMisrouted = misrouting(marks);
    expect(isMisrouted(record({ sent: 850, color: "green", latency: 100 }))).toBe(false);
    expect(isMisrouted(record({ sent: 850, color: "green", latency: 40 }))).toBe(true);
    expect(isMisrouted(record({ sent: 2100, color: "", status: 0, error: "reset" }))).toBe(false);
  });

  it("is by version too, and counted once in each span, apart from failures", () => {
    const records = [record({ sent: 100 }), record({ sent: 200, version: "2" }), record({ sent: 1200, version: "2", status: 500 }), record({ sent: 1300, color: "" })];
    const result = { started: 0, ended: 2000, plan: { keepAlive: 0, new: 2, long: 0 }, marks: [{ at: 0, name: "start", versions: ["1"] }], records };
    expect(summarize(result)).toMatchObject({ total: 4, failed: 1, misrouted: 2, failures: { "status 500": 1 } });
    expect(spans(result, 1)).toMatchObject([{ from: 0, byColor: { blue: 1 }, failed: 0, misrouted: 1 }, { from: 1, byColor: { "-": 1 }, failed: 1, misrouted: 0 }]);
  });

  it("says when all traffic had moved", () => {
    const records = [record({ sent: 990 }), record({ sent: 1010 }), record({ sent: 1020, color: "green" }), record({ sent: 1170 }), record({ sent: 1180, color: "green" }), record({ sent: 3000 })];
    expect(movedAfter(records, "green", 1000, 2500)).toBe(170);
    expect(movedAfter(records, "red", 1000)).toBeUndefined();
  });
});

describe("as a process", () => {
  it("takes marks, ends when told, and leaves a file that says the same", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "golive-load-test-"));
    const url = await serve((_, response) => response.writeHead(200, { "X-App-Color": "green" }).end("ok"));
    const load = await startLoadElsewhere(["env"], { url, plan: { keepAlive: 50, new: 0, long: 0 }, paths: ["/a", "/b"] }, path.join(folder, "load.ndjson"));
    load.mark({ name: "only blue may answer", at: load.started, colors: ["blue"] });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const result = await load.stop();
    const summary = summarize(result);
    expect(summary.total).toBeGreaterThan(10);
    expect([summary.failed, summary.misrouted]).toEqual([0, summary.total]);
    expect(await readResult(path.join(folder, "load.ndjson"))).toEqual(result);
    await rm(folder, { recursive: true });
  });

  it("does not start where it can not, and says how it is used", async () => {
    await expect(startLoadElsewhere(["false"], { url: "http://127.0.0.1:1" })).rejects.toThrow("ended with exit code 1");
    const command = path.join(import.meta.dirname, "../../../sandbox/demo/load/command.ts");
    const child = spawn(process.execPath, [command, "--url", "10.0.0.1"], { stdio: ["ignore", "ignore", "pipe"] });
    const [text] = (await once(child.stderr, "data")) as [Buffer];
    expect(text.toString()).toContain("Give the target");
    expect(await once(child, "close")).toEqual([2, null]);
  });
});
