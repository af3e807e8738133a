/**
 * Reads the engine's messages (protocol buffers) no further than is needed. The SDK takes every property of every
 * resource apart three times, the provider's with each of its resources, into messages, then into objects, then into
 * proxies: half of what the pack cost. This reads a property once, straight into an object.
 */
import protobuf from "google-protobuf";

type Reader = InstanceType<typeof protobuf.BinaryReader>;

/** How the format marks what has a length, and numbers of variable length (protobuf.dev, "Encoding"). */
const DELIMITED = 2;
const VARINT = 0;

/** The fields of a message, by their numbers; what is not there is empty, as the format has it. */
export class Message {
  readonly #fields = new Map<number, (Uint8Array | boolean)[]>();

  constructor(bytes: Uint8Array) {
    const reader = new protobuf.BinaryReader(bytes);
    while (reader.nextField()) {
      const wire: number = reader.getWireType();
      if (wire === DELIMITED) this.#add(reader.getFieldNumber(), reader.readBytes());
      else if (wire === VARINT) this.#add(reader.getFieldNumber(), reader.readBool());
      else reader.skipField();
    }
  }

  /** The messages or strings of a repeated field. */
  all(number: number): Uint8Array[] {
    return (this.#fields.get(number) ?? []).filter((one) => typeof one !== "boolean");
  }

  /** The bytes of a message or string; the last, where there are several. */
  bytes(number: number): Uint8Array | undefined {
    return this.all(number).at(-1);
  }

  text(number: number): string {
    return textOf(this.bytes(number) ?? new Uint8Array());
  }

  flag(number: number): boolean {
    return this.#fields.get(number)?.at(-1) === true;
  }

  #add(number: number, value: Uint8Array | boolean): void {
    const before = this.#fields.get(number);
    if (before === undefined) this.#fields.set(number, [value]);
    else before.push(value);
  }
}

/** A string of a message. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
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
