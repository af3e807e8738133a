/** Production and staging on the real engine, applied to the simulated cloud: first time, again, with a new secret, removed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PlanCollector } from "../../operations/plan/plan.ts";
import { IN_USE_VARIABLE } from "../../sandbox/aws/use.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { changes, inState, resourceCount } from "./helpers.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const VAULT = "aws:backup/vault:Vault";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

/** Buckets and vaults hold what meanwhile was written into them: a destroy must not ask AWS to delete one. */
const inUse = { [IN_USE_VARIABLE]: "true" };

describe.each(["production", "staging"])("%s", (stack) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ stack, env: inUse });
  });
  afterAll(() => sandbox.close());

  test("is planned, applied as planned, and then at rest", async () => {
    const planned = new PlanCollector();
    await sandbox.preview({ onEvent: (event) => planned.add(event) });
    const applied = new PlanCollector();
    await sandbox.up({ onEvent: (event) => applied.add(event) });
    const plan = planned.plan();
    expect(plan.resources.create).toBe(plan.resources.total);
    expect(applied.plan().resources).toEqual(plan.resources);
    const again = await sandbox.up({ expectNoChanges: true });
    expect(Object.keys(again.changes)).toEqual(["same"]);
  });

  test("rolls the pods when the program writes another secret, and shows its value nowhere", async () => {
    const before = await configHash(sandbox);
    const token = "another-token-of-the-cache-1";
    await sandbox.setConfig("golive:redisAuthToken", { secure: token });
    expect(await changes(sandbox)).toEqual(expect.arrayContaining(["replace redis-auth-secret-value", "update release-blue", "update secrets-sync"]));
    await sandbox.up();
    expect(await configHash(sandbox)).not.toBe(before);
    // The export has what is encrypted in state in fields of their own; nothing else may hold the value.
    const state = JSON.stringify(await sandbox.exportState());
    expect(state).toContain(token);
    expect(state.replaceAll(/"plaintext":"(?:[^"\\]|\\.)*"/g, "")).not.toContain(token);
  });

  test("keeps what AWS would not delete, and nothing that runs in a network which goes", async () => {
    const resources = await inState(sandbox);
    const stays = resources.filter((r) => r.retainOnDelete === true);
    for (const type of [BUCKET, VAULT]) {
      const all = resources.filter((r) => r.type === type);
      expect(all.length, type).toBeGreaterThanOrEqual(2);
      expect(all.filter((r) => r.retainOnDelete !== true).map((r) => r.urn)).toEqual([]);
    }
    // What stays needs its keys, and would hold back networks and firewalls. A bucket's policy only names the distribution.
    const going = new Set(resources.filter((r) => r.custom === true && r.retainOnDelete !== true && !r.type.startsWith("pulumi:")).map((r) => r.urn));
    const needed = stays.filter((r) => r.type !== "aws:s3/bucketPolicy:BucketPolicy").flatMap((r) => (r.dependencies ?? []).filter((urn) => going.has(urn)).map((urn) => `${r.urn} needs ${urn}`));
    expect(needed).toEqual([]);
  });

  test("refuses to be destroyed while protected, keeps all data, and goes away once unprotected", async () => {
    const before = await protectedNames(sandbox);
    expect(before.length).toBeGreaterThan(10);
    const refused = await sandbox.destroy().then(() => undefined, (error: unknown) => error);
    expect(refused).toBeInstanceOf(OperationError);
    expect((refused as OperationError).hint).toMatch(/protect/);
    expect(await protectedNames(sandbox)).toEqual(before);

    // The two steps of the README, and nothing else.
    await sandbox.setConfig("golive:protect", false);
    await sandbox.up();
    await sandbox.destroy();
    expect(await resourceCount(sandbox)).toBe(0);
  });
});

async function protectedNames(sandbox: Sandbox): Promise<string[]> {
  return (await inState(sandbox)).filter((r) => r.protect === true).map((r) => r.urn).sort();
}

/** The annotation by which the live pods tell their configuration and secrets. */
async function configHash(sandbox: Sandbox): Promise<unknown> {
  const deployment = (await inState(sandbox)).find((r) => r.type === DEPLOYMENT && r.urn.endsWith("::release-blue"));
  const spec = deployment?.inputs?.["spec"] as { template?: { metadata?: { annotations?: Record<string, unknown> } } } | undefined;
  const hash = spec?.template?.metadata?.annotations?.["golive.dev/config-hash"];
  expect(hash).toMatch(/^[0-9a-f]{10}$/);
  return hash;
}
