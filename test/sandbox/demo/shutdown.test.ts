/** A version leaves under load: nobody may notice. */
import { Agent, request } from "node:http";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { startLoad } from "../../../sandbox/demo/load/generator.ts";
import { isFailed, movedAfter, summarize } from "../../../sandbox/demo/load/summary.ts";
import { running, startApp, startService } from "./run.ts";

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

it("under load a switch and the end of the old version lose no request, the long ones included", async () => {
  const [blue, green] = await Promise.all([startApp({ SHUTDOWN_SECONDS: "20" }), startApp({ APP_COLOR: "green", APP_VERSION: "1.3.0" })]);
  const service = await startService(blue.port);
  const load = startLoad({ url: service.url, plan: { keepAlive: 60, new: 60, long: 2 }, longSeconds: 2 });
  load.mark({ name: "started", colors: ["blue"] });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  load.mark({ name: "switch begins", colors: ["blue", "green"] });
  service.to(green.port);
  const switched = load.mark({ name: "switch completed", colors: ["green"], olderConnections: true });
  // Ends by itself: kept connections end with their next answer, long requests get their time.
  expect(await blue.stop()).toBe(0);
  load.mark({ name: "drained", colors: ["green"] });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const result = await load.stop();
  service.stop();
  const { failures, failed, misrouted, byColor, byKind } = summarize(result);
  expect({ failures, failed, misrouted }).toEqual({ failures: {}, failed: 0, misrouted: 0 });
  expect(byColor["blue"]?.answered).toBeGreaterThan(100);
  expect(byColor["green"]?.answered).toBeGreaterThan(100);
  expect(byKind["long"]).toBeGreaterThanOrEqual(4);
  expect(movedAfter(result.records, "green", switched.at)).toBeLessThan(5000);
  // A long request that blue had begun was answered by blue after the switch.
  expect(result.records.some((record) => record.kind === "long" && record.color === "blue" && record.due + record.latency > switched.at)).toBe(true);
  expect(blue.lines.at(-1)?.message).toBe("ended");
}, 60_000);

it("after SIGTERM: not ready, still serving, and every answer ends its connection", async () => {
  const app = await startApp();
  const slow = fetch(`${app.url}/slow?seconds=1`);
  const agent = new Agent({ keepAlive: true });
  const ask = async (path: string) => {
    const sent = request(app.url + path, { agent });
    sent.end();
    const [answer] = (await once(sent, "response")) as [import("node:http").IncomingMessage];
    answer.resume();
    await once(answer, "end");
    return { status: answer.statusCode, connection: answer.headers.connection, reused: sent.reusedSocket };
  };
  expect(await ask("/")).toEqual({ status: 200, connection: "keep-alive", reused: false });
  const ended = app.stop();
  await expect.poll(() => app.lines.at(-1)?.message).toBe("ending");
  expect(await ask("/health/ready")).toEqual({ status: 503, connection: "close", reused: true });
  expect(await ask("/")).toEqual({ status: 200, connection: "close", reused: false });
  expect((await slow).status).toBe(200);
  expect(await ended).toBe(0);
});

it("an idle connection does not hold up the end, a request that takes too long is cut off and said", async () => {
  const app = await startApp({ SHUTDOWN_SECONDS: "1" });
  await (await fetch(app.url)).text();
  const cut = fetch(`${app.url}/slow?seconds=30`).then(() => "answered", () => "cut");
  await expect.poll(async () => (await fetch(`${app.url}/metrics`)).text()).toMatch(/in_flight 2/);
  const started = performance.now();
  expect(await app.stop()).toBe(0);
  expect(performance.now() - started).toBeLessThan(4000);
  expect(await cut).toBe("cut");
  expect(app.lines.at(-1)).toMatchObject({ level: "error", requests: 1 });
});

it("a failed request is one without a whole answer, or with an answer that is no success", () => {
  const record = { due: 0, sent: 0, latency: 1, kind: "new", opened: 0, error: "", status: 200, version: "", color: "", pod: "" } as const;
  expect([{ ...record }, { ...record, status: 302 }].map(isFailed)).toEqual([false, false]);
  expect([{ ...record, status: 404 }, { ...record, status: 500 }, { ...record, error: "closed" }, { ...record, status: 0 }].map(isFailed)).toEqual([true, true, true, true]);
});
