/** Reading the engine's messages, held against the library that writes them. */
import fc from "fast-check";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, it } from "vitest";
import { repeated, split, stringOf, structOf } from "../../policies/wire.ts";

const json = fc.dictionary(fc.string(), fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, fc.string({ unit: "binary" }), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null), fc.array(tie("value")), fc.dictionary(fc.string(), tie("value"))),
})).value);

function encoded(value: object): Uint8Array {
  return structPb.Struct.fromJavaScript(value as { [key: string]: structPb.JavaScriptValue }).serializeBinary();
}

it("reads any properties as the library does", () => {
  fc.assert(fc.property(json, (value) => {
    const bytes = encoded(value);
    expect(structOf(bytes)).toEqual(structPb.Struct.deserializeBinary(bytes).toJavaScript());
  }), { numRuns: 300 });
});

it("reads keys that are asked for, and passes over the others", () => {
  const bytes = encoded({ id: "i", arn: { nested: ["x"] }, tags: { id: "other" } });
  expect(structOf(bytes, ["id", "arn"])).toEqual({ id: "i", arn: { nested: ["x"] } });
});

it("takes a key for a key, whatever its name", () => {
  // The library's own encoder loses such a key.
  const bytes = Buffer.from(Buffer.from(encoded({ "--proto--": { polluted: true }, constructor: "c" })).toString("latin1").replace("--proto--", "__proto__"), "latin1");
  const read = structOf(bytes);
  expect(Object.keys(read).sort()).toEqual(["__proto__", "constructor"]);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

it("takes fields out of a message and leaves the others as they are", () => {
  // A ListValue is a message with a repeated field 1; behind it a string in field 2 and a number in field 3.
  const list = structPb.ListValue.fromJavaScript(["a", { b: 1 }]).serializeBinary();
  const message = Uint8Array.of(...list, (2 << 3) | 2, 2, 0x68, 0x69, 3 << 3, 7);
  expect(repeated(message, 1).map((bytes) => structPb.Value.deserializeBinary(bytes).toJavaScript())).toEqual(["a", { b: 1 }]);
  expect(repeated(message, 4)).toEqual([]);
  expect(stringOf(message, 2)).toBe("hi");
  expect(stringOf(message, 5)).toBe("");
  const { rest, parts } = split(message, [2]);
  expect([...parts.keys()]).toEqual([2]);
  expect(Buffer.from(parts.get(2) ?? []).toString()).toBe("hi");
  expect([...rest]).toEqual([...list, 3 << 3, 7]);
});
