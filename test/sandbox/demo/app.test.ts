/** The demo application as a process: health, faults, metrics, what every answer says. */
import { afterEach, describe, expect, it } from "vitest";
import { Faults, parseFaults } from "../../../sandbox/demo/app/faults.ts";
import { createLog } from "../../../sandbox/demo/app/log.ts";
import { running, startApp } from "./run.ts";

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

async function setFault(admin: string, fault: string): Promise<Response> {
  return fetch(`${admin}/fault`, { method: "POST", body: JSON.stringify({ fault }) });
}

async function statusOf(url: string): Promise<number> {
  const answer = await fetch(url);
  await answer.text();
  return answer.status;
}

describe("answers", () => {
  it("say which version, color and pod they come from, whatever the route and the outcome", async () => {
    const app = await startApp({ FAULT: "failing:1" });
    for (const path of ["/", "/api/version", "/health", "/health/live", "/metrics", "/nowhere", "//", "/slow?seconds=x"]) {
      const { headers } = await fetch(app.url + path);
      expect([path, headers.get("x-app-version"), headers.get("x-app-color"), headers.get("x-app-pod")]).toEqual([path, "1.2.3", "blue", "app-blue-1"]);
    }
  });

  it("the page shows color and version and needs nothing that a policy of default-src 'self' forbids", async () => {
    const app = await startApp({ APP_VERSION: "1.2.3-<b>" });
    const html = await (await fetch(app.url)).text();
    expect(html).toContain('<p class="color" id="color">blue</p>');
    expect(html).toContain("1.2.3-&lt;b&gt;");
    expect(html).not.toMatch(/<style|style="|<script>|https?:|data:/);
    const assets = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(assets.length).toBeGreaterThanOrEqual(3);
    for (const asset of assets) expect([asset, await statusOf(app.url + asset)]).toEqual([asset, 200]);
  });

  it("wait as long as they are asked to, and refuse what makes no sense", async () => {
    const app = await startApp();
    const started = performance.now();
    expect(await statusOf(`${app.url}/slow?seconds=0.3`)).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
    expect(await statusOf(`${app.url}/slow?seconds=61`)).toBe(400);
    expect((await fetch(app.url, { method: "POST", body: "x" })).status).toBe(405);
  });

  it("end connections that are older than they may be", async () => {
    const app = await startApp({ CONNECTION_SECONDS: "0" });
    expect((await fetch(app.url)).headers.get("connection")).toBe("close");
    expect((await fetch((await startApp()).url)).headers.get("connection")).toBe("keep-alive");
  });
});

describe("health", () => {
  it("is deep about each part: what is not configured says so and makes nothing unhealthy", async () => {
    const app = await startApp();
    const answer = await fetch(`${app.url}/health`);
    const { status, checks } = (await answer.json()) as { status: string; checks: Record<string, { status: string }> };
    expect([answer.status, status]).toEqual([200, "healthy"]);
    expect(Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check.status]))).toEqual({
      database: "not configured", cache: "not configured", fileStorage: "not configured", security: "not configured", export: "healthy",
    });
  });

  it("says 503 and which part when one is down, while liveness and readiness stay", async () => {
    // A server that answers no question of a database: the application itself.
    const other = await startApp();
    const app = await startApp({
      DATABASE_HOST: "127.0.0.1", DATABASE_PORT: String(other.port), REDIS_HOST: "127.0.0.1", REDIS_PORT: "1",
      MFA_REQUIRED: "true", ACCESS_TOKEN_SECONDS: "3600", REFRESH_TOKEN_SECONDS: "604800", SESSION_SECONDS: "90000",
    });
    const answer = await fetch(`${app.url}/health`);
    const { checks } = (await answer.json()) as { checks: Record<string, { status: string; detail: string }> };
    expect(answer.status).toBe(503);
    expect(checks["database"]).toMatchObject({ status: "unhealthy", detail: "127.0.0.1 does not speak PostgreSQL" });
    expect(checks["cache"]?.status).toBe("unhealthy");
    expect(checks["security"]).toMatchObject({ status: "unhealthy", detail: "SESSION_SECONDS is 90000; at most 28800" });
    expect([await statusOf(`${app.url}/health/ready`), await statusOf(`${app.url}/health/live`)]).toEqual([200, 200]);
  });
});

describe("metrics", () => {
  it("count requests by code and color, time them, and tell how many are under way", async () => {
    const app = await startApp();
    await statusOf(`${app.url}/api/version`);
    await statusOf(`${app.url}/api/version`);
    await statusOf(`${app.url}/nowhere`);
    const slow = fetch(`${app.url}/slow?seconds=1`);
    const text = await (await fetch(`${app.url}/metrics`)).text();
    expect(text).toContain('http_requests_total{color="blue",version="1.2.3",method="GET",route="version",code="200"} 2\n');
    expect(text).toContain('http_requests_total{color="blue",version="1.2.3",method="GET",route="other",code="404"} 1\n');
    expect(text).toContain('http_request_duration_seconds_count{color="blue",version="1.2.3",route="version"} 2\n');
    expect(text).toContain('http_request_duration_seconds_bucket{color="blue",version="1.2.3",route="version",le="+Inf"} 2\n');
    // The slow one and the question for metrics itself.
    expect(text).toMatch(/^http_requests_in_flight [12]$/m);
    expect(text).not.toContain("nowhere");
    await slow;
  });
});

describe("faults", () => {
  it("are set and taken back through the admin port, and refused with what is allowed", async () => {
    const app = await startApp();
    expect((await setFault(app.admin, "failing:1")).status).toBe(200);
    expect(await statusOf(`${app.url}/api/version`)).toBe(500);
    expect(await statusOf(`${app.url}/health`)).toBe(200);
    const refused = await setFault(app.admin, "sleepy");
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("Faults: none, slow");
    expect(await (await fetch(`${app.admin}/fault`)).json()).toEqual({ fault: "failing:1" });
    await setFault(app.admin, "none");
    expect(await statusOf(`${app.url}/api/version`)).toBe(200);
    expect(await statusOf(`${app.url}/fault`)).toBe(404);
  });

  it("unready: alive, answering, and out of the endpoints", async () => {
    const app = await startApp({ FAULT: "unready" });
    expect([await statusOf(`${app.url}/health/ready`), await statusOf(`${app.url}/health/live`), await statusOf(app.url)]).toEqual([503, 200, 200]);
    expect(await (await fetch(`${app.url}/metrics`)).text()).toContain("app_ready 0");
  });

  it("fail-smoke: every health check is well, pages and API are not", async () => {
    const app = await startApp({ FAULT: "fail-smoke" });
    for (const path of ["/health", "/health/ready", "/health/live", "/"]) expect([path, await statusOf(app.url + path)]).toEqual([path, 200]);
    expect(await (await fetch(app.url)).text()).not.toContain('id="color"');
    expect(await statusOf(`${app.url}/api/version`)).toBe(500);
  });

  it("crash and crash-at-start end the process with exit code 1", async () => {
    const app = await startApp();
    await setFault(app.admin, "crash");
    expect(await app.exited).toBe(1);
    await expect(startApp({ FAULT: "crash-at-start" })).rejects.toThrow("ended with 1");
    await expect(startApp({ FAULT: "sleepy" })).rejects.toThrow("ended with 1");
  });

  it("slow: every answer of a user is late, health is not", async () => {
    const app = await startApp({ FAULT: "slow:2" });
    const started = performance.now();
    await statusOf(app.url);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1995);
    const first = async (path: string): Promise<string> => {
      await statusOf(app.url + path);
      return path;
    };
    expect(await Promise.race([first("/"), first("/health/ready").then(() => first("/health/live"))])).toBe("/health/live");
  });

  it("turn-bad: a few checks do not start it, live traffic does, and it comes after its time", () => {
    let time = 0;
    const faults = new Faults("turn-bad:5", () => undefined, () => time);
    // Ten requests a second for a minute: checks.
    for (; time < 60_000; time += 100) expect(faults.failsRequest(0.5)).toBe(false);
    const from = time;
    const failed: number[] = [];
    for (; time < from + 7000; time += 10) if (faults.failsRequest(0.5)) failed.push(time - from);
    expect(failed[0]).toBeGreaterThanOrEqual(5000);
    expect(failed[0]).toBeLessThan(5300);
    expect(failed).toHaveLength((7000 - (failed[0] ?? 0)) / 10);
  });

  it("have a share, a start, and numbers that must make sense", () => {
    let time = 0;
    const faults = new Faults("failing:0.25,slow-start:3", () => undefined, () => time);
    expect([faults.failsRequest(0.249), faults.failsRequest(0.25), faults.ready]).toEqual([true, false, false]);
    time = 3000;
    expect(faults.ready).toBe(true);
    expect(faults.text).toBe("failing:0.25,slow-start:3");
    for (const text of ["failing:2", "busy:1.5", "full:2", "slow:-1", "slow:", "slow:x", "Slow"]) expect(() => parseFaults(text), text).toThrow();
    expect([...parseFaults(" none , slow")]).toEqual([["slow", 2]]);
  });
});

describe("hunger", () => {
  async function cpuSeconds(url: string): Promise<number> {
    return Number(/^process_cpu_seconds_total (.+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
  }

  it("busy uses up processor time while the application answers, until it is ended", async () => {
    const app = await startApp();
    await setFault(app.admin, "busy:1");
    const before = await cpuSeconds(app.url);
    while ((await cpuSeconds(app.url)) - before < 0.5) expect(await statusOf(`${app.url}/api/version`)).toBe(200);
    await setFault(app.admin, "none");
    // The thread ends within one look; a second without it costs what a few requests do.
    await expect.poll(async () => {
      const from = await cpuSeconds(app.url);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return (await cpuSeconds(app.url)) - from;
    }, { timeout: 10_000 }).toBeLessThan(0.2);
  });

  it("full takes nothing where the container has no limit of its own: the machine's memory is not its", async () => {
    const resident = async (url: string): Promise<number> => Number(/^process_resident_memory_bytes (.+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);
    const app = await startApp();
    const before = await resident(app.url);
    await setFault(app.admin, "full:0.9");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await resident(app.url)).toBeLessThan(before + 64 * 1024 * 1024);
  });
});

describe("logs", () => {
  it("are one JSON object a line, without the values of fields that say credential", () => {
    const lines: string[] = [];
    const log = createLog("info", { app: "shop" }, ["token"], (line) => lines.push(line));
    log.debug("not shown");
    log.warn("login\nfailed", { user: "ada", accessToken: "abc" });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", message: "login\nfailed", app: "shop", user: "ada", accessToken: "[redacted]" });
    expect(lines[0]).not.toContain("abc");
  });
});
