/** An update that breaks at any of many places is finished by running it again: nothing lost, nothing made twice. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { resourceCount } from "./helpers.ts";

/** Names of the resources whose creation fails once: something of every part of the environment. */
const BREAKS = [
  "keys-database", "network-vpc", "access-deploy", "storage-audit", "network-vpc-nat-a", "redis-cache", "postgres-primary",
  "postgres-replica-1", "cluster-control-plane", "cluster-nodes-general", "edge-distribution", "namespace", "application-blue",
];

let sandbox: Sandbox;
let folder: string;
let faults: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "golive-faults-"));
  faults = path.join(folder, "faults.json");
  inject(BREAKS);
  sandbox = await openSandbox({ stack: "production", env: { GOLIVE_SANDBOX_FAULTS: faults } });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Each fault names itself in its message, so that the engine's report tells which ones came to pass. */
function inject(names: string[]): void {
  writeFileSync(faults, JSON.stringify(names.map((name) => ({ operation: "create", name, error: `ServiceUnavailable: injected at ${name}.` }))));
}

test("every break is reported by name, state never shrinks, and the last run converges", async () => {
  let left = BREAKS;
  let made = 0;
  // One break stops what depends on it, so the next ones come in later runs: never more runs than breaks.
  while (left.length > 0) {
    inject(left);
    const error = await sandbox.up().then(() => undefined, (e: unknown) => e);
    expect(error, `nothing failed, although breaks are left: ${left.join(", ")}`).toBeInstanceOf(OperationError);
    const hint = (error as OperationError).hint;
    const failed = left.filter((name) => hint.includes(`injected at ${name}.`));
    expect(failed).not.toEqual([]);
    left = left.filter((name) => !failed.includes(name));
    const now = await resourceCount(sandbox);
    expect(now).toBeGreaterThanOrEqual(made);
    made = now;
  }
  inject([]);
  await sandbox.up();
  const again = await sandbox.up({ expectNoChanges: true });
  expect(Object.keys(again.changes)).toEqual(["same"]);
}, 600_000);
