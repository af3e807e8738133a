/** Images that do not start, on a real API server: nobody waits longer than it helps, and the reason is what the pods say. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InterruptedError } from "../../../operations/interrupt.ts";
import { deploy } from "../../../operations/release/deploy.ts";
import { readRecords } from "../../../operations/release/records.ts";
import type { Stage } from "../../../operations/release/stage.ts";
import { readLive } from "../../../operations/release/traffic.ts";
import { UserError } from "../../../sandbox/errors.ts";
import { OperationError, type OperationOptions } from "../../../sandbox/workspace/operation.ts";
import { fakeEngine } from "./fakeEngine.ts";
import { NAMESPACE, type Opened, openTestStage, TestCluster } from "./releaseStage.ts";

const IMAGE = `sandbox.local/shop@sha256:${"a".repeat(64)}`;
let cluster: TestCluster;
let opened: Opened;
let stage: Stage;

beforeAll(async () => { cluster = await TestCluster.start(); });
afterAll(() => cluster.server.stop());
beforeEach(async () => {
  opened = await openTestStage(cluster);
  ({ stage } = opened);
  return () => opened.close();
});

/** A pod as the kubelet, or the scheduler, would leave it. */
async function pod(name: string, status: object, labels: Record<string, string> = { color: "green" }): Promise<void> {
  await cluster.apply(`/api/v1/namespaces/shop/serviceaccounts/default`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } });
  await cluster.apply(`/api/v1/namespaces/shop/pods/${name}`, { apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec: { containers: [{ name: "app", image: IMAGE }] } });
  await stage.api.patch(`/api/v1/namespaces/shop/pods/${name}/status`, { status });
}

const container = (state: object) => ({ containerStatuses: [{ name: "app", image: IMAGE, imageID: "", ready: false, restartCount: 0, ...state }] });
const waiting = (reason: string, message: string) => container({ state: { waiting: { reason, message } } });
const crashed = (restartCount: number) => container({ restartCount, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: { exitCode: 3, reason: "Error", message: "listening\nError: no DATABASE_HOST\n", startedAt: null, finishedAt: null } } });

/** An update that brings the pods, and then waits for them as the provider does, until it is ended. */
function waitingFor(bring: () => Promise<void>, ends?: (reason: unknown) => void): (options: OperationOptions) => Promise<void> {
  return async ({ signal }) => {
    await bring();
    signal?.throwIfAborted();
    await new Promise((_, reject) => signal?.addEventListener("abort", () => {
      ends?.(signal.reason);
      reject(signal.reason as Error);
    }));
  };
}

function on(up: (options: OperationOptions) => Promise<void>, budgetSeconds = 30): Stage {
  const { open } = fakeEngine({ plan: [], up });
  const changed = (now: Stage): Stage => ({ ...now, open, config: { ...now.config, release: { ...now.config.release, budgetSeconds } }, again: () => changed(now.again()) });
  return changed(stage);
}

const how = (signal?: AbortSignal) => ({ image: IMAGE, yes: true, progress: () => undefined, say: () => undefined, ...(signal === undefined ? {} : { signal }) });
const failureOf = async (work: Promise<unknown>): Promise<UserError> => {
  const error: unknown = await work.then(() => undefined, (failure: unknown) => failure);
  if (!(error instanceof UserError)) throw new Error(`no UserError: ${String(error)}`);
  return error;
};
const rejected = async () => (await readRecords(stage.api, NAMESPACE)).rejected;

describe("an image that", () => {
  it("has a name that nobody can pull ends the engine in order, at once, and is rejected", async () => {
    let reason: unknown;
    const up = waitingFor(async () => {
      await cluster.deployment("green", IMAGE);
      await pod("name", waiting("InvalidImageName", "couldn't parse it"));
    }, (given) => { reason = given; });
    const failure = await failureOf(deploy(on(up), how()));
    expect(failure.message).toBe("green did not pass: its image can not be pulled: InvalidImageName: couldn't parse it (pod name). Traffic stays on blue; the image is rejected.");
    expect(reason).toBeInstanceOf(Error);
    expect(await rejected()).toEqual([expect.objectContaining({ digest: `sha256:${"a".repeat(64)}`, reason: "its image can not be pulled: InvalidImageName: couldn't parse it (pod name)" })]);
    expect((await readRecords(stage.api, NAMESPACE)).history).toEqual([expect.objectContaining({ action: "deploy", reason: expect.stringContaining("InvalidImageName") as string })]);
    expect(await readLive(stage.api, NAMESPACE)).toMatchObject({ color: "blue", serial: 1 });
    await stage.api.patch("/api/v1/namespaces/shop/pods/name", { metadata: { labels: { color: "none" } } });
  });

  it("is not there for its own migrations is told as early, and rejected", async () => {
    const migrations = { "app.kubernetes.io/component": "migrations" };
    const up = waitingFor(() => pod("migrations", waiting("ErrImageNeverPull", `Container image "${IMAGE}" is not present`), migrations));
    const failure = await failureOf(deploy(on(up), how()));
    expect(failure.message).toContain("its image can not be pulled: ErrImageNeverPull: Container image … is not present (pod migrations)");
    expect(await rejected()).toHaveLength(1);
    await stage.api.patch("/api/v1/namespaces/shop/pods/migrations", { metadata: { labels: { "app.kubernetes.io/component": "none" } } });
  });

  it("crashes each time it is started is told with its exit code and what it logged last, which no record keeps", async () => {
    const up = waitingFor(async () => {
      await cluster.deployment("green", IMAGE);
      await pod("crash", crashed(1));
      setTimeout(() => void pod("crash", crashed(2)), 1500);
    });
    const failure = await failureOf(deploy(on(up), how()));
    expect(failure.message).toContain("it ends with exit code 3, started 3 times (pod crash)");
    expect(failure.hint).toContain("Error: no DATABASE_HOST");
    expect(JSON.stringify(await rejected())).not.toContain("DATABASE_HOST");
    await stage.api.patch("/api/v1/namespaces/shop/pods/crash", { metadata: { labels: { color: "none" } } });
  });

  it("never gets ready is rejected when the budget is used up, of which the engine's time is a part", async () => {
    const started = performance.now();
    const up = waitingFor(async () => {
      await cluster.deployment("green", IMAGE);
      await pod("slow", container({ state: { running: { startedAt: null } }, started: true }));
    });
    const failure = await failureOf(deploy(on(up, 2), how()));
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(failure.message).toContain("it did not pass its gates within release.budgetSeconds (2 s): it runs and does not get ready (pod slow)");
    expect(await rejected()).toHaveLength(1);
    await stage.api.patch("/api/v1/namespaces/shop/pods/slow", { metadata: { labels: { color: "none" } } });
  });

  it("the provider itself gave up is told in the pods' words", async () => {
    await pod("gone", crashed(0));
    const up = async () => {
      await cluster.deployment("green", IMAGE);
      throw new OperationError("The update failed.", ["release-green (kubernetes:apps/v1:Deployment): not ready after 600 s"], "");
    };
    const failure = await failureOf(deploy(on(up), how()));
    expect(failure.message).toContain("it ends with exit code 3, started once (pod gone)");
    expect(await rejected()).toHaveLength(1);
    await stage.api.patch("/api/v1/namespaces/shop/pods/gone", { metadata: { labels: { color: "none" } } });
  });
});

describe("what is not the image's fault", () => {
  it("pods that no node has room for: it is not rejected", async () => {
    const up = waitingFor(async () => {
      await cluster.deployment("green", IMAGE);
      await pod("homeless", { conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes are available: 1 Insufficient memory." }] });
    });
    const failure = await failureOf(deploy(on(up, 2), how()));
    expect(failure.message).toContain("no node has room: 0/1 nodes are available: 1 Insufficient memory. (pod homeless). Traffic stays on blue, and the image is not rejected");
    expect(await rejected()).toEqual([]);
    await stage.api.patch("/api/v1/namespaces/shop/pods/homeless", { metadata: { labels: { color: "none" } } });
  });

  it("migrations that take longer than the budget: its pods have not begun", async () => {
    const failure = await failureOf(deploy(on(waitingFor(() => Promise.resolve()), 1), how()));
    expect(failure.message).toContain("green did not pass: what comes before its pods did not end within release.budgetSeconds (1 s). Traffic stays on blue");
    expect(await rejected()).toEqual([]);
  });

  it("a person who interrupts it: the same command goes on later", async () => {
    const stop = new AbortController();
    const up = waitingFor(async () => {
      await cluster.deployment("green", IMAGE);
      stop.abort(new InterruptedError());
    });
    await expect(deploy(on(up), how(stop.signal))).rejects.toThrow("Interrupted.");
    expect(await rejected()).toEqual([]);
    expect(opened.text()).toContain(`green: ${IMAGE}`);
  });
});
