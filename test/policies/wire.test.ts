/** Reading the engine's messages, held against the library that writes them. */
import fc from "fast-check";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, it } from "vitest";
import { Message, structOf, textOf } from "../../policies/wire.ts";

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

it("reads fields by their numbers, the last of several where one is meant", () => {
  // A ListValue is a message with a repeated field 1; behind it a string in field 2, a truth in field 3, doubles and floats in 4 and 5.
  const list = structPb.ListValue.fromJavaScript(["a", { b: 1 }]).serializeBinary();
  const text = (field: number, content: string): number[] => [(field << 3) | 2, Buffer.byteLength(content), ...Buffer.from(content)];
  const message = new Message(Uint8Array.of(...list, ...text(2, "no"), 3 << 3, 1, (4 << 3) | 1, 0, 0, 0, 0, 0, 0, 0, 0, (5 << 3) | 5, 0, 0, 0, 0, ...text(2, "hé"), 6 << 3, 0));
  expect(message.all(1).map((bytes) => structPb.Value.deserializeBinary(bytes).toJavaScript())).toEqual(["a", { b: 1 }]);
  expect(message.all(2).map(textOf)).toEqual(["no", "hé"]);
  expect(message.text(2)).toBe("hé");
  expect([3, 6, 7].map((field) => message.flag(field))).toEqual([true, false, false]);
  expect([message.all(7), message.bytes(7), message.text(7), message.all(3), message.text(3), message.all(4), message.all(5)]).toEqual([[], undefined, "", [], "", [], []]);
});
