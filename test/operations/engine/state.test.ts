/** State in a folder is never lost: an update that is killed, interrupted or met by a second one. */
import { mkdtemp, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHECKOUT } from "../../../sandbox/engine/checkout.ts";
import { openSandbox } from "../../../sandbox/index.ts";
import { processesOf, remove, startProgram, type Started } from "../command.ts";

/** Steps one after another, so that an update can be caught in the middle. */
const PROGRAM = `import * as aws from "@pulumi/aws";
let last: aws.sns.Topic[] = [];
for (let i = 0; i < 60; i++) last = [new aws.sns.Topic(\`topic-\${i}\`, { name: \`topic-\${i}\` }, { dependsOn: last })];
`;
const RESOURCES = 60;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-state-"));
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: fixture\nruntime: {name: nodejs, options: {typescript: false}}\nmain: index.ts\n");
  await writeFile(path.join(folder, "Pulumi.dev.yaml"), "config: {}\n");
  await writeFile(path.join(folder, "package.json"), `{"type": "module"}`);
  await writeFile(path.join(folder, "index.ts"), PROGRAM);
  await symlink(path.join(CHECKOUT, "node_modules"), path.join(folder, "node_modules"));
  await writeFile(path.join(folder, "up.ts"), `
import { openSandbox } from ${JSON.stringify(path.join(CHECKOUT, "sandbox", "index.ts"))};
import { abortOnInterrupt } from ${JSON.stringify(path.join(CHECKOUT, "operations", "interrupt.ts"))};
const { signal } = abortOnInterrupt();
await using sandbox = await openSandbox({ stack: "dev", programDir: ${JSON.stringify(folder)}, stateDir: process.argv[2], signal });
try {
  await sandbox.up({ signal, onEvent: (event) => { if (event.resOutputsEvent) console.log("step", event.resOutputsEvent.metadata.urn); } });
} catch (error) {
  console.log("failed:", error instanceof Error ? error.message : error, error instanceof Error && "hint" in error ? error.hint : "");
  process.exitCode = 1;
}
`);
});
afterAll(() => remove(folder));

const stateFolder = (name: string): string => path.join(folder, name);
const update = (state: string): Started => startProgram(path.join(CHECKOUT, "node_modules", ".bin", "node"), ["--disable-warning=ExperimentalWarning", path.join(folder, "up.ts"), state], folder);
const HALFWAY = /::topic-8$/m;

/** Topics in the state as it lies on disk. */
async function topics(state: string): Promise<number> {
  const content = JSON.parse(await readFile(path.join(state, ".pulumi", "stacks", "fixture", "dev.json"), "utf8")) as { checkpoint: { latest: { resources?: { type: string; id?: string }[] } } };
  return (content.checkpoint.latest.resources ?? []).filter((r) => r.type === "aws:sns/topic:Topic" && r.id !== undefined).length;
}

async function expectConverges(state: string, before: number): Promise<void> {
  await using sandbox = await openSandbox({ stack: "dev", programDir: folder, stateDir: state });
  const { changes } = await sandbox.up();
  // What was made before was not made a second time. The step that was cut off may be, whose result nobody has seen.
  expect(changes.create).toBeLessThanOrEqual(RESOURCES - before + 1);
  expect(changes.same).toBeGreaterThanOrEqual(before);
  expect(await topics(state)).toBe(RESOURCES);
  expect((await sandbox.up({ expectNoChanges: true })).changes.create).toBeUndefined();
}

test("an update that is killed has saved every finished step, holds no lock, and goes on where it stopped", async () => {
  const state = stateFolder("killed");
  const running = update(state);
  await running.says(HALFWAY);
  running.signalGroup("SIGKILL");
  await running.ended;
  await expect.poll(() => processesOf(state), { timeout: 20_000 }).toEqual([]);
  const before = await topics(state);
  expect(before).toBeGreaterThanOrEqual(8);
  expect(before).toBeLessThan(RESOURCES);
  expect(await readdir(path.join(state, ".pulumi", "locks", "organization", "fixture", "dev"))).not.toEqual([]);
  await expectConverges(state, before);
});

test("an update that is interrupted ends in order, and goes on where it stopped", async () => {
  const state = stateFolder("interrupted");
  const running = update(state);
  await running.says(HALFWAY);
  running.signalGroup("SIGINT");
  const { stdout } = await running.ended;
  expect(stdout).toContain("failed: Interrupted.");
  await expect.poll(() => processesOf(state), { timeout: 20_000 }).toEqual([]);
  const before = await topics(state);
  expect(before).toBeGreaterThanOrEqual(8);
  expect(before).toBeLessThan(RESOURCES);
  await expectConverges(state, before);
});

test("a second update on the same state is refused while the first one runs, and the first one is not disturbed", async () => {
  const state = stateFolder("shared");
  const first = update(state);
  await first.says(/::topic-2$/m);
  // Stopped in the middle, so that it is still there however long the second one takes to ask.
  first.signalGroup("SIGSTOP");
  const second = await update(state).ended;
  first.signalGroup("SIGCONT");
  expect(second.code).toBe(1);
  expect(second.stdout).toMatch(/^failed: The update of stack "dev" was not started: process \d+ is working on the same state\. Wait until it has ended, then run the command again, or use another state folder\.$/m);
  expect((await first.ended).code).toBe(0);
  expect(await topics(state)).toBe(RESOURCES);
});
