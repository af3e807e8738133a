/**
 * Reads the engine's messages (protocol buffers) no further than is needed. The SDK takes every property of every
 * resource apart three times, the provider's with each of its resources, into messages, then into objects, then into
 * proxies: half of what the pack cost. This reads a property once, straight into an object.
 */
import protobuf from "google-protobuf";

type Reader = InstanceType<typeof protobuf.BinaryReader>;

/** Some fields of a message, each as the bytes that it had, and the message without them. */
export interface Split {
  rest: Uint8Array;
  /** The bytes of a field of type message, bytes or string; the last, where there are several. */
  parts: ReadonlyMap<number, Uint8Array>;
}

/** Takes the fields of these numbers out of a message. */
export function split(bytes: Uint8Array, numbers: readonly number[]): Split {
  const reader = new protobuf.BinaryReader(bytes);
  const parts = new Map<number, Uint8Array>();
  const kept: Uint8Array[] = [];
  for (let start = 0; reader.nextField(); start = reader.getCursor()) {
    const number = reader.getFieldNumber();
    if (numbers.includes(number)) {
      parts.set(number, reader.readBytes());
    } else {
      reader.skipField();
      kept.push(bytes.subarray(start, reader.getCursor()));
    }
  }
  return { rest: Buffer.concat(kept), parts };
}

/** The messages of a repeated field. */
export function repeated(bytes: Uint8Array, number: number): Uint8Array[] {
  const reader = new protobuf.BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.nextField()) {
    if (reader.getFieldNumber() === number) found.push(reader.readBytes());
    else reader.skipField();
  }
  return found;
}

/** A field of type string; empty when it is not there, as the format has it. */
export function stringOf(bytes: Uint8Array, number: number): string {
  const reader = new protobuf.BinaryReader(bytes);
  let found = "";
  while (reader.nextField()) {
    if (reader.getFieldNumber() === number) found = reader.readString();
    else reader.skipField();
  }
  return found;
}

/** A `google.protobuf.Struct` as an object; only these keys of it, where some are named. */
export function structOf(bytes: Uint8Array, keys?: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  readFields(new protobuf.BinaryReader(bytes), found, keys);
  return found;
}

function readFields(reader: Reader, into: Record<string, unknown>, keys?: readonly string[]): void {
  while (reader.nextField()) {
    reader.readMessage(into, () => {
      let key = "";
      while (reader.nextField()) {
        if (reader.getFieldNumber() === 1) key = reader.readString();
        else if (keys !== undefined && !keys.includes(key)) reader.skipField();
        else reader.readMessage(into, () => set(into, key, readValue(reader)));
      }
    });
  }
}

/** Which field of a `google.protobuf.Value` holds what (google/protobuf/struct.proto). */
const VALUE = { null: 1, number: 2, string: 3, bool: 4, struct: 5, list: 6 } as const;

function readValue(reader: Reader): unknown {
  let value: unknown = null;
  while (reader.nextField()) {
    const number = reader.getFieldNumber();
    if (number === VALUE.string) {
      value = reader.readString();
    } else if (number === VALUE.struct) {
      const object: Record<string, unknown> = {};
      reader.readMessage(object, () => readFields(reader, object));
      value = object;
    } else if (number === VALUE.list) {
      const list: unknown[] = [];
      reader.readMessage(list, () => {
        while (reader.nextField()) reader.readMessage(list, () => list.push(readValue(reader)));
      });
      value = list;
    } else if (number === VALUE.number) {
      value = reader.readDouble();
    } else if (number === VALUE.bool) {
      value = reader.readBool();
    } else {
      reader.skipField();
    }
  }
  return value;
}

/** A key called `__proto__` is a key as well. */
function set(into: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  else into[key] = value;
}
