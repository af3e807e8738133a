/** `golive gate` on the real engine: this project's own stacks, and a change that would take data with it. */
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonReport } from "../../../operations/report/json.ts";
import { copyCheckout, type Ended, golive, remove, runFolders } from "../command.ts";

const run = promisify(execFile);

describe("the stacks of this project", () => {
  let ended: Ended;
  let report: JsonReport;

  beforeAll(async () => {
    ended = await golive(["gate", "--format", "json"]);
    report = JSON.parse(ended.stdout) as JsonReport;
  });

  test("pass, with every advisory finding explained by the stack", () => {
    expect(ended.code, ended.stderr).toBe(0);
    expect(report.stacks.map(({ stack }) => stack)).toEqual(["production", "sandbox", "staging"]);
    for (const { stack, rules } of report.stacks) {
      const broken = rules.filter(({ findings }) => findings.some(({ verdict }) => verdict === "advisory"));
      expect(broken.filter(({ reason }) => reason === undefined).map(({ id }) => `${stack} ${id}`)).toEqual([]);
      expect(rules.filter(({ verdict }) => verdict === "refused").map(({ id }) => `${stack} ${id}`)).toEqual([]);
    }
  });

  test("show evidence for what they keep", () => {
    const [production] = report.stacks;
    expect(production?.rules.find(({ id }) => id === "storage/public-access-block")?.satisfied).toContain("aws:s3/bucket:Bucket::storage-files");
    expect(production?.rules.filter(({ satisfied }) => satisfied.length > 0).length).toBeGreaterThan(200);
  });
});

describe("a change against its base", () => {
  let checkout: string;

  beforeAll(async () => {
    checkout = await copyCheckout();
    const git = (...args: string[]) => run("git", ["-C", checkout, "-c", "user.name=test", "-c", "user.email=test@example.com", ...args]);
    await git("init", "--quiet");
    await writeFile(path.join(checkout, ".gitignore"), "node_modules\n.golive\n");
    await git("add", "--all");
    await git("commit", "--quiet", "--message", "base");
  });
  afterAll(() => remove(checkout));

  test("that deletes and replaces what holds data is refused, and says what and why", async () => {
    const file = path.join(checkout, "Pulumi.production.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("app: [JWT_SECRET, PAYMENT_API_KEY]", "app: [JWT_SECRET]").replace(/\n {4}PAYMENT_API_KEY:\n {6}secure: .*/, "").replace("copyRegion: us-west-2", "copyRegion: us-east-2"));
    const { code, stdout, stderr } = await golive(["gate", "production", "--base", "HEAD", "--format", "json"], { checkout });
    expect(code, stderr).toBe(1);
    const [production] = (JSON.parse(stdout) as JsonReport).stacks;
    expect(production?.base).toMatch(/^[0-9a-f]{40}$/);
    const refused = (production?.rules ?? []).flatMap(({ id, findings }) => findings.filter(({ verdict }) => verdict === "refused").map(({ resource, message }) => `${id} ${resource}: ${message}`));
    expect(refused).toContain("protection/data-not-deleted secrets-payment-api-key: holds data and would be deleted");
    expect(refused.filter((one) => one.startsWith("protection/data-not-replaced backups-copy-vault: holds data and would be replaced"))).toHaveLength(1);
    expect(refused.filter((one) => !one.startsWith("protection/data-not-"))).toEqual([]);
    expect(await runFolders(checkout)).toEqual([]);
  });

  test("that takes stacks away is told: nobody looks at them any more", async () => {
    const files = ["production", "staging"].map((stack) => path.join(checkout, `Pulumi.${stack}.yaml`));
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    await Promise.all(files.map((file) => rm(file)));
    const { code, stdout, stderr } = await golive(["gate", "--base", "HEAD", "--format", "json"], { checkout });
    await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? "")));
    expect(code, stderr).toBe(0);
    const { stacks } = JSON.parse(stdout) as JsonReport;
    expect(stacks.map(({ stack, rules }) => [stack, rules.length > 0])).toEqual([["sandbox", true], ["production", false], ["staging", false]]);
    expect(stacks[1]?.notes.join()).toMatch(/^Pulumi\.production\.yaml is gone since [0-9a-f]{9}: no rule looks at this stack any more, and what it declared stays until somebody destroys it$/);
  });

  test("with a mistake in the exceptions is not judged at all, and the nearest rule is named", async () => {
    const file = path.join(checkout, "policies", "exceptions.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("waivers: []", "waivers:\n  - { rule: storage/versionin, resource: 'aws:s3/bucket:Bucket::storage-files', stacks: [production], reason: a, owner: b, expires: 2026-12-01 }"));
    const { code, stdout, stderr } = await golive(["gate", "production"], { checkout });
    await writeFile(file, text);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain('there is no rule "storage/versionin"; did you mean "storage/versioning"?');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("against a revision that is not there is a mistake of the caller", async () => {
    const { code, stdout, stderr } = await golive(["gate", "production", "--base", "no-such-branch"], { checkout });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain('error: There is no revision "no-such-branch" here.\nName a branch, tag or commit that this clone has');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
