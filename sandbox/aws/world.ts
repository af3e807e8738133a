/**
 * What the cloud holds, as far as this process has seen. Every request teaches it: a check with old inputs, a diff,
 * a read, a create and an update all say that a resource exists, a delete that it is gone. Nothing is written down, so a process that has
 * not yet been asked about a resource does not know it: checks across resources refuse only what they know.
 */
import type { PlainObject } from "./values.ts";

export interface Known {
  readonly type: string;
  readonly urn: string;
  readonly id: string;
  /** Inputs and computed outputs, without secret wrappers. */
  readonly state: PlainObject;
}

function announcedKey(type: string, urn: string): string {
  return `${type} announced ${urn}`;
}

export class World {
  readonly #alive = new Map<string, Known>();
  readonly #gone = new Map<string, Known>();
  readonly #latestId = new Map<string, string>();
  readonly #reserved = new Map<string, string>();
  /** True when buckets and vaults hold what was written into them meanwhile. */
  readonly inUse: boolean;

  constructor(inUse = false) {
    this.inUse = inUse;
  }

  /** Takes note that a resource exists of which only the inputs are known: the engine checks before it says the id. */
  announce(announced: Known): void {
    const isKnown = this.all(announced.type).some((known) => known.urn === announced.urn);
    if (!isKnown) this.#alive.set(announcedKey(announced.type, announced.urn), announced);
  }

  remember(known: Known): void {
    const key = `${known.type} ${known.id}`;
    this.#alive.delete(announcedKey(known.type, known.urn));
    this.#alive.set(key, known);
    this.#gone.delete(key);
    this.#latestId.set(known.urn, known.id);
  }

  forget(type: string, id: string): void {
    const key = `${type} ${id}`;
    const known = this.#alive.get(key);
    if (known !== undefined) this.#gone.set(key, known);
    this.#alive.delete(key);
  }

  get(type: string, id: string): Known | undefined {
    return this.#alive.get(`${type} ${id}`);
  }

  /** Everything of the type that exists. */
  all(type: string): Known[] {
    return [...this.#alive.values()].filter((known) => known.type === type);
  }

  find(type: string, matches: (known: Known) => boolean): Known | undefined {
    return this.all(type).find(matches);
  }

  /** Whatever exists with that id or ARN, of any type. */
  byIdOrArn(value: string): Known | undefined {
    return [...this.#alive.values()].find((known) => known.id === value || known.state.arn === value);
  }

  /** True when something (of the type, if one is given) with that id or ARN was deleted, and nothing has it now. */
  isGone(value: string, type?: string): boolean {
    const matches = (known: Known): boolean => (type === undefined || known.type === type) && (known.id === value || known.state.arn === value);
    return ![...this.#alive.values()].some(matches) && [...this.#gone.values()].some(matches);
  }

  /** The id that the resource of this URN had last: the seed of its successor's. */
  latestId(urn: string): string {
    return this.#latestId.get(urn) ?? "";
  }

  /** Keeps a name from being taken again (a secret in its recovery window, a final snapshot), and says why. */
  reserve(key: string, reason: string): void {
    this.#reserved.set(key, reason);
  }

  reservation(key: string): string | undefined {
    return this.#reserved.get(key);
  }
}
