/** What a component refuses while declaring, as people read it: one message; the trace only for who asks. */
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { openSandbox } from "../../sandbox/workspace/sandbox.ts";

/** A component of ours with arguments that it refuses, declared as the real program declares. */
const PROGRAM = `import { Keys } from ${JSON.stringify(path.join(CHECKOUT, "components/keys.ts"))};
import { plainly } from ${JSON.stringify(path.join(CHECKOUT, "stacks/refusal.ts"))};
await plainly(() => Promise.resolve(new Keys("keys", { prefix: "shop-dev", accountId: "123456789012", region: "us-east-1", rotationDays: 30, deletionWindowDays: 30, protection: { protect: false, retainOnDelete: false } })));
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-refusal-"));
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: fixture\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n");
  await writeFile(path.join(folder, "Pulumi.dev.yaml"), "config: {}\n");
  await writeFile(path.join(folder, "package.json"), `{"type": "module"}`);
  await writeFile(path.join(folder, "index.ts"), PROGRAM);
  await symlink(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function refusedBy(env: Record<string, string>): Promise<OperationError> {
  await using sandbox = await openSandbox({ stack: "dev", programDir: folder, env });
  const error = await sandbox.preview().then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(OperationError);
  return error as OperationError;
}

test("a refusal is one message without a stack trace", async () => {
  const { diagnostics, output } = await refusedBy({});
  expect(diagnostics).toHaveLength(1);
  expect(diagnostics[0]).toMatch(/Keys: rotationDays is 30; KMS takes 90 to 2560\.\nThe program refused this while declaring the stack\. .*GOLIVE_DEBUG=1/);
  expect(output).not.toMatch(/unhandled exception|\n\s+at |file:\/\//);
});

test("with GOLIVE_DEBUG=1 the trace says where", async () => {
  const { hint } = await refusedBy({ GOLIVE_DEBUG: "1" });
  expect(hint).toContain("rotationDays is 30");
  expect(hint).toMatch(/at .*components\/keys\.ts/);
});
