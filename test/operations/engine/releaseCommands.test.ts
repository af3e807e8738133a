/** Commands that go through the engine, on a real API server: what they plan, ask, write, leave and put back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { InterruptedError } from "../../../operations/interrupt.ts";
import { deploy } from "../../../operations/release/deploy.ts";
import { drain } from "../../../operations/release/drain.ts";
import { flip } from "../../../operations/release/flip.ts";
import { clusterId } from "../../../operations/release/identity.ts";
import { changeRecords, eventOf, readRecords, type ReleaseEvent, withEvent } from "../../../operations/release/records.ts";
import { rollback } from "../../../operations/release/rollback.ts";
import type { Stage } from "../../../operations/release/stage.ts";
import { moveTraffic, readLive } from "../../../operations/release/traffic.ts";
import { OperationError } from "../../../sandbox/workspace/operation.ts";
import { fakeEngine, LIVE, type Planned } from "./fakeEngine.ts";
import { DIGESTS, NAMESPACE, type Opened, openTestStage, TestCluster } from "./releaseStage.ts";

// Pods are none here, so nobody can be looked at: what the looks say, each test says.
const watch = vi.hoisted(() => vi.fn<() => Promise<string | undefined>>());
vi.mock(import("../../../operations/release/gates.ts"), async (original) => ({ ...(await original()), verify: watch, gates: () => Promise.resolve(undefined) }));

const IMAGE = `sandbox.local/shop@sha256:${"a".repeat(64)}`;
const AUTOSCALER: Planned = { type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name: "release-green-autoscaler" };
let cluster: TestCluster;
let opened: Opened;
let stage: Stage;
let said: string[];
/** That green's image has been through its gates. */
let passed: ReleaseEvent;

beforeAll(async () => { cluster = await TestCluster.start(); });
afterAll(() => cluster.server.stop());
beforeEach(async () => {
  said = [];
  opened = await openTestStage(cluster);
  ({ stage } = opened);
  watch.mockReset().mockResolvedValue(undefined);
  // Long ago, so that it is no reason to keep green at full size.
  passed = { ...eventOf({ action: "deploy", color: "green", image: DIGESTS.green, serial: 1 }), at: "2026-01-01T00:00:00Z" };
  await changeRecords(stage.api, NAMESPACE, {}, (all) => withEvent(all, passed));
  return () => opened.close();
});

const how = (signal?: AbortSignal) => ({ yes: true, progress: () => undefined, say: (line: string) => said.push(line), ...(signal === undefined ? {} : { signal }) });
const on = (engine: { open: Stage["open"] }): Stage => {
  const changed = (now: Stage): Stage => ({ ...now, open: engine.open, again: () => changed(now.again()) });
  return changed(stage);
};
const color = async () => (await readLive(stage.api, NAMESPACE)).color;
const lockedOut = () => Promise.reject(new OperationError("The update of stack \"sandbox\" failed.", ["error: [409] Conflict: Another update is currently in progress."], ""));

describe("a flip", () => {
  const engine = (more: Partial<Parameters<typeof fakeEngine>[0]> = {}) => fakeEngine({ plan: [LIVE], up: () => cluster.service("green", 2), ...more });

  it("plans with other values, and writes the file when it is agreed to, not before", async () => {
    const before = opened.text();
    const seen: string[] = [];
    const { open, asked } = engine({
      planned: () => Promise.resolve(void seen.push(opened.text())),
      up: async () => {
        seen.push(opened.text());
        await cluster.service("green", 2);
      },
    });
    await flip(on({ open }), "green", how());
    expect(asked).toEqual([`with golive:activeColor=green serial=2 cluster=${(await clusterId(stage.api)) ?? ""}`, "preview", "up"]);
    expect(seen[0]).toBe(before);
    expect(seen[1]).toContain("activeColor: green");
    expect((await readRecords(stage.api, NAMESPACE)).history).toEqual([passed, expect.objectContaining({ action: "flip", color: "green", serial: 2, verified: true })]);
    expect(stage.again().config.release.cluster).toBe(await clusterId(stage.api));
  });

  it.each([
    ["nobody says yes", (open: Stage["open"]) => flip(on({ open }), "green", { ...how(), yes: false }), "Nobody is there to say yes"],
    ["the lock is held by another update", (open: Stage["open"]) => flip(on({ open }), "green", how()), "The update of stack"],
  ])("leaves file and traffic as they were when %s", async (_, act, message) => {
    const before = opened.text();
    await expect(act(engine({ up: lockedOut }).open)).rejects.toThrow(message);
    expect(opened.text()).toBe(before);
    expect(await color()).toBe("blue");
  });

  it("is refused by a plan that changes more, naming it: another part, a cloud resource of the release, the other color", async () => {
    const plan: Planned[] = [LIVE, { type: "aws:rds/instance:Instance", name: "postgres", parent: "golive:postgres:Postgres" }, { type: "aws:iam/role:Role", name: "app-migrations-role" }, AUTOSCALER];
    const before = opened.text();
    await expect(flip(on(engine({ plan })), "green", how())).rejects.toThrow(/would change more than the release:\n {2}- update postgres \(aws:rds\/instance:Instance\)\n {2}- update app-migrations-role \(aws:iam\/role:Role\)\n {2}- update release-green-autoscaler/);
    expect(opened.text()).toBe(before);
  });

  it("is refused when the state is of another cluster", async () => {
    const plan = [{ ...LIVE, outputs: { metadata: { uid: "00000000-0000-0000-0000-000000000000" } } }];
    await expect(flip(on(engine({ plan })), "green", how())).rejects.toThrow("The state of stack \"sandbox\" is of another cluster");
    const { uid } = (await readLive(stage.api, NAMESPACE)).service.metadata;
    await flip(on(engine({ plan: [{ ...LIVE, outputs: { metadata: { uid } } }] })), "green", how());
  });

  it("is refused when somebody else has released while the question was open", async () => {
    const before = opened.text();
    await expect(flip(on(engine({ planned: () => cluster.service("blue", 7) })), "green", how())).rejects.toThrow("somebody else has released meanwhile, and nothing was changed");
    expect(opened.text()).toBe(before);
  });

  it("is refused from a checkout that is behind", async () => {
    await cluster.service("blue", 5);
    await expect(flip(on(engine()), "green", how())).rejects.toThrow("this checkout is stale");
  });

  it("is refused to an image that has never passed its gates, and goes to one that has, or that is live anyway", async () => {
    const failed = { ...passed, reason: "not healthy" };
    for (const history of [[], [failed]]) {
      await changeRecords(stage.api, NAMESPACE, {}, (all) => ({ ...all, history }));
      await expect(flip(on(engine()), "green", how())).rejects.toThrow(`${DIGESTS.green}, the image of green, has never passed its gates.`);
    }
    opened.write(opened.text().replace(DIGESTS.green, DIGESTS.blue));
    await flip(on(engine()), "green", how());
  });

  it("killed in its watch is watched by the next one, which moves nothing", async () => {
    watch.mockRejectedValueOnce(new InterruptedError());
    await expect(flip(on(engine()), "green", how())).rejects.toThrow("Interrupted.");
    const { open, asked } = engine();
    await flip(on({ open }), "green", how());
    expect(asked).toEqual([expect.stringMatching(/^refresh .*live-service$/)]);
    expect(watch).toHaveBeenCalledTimes(2);
    expect(await readLive(stage.api, NAMESPACE)).toMatchObject({ color: "green", serial: 2 });
    await flip(on(engine()), "green", how());
    expect(said.at(-1)).toContain("nothing to do");
    expect(watch).toHaveBeenCalledTimes(2);
  });

  it("that the engine fails after traffic has moved is watched all the same, and fails", async () => {
    const up = async () => {
      await cluster.service("green", 2);
      throw new OperationError("The update failed.", ["something else"], "");
    };
    await expect(flip(on(engine({ up })), "green", how())).rejects.toThrow("The update failed.");
    expect(watch).toHaveBeenCalledTimes(1);
    expect(opened.text()).toContain("activeColor: green");
  });

  it("goes back when the color turns bad, and the next run does not go there again", async () => {
    watch.mockResolvedValue("it answers 500");
    await expect(flip(on(engine()), "green", how())).rejects.toThrow("green turned bad after the flip: it answers 500. Traffic is back on blue");
    expect(await color()).toBe("blue");
    expect((await readRecords(stage.api, NAMESPACE)).rejected).toEqual([expect.objectContaining({ reason: "it answers 500" })]);
    expect(opened.text()).toContain("activeColor: blue");
  });

  it("does not say that a color is well that somebody has rolled back meanwhile", async () => {
    watch.mockImplementation(async () => {
      await rollback(on(engine()), { ...how(), reason: "I saw it fail", skipState: true });
      return undefined;
    });
    await expect(flip(on(engine()), "green", how())).rejects.toThrow("Traffic went back to blue while green was watched: I saw it fail");
  });
});

describe("two operators", () => {
  it("in one checkout: the second command waits for nobody and changes nothing", async () => {
    let second: unknown;
    const { open } = fakeEngine({ plan: [LIVE], up: () => cluster.service("green", 2), planned: async () => {
      second ??= await deploy(on({ open }), { ...how(), image: IMAGE }).catch((error: unknown) => error);
    } });
    await flip(on({ open }), "green", how());
    expect(String(second)).toContain(`Another command (process ${process.pid}) is releasing stack "sandbox" from this checkout`);
    expect(opened.text()).not.toContain(IMAGE);
  });

  it("opposite ways at once: one wins, nobody's move is undone unseen, and the number never falls", async () => {
    const seen = await readLive(stage.api, NAMESPACE);
    await moveTraffic(stage.api, NAMESPACE, seen, { color: "green", serial: 2 });
    await cluster.service("blue", 9);
    await cluster.service("green", 10);
    await expect(moveTraffic(stage.api, NAMESPACE, seen, { color: "blue", serial: 2 })).rejects.toThrow("Traffic goes to green since release 10: somebody else has moved it meanwhile");
    expect(await readLive(stage.api, NAMESPACE)).toMatchObject({ color: "green", serial: 10 });
  });

  it("a change of anything else of the Service is no reason to give up, and its number is passed", async () => {
    const seen = await readLive(stage.api, NAMESPACE);
    await cluster.service("blue", 6);
    expect(await moveTraffic(stage.api, NAMESPACE, seen, { color: "green", serial: 2 })).toMatchObject({ color: "green", serial: 7 });
  });
});

describe("a deployment", () => {
  const job = (version: number) => cluster.apply(`/apis/batch/v1/namespaces/shop/jobs/migrations-${version}`, { apiVersion: "batch/v1", kind: "Job", metadata: { name: `migrations-${version}`, labels: { "app.kubernetes.io/component": "migrations" }, annotations: { "golive.dev/schema-version": String(version) } }, spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "m", image: IMAGE }] } } } });
  const done = async (version: number) => {
    const now = new Date().toISOString();
    const status = { succeeded: 1, startTime: now, completionTime: now, conditions: ["SuccessCriteriaMet", "Complete"].map((type) => ({ type, status: "True", lastTransitionTime: now })) };
    await stage.api.patch(`/apis/batch/v1/namespaces/shop/jobs/migrations-${version}/status`, { status });
  };

  it("records the newest version of the schema that migrations have made, and never an older one", async () => {
    const { open } = fakeEngine({ plan: [], up: async () => {
      await cluster.deployment("green", IMAGE);
      for (const version of [12, 14, 15]) await job(version);
      for (const version of [12, 14]) await done(version);
    } });
    await deploy(on({ open }), { ...how(), image: IMAGE });
    expect((await readRecords(stage.api, NAMESPACE)).schemaVersion).toBe(14);
    await changeRecords(stage.api, NAMESPACE, {}, (all) => ({ ...all, schemaVersion: 20 }));
    await deploy(on(fakeEngine({ plan: [], up: () => Promise.resolve() })), { ...how(), image: IMAGE });
    expect((await readRecords(stage.api, NAMESPACE)).schemaVersion).toBe(20);
  });

  it("waits while a canary is under way", async () => {
    opened.write(opened.text().replace(/golive:release:\n/, "golive:release:\n    strategy: canary\n").replace("canary: { weights", "canary: { weight: 25, weights"));
    await expect(deploy(on(fakeEngine({ plan: [], up: lockedOut })), { ...how(), image: IMAGE })).rejects.toThrow("a canary gives 25 % of the traffic to green");
  });

  it("that the lock refuses, or that fails before it changes anything, leaves the file as it was; one that has begun does not", async () => {
    const before = opened.text();
    await expect(deploy(on(fakeEngine({ plan: [], up: lockedOut })), { ...how(), image: IMAGE })).rejects.toThrow("The update of stack");
    expect(opened.text()).toBe(before);
    const failing = () => Promise.reject(new OperationError("The update failed.", ["job migrations failed"], ""));
    await expect(deploy(on(fakeEngine({ plan: [{ op: "same", type: "kubernetes:apps/v1:Deployment", name: "release-green" }], up: failing })), { ...how(), image: IMAGE })).rejects.toThrow("The update failed.");
    expect(opened.text()).toBe(before);
    const migration: Planned = { op: "create", type: "kubernetes:batch/v1:Job", name: "migrations-1" };
    await expect(deploy(on(fakeEngine({ plan: [migration], up: failing })), { ...how(), image: IMAGE })).rejects.toThrow("The update failed.");
    expect(opened.text()).toContain(`green: ${IMAGE}`);
    expect((await readRecords(stage.api, NAMESPACE)).rejected).toEqual([]);
  });
});

describe("a drain", () => {
  const engine = (plan: Planned[] = [AUTOSCALER]) => fakeEngine({ plan, up: () => Promise.resolve() });

  it("is refused within the rollback window, whoever opened it, and goes with --now", async () => {
    await expect(drain(on(engine()), { ...how(), now: false })).rejects.toThrow(/blue is live since .*: the rollback window is open for another \d+ s, and green is what a rollback goes to/);
    const { open, asked } = engine();
    await drain(on({ open }), { ...how(), now: true });
    expect(asked).toEqual(["with drainIdle=true", "preview", "up"]);
    expect(stage.again().config.release.drainIdle).toBe(true);
    expect((await readRecords(stage.api, NAMESPACE)).history).toEqual([passed, expect.objectContaining({ action: "drain", color: "green" })]);
    await drain(on(engine()), { ...how(), now: true });
    expect(said.at(-1)).toContain("drained already");
  });

  it("goes when the window is over, and never touches the live color", async () => {
    const old = { ...eventOf({ action: "flip", color: "blue", serial: 1 }), at: "2026-01-01T00:00:00Z" };
    await changeRecords(stage.api, NAMESPACE, {}, (all) => withEvent(all, old));
    await expect(drain(on(engine([{ ...AUTOSCALER, name: "release-blue-autoscaler" }])), { ...how(), now: false })).rejects.toThrow("update release-blue-autoscaler");
    expect(stage.again().config.release.drainIdle).toBe(false);
    await drain(on(engine()), { ...how(), now: false });
  });
});

it("an event that is written twice is recorded once", async () => {
  const event = eventOf({ action: "deploy", color: "green", image: DIGESTS.green, serial: 2 });
  for (const _ of [1, 2]) await changeRecords(stage.api, NAMESPACE, {}, (all) => withEvent(all, event));
  expect((await readRecords(stage.api, NAMESPACE)).history).toEqual([passed, event]);
});
