/** What gates make of Prometheus's answers, of its errors and of none. What real figures do is shown by test/cluster/signals.test.ts. */
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { InterruptedError } from "../../../operations/interrupt.ts";
import { readFigures } from "../../../operations/release/figures.ts";
import { budgetOf } from "../../../operations/release/gates.ts";
import { judged, shown } from "../../../operations/release/judgement.ts";
import { numberOf } from "../../../operations/release/limits.ts";
import { demandSeen, SignalWatch, signalsPass } from "../../../operations/release/signals.ts";
import { signalsNow, signalsText } from "../../../operations/release/signalStatus.ts";
import { color, type Reply, SignalDouble, vector } from "./signalDouble.ts";

let double: SignalDouble;
let said: string[];
beforeEach(async () => {
  said = [];
  double = await SignalDouble.start();
});
afterEach(() => {
  double.close();
  expect(double.strange).toEqual([]);
});

const how = (signal?: AbortSignal) => ({ progress: () => undefined, say: (line: string) => said.push(line), ...(signal === undefined ? {} : { signal }) });
const LIMITS = { use: "required", errorRate: 0.01, p95Seconds: 2, cpu: 0.9, memory: 0.95, leastRequests: 100, windowSeconds: 300 } as const;
const WELL = { pods: 2, requests: 1000, errors: 0, p95: 0.05, p99: 0.2, cpu: 0.2, memory: 0.5, cpuLimit: true, memoryLimit: true };

describe("figures", () => {
  it("are read in one query, by color, as shares of what pods may use", async () => {
    double.prometheus = () => vector([...color("blue", { errors: 20 }), ...color("green", { requests: 0, p95: "NaN", p99: "NaN", cpu: undefined })]);
    const read = await readFigures(double.stage(), 60);
    expect(read).toEqual({ windowSeconds: 60, figures: {
      blue: { pods: 2, requests: 1000, errors: 0.02, p95: 0.05, p99: 0.2, cpu: 0.2, memory: 0.5, cpuLimit: true, memoryLimit: true },
      green: { pods: 2, requests: 0, memory: 0.5, cpuLimit: true, memoryLimit: true },
    } });
    expect(double.windows).toEqual([60]);
  });

  const STATUS = (message: string) => ({ kind: "Status", message });
  it.each<[string, Reply, string, boolean]>([
    ["the query is refused", { status: 400, body: { status: "error", errorType: "bad_data", error: "parse error" } }, "Prometheus answers 400: bad_data: parse error", false],
    ["the query takes too long", { status: 503, body: { status: "error", errorType: "timeout", error: "query timed out" } }, "Prometheus answers 503: timeout: query timed out", false],
    ["no pod of Prometheus is ready", { status: 503, body: STATUS('no endpoints available for service "prometheus"') }, "Prometheus can not be reached through the API server (503): no endpoints available", false],
    ["there is no such Service", { status: 404, body: STATUS('services "prometheus" not found') }, "Prometheus can not be reached through the API server (404)", false],
    ["the operator may not", { status: 403, body: STATUS('services "prometheus:web" is forbidden') }, "Prometheus can not be reached through the API server (403): services", true],
    ["it is no Prometheus", { status: 200, body: "<html>welcome</html>" }, "what answers as Prometheus (200) is none: <html>", false],
    ["it answers with a matrix", { status: 200, body: { status: "success", data: { resultType: "matrix", result: [] } } }, "what answers as Prometheus (200) is none", false],
    ["a value is no text", { status: 200, body: { status: "success", data: { resultType: "vector", result: [{ metric: {}, value: [1, 2] }] } } }, "what answers as Prometheus (200) is none", false],
  ])("are none when %s", async (_, reply, why, isForbidden) => {
    double.prometheus = () => reply;
    expect(await readFigures(double.stage(), 60)).toEqual({ why: expect.stringContaining(why) as string, isForbidden });
  });

  it("are none when nobody answers in time, and nobody waits longer", { timeout: 15_000 }, async () => {
    double.prometheus = undefined;
    expect(await readFigures(double.stage(), 60)).toEqual({ why: "Prometheus can not be asked: no answer within 5 s", isForbidden: false });
  });

  test.each([["250m", 0.25], ["1.5", 1.5], [2, 2], ["512Mi", 536_870_912], ["1Gi", 1_073_741_824], ["1G", 1e9], ["0", undefined], ["much", undefined], ["5X", undefined], [undefined, undefined]])("of the limit %s", (quantity, value) => {
    expect(numberOf(quantity)).toBe(value);
  });
});

describe("a color with users", () => {
  const of = (other: object) => judged("green", { ...WELL, ...other }, 30, LIMITS, "users");

  it("is well at the limits, and with no limit of its own", () => {
    expect(of({ errors: 0.01, p95: 2, cpu: 0.9, memory: 0.95 })).toEqual({ bad: [], held: [] });
    expect(of({ cpu: undefined, cpuLimit: false, memory: undefined, memoryLimit: false })).toEqual({ bad: [], held: [] });
  });

  it.each([
    [{ errors: 0.0101 }, "1.01 % of 1000 requests to green in 30 s are errors, more than 1 % (release.signals.errorRate)"],
    [{ p95: 2.01 }, "p95 of green is 2.01 s in 30 s, more than 2 s (release.signals.p95Seconds)"],
  ])("goes back with %o", (other, text) => {
    expect(of(other)).toEqual({ bad: [text], held: [] });
  });

  it.each([
    [{ pods: undefined }, "Prometheus reaches no pod of green (up)"],
    [{ requests: undefined, errors: undefined, p95: undefined }, "green has had 0 of the 100 requests that a judgement takes (release.signals.leastRequests) in 30 s"],
    [{ requests: 99.4, errors: 0.5, p95: 9 }, "green has had 99 of the 100 requests"],
    [{ p95: undefined }, "Prometheus has no durations of requests to green (http_request_duration_seconds)"],
    [{ cpu: undefined }, "Prometheus has no CPU of green (container_cpu_usage_seconds_total)"],
    [{ memory: undefined }, "Prometheus has no memory of green (container_memory_working_set_bytes)"],
    [{ cpu: 0.91 }, "green uses 91 % of its CPU limit, more than 90 % (release.signals.cpu)"],
    [{ memory: 0.96 }, "a pod of green uses 96 % of its memory limit, more than 95 % (release.signals.memory)"],
  ])("is held with %o", (other, text) => {
    expect(of(other)).toEqual({ bad: [], held: [expect.stringContaining(text)] });
  });

  it("is waited for no requests where none have to come, and judged by what comes", () => {
    const none = { ...WELL, requests: 0, errors: undefined, p95: undefined };
    const limits = { ...LIMITS, leastRequests: 0 };
    const { errors: _, p95: __, ...quiet } = none;
    expect(judged("green", quiet, 30, limits, "users")).toEqual({ bad: [], held: [] });
    expect(judged("green", { ...WELL, requests: 1, errors: 1 }, 30, limits, "users").bad).toHaveLength(1);
  });
});

it("a color without users needs no requests and no CPU, and must be seen", () => {
  const { requests: _, errors: __, p95: ___, cpu: ____, ...idle } = WELL;
  expect(judged("green", idle, 30, LIMITS, "nobody")).toEqual({ bad: [], held: [] });
  expect(judged("green", { ...idle, pods: 0 }, 30, LIMITS, "nobody").held).toHaveLength(1);
  expect(judged("green", { ...WELL, errors: 0.5 }, 30, LIMITS, "nobody").bad).toHaveLength(1);
  expect(shown(WELL, 30)).toBe("1000 requests, 0 % errors, p95 0.05 s, CPU 20 %, memory 50 % in 30 s");
  expect(shown(idle, 30)).toBe("no requests, memory 50 % in 30 s");
});

describe("a watch", () => {
  it("goes back after two bad looks in a row, and not after one", async () => {
    const watch = SignalWatch.of(double.stage(), "green", "users", how());
    const bad = () => vector(color("green", { errors: 500 }));
    double.prometheus = bad;
    expect(await watch?.look()).toBeUndefined();
    expect(watch).toMatchObject({ isDoubted: true, held: expect.stringContaining("50 % of 1000 requests") as string });
    double.prometheus = () => vector(color("green"));
    expect(await watch?.look()).toBeUndefined();
    expect(watch).toMatchObject({ isDoubted: false, held: undefined });
    double.prometheus = bad;
    await watch?.look();
    expect(await watch?.look()).toContain("50 % of 1000 requests to green");
  });

  it("looks no further back than it is old, nor than its window", async () => {
    const watch = SignalWatch.of(double.stage({ windowSeconds: 30 }), "green", "users", how());
    await watch?.look();
    expect(double.windows).toEqual([1]);
    expect(watch?.held).toBe("Prometheus reaches no pod of green (up)");
  });

  it.each([
    ["there is no Prometheus of the stack's own", {}, { prometheus: undefined }, "images.prometheus is not given"],
    ["they are off", { use: "off" as const }, {}, "release.signals.use is off"],
  ])("is none where %s, which a command says once and asks nobody", async (_, signals, more, why) => {
    const stage = double.stage(signals, more);
    for (const one of [1, 2]) expect(SignalWatch.of(stage, "green", "users", how()), String(one)).toBeUndefined();
    await demandSeen(stage, "green", budgetOf(stage), how());
    expect(await signalsPass(stage, "green", budgetOf(stage), how(), performance.now())).toBeUndefined();
    expect(said).toEqual([expect.stringMatching(`^Signals are not read: ${why}.* Gates look at pods alone.$`)]);
    expect(double.windows).toEqual([]);
  });
});

describe("the gate before users come", () => {
  it("passes a color that is seen, and says by what", async () => {
    double.prometheus = () => vector(color("green", { requests: 12, p95: 0.01 }));
    const stage = double.stage();
    expect(await signalsPass(stage, "green", budgetOf(stage), how(), performance.now())).toBeUndefined();
    expect(said).toEqual(["signals: 12 requests, 0 % errors, p95 0.01 s, CPU 20 %, memory 50 % in 1 s"]);
  });

  it("fails a color whose smoke tests were errors, from the beginning of its gates", async () => {
    double.prometheus = () => vector(color("green", { errors: 800 }));
    const stage = double.stage({}, { budgetSeconds: 10 });
    expect(await signalsPass(stage, "green", budgetOf(stage), how(), performance.now() - 45_000)).toMatch(/^signals: 80 % of 1000 requests to green in 4\d s/);
    expect(Math.min(...double.windows)).toBeGreaterThanOrEqual(45);
  });

  it("waits for data as long as the budget lasts, blames no image for none, and says how to go on", async () => {
    double.prometheus = () => vector(color("blue"));
    const stage = double.stage();
    await expect(signalsPass(stage, "green", budgetOf(stage), how(), performance.now())).rejects.toMatchObject({
      message: "green did not pass: its signals did not come within release.budgetSeconds (1 s): Prometheus reaches no pod of green (up). Traffic is unchanged, and the image is not rejected.",
      hint: expect.stringContaining("release.signals.use off") as string,
    });
    expect(double.windows.length).toBeGreaterThan(0);
  });

  it("ends at Ctrl-C as such", async () => {
    const interrupt = new AbortController();
    const stage = double.stage({}, { budgetSeconds: 60 });
    const ended = signalsPass(stage, "green", budgetOf(stage), how(interrupt.signal), performance.now());
    interrupt.abort(new InterruptedError());
    await expect(ended).rejects.toMatchObject({ cause: expect.any(InterruptedError) as InterruptedError });
  });
});

describe("before traffic moves", () => {
  it("somebody must see the color", async () => {
    double.prometheus = () => ({ status: 503, body: { kind: "Status", message: "no endpoints" } });
    const stage = double.stage();
    await expect(demandSeen(stage, "green", budgetOf(stage), how())).rejects.toThrow("Nobody could watch green: Prometheus can not be reached through the API server (503): no endpoints. Traffic is unchanged.");
    double.prometheus = () => vector(color("green", { requests: undefined, p95: undefined }));
    await demandSeen(stage, "green", budgetOf(stage), how());
  });

  it("nobody waits who may not ask", async () => {
    double.prometheus = () => ({ status: 403, body: { kind: "Status", message: "forbidden" } });
    const stage = double.stage({}, { budgetSeconds: 600 });
    await expect(demandSeen(stage, "green", budgetOf(stage), how())).rejects.toThrow("(403): forbidden. Traffic is unchanged.");
    expect(double.windows).toHaveLength(1);
  });
});

describe("status", () => {
  const brief = (prometheus: boolean) => ({ serial: 1, drainIdle: false, images: {}, servers: { prometheus, alertmanager: false } });

  it("shows figures with their units, and no data where there are none", async () => {
    double.prometheus = () => vector([...color("blue", { errors: 3 }), ...color("green", { requests: undefined, p95: undefined, p99: undefined, cpu: undefined })]);
    const signals = await signalsNow(double.stage(), brief(true));
    expect(signals.colors?.blue).toEqual({
      requests: { value: 1000 / 300, unit: "requests/s" }, errors: { value: 0.003, unit: "ratio" }, p95: { value: 0.05, unit: "s" }, p99: { value: 0.2, unit: "s" },
      cpu: { value: 0.2, unit: "ratio" }, memory: { value: 0.5, unit: "ratio" }, pods: { value: 2, unit: "pods" },
    });
    expect(signals.colors?.green.requests).toEqual({ value: null, unit: "requests/s" });
    expect(signalsText(signals, "blue")).toEqual([
      "   last 300 s  requests  errors   p95      p99      CPU      memory  scraped",
      "→  blue        3.33/s    0.3 %    0.05 s   0.2 s    20 %     50 %    2 pods",
      "   green       no data   no data  no data  no data  no data  50 %    2 pods",
    ]);
  });

  it("says why there are none", async () => {
    expect(signalsText(await signalsNow(double.stage(), brief(false)), "blue")).toEqual(["Signals: no data: images.prometheus is not given, so this stack has no Prometheus of its own."]);
    double.prometheus = () => ({ status: 503, body: { kind: "Status", message: "no endpoints" } });
    expect(await signalsNow(double.stage(), brief(true))).toEqual({ windowSeconds: 300, noData: "Prometheus can not be reached through the API server (503): no endpoints" });
  });
});
