/** The release on the real engine: what a flip changes, what the guard of the live Service refuses, what drains. */
import { JudgedSandbox } from "../../operations/gate/judgedSandbox.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { applied, changes, inState } from "./helpers.ts";

const image = (digit: string) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:${digit.repeat(64)}`;

/** Inputs of a Kubernetes object in state, by its kind and name. */
async function object(sandbox: Sandbox, kind: string, name: string): Promise<Record<string, unknown>> {
  const found = (await inState(sandbox)).map((r) => r.inputs as { kind?: string; metadata?: { name?: string } } | undefined).find((inputs) => inputs?.kind === kind && inputs.metadata?.name === name);
  if (found === undefined) throw new Error(`${kind} ${name} is not in state`);
  return found;
}

async function liveColor(sandbox: Sandbox): Promise<unknown> {
  const { spec } = await object(sandbox, "Service", "app") as { spec: { selector: { color: string } } };
  return spec.selector.color;
}

/** What an update that is refused says. */
async function refused(sandbox: Sandbox): Promise<string> {
  const error: unknown = await sandbox.up().then(() => undefined, (thrown: unknown) => thrown);
  if (!(error instanceof OperationError)) throw new Error("the update was not refused", { cause: error });
  return error.diagnostics.join("\n");
}

describe("production", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ stack: "production" });
    await sandbox.up();
  });
  afterAll(() => sandbox.close());

  test("both colors are there, each with all that is its own", async () => {
    for (const kind of ["Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Service"]) {
      for (const color of ["blue", "green"]) await object(sandbox, kind, `app-${color}`);
    }
    expect(await liveColor(sandbox)).toBe("blue");
  });

  test("a flip changes the live Service and nothing else, there and back", async () => {
    await sandbox.setConfig("golive:activeColor", "green");
    expect(await changes(sandbox)).toEqual(["update release-live-service"]);
    expect(await applied(sandbox)).toEqual(["update release-live-service"]);
    expect(await liveColor(sandbox)).toBe("green");
    await sandbox.setConfig("golive:activeColor", "blue");
    expect(await applied(sandbox)).toEqual(["update release-live-service"]);
    expect(await applied(sandbox)).toEqual([]);
  });

  test("a new image goes to its color, after its migrations", async () => {
    await sandbox.setConfig("golive:images.green", image("1"));
    const done = await applied(sandbox);
    expect(done.filter((change) => !change.includes("migrations-"))).toEqual(["update image-scan", "update release-green"]);
    expect(done.filter((change) => change.includes("migrations-")).map((change) => change.split(" ")[0])).toEqual(["create", "delete"]);
  });

  test("a flip from a stale checkout is refused, traffic unchanged, and the state is sound", async () => {
    await sandbox.setConfig("golive:release.serial", 7);
    expect(await applied(sandbox)).toEqual(["update release-live-service"]);
    await sandbox.setConfig("golive:release.serial", 6);
    await sandbox.setConfig("golive:activeColor", "green");
    expect(await refused(sandbox)).toMatch(/traffic may not go to green\. Traffic is unchanged, it goes to blue\.\n {2}- .*the live Service was moved by release 7: this checkout is stale[^]*config set activeColor blue/);
    expect(await liveColor(sandbox)).toBe("blue");
    await sandbox.setConfig("golive:release.serial", 8);
    expect(await applied(sandbox)).toEqual(["update release-live-service"]);
    expect(await liveColor(sandbox)).toBe("green");
  });

  test("a drained color shrinks by its autoscaler alone, and no traffic goes there", async () => {
    await sandbox.setConfig("golive:release.drainIdle", true);
    expect(await applied(sandbox)).toEqual(["update release-blue-autoscaler"]);
    await sandbox.setConfig("golive:activeColor", "blue");
    // The color that it goes to is woken up, the one that it leaves is not drained before traffic has left it.
    expect(await applied(sandbox)).toEqual(["update release-blue-autoscaler", "update release-green-autoscaler", "update release-live-service"]);
  });
});

test("a canary changes the route and nothing else, and ends by a flip", async () => {
  await using sandbox = await openSandbox({ stack: "staging", configOverrides: { "golive:release": { strategy: "canary" } } });
  await sandbox.up();
  await sandbox.setConfig("golive:release.canary.weight", 25);
  expect(await applied(sandbox)).toEqual(["update ingress-virtual-server"]);
  expect(await object(sandbox, "VirtualServer", "app")).toMatchObject({ spec: { routes: [{ splits: [{ weight: 75, action: { proxy: { upstream: "app-blue" } } }, { weight: 25, action: { proxy: { upstream: "app-green" } } }] }] } });
  await sandbox.setConfig("golive:release.canary.weight", undefined);
  await sandbox.setConfig("golive:activeColor", "green");
  expect(await applied(sandbox)).toEqual(["update ingress-virtual-server", "update release-live-service"]);
});

test("a canary by replicas opens the live Service to both colors with pods that make its share, and leaves nothing behind", async () => {
  await using sandbox = await openSandbox({ stack: "staging", configOverrides: { "golive:release": { strategy: "canary", canary: { by: "replicas", weights: [25, 50, 100] } } } });
  await sandbox.up();
  const bounds = async () => {
    const of = async (color: string) => (await object(sandbox, "HorizontalPodAutoscaler", `app-${color}`))["spec"] as { minReplicas: number; maxReplicas: number };
    const [blue, green] = [await of("blue"), await of("green")];
    return { blue: [blue.minReplicas, blue.maxReplicas], green: [green.minReplicas, green.maxReplicas] };
  };
  const before = { bounds: await bounds(), live: await object(sandbox, "Service", "app") };
  const both = ["update release-blue-autoscaler", "update release-green-autoscaler", "update release-live-service"];
  await sandbox.setConfig("golive:release.canary.weight", 25);
  expect(await applied(sandbox)).toEqual(both);
  expect(await bounds()).toEqual({ blue: [3, 3], green: [1, 1] });
  expect(await liveColor(sandbox)).toBeUndefined();
  await sandbox.setConfig("golive:release.canary.weight", 50);
  expect(await applied(sandbox)).toEqual(both);
  expect(await bounds()).toEqual({ blue: [2, 2], green: [2, 2] });
  await sandbox.setConfig("golive:release.canary.weight", undefined);
  expect(await applied(sandbox)).toEqual(both);
  expect({ bounds: await bounds(), live: await object(sandbox, "Service", "app") }).toEqual(before);
});

test("an idle color without an image of its own runs the live one's, and shares its migrations", async () => {
  await using sandbox = await openSandbox({ stack: "staging", configOverrides: { "golive:images.blue": image("1"), "golive:images.green": undefined } });
  await sandbox.up();
  const { spec } = await object(sandbox, "Deployment", "app-green") as { spec: { template: { spec: { containers: { image: string }[] } } } };
  expect(spec.template.spec.containers.map((container) => container.image)).toEqual([image("1")]);
  const jobs = (await inState(sandbox)).filter((r) => r.type === "kubernetes:batch/v1:Job" && String(r.urn).includes("::migrations-"));
  expect(jobs).toHaveLength(1);
});

test.each([
  ["drained", { "golive:release.drainIdle": true }],
  ["a canary by replicas", { "golive:release.strategy": "canary", "golive:release.canary.by": "replicas", "golive:release.canary.weights": [25, 50, 100], "golive:release.canary.weight": 25 }],
])("the policy pack has nothing against production while it is %s", async (_, configOverrides) => {
  await using sandbox = await JudgedSandbox.open({ stack: "production", configOverrides });
  const { results } = await sandbox.preview();
  expect(results.rules.flatMap(({ issues }) => issues.filter(({ refuses }) => refuses))).toEqual([]);
});
