/** How messages repeat values: in one way, in which no secret is told. */
import { describe, expect, it } from "vitest";
import { setting, shown } from "../../policies/rule.ts";
import { Value } from "../../policies/value.ts";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const at = (path: string, value: unknown): Value => new Value("", () => ({ place: { [path]: value } }), { patch: false, undecided: () => undefined }).at("place").key(path);
const words = (path: string, value: unknown): string[] => [shown(at(path, value)), setting(at(path, value))];

describe("what a message repeats", () => {
  it.each([
    [undefined, "not set"],
    [5, "5"],
    [false, "false"],
    ["", '""'],
    ["plain", '"plain"'],
    [["a", "b"], "a list of 2"],
    [{ a: 1 }, "an object"],
    [{ ...SECRET, value: undefined as unknown }, undefined],
  ])("%j", (value, expected) => {
    if (expected === undefined) expect(() => shown(at("x", value))).toThrow("a secret that is not decrypted here");
    else expect(words("x", value)).toEqual([expected, expected]);
  });

  it("is bounded, and in one line", () => {
    expect(shown(at("x", "b".repeat(60)))).toBe(`"${"b".repeat(60)}"`);
    expect(shown(at("x", "b".repeat(61)))).toBe(`"${"b".repeat(60)}…"`);
    expect(shown(at("x", "a\n\tb\u001b[31mc"))).toBe('"a b [31mc"');
    expect(shown(at("x", "://x".repeat(1_000_000))).length).toBeLessThan(70);
  });

  it.each([
    ["http://bob:hunter2@charts.example.com/x", '"http://…@charts.example.com/x"'],
    ["see oci://hunter2@example.com and https://a:b/c@hunter2@example.com", '"see oci://…@example.com and https://…@example.com"'],
    [`https://example.com/${"x".repeat(30)} https://bob:hunter2@example.com`, `"https://example.com/${"x".repeat(30)} https://……"`],
    [`${"x".repeat(50)}://bob:${"hunter2".repeat(20)}@example.com`, `"${"x".repeat(50)}://…@examp…"`],
    ["https://example.com/@scope", '"https://…@scope"'],
    ["mail bob@example.com", '"mail bob@example.com"'],
  ])("is without the user of an address: %s", (text, expected) => {
    expect(words("x", text)).toEqual([expected, expected]);
  });

  it.each([["AKIA", "IOSFODNN7", "EXAMPLE"].join(""), `arn of ghp_${"a1B2".repeat(9)}`])("is not what looks like a credential: %s", (text) => {
    expect(words("x", text)).toEqual(["a text", "a text"]);
  });

  it.each(["password", "DB_TOKEN", "userDataBase64", "value", "values", "binaryData", "stringData", "data", "env"])("is not what is called %s, unless the rule asks for this setting", (key) => {
    expect(words(key, "plain")).toEqual(["a text", '"plain"']);
    expect(shown(at(key, 5))).toBe("5");
    expect(shown(at(key, undefined))).toBe("not set");
  });

  it.each(["hunter2", 1234, true, ["hunter2"], { a: "hunter2" }])("is never a secret: %j", (value) => {
    expect(words("x", { ...SECRET, value })).toEqual(["a secret", "a secret"]);
    expect(words("password", { ...SECRET, value })).toEqual(["a secret", "a secret"]);
  });

  it("is never a part of a secret", () => {
    const document = at("policy", { ...SECRET, value: JSON.stringify({ Statement: [{ Action: "hunter2" }] }) });
    expect(shown(document.json.at("Statement[0].Action"))).toBe("a secret");
    expect(shown(document.json.at("Statement[0].Resource"))).toBe("not set");
    expect(setting(at("image", { ...SECRET, value: "registry/hunter2" }), "hunter2")).toBe("a secret");
    expect(setting(at("image", "registry/name"), "registry")).toBe('"registry"');
  });
});
