/**
 * Reading what a resource declares. In a preview some values are not known yet; the engine's proxy throws when one is
 * touched. Everything a rule reads goes through {@link Value}, which turns that into {@link Undecided}, so that "not
 * known" is never taken for "absent", "false" or "fine".
 */

/** Thrown where a rule reads what nobody can know yet; the evaluation counts it as "not decided". */
export class Undecided extends Error {
  readonly path: string;
  /** Nobody can know it now: where it matters, that is reason enough to refuse. Other values are merely not told here. */
  readonly unknown: boolean;

  constructor(path: string, reason: string, unknown = false) {
    super(reason);
    this.name = "Undecided";
    this.path = path;
    this.unknown = unknown;
  }
}

/** What the engine writes in place of values that it does not know (@pulumi/policy, proxy.ts). */
const SENTINELS: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Key of a value that a saved state holds encrypted, or that the engine marks as secret (@pulumi/pulumi, rpc.ts). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

const UNKNOWN = "the value is not known before the update";
const ENCRYPTED = "the value is a secret that is not decrypted here";
const LEFT_OUT = "a patch says nothing of it, and the object it patches is declared elsewhere";

/** Shared by all values of one resource while one rule looks at it. */
export interface Reading {
  /** The resource is a patch: what it leaves out is not known, instead of absent. */
  readonly patch: boolean;
  /** All of it is a secret: what the text of a secret holds as JSON. */
  readonly secret?: boolean;
  /** Told of what could not be decided where the rule goes on with the next item. */
  readonly undecided: (cause: Undecided) => void;
}

/** A place in a resource: where it is, and what is there when somebody asks. */
export class Value {
  readonly #place: string | { above: Value; key: string | number };
  readonly #read: () => unknown;
  readonly #reading: Reading;
  /** What was found, once somebody asked: rules ask the same places of a resource, which does not change meanwhile. */
  #found: { raw: unknown } | undefined;
  #below: Map<string | number, Value> | undefined;
  #json: Value | undefined;

  constructor(place: string | { above: Value; key: string | number }, read: () => unknown, reading: Reading) {
    this.#place = place;
    this.#read = read;
    this.#reading = reading;
  }

  /** Written out only for findings, which are few. */
  get path(): string {
    return typeof this.#place === "string" ? this.#place : join(this.#place.above.path, this.#place.key);
  }

  /** What is there; `undefined` when nothing is. @throws Undecided */
  get raw(): unknown {
    this.#found ??= { raw: this.#known() };
    return this.#found.raw;
  }

  /** Whether the program marked this as a secret, or something that it is part of: no message may repeat it. @throws Undecided */
  get secret(): boolean {
    if (isMarked(this.#touch(this.#read))) return true;
    return typeof this.#place === "string" ? this.#reading.secret === true : this.#place.above.secret;
  }

  #known(): unknown {
    const given = this.#touch(this.#read);
    const isSecret = isMarked(given);
    const value = isSecret ? this.#touch(() => given["value"]) : given;
    if (typeof value === "string" && SENTINELS.has(value)) throw new Undecided(this.path, UNKNOWN, true);
    if (value === undefined && isSecret) throw new Undecided(this.path, ENCRYPTED);
    if ((value === undefined || value === null) && this.#reading.patch) throw new Undecided(this.path, LEFT_OUT);
    return value ?? undefined;
  }

  #touch(read: () => unknown): unknown {
    try {
      return read();
    } catch (error) {
      // The class is not exported; nothing else has this field.
      if (error instanceof Error && "unknownTypeSentinel" in error) throw new Undecided(this.path, UNKNOWN, true);
      throw error;
    }
  }

  /** Whether anything is there. @throws Undecided */
  get exists(): boolean {
    return this.raw !== undefined;
  }

  /** The text there; numbers as text; `undefined` for anything else. @throws Undecided */
  get text(): string | undefined {
    const value = this.raw;
    return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
  }

  /** The number there, also when written as text. @throws Undecided */
  get number(): number | undefined {
    const value = this.raw;
    if (typeof value === "number") return value;
    return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  }

  /** The truth value there, also when written as text. @throws Undecided */
  get flag(): boolean | undefined {
    const value = this.raw;
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : undefined;
  }

  /** A place below: `rules[0].status`, `labels["example.com/x"]`. Nothing is read yet. */
  at(path: string): Value {
    return steps(path).reduce<Value>((value, step) => value.key(step), this);
  }

  /** The place of one key or index below. */
  key(key: string | number): Value {
    this.#below ??= new Map();
    const before = this.#below.get(key);
    if (before !== undefined) return before;
    const value = new Value({ above: this, key }, () => {
      const holder = this.raw;
      return typeof holder === "object" && holder !== null ? (holder as Record<string, unknown>)[key] : undefined;
    }, this.#reading);
    this.#below.set(key, value);
    return value;
  }

  /** The places of a list's items; none when there is no list; a single object counts as a list of one. @throws Undecided */
  get items(): Value[] {
    const value = this.raw;
    // By length: to touch an item here would be to ask for it.
    if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => this.key(index));
    return isObject(value) ? [this] : [];
  }

  /** The places of a map's values, by key. @throws Undecided */
  get entries(): [key: string, value: Value][] {
    const value = this.raw;
    return isObject(value) ? Object.keys(value).map((key) => [key, this.key(key)]) : [];
  }

  /** The strings of a list, or of one string, as IAM writes them. @throws Undecided */
  get texts(): Value[] {
    const value = this.raw;
    return typeof value === "string" ? [this] : Array.isArray(value) ? this.items : [];
  }

  /** What a text holds as JSON, such as a policy document; an object as it is. @throws Undecided */
  get json(): Value {
    if (this.#json === undefined) {
      const value = this.raw;
      const parsed = typeof value === "string" ? parseJson(value) : undefined;
      this.#json = typeof value === "string" ? new Value(this.path, () => parsed, { ...this.#reading, patch: false, secret: this.secret }) : this;
    }
    return this.#json;
  }

  /** Looks at each item; what can not be decided at one does not hide the next. @throws Undecided for the list itself */
  each(look: (item: Value, index: number) => void): void {
    this.items.forEach((item, index) => this.try(() => look(item, index)));
  }

  /** Runs one part of a check; what it can not decide is counted, and the check goes on. */
  try(look: () => void): void {
    try {
      look();
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      this.#reading.undecided(error);
    }
  }
}

/** Whether all tests hold; one that fails decides, even after one that nobody can know. @throws Undecided */
export function all(tests: readonly (() => boolean)[]): boolean {
  let doubt: Undecided | undefined;
  for (const test of tests) {
    try {
      if (!test()) return false;
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      doubt = error;
    }
  }
  if (doubt !== undefined) throw doubt;
  return true;
}

/** Whether any test holds; one that does decides, even after one that nobody can know. @throws Undecided */
export function any(tests: readonly (() => boolean)[]): boolean {
  return !all(tests.map((test) => () => !test()));
}

/** What can be read, `undefined` for what can not be known. */
export function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Undecided) return undefined;
    throw error;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A secret, as the engine marks it. */
export function marked(value: unknown): Record<string, unknown> {
  return { [SIGNATURE]: SECRET_SIGNATURE, value };
}

function isMarked(value: unknown): value is Record<string, unknown> {
  return isObject(value) && value[SIGNATURE] === SECRET_SIGNATURE;
}

function parseJson(text: string): unknown {
  // A document that holds an unknown part is unknown as a whole.
  for (const sentinel of SENTINELS) if (text.includes(String(sentinel))) return sentinel;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rules read the same few paths on every resource; those with keys of resources in them are too many to be kept. */
const MOST_KEPT = 5000;
const kept = new Map<string, readonly (string | number)[]>();

/** `a.b[0]["c.d"]` → a, b, 0, c.d. */
export function steps(path: string): readonly (string | number)[] {
  const before = kept.get(path);
  if (before !== undefined) return before;
  const found = Array.from(path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g), ([, quoted, index, plain]) => (index === undefined ? (quoted ?? plain ?? "") : Number(index)));
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(path, found);
  return found;
}

/** Keys that are not plain names are written in brackets. */
function join(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\w$-]+$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}
