/**
 * Signals of releases alive: gates ask a real Prometheus about a color under load, while pods pass every look at them, and
 * silences are a real Alertmanager's. Prometheus and Alertmanager are those that the components declare; only the scrapes
 * come more often.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OperatorAccess } from "../../components/cluster/operatorAccess.ts";
import { golive } from "../../operations/demo/stage.ts";
import { applyAll, type KubeObject } from "../../sandbox/services/objects.ts";
import { declared } from "../components/mocks.ts";
import { fault } from "./monitoring/breaks.ts";
import { until } from "./monitoring/stage.ts";
import { done, refused, Releases, SOME_USERS } from "./release/releases.ts";
import { openSignalStage, type SignalStage } from "./signals/stage.ts";

const BUILD_MS = 1_800_000;
const TEST_MS = 420_000;
/** Long enough for a figure of what has just broken. */
const WATCH_SECONDS = 20;
const BUDGET_SECONDS = 30;

let stage: SignalStage;
let releases: Releases;
let load: Awaited<ReturnType<SignalStage["load"]>>;
let number = 1;
beforeAll(async () => {
  stage = await openSignalStage();
  releases = new Releases(stage, SOME_USERS);
  load = await stage.load({ connectionSeconds: 0.5, plan: SOME_USERS });
}, BUILD_MS);
afterAll(async () => {
  await load?.stop();
  await stage?.[Symbol.asyncDispose]();
}, 60_000);

/** A new image in the idle color, through its gates. */
async function deployed(): Promise<string> {
  return done(await releases.deploy(await stage.image({ version: `2.${number++}.0` }))).output;
}

/** A flip to the idle color; `act` is called when traffic is there. Nothing of the way that users go is broken before. */
async function flipping(act: () => Promise<void>): ReturnType<SignalStage["golive"]> {
  let acted: Promise<void> | undefined;
  const answer = await stage.watched((line) => {
    if (line === `Traffic goes to ${releases.idle}.`) acted ??= act();
  }, "flip", "sandbox", releases.idle, "--yes");
  await acted;
  return answer;
}

const active = async () => (await stage.silences()).filter(({ status }) => status.state === "active");

interface Figures { value: number | null; unit: string }

describe("a color that is well", () => {
  it("passes before its users come and with them, by figures that status shows, too", { timeout: TEST_MS }, async () => {
    expect(await deployed()).toMatch(/^signals: .*memory [\d.]+ % in \d+ s$/m);
    const flip = done(await stage.golive("flip", "sandbox", releases.idle, "--yes"));
    releases.live = releases.idle;
    expect(flip.output).toMatch(new RegExp(`^signals of ${releases.live}: \\d{3,} requests, 0 % errors, p95 [\\d.]+ s, CPU [\\d.]+ %, memory [\\d.]+ % in \\d+ s$`, "m"));
    const { signals } = JSON.parse(done(await stage.golive("status", "sandbox", "--json")).output) as { signals: { windowSeconds: number; colors: Record<string, Record<string, Figures>> } };
    expect(signals.windowSeconds).toBe(300);
    const live = signals.colors[releases.live] ?? {};
    expect(Object.fromEntries(Object.entries(live).map(([name, { unit }]) => [name, unit]))).toEqual({ requests: "requests/s", errors: "ratio", p95: "s", p99: "s", cpu: "ratio", memory: "ratio", pods: "pods" });
    expect(live["requests"]?.value).toBeGreaterThan(0);
    expect(live["errors"]?.value).toBe(0);
    expect(live["pods"]?.value).toBe(2);
    const text = done(await stage.golive("status", "sandbox")).output;
    expect(text).toMatch(new RegExp(`^→ +${releases.live} +[\\d.]+/s +0 % +[\\d.]+ s`, "m"));
  });
});

describe("a color that serves users badly, while its pods pass every look", () => {
  beforeAll(() => { stage.set(["golive:release", "verifySeconds"], WATCH_SECONDS); });

  it.each([
    ["slow", "slow:3", /^(\w+) turned bad: p95 of \1 is [\d.]+ s in \d+ s, more than 2 s \(release\.signals\.p95Seconds\)\. Rolling back\.$/m],
    ["failing now and then", "failing:0.03", /^(\w+) turned bad: [\d.]+ % of \d+ requests to \1 in \d+ s are errors, more than 1 % \(release\.signals\.errorRate\)\. Rolling back\.$/m],
  ])("%s goes back by itself", { timeout: TEST_MS }, async (_, what, said) => {
    await deployed();
    const bad = releases.idle;
    const answer = await flipping(() => fault(stage, bad, what));
    expect([answer.code, answer.output]).toEqual([1, expect.stringMatching(said)]);
    expect(answer.output).toContain(`Traffic is back on ${releases.live}`);
    // What was silenced for the flip is over with it, also when it fails.
    expect(answer.output).toContain("Alerts that this causes are silenced");
    expect(await active()).toEqual([]);
    await fault(stage, bad, "none");
    await releases.sound();
  });
});

describe("no data", () => {
  beforeAll(() => { stage.set(["golive:release", "verifySeconds"], 3); });

  it("keeps an image from users without blaming it, and traffic from moving", { timeout: TEST_MS }, async () => {
    const image = await stage.image({ version: `2.${number++}.0` });
    await stage.prometheusIsThere(false);
    const deploy = await releases.deploy(image);
    refused(deploy, "its signals did not come within release.budgetSeconds", "Prometheus can not be reached through the API server (503)", "the image is not rejected");
    await stage.prometheusIsThere(true);
    done(await releases.deploy(image));
    stage.set(["golive:release", "budgetSeconds"], BUDGET_SECONDS);
    await stage.prometheusIsThere(false);
    const text = done(await stage.golive("status", "sandbox")).output;
    expect(text).toContain("Signals: no data: Prometheus can not be reached through the API server (503)");
    refused(await stage.golive("flip", "sandbox", releases.idle, "--yes"), `Nobody could watch ${releases.idle}`, "Traffic is unchanged");
    await stage.prometheusIsThere(true);
    await releases.sound();
  });

  it("holds a color that has users, and then sends it back", { timeout: TEST_MS }, async () => {
    const answer = await flipping(() => stage.prometheusIsThere(false));
    await stage.prometheusIsThere(true);
    stage.set(["golive:release", "budgetSeconds"], 120);
    expect([answer.code, answer.output]).toEqual([1, expect.stringContaining(`${releases.idle} is held: Prometheus can not be reached through the API server (503)`)]);
    expect(answer.output).toContain(`its signals did not come to be well within release.budgetSeconds (${BUDGET_SECONDS} s): Prometheus can not be reached`);
    expect(answer.seconds).toBeGreaterThan(BUDGET_SECONDS);
    await releases.sound();
  });
});

describe("silences", () => {
  const labels = (alertname: string, color: string, severity: string) => ({ alertname, color, severity, stack: "shop-sandbox", team: "application" });

  it("are there while traffic moves, for what the release causes alone, and gone at its end", { timeout: TEST_MS }, async () => {
    await deployed();
    const to = releases.idle;
    await stage.alert([labels("AppCpu", to, "2"), labels("AppCpu", releases.live, "2"), labels("AppDown", to, "1"), labels("ReleaseErrors", to, "1"), labels("AppErrors", to, "3")]);
    let silenced: string[] = [];
    let seen: Awaited<ReturnType<typeof active>> = [];
    done(await flipping(async () => {
      seen = await until("silences", async () => {
        const found = await active();
        return found.length === 3 ? found : undefined;
      });
      const alerts = await until("alerts to be silenced", async () => {
        const found = await stage.alertmanager<{ labels: Record<string, string>; status: { silencedBy: string[] } }[]>("/api/v2/alerts");
        return found.some(({ status }) => status.silencedBy.length > 0) ? found : undefined;
      });
      silenced = alerts.filter(({ status }) => status.silencedBy.length > 0).map((one) => `${one.labels["alertname"] ?? ""} ${one.labels["color"] ?? ""}`);
    }));
    releases.live = to;
    expect(silenced).toEqual([`AppCpu ${to}`]);
    for (const { comment, createdBy, startsAt, endsAt } of seen) {
      expect(comment).toBe(`./golive flip sandbox ${to} (${createdBy}): planned work, lifted at its end`);
      expect(Date.parse(endsAt) - Date.parse(startsAt)).toBeLessThanOrEqual(120_000);
    }
    expect(await active()).toEqual([]);
    const back = await releases.rollback();
    expect(back.output).toMatch(/^Traffic goes to \w+\.$[^]*^Alerts that this causes are silenced/m);
    expect(await active()).toEqual([]);
  });

  it("are lifted when the command is interrupted, and end by themselves when it is killed", { timeout: TEST_MS }, async () => {
    stage.set(["golive:release", "verifySeconds"], 60);
    await deployed();
    const interrupt = new AbortController();
    const answer = await golive(stage.folder, ["flip", "sandbox", releases.idle, "--yes"], { signal: interrupt.signal, say: (line) => {
      if (line.startsWith("Alerts that this causes are silenced")) interrupt.abort();
    } });
    expect(answer.code, answer.output).toBe(130);
    expect(await active()).toEqual([]);
    const killed = stage.killed(40_000, "flip", "sandbox", releases.idle, "--yes");
    const left = await until("silences of the killed command", async () => {
      const found = await active();
      return found.length === 3 ? found : undefined;
    });
    expect((await killed).code).toBeNull();
    expect((await active()).map(({ id }) => id).sort()).toEqual(left.map(({ id }) => id).sort());
    await until("them to end", async () => ((await active()).length === 0 ? true : undefined), 150_000);
    expect(Math.max(...left.map(({ endsAt }) => Date.parse(endsAt)))).toBeLessThan(Date.now());
    stage.set(["golive:release", "verifySeconds"], 3);
    done(await stage.golive("flip", "sandbox", releases.idle, "--yes"));
    releases.live = releases.idle;
    await releases.sound();
  });
});

describe("a canary", () => {
  beforeAll(async () => {
    stage.set(["golive:release", "strategy"], "canary");
    stage.set(["golive:release", "canary"], { by: "replicas", weights: [50, 100], stepSeconds: WATCH_SECONDS });
    done(await stage.update());
  }, TEST_MS);

  it("that fails with its share of the users loses it by itself", { timeout: TEST_MS }, async () => {
    await deployed();
    const bad = releases.idle;
    let broken: Promise<void> | undefined;
    const answer = await stage.watched((line) => {
      if (line === `${bad} has 50 % of the traffic.`) broken ??= fault(stage, bad, "failing:0.03");
    }, "flip", "sandbox", bad, "--yes");
    await broken;
    expect([answer.code, answer.output]).toEqual([1, expect.stringMatching(new RegExp(`^${bad} turned bad with 50 % of the traffic: [\\d.]+ % of \\d+ requests to ${bad} in \\d+ s are errors, more than 1 %`, "m"))]);
    await fault(stage, bad, "none");
    await releases.sound();
  });
});

describe("rights of operators", () => {
  it("are those to read Prometheus and to silence, and lead nowhere else", async () => {
    const { client } = stage.cluster;
    const resources = await declared(() => { new OperatorAccess("operators", { prefix: "shop-sandbox", namespaces: {}, releases: "shop", signals: { namespace: "monitoring", prometheus: true, alertmanager: true } }); });
    await applyAll(client, resources.filter(({ type }) => /:(Role|RoleBinding)$/.test(type)).map(({ inputs }) => inputs as unknown as KubeObject));
    const may = async (verb: string, name: string, namespace = "monitoring"): Promise<boolean> => {
      const { body } = await client.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec: { user: "alice", groups: ["shop-sandbox-operators"], resourceAttributes: { namespace, verb, resource: "services", subresource: "proxy", name } } });
      return (body as { status: { allowed: boolean } }).status.allowed;
    };
    expect(await Promise.all([may("get", "prometheus:web"), may("create", "alertmanager-operated:web"), may("delete", "alertmanager-operated:web")])).toEqual([true, true, true]);
    expect(await Promise.all([may("create", "prometheus:web"), may("get", "alertmanager-operated:web"), may("get", "prometheus"), may("get", "prometheus-operated:web"), may("get", "app:http", "shop")])).toEqual([false, false, false, false, false]);
  });
});
