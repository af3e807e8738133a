/**
 * The committed strictness data against their sources: botocore's service models (downloaded through pip when the
 * project's cache has them not yet) and the installed typings.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFolder, loadType, type ServiceData } from "../../../sandbox/aws/strict/data.ts";
import { generate, type Notes } from "../../../sandbox/aws/strict/generate.ts";
import { BOTOCORE_VERSION } from "../../../sandbox/aws/strict/generate/botocore.ts";
import { translatePattern } from "../../../sandbox/aws/strict/generate/pattern.ts";
import { mappings } from "../../../sandbox/aws/strict/mapping/index.ts";
import { typesWithRules } from "../../../sandbox/aws/strict/rules/index.ts";

const committed = fileURLToPath(dataFolder);
const folder = mkdtempSync(join(tmpdir(), "strict-data-"));
const services = readdirSync(committed).filter((name) => name !== "prefixes.json");
const all = services.map((name) => JSON.parse(readFileSync(join(committed, name), "utf8")) as ServiceData);
let notes: Notes;

beforeAll(() => {
  notes = generate(folder);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the committed data", () => {
  it("are what the generator makes of the pinned botocore and the installed typings", () => {
    expect(readdirSync(committed).sort()).toEqual(readdirSync(folder).sort());
    const different = readdirSync(folder).filter((name) => readFileSync(join(folder, name), "utf8") !== readFileSync(join(committed, name), "utf8"));
    expect(different, "run: node sandbox/aws/strict/generate.ts").toEqual([]);
  });

  it("name their source, version and licence", () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
    for (const { header } of all) {
      expect(header).toMatchObject({ botocore: BOTOCORE_VERSION, licence: "Apache-2.0", typings: manifest.dependencies["@pulumi/aws"] });
    }
  });

  it("stay small: under 1 MB in all, under 200 kB a service", () => {
    const sizes = readdirSync(committed).map((name) => statSync(join(committed, name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
    expect(Math.max(...sizes)).toBeLessThan(200_000);
  });

  it("cover every mapped type and every type that has rules", () => {
    expect(Object.keys(mappings).filter((type) => loadType(type) === undefined)).toEqual([]);
    expect(typesWithRules().filter((type) => loadType(type) === undefined)).toEqual([]);
  });

  it("hold only patterns that JavaScript can read", () => {
    for (const { nodes } of all) {
      for (const node of nodes) {
        if (node.k !== "s" || node.p === undefined) continue;
        const end = node.p.lastIndexOf("/");
        expect(() => new RegExp(node.p?.slice(1, end) ?? "", node.p?.slice(end + 1))).not.toThrow();
      }
    }
    // One Java pattern sets a flag in its middle, which JavaScript has not.
    expect(notes.lostPatterns.length).toBeLessThanOrEqual(1);
  });

  it("give a reason for every decision by hand", () => {
    const reasons = Object.values(mappings).flatMap(({ replace, inPlace, required }) => [replace, inPlace, required].flatMap((part) => Object.values(part ?? {})));
    expect(reasons.length).toBeGreaterThan(200);
    expect(reasons.filter((reason) => reason.trim().length < 10)).toEqual([]);
  });
});

describe("coverage", () => {
  const types = all.flatMap((data) => Object.entries(data.types));
  const sum = (of: (type: (typeof types)[number][1]) => number): number => types.reduce((total, [, type]) => total + of(type), 0);

  it("reaches the service models for at least 90 % of all leaf properties", () => {
    const [leaves, unmapped, own] = [sum((type) => type.leaves), sum((type) => type.unmapped.length), sum((type) => type.providerOnly.length)];
    const mapped = leaves - unmapped - own;
    const listed = types.filter(([, type]) => type.unmapped.length > 0).map(([name, type]) => `  ${name}: ${type.unmapped.join(", ")}`);
    console.info(`${types.length} types, ${leaves} leaf properties: ${mapped} mapped (${((100 * mapped) / leaves).toFixed(1)} %), ${own} of the provider alone, ${unmapped} unmapped:\n${listed.join("\n")}`);
    expect(mapped / leaves).toBeGreaterThanOrEqual(0.9);
  });

  it("reaches the service models for at least 65 % of what each type has in the service", () => {
    const low = types.filter(([, type]) => type.leaves > type.providerOnly.length && type.unmapped.length / (type.leaves - type.providerOnly.length) > 0.35);
    expect(low.map(([name]) => name)).toEqual([]);
  });

  it("knows limits, not only names: strings with an enum, pattern or length", () => {
    const strings = all.flatMap(({ nodes }) => nodes).filter((node) => node.k === "s");
    const limited = strings.filter((node) => node.k === "s" && (node.e !== undefined || node.p !== undefined || node.max !== undefined));
    expect(limited.length).toBeGreaterThan(400);
  });
});

describe("patterns of the service models", () => {
  const fits = (pattern: string, value: string): boolean => {
    const notation = translatePattern(pattern) ?? "";
    const end = notation.lastIndexOf("/");
    return new RegExp(notation.slice(1, end), notation.slice(end + 1)).test(value);
  };

  it("mean the whole value when they have no anchor", () => {
    expect(fits("[\\w+=,.@-]+", "app-role")).toBe(true);
    expect(fits("[\\w+=,.@-]+", "app role")).toBe(false);
  });

  it("keep their own anchors, even one-sided ones", () => {
    expect(fits("^alias/", "alias/data")).toBe(true);
    expect(fits("^alias/", "data")).toBe(false);
  });

  it("keep anchors that are characters of a class or escaped", () => {
    expect(fits("[a-z$^]+", "a$b")).toBe(true);
    expect(fits("[a-z$^]+", "a$b ")).toBe(false);
  });

  it("understand Java's classes", () => {
    expect(fits("(?i)\\p{Alnum}+", "Ab1")).toBe(true);
    expect(fits("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", "Größe 1")).toBe(true);
  });
});
