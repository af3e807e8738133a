import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..", "..");
const NODE = path.join(ROOT, "node_modules", ".bin", "node");

interface Run {
  code: number;
  output: string;
}

function run(cwd: string, program: string, args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(NODE, [path.join(ROOT, "node_modules", program), ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}

let folder: string;

/** A small project of its own, checked by the repository's own rules. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-arrows-"));
  for (const name of [".dependency-cruiser.mjs", "eslint.config.js", "package.json", "tsconfig.json"]) await cp(path.join(ROOT, name), path.join(folder, name));
  await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  for (const name of ["stacks", "components", "policies", "operations", "sandbox"]) {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, "thing.ts"), "export const thing = 1;\n");
  }
  await writeFile(path.join(folder, "stacks", "config.ts"), "export const config = 1;\n");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function cruise(file: string, content: string): Promise<Run> {
  await writeFile(path.join(folder, file), content);
  const result = await run(folder, "dependency-cruiser/bin/dependency-cruiser.mjs", ["--config", ".dependency-cruiser.mjs", "stacks", "components", "policies", "operations", "sandbox"]);
  await rm(path.join(folder, file));
  return result;
}

describe("the direction of dependencies", () => {
  test.each([
    ["stacks", "components/thing.ts"],
    ["operations", "stacks/config.ts"],
    ["operations", "sandbox/thing.ts"],
  ])("%s may import %s", async (from, to) => {
    const { code, output } = await cruise(`${from}/user.ts`, `export { ${path.basename(to, ".ts")} } from "../${to}";\n`);
    expect(output).toContain("no dependency violations found");
    expect(code).toBe(0);
  });

  test.each([
    ["stacks", "sandbox", "stacks-use-components-only"],
    ["components", "stacks", "components-stand-alone"],
    ["components", "sandbox", "components-stand-alone"],
    ["policies", "components", "policies-stand-alone"],
    ["sandbox", "operations", "sandbox-stands-alone"],
    ["operations", "components", "operations-never-use-components"],
    ["operations", "stacks", "operations-see-configuration-only"],
  ])("%s importing from %s is refused", async (from, to, rule) => {
    const { code, output } = await cruise(`${from}/wrong.ts`, `export { thing } from "../${to}/thing.ts";\n`);
    expect(output).toContain(rule);
    expect(code).toBeGreaterThan(0);
  });

  test("a circle is refused", async () => {
    await writeFile(path.join(folder, "components", "one.ts"), `import { two } from "./two.ts";\nexport const one = (): number => two();\n`);
    const { code, output } = await cruise("components/two.ts", `import { one } from "./one.ts";\nexport const two = (): number => one();\n`);
    await rm(path.join(folder, "components", "one.ts"));
    expect(output).toContain("no-cycles");
    expect(code).toBeGreaterThan(0);
  });
});

describe("the style rules", () => {
  const cases: [what: string, content: string, rule: string][] = [
    ["an output in a template literal", `import * as pulumi from "@pulumi/pulumi";\nconst out = pulumi.output("x");\nexport const text = \`a \${out}\`;\n`, "@pulumi/no-output-in-template-literal"],
    ["a promise that nobody waits for", `const later = (): Promise<void> => Promise.resolve();\nlater();\n`, "@typescript-eslint/no-floating-promises"],
    ["any", `export const x: any = 1;\n`, "@typescript-eslint/no-explicit-any"],
    ["a non-null assertion", `export const x = (y: string | undefined): string => y!;\n`, "@typescript-eslint/no-non-null-assertion"],
    ["a file of more than 350 lines", "export {};\n".repeat(360), "max-lines"],
  ];
  const found = new Map<string, string[]>();

  beforeAll(async () => {
    await Promise.all(cases.map(([, content], i) => writeFile(path.join(folder, "stacks", `style${i}.ts`), content)));
    const { output } = await run(folder, "eslint/bin/eslint.js", ["--format", "json", "stacks"]);
    const results = JSON.parse(output) as { filePath: string; messages: { ruleId: string; severity: number }[] }[];
    for (const { filePath, messages } of results) found.set(path.basename(filePath), messages.filter((m) => m.severity === 2).map((m) => m.ruleId));
  });

  test.each(cases.map(([what, , rule], i): [string, string, number] => [what, rule, i]))("refuse %s (%s)", (_, rule, i) => {
    expect(found.get(`style${i}.ts`)).toContain(rule);
  });

  test("let a plain file pass", () => {
    expect(found.get("thing.ts")).toEqual([]);
  });
});

test("the script checks every folder that is there and no other, which the checker would refuse", async () => {
  const scripts = (JSON.parse(await readFile(path.join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> }).scripts;
  const folders = ["stacks", "components", "policies", "operations", "sandbox"].filter((name) => existsSync(path.join(ROOT, name)));
  expect(scripts["lint:arrows"]).toBe(`depcruise --config .dependency-cruiser.mjs ${folders.join(" ")}`);
});
