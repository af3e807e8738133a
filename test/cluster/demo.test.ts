/** `./golive demo` as a person runs it: to its end, and ended in the middle. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { ROOT } from "../../operations/stacks.ts";

/** Two minutes on an idle machine; building everything for an empty cache comes before. */
const DEMO_MS = 1_800_000;
const folder = mkdtempSync(path.join(tmpdir(), "golive-page-"));
const page = path.join(folder, "demo.html");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function demo(...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(path.join(ROOT, "golive"), ["demo", "--output", page, ...args], { env: { ...process.env, NO_COLOR: "1" }, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => said.push(String(data)));
  return { child, output: () => said.join("") };
}

/** Folders of clusters and stages that are there. */
function remains(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^golive-(cluster|demo)-/.test(name));
}

it("releases, breaks a release that goes back by itself, and shows that no user noticed", { timeout: DEMO_MS }, async () => {
  const before = remains();
  // Few requests: what is counted under load is shown by the tests of releases, on a smaller stack.
  const { child, output } = demo("--rate", "60");
  const [code] = (await once(child, "close")) as [number | null];
  expect(code, output()).toBe(0);
  const story = output().split("\n").map((line) => line.replace(/^\s*[\d.]+ s\s+/, "")).filter((line) => /^(Traffic goes|green is well|blue breaks|blue turned bad|blue can not|users sent)/.test(line));
  expect(story).toEqual([
    "Traffic goes to green.",
    expect.stringContaining("green is well"),
    "Traffic goes to blue.",
    expect.stringContaining("blue breaks"),
    expect.stringMatching(/^blue turned bad: .*deep.* Rolling back\.$/),
    "Traffic goes to green.",
    "blue can not come back: its image is rejected",
    expect.stringMatching(/^users sent [1-9]\d{2,} requests: 0 failed, 0 were answered by the wrong color$/),
  ]);
  expect(readFileSync(page, "utf8")).toContain("No request failed, none went astray");
  expect(remains()).toEqual(before);
});

it("ends at Ctrl-C in the middle, and leaves nothing behind", { timeout: DEMO_MS }, async () => {
  const before = remains();
  const { child, output } = demo();
  for await (const piece of child.stderr ?? []) if (String(piece).includes("resources are there")) break;
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number | null];
  expect(code, output()).toBe(130);
  expect(remains()).toEqual(before);
});

it("refuses a rate that makes no sense, at once", async () => {
  const { child, output } = demo("--rate", "many");
  const [code] = (await once(child, "close")) as [number | null];
  expect([code, output()]).toEqual([2, expect.stringContaining("--rate many makes no sense")]);
});
