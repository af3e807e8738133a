/**
 * A resource in the making, as the type tables see it: its inputs without secret wrappers, the provider's
 * settings, and identifiers in every format, derived from its URN and its predecessor.
 */
import * as identity from "./identity.ts";
import type { Settings } from "./settings.ts";
import type { NameRule } from "./types/define.ts";
import { isObject, isUnknown, type Plain, type PlainObject, textOf } from "./values.ts";
import type { World } from "./world.ts";

/** Thrown when a formula needs an input that is not known yet: what it makes is then unknown as well. */
export class NotKnownYet extends Error {}

export interface DraftOptions {
  type: string;
  logicalName: string;
  inputs: PlainObject;
  settings: Settings;
  world: World;
  /** What identifiers derive from: URN and the id of the resource that this one replaces. */
  seed: string;
  nameRule?: NameRule;
  previous?: PlainObject;
}

export class Draft {
  readonly type: string;
  readonly logicalName: string;
  readonly inputs: PlainObject;
  readonly world: World;
  readonly previous: PlainObject | undefined;
  readonly account: string;
  readonly region: string;
  /** The id; empty while the id itself is made. */
  id = "";
  /** Outputs made so far, in the order of the type's table. */
  readonly outputs: PlainObject = {};
  readonly #seed: string;
  readonly #nameRule: NameRule | undefined;

  constructor(options: DraftOptions) {
    this.type = options.type;
    this.logicalName = options.logicalName;
    this.inputs = options.inputs;
    this.world = options.world;
    this.previous = options.previous;
    this.account = options.settings.account;
    this.#seed = options.seed;
    this.#nameRule = options.nameRule;
    const region = options.inputs.region;
    this.region = typeof region === "string" ? region : options.settings.region;
  }

  /** The name that the program gave, that was made up for it, or that the service makes from a prefix. */
  get name(): string {
    if (this.#nameRule === undefined) return this.logicalName;
    const { property, prefixProperty } = this.#nameRule;
    const given = this.text(property, textOf(this.previous?.[property] ?? ""));
    if (given !== "" || prefixProperty === undefined) return given;
    return `${this.text(prefixProperty)}${this.digits(26, "name after prefix")}`;
  }

  /** An input (or, dotted, one inside an object; or an output already made). Throws {@link NotKnownYet}. */
  value(path: string): Plain | undefined {
    let value: unknown = this.inputs;
    for (const part of path.split(".")) {
      if (isUnknown(value)) throw new NotKnownYet(path);
      value = isObject(value) ? value[part] : undefined;
    }
    if (value === undefined) value = this.outputs[path];
    if (isUnknown(value)) throw new NotKnownYet(path);
    return value as Plain | undefined;
  }

  text(path: string, otherwise = ""): string {
    const value = this.value(path);
    return value === undefined || value === null ? otherwise : textOf(value);
  }

  number(path: string, otherwise = 0): number {
    const value = this.value(path);
    return typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : otherwise;
  }

  flag(path: string): boolean {
    const value = this.value(path);
    return value === true || value === "true";
  }

  /** A list of texts; throws {@link NotKnownYet} when one of them is unknown. */
  texts(path: string): string[] {
    const value = this.value(path);
    if (!Array.isArray(value)) return [];
    if (value.some(isUnknown)) throw new NotKnownYet(path);
    return value.map(String);
  }

  hex(length: number, salt = ""): string {
    return identity.hex(this.#seed, salt, length);
  }

  digits(length: number, salt = ""): string {
    return identity.digits(this.#seed, salt, length);
  }

  upper(length: number, salt = ""): string {
    return identity.upper(this.#seed, salt, length);
  }

  lower(length: number, salt = ""): string {
    return identity.lower(this.#seed, salt, length);
  }

  mixed(length: number, salt = ""): string {
    return identity.mixed(this.#seed, salt, length);
  }

  uuid(salt = ""): string {
    return identity.uuid(this.#seed, salt);
  }

  ec2Id(prefix: string, salt = ""): string {
    return identity.ec2Id(prefix, `${this.#seed}${salt}`);
  }

  arn(service: string, resource: string, where: { region?: string; account?: string } = {}): string {
    return `arn:aws:${service}:${where.region ?? this.region}:${where.account ?? this.account}:${resource}`;
  }

  /** Zones of the region, as `us-east-1a`. */
  zones(): string[] {
    return ["a", "b", "c"].map((letter) => `${this.region}${letter}`);
  }

  /** A private address, for network interfaces of no subnet that is known. */
  privateAddress(salt = ""): string {
    const number = Number.parseInt(this.hex(4, `address ${salt}`), 16);
    return `10.0.${number >> 8}.${(number & 0xff) || 1}`;
  }

  /** A public address of Amazon's blocks. */
  publicAddress(salt = ""): string {
    const number = Number.parseInt(this.hex(6, `public ${salt}`), 16);
    return `52.${(number >> 16) & 0xff}.${(number >> 8) & 0xff}.${(number & 0xff) || 1}`;
  }

  now(): string {
    return new Date().toISOString().replace(/\.\d{3}Z$/, "Z");
  }
}
