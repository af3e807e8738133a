import policyProxy from "@pulumi/policy/proxy.js";
import { describe, expect, it } from "vitest";
import { steps, Undecided, Value } from "../../policies/value.ts";

const internals = policyProxy as unknown as Record<string, string> & { unknownCheckingProxy: (value: object) => object };
const SENTINELS = ["unknownBooleanValue", "unknownNumberValue", "unknownStringValue", "unknownArrayValue", "unknownAssetValue", "unknownArchiveValue", "unknownObjectValue"];

function read(props: unknown, how: { patch?: boolean; undecided?: (cause: Undecided) => void } = {}): Value {
  return new Value("", () => props, { patch: how.patch ?? false, undecided: how.undecided ?? (() => undefined) });
}

describe("what nobody knows yet", () => {
  it.each(SENTINELS)("%s is not decided, by itself and through the engine's proxy", (name) => {
    const props = { list: [{ field: internals[name] }] };
    for (const seen of [props, internals.unknownCheckingProxy(props)]) {
      const place = read(seen).at("list[0].field");
      expect(() => place.raw).toThrow(Undecided);
      expect(() => place.at("below").text).toThrow(expect.objectContaining({ path: "list[0].field", message: "the value is not known before the update" }) as Error);
      expect(read(seen).at("list[0].other").exists).toBe(false);
    }
  });

  it("does not swallow other errors", () => {
    expect(() => new Value("", () => { throw new TypeError("broken"); }, { patch: false, undecided: () => undefined }).raw).toThrow(TypeError);
  });

  it("an encrypted value is there, and not decided; a marked one in plain text is read", () => {
    const mark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    expect(() => read({ a: { ...mark, ciphertext: "xyz" } }).at("a").text).toThrow("the value is a secret that is not decrypted here");
    expect(read({ a: { ...mark, value: "plain" } }).at("a").text).toBe("plain");
    expect(read({ a: { "4dabf18193072939515e22adb298388d": "other" } }).at("a").text).toBeUndefined();
  });

  it("a secret is read, and remembered as one by itself and by what is below it", () => {
    const secret = (value: unknown): unknown => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
    const props = { plain: "a", list: secret(["a", { b: secret("c") }]), json: secret('{"a":{"b":1}}'), open: '{"a":1}', nothing: secret(null), unknown: secret(internals["unknownStringValue"]), beside: { one: secret("a"), other: "b" } };
    for (const seen of [props, internals.unknownCheckingProxy(props)]) {
      const value = read(seen);
      const secrets = (...paths: string[]): boolean[] => paths.map((path) => value.at(path).secret);
      expect(secrets("list", "list[0]", "list[1].b", "list[1].missing", "json", "nothing", "unknown", "beside.one")).toEqual([true, true, true, true, true, true, true, true]);
      expect(secrets("", "plain", "missing", "beside", "beside.other", "open")).toEqual([false, false, false, false, false, false]);
      expect([value.at("json").json.secret, value.at("json").json.at("a.b").secret, value.at("open").json.at("a").secret]).toEqual([true, true, false]);
      expect([value.at("list[1].b").text, value.at("nothing").exists, value.at("json").json.at("a.b").number]).toEqual(["c", false, 1]);
      expect(() => value.at("unknown").text).toThrow("the value is not known before the update");
    }
    expect(read({ a: { ...(secret("x") as object), value: undefined, ciphertext: "xyz" } }).at("a").secret).toBe(true);
    expect(() => read({ a: secret(null) }, { patch: true }).at("a").raw).toThrow("a patch says nothing of it");
  });

  it("a patch leaves open what it does not set", () => {
    expect(() => read({ a: null }, { patch: true }).at("a").raw).toThrow("a patch says nothing of it");
    expect(() => read({}, { patch: true }).at("a").exists).toThrow(Undecided);
    expect(read({ a: 0 }, { patch: true }).at("a").number).toBe(0);
    expect(read({ a: null }).at("a").raw).toBeUndefined();
  });

  it("at one item does not hide the next", () => {
    const causes: string[] = [];
    const seen: (string | undefined)[] = [];
    read({ list: ["x", internals["unknownStringValue"], "y"] }, { undecided: (cause) => causes.push(cause.path) }).at("list").each((item, index) => seen.push(`${index}${item.text}`));
    expect(seen).toEqual(["0x", "2y"]);
    expect(causes).toEqual(["list[1]"]);
  });

  it("in one part of a check, other errors pass through", () => {
    expect(() => read({}).try(() => { throw new RangeError("x"); })).toThrow(RangeError);
  });
});

describe("reading", () => {
  const value = read({ text: "a", number: 5, digits: "-1.5", word: "15x", yes: true, no: "false", yesText: "true", list: [1], map: { "b.c/d": 1, e: null } });

  it("gives text, numbers and truth values as rules want them", () => {
    expect([value.at("text").text, value.at("number").text, value.at("yes").text, value.at("none").text]).toEqual(["a", "5", undefined, undefined]);
    expect([value.at("number").number, value.at("digits").number, value.at("word").number, value.at("yes").number]).toEqual([5, -1.5, undefined, undefined]);
    expect([value.at("yes").flag, value.at("no").flag, value.at("yesText").flag, value.at("text").flag]).toEqual([true, false, true, undefined]);
    expect([value.at("text").exists, value.at("none").exists, value.at("map.e").exists, value.at("text.below").exists]).toEqual([true, false, false, false]);
  });

  it("gives lists, maps and strings that may be either", () => {
    expect(value.at("list").items.map((item) => [item.path, item.number])).toEqual([["list[0]", 1]]);
    expect(value.at("map").items.map((item) => item.path)).toEqual(["map"]);
    expect(value.at("text").items).toEqual([]);
    expect(value.at("map").entries.map(([key, item]) => [key, item.path])).toEqual([["b.c/d", 'map["b.c/d"]'], ["e", "map.e"]]);
    expect(value.at("list").entries).toEqual([]);
    expect(value.at("text").texts.map((item) => item.path)).toEqual(["text"]);
    expect(value.at("list").texts.map((item) => item.path)).toEqual(["list[0]"]);
    expect(value.at("map").texts).toEqual([]);
    expect(value.at('map["b.c/d"]').number).toBe(1);
  });

  it("looks into JSON, which is unknown as a whole when a part is", () => {
    const json = read({ policy: '{"Statement":[{"Effect":"Allow"}]}', broken: "{", half: `{"a":"${internals["unknownStringValue"] ?? ""}"}`, object: { a: 1 } }, { patch: true });
    expect(json.at("policy").json.at("Statement[0].Effect")).toMatchObject({ path: "policy.Statement[0].Effect", text: "Allow" });
    // The document is complete, also in a patch.
    expect(json.at("policy").json.at("Statement[0].Condition").exists).toBe(false);
    expect(json.at("broken").json.at("a").exists).toBe(false);
    expect(() => json.at("half").json.at("a").text).toThrow(Undecided);
    expect(json.at("object").json.at("a").number).toBe(1);
  });

  it("walks paths with indexes and quoted keys", () => {
    expect(steps('a.b[10]["c.d/e"].f-g')).toEqual(["a", "b", 10, "c.d/e", "f-g"]);
    expect(steps('["x"]')).toEqual(["x"]);
    expect(value.at("list[0]").path).toBe("list[0]");
    expect(value.key("a b").path).toBe('["a b"]');
    expect(value.key("$ref").path).toBe("$ref");
  });
});
