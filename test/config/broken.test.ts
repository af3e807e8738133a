/** At least 2,000 random broken configurations: one kind of error, the place named, no secret shown, in bounded time. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePath, pathText } from "../../stacks/config/describe.ts";
import { valueAt } from "../../stacks/config/input.ts";
import type { Mistake } from "../../stacks/config.ts";
import { configSchema } from "../../stacks/config/schema.ts";
import { SECRET_MARK, isConfigError, isObject, parse, validValues } from "./values.ts";

const RUNS = 2000;

/** Every path of a value, the root left out. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  const here = path.length === 0 ? [] : [path];
  return isObject(value) ? [...here, ...Object.entries(value).flatMap(([name, child]) => pathsOf(child, [...path, name]))] : here;
}

/** A complete configuration: everything that profiles fill in is there to be broken as well. */
const complete: Record<string, unknown> = parse(validValues());

function completeValues(): Record<string, unknown> {
  return structuredClone(complete);
}

const paths = pathsOf(completeValues());

function nested(depth: number): unknown {
  let value: unknown = "deep";
  for (let level = 0; level < depth; level++) value = { deep: value };
  return value;
}

/** A value that contains itself. */
function circular(): unknown {
  const value: Record<string, unknown> = {};
  value["self"] = value;
  return value;
}

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(NaN, Infinity, -Infinity, -0, null, undefined, [], {}, [[]], "", " ", "\u0000", "💥", "ﬁ\u202E", "__proto__", true, false, 0, -1, 1e308, 2 ** 53, 0.1, 1n, Symbol("s"), () => 1, new Date(0), new Map(), /x/),
  fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true, withTypedArray: true }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.integer({ min: 4, max: 20 }).map((power) => "x1.".repeat(2 ** power / 3)),
  fc.integer({ min: 5, max: 5000 }).map(nested),
  fc.constant(null).map(circular),
  fc.json({ maxDepth: 4 }).map((text): unknown => JSON.parse(text)),
  fc.double(),
);

const key = fc.oneof(fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", " ", "a.b", "[0]", "💥", "regoin", "x".repeat(5000)), fc.string({ maxLength: 20 }));

interface Mutation {
  path: string[];
  kind: "set" | "delete" | "add";
  key: string;
  value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({ path: fc.constantFrom(...paths), kind: fc.constantFrom("set", "set", "set", "delete", "add"), key, value: strange });

/** Puts a value where an assignment would reach the prototype instead. */
function put(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Applies a mutation; returns the path that it touched, or undefined when it does not apply. */
function mutate(values: Record<string, unknown>, { path, kind, key: name, value }: Mutation): string[] | undefined {
  const parent = valueAt(values, path.slice(0, -1));
  const last = path.at(-1);
  if (!isObject(parent) || last === undefined) return undefined;
  if (kind === "delete") {
    delete parent[last];
    return path;
  }
  if (kind === "set") {
    put(parent, last, value);
    return path;
  }
  const section = parent[last];
  if (!isObject(section) || Object.hasOwn(section, name)) return undefined;
  put(section, name, value);
  return [...path, name];
}

/** Whether a mistake is about a path, something above it or below it. */
function isAbout(mistake: Mistake, path: readonly string[]): boolean {
  const [said, meant] = [parsePath(mistake.path).map(String), parsePath(pathText(path)).map(String)];
  return said.every((segment, index) => index >= meant.length || meant[index] === segment);
}

/** Names the path: in a mistake's own path, or in what a rule between keys says of the other key. */
function names(mistake: Mistake, path: readonly string[]): boolean {
  const text = `${mistake.given} ${mistake.allowed} ${mistake.mend ?? ""}`;
  return isAbout(mistake, path) || (mistake.reason !== undefined && path.some((_, index) => text.includes(path.slice(index).join("."))));
}

/** Rules between keys whose mistake is told at another key than the one that was changed. */
const TOLD_ELSEWHERE = new Set(["nodes", "zones", "app.replicas.min", "redis.nodes", "cluster.existing", "kubeconfig", "release.rolling.maxUnavailable", "release.budgetSeconds", "images.blue", "images.green"]);

test(`${RUNS} broken configurations`, () => {
  let refused = 0;
  const started = process.cpuUsage();
  fc.assert(fc.property(mutation, (change) => {
    const values = completeValues();
    const touched = mutate(values, change);
    fc.pre(touched !== undefined);
    if (touched === undefined) return;
    try {
      const config = parse(values);
      // Accepted: then it must be valid by the schema alone, and the change must be what is configured or a default.
      expect(configSchema.safeParse(config).success).toBe(true);
      if (change.kind === "add") expect(valueAt(config, touched)).toEqual(change.value);
    } catch (error) {
      if (!isConfigError(error)) throw error;
      refused += 1;
      expect(error.message).not.toContain(SECRET_MARK);
      expect(JSON.stringify(error.mistakes)).not.toContain(SECRET_MARK);
      expect(error.message.length).toBeLessThan(100_000);
      expect(error.mistakes.some((mistake) => names(mistake, touched) || TOLD_ELSEWHERE.has(mistake.path)), `${JSON.stringify(touched)} in ${error.message}`).toBe(true);
    }
  }), { numRuns: RUNS });
  expect(refused).toBeGreaterThan(RUNS / 2);
  // Time of the processor, which a busy machine does not stretch.
  expect(process.cpuUsage(started).user / 1_000_000).toBeLessThan(30);
}, 300_000);

test("whole configurations of anything", () => {
  fc.assert(fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(configSchema.shape).flatMap((name) => [name, `golive:${name}`])), key), strange, { maxKeys: 12 }), (values) => {
    try {
      parse(values);
      expect.unreachable("nothing random is complete");
    } catch (error) {
      if (!isConfigError(error)) throw error;
      expect(error.mistakes.length).toBeGreaterThan(0);
    }
  }), { numRuns: 500 });
}, 60_000);

test("a secret that is misplaced, mistyped or malformed is never shown", () => {
  const secret = fc.constantFrom("postgresMasterPassword", "redisAuthToken", "pagerUrl", "kubeconfig");
  const wrong = fc.constantFrom<unknown>(`${SECRET_MARK} with space`, { [SECRET_MARK]: SECRET_MARK }, [SECRET_MARK], `${SECRET_MARK}"`, { secure: SECRET_MARK, other: SECRET_MARK });
  fc.assert(fc.property(secret, fc.constantFrom("", "s", "X"), wrong, (name, suffix, value) => {
    const values = { ...validValues(), [name + suffix]: value };
    try {
      parse(values);
      expect(name + suffix).toBe("kubeconfig");
    } catch (error) {
      if (!isConfigError(error)) throw error;
      expect(error.message.replaceAll(JSON.stringify(SECRET_MARK), "")).not.toContain(`${SECRET_MARK} with`);
      expect(error.mistakes.some(({ path }) => path.startsWith(name))).toBe(true);
      expect(error.mistakes.every(({ given, allowed, mend }) => !`${given}${allowed}${mend ?? ""}`.includes(SECRET_MARK))).toBe(true);
    }
  }), { numRuns: 200 });
}, 120_000);

test("nothing reaches a prototype", () => {
  const values = { ...validValues(), app: JSON.parse('{"__proto__": {"polluted": true}, "name": "shop", "migrations": {"command": ["x"]}}') as unknown };
  expect(() => parse(values)).toThrow("app.__proto__");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});
