/** An update that breaks at any of many places is finished by running it again: nothing lost, nothing made twice. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import type { StateResource } from "../../sandbox/workspace/state.ts";
import { stateOf } from "./helpers.ts";

/** Names of the resources whose creation fails: something of every part of the environment, other ones on each stack. */
const BREAKS: Record<string, string[]> = {
  production: [
    "keys-database", "network-vpc", "access-deploy", "storage-audit", "network-vpc-nat-a", "redis-cache", "postgres-primary",
    "postgres-replica-1", "cluster-control-plane", "cluster-nodes-general", "edge-distribution", "namespace", "release-blue",
  ],
  staging: [
    "keys-secrets", "boundary", "cost-budget", "storage-files", "network-endpoints-s3", "backups-vault-lock", "edge-certificate",
    "edge-load-balancer", "postgres-rotation", "cluster-services-coredns", "ingress-rate-limit", "secrets-sync", "database-roles-first-run",
  ],
};

/** Where a name is that of two resources: which one. */
const TYPES: Record<string, string> = { "cluster-nodes-general": "aws:eks/nodeGroup:NodeGroup" };

/** These are made, but do not become ready: they stay in state, marked, and the next update goes on from there. */
const PARTIAL = new Set(["postgres-primary", "cluster-nodes-general", "edge-certificate", "ingress-rate-limit"]);

/**
 * A failure waits so long before it is told, at so many operations at once: long enough for all breaks that do not
 * need each other to come to pass in the same run. The engine starts nothing new after the first failure.
 */
const DELAY_MS = 2000;
const PARALLEL = 64;

/** Is this the resource whose creation was broken? Components make nothing, so nothing of them breaks. */
function isBroken({ custom, urn, type }: StateResource, name: string): boolean {
  return custom === true && urn.endsWith(`::${name}`) && type === (TYPES[name] ?? type);
}

describe.each(Object.entries(BREAKS))("%s", (stack, breaks) => {
  let sandbox: Sandbox;
  let folder: string;
  let faults: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "golive-faults-"));
    faults = path.join(folder, "faults.json");
    inject([]);
    sandbox = await openSandbox({ stack, env: { GOLIVE_SANDBOX_FAULTS: faults } });
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Each fault names itself in its message, so that the engine's report tells which ones came to pass. */
  function inject(names: string[]): void {
    const list = names.map((name) => ({
      operation: "create",
      name,
      type: TYPES[name],
      latencyMs: DELAY_MS,
      error: `ServiceUnavailable: injected at ${name}.`,
      ...(PARTIAL.has(name) ? { partial: true } : {}),
    }));
    writeFileSync(faults, JSON.stringify(list));
  }

  test("every break is reported by name, state never shrinks, and the last run converges", async () => {
    let left = breaks;
    let made = 0;
    // One break stops what depends on it, so the next ones come in later runs: never more runs than breaks.
    while (left.length > 0) {
      inject(left);
      const error = await sandbox.up({ parallel: PARALLEL }).then(() => undefined, (e: unknown) => e);
      expect(error, `nothing failed, although breaks are left: ${left.join(", ")}`).toBeInstanceOf(OperationError);
      const { hint } = error as OperationError;
      const failed = left.filter((name) => hint.includes(`injected at ${name}.`));
      expect(failed, hint).not.toEqual([]);
      left = left.filter((name) => !failed.includes(name));
      const { resources } = await stateOf(sandbox);
      expect(resources.length).toBeGreaterThanOrEqual(made);
      made = resources.length;
      // What failed is not there, or is there and marked as not ready.
      const whole = resources.filter((r) => failed.some((name) => isBroken(r, name)) && r.initErrors === undefined);
      expect(whole.map((r) => r.urn)).toEqual([]);
    }
    inject([]);
    await sandbox.up();
    const again = await sandbox.up({ expectNoChanges: true });
    expect(Object.keys(again.changes)).toEqual(["same"]);
  }, 600_000);

  test("what was made by pieces is what is made in one go", async () => {
    const { resources, pending } = await stateOf(sandbox);
    expect(pending).toEqual([]);
    expect(resources.filter((r) => r.delete === true || (r.initErrors ?? []).length > 0)).toEqual([]);
    const urns = resources.map((r) => r.urn);
    expect(new Set(urns).size).toBe(urns.length);
    await using whole = await openSandbox({ stack });
    await whole.up();
    expect(urns.toSorted()).toEqual((await stateOf(whole)).resources.map((r) => r.urn).toSorted());
  });
});
