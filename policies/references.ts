/**
 * Who refers to whom: by the engine's own record of dependencies, or by a known value that is one of the target's
 * identifiers. A stack asks for one target among many holders, and the other way round, for each of its resources:
 * both ways go through an index, so that ten times the resources take ten times as long.
 */
import type { Resource } from "./resource.ts";
import { any, known, Undecided } from "./value.ts";

/** Properties by which others name a resource, once it exists or where its name is chosen. */
const IDENTIFIERS = ["id", "arn", "name", "bucket", "keyId", "identifier", "clusterIdentifier", "replicationGroupId", "functionName", "domainName"] as const;

/**
 * Whether a property of `holder` names `target`.
 *
 * A property may hold what another resource passes on: a bucket's name by way of its ownership controls, which many
 * programs write to keep an order. Then the record names the resource in between, and the value decides; while it is
 * unknown, it may be the target's only where no resource of the target's kind is recorded, and what is recorded
 * depends on the target.
 *
 * @throws Undecided when nobody can know
 */
export function refersTo(holder: Resource, property: string, target: Resource): boolean {
  const recorded = recordOf(holder, property);
  if (recorded.includes(target.urn)) return true;
  try {
    return any(holder.at(property).texts.map((one) => () => namesOf(one.text ?? "").some((text) => target.identifiers.has(text))));
  } catch (error) {
    if (!(error instanceof Undecided) || recorded.length === 0) throw error;
    if (recorded.some((urn) => holder.stack?.byUrn(urn)?.kind.kind === target.kind.kind)) return false;
    if (closure(holder, recorded).has(target.urn)) throw error;
    return false;
  }
}

/** URNs on which a property depends. */
function recordOf(holder: Resource, property: string): readonly string[] {
  return holder.declared.references?.[property.split(/[.[]/)[0] ?? property] ?? [];
}

/** These resources, and all on which they depend, however far off. */
function closure(holder: Resource, urns: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>(urns);
  for (const urn of found) {
    for (const on of Object.values(holder.stack?.byUrn(urn)?.declared.references ?? {}).flat()) found.add(on);
  }
  return found;
}

/** What a text may name: itself, or what an ARN or URL ends with: `…:log-group:/aws/x:*` → `/aws/x`, `…/queue` → `queue`. */
function namesOf(text: string): string[] {
  if (!/^(arn:|https:)/.test(text)) return [text];
  const whole = text.replace(/[:/]\*$/, "");
  return [text, whole.slice(whole.lastIndexOf(":") + 1), whole.slice(whole.lastIndexOf("/") + 1)];
}

/** Every name by which others may mean a resource. */
export function identifiersOf(target: Resource): ReadonlySet<string> {
  const names = new Set<string>([target.name, ...(target.declared.identifiers ?? [])]);
  for (const key of IDENTIFIERS) {
    // An identifier that is not known yet can not be what somebody wrote down.
    const text = known(() => target.key(key).text);
    if (text !== undefined) names.add(text);
  }
  return names;
}

/** Resources that may be meant, by what they are found by; the others are not. */
class Index {
  readonly #found = new Map<string, Resource[]>();
  readonly #always: Resource[] = [];
  readonly #order: ReadonlyMap<Resource, number>;

  constructor(resources: readonly Resource[], keysFor: (resource: Resource) => Iterable<string> | undefined) {
    this.#order = new Map(resources.map((resource, index) => [resource, index]));
    for (const resource of resources) {
      const keys = keysFor(resource);
      if (keys === undefined) this.#always.push(resource);
      else for (const key of keys) this.#add(key, resource);
    }
  }

  #add(key: string, resource: Resource): void {
    const before = this.#found.get(key);
    if (before === undefined) this.#found.set(key, [resource]);
    else before.push(resource);
  }

  /** In the order of declaration. */
  candidates(keys: Iterable<string>): Resource[] {
    const all = new Set(this.#always);
    for (const key of keys) for (const resource of this.#found.get(key) ?? []) all.add(resource);
    return [...all].sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0));
  }
}

/** The references of one stack, looked up instead of searched for. */
export class References {
  readonly #holders = new Map<string, Index>();
  readonly #targets = new Map<string, Index>();
  readonly #texts = new Map<string, Index>();

  /** Of the resources of a kind, those in which one of the wanted texts may be found. */
  having(kind: string, all: readonly Resource[], what: string, texts: (resource: Resource) => string[], wanted: Iterable<string>): Resource[] {
    return indexed(this.#texts, `${kind} ${what}`, () => new Index(all, (resource) => known(() => texts(resource)))).candidates(wanted);
  }

  /** Of the holders of a kind, those whose property may name the target. */
  holders(kind: string, all: readonly Resource[], property: string, target: Resource): Resource[] {
    const index = indexed(this.#holders, `${kind} ${property}`, () => new Index(all, (holder) => keysOf(holder, property)));
    return index.candidates([target.urn, ...target.identifiers]);
  }

  /** Of the resources of a kind, those that a holder's property may name. */
  targets(kind: string, all: readonly Resource[], holder: Resource, property: string): Resource[] {
    const keys = keysOf(holder, property);
    if (keys === undefined) return [...all];
    return indexed(this.#targets, kind, () => new Index(all, (target) => [target.urn, ...target.identifiers])).candidates(keys);
  }
}

function indexed(indexes: Map<string, Index>, key: string, make: () => Index): Index {
  const before = indexes.get(key);
  if (before !== undefined) return before;
  const index = make();
  indexes.set(key, index);
  return index;
}

/** What a property may name: recorded URNs and known texts; nothing when nobody can know, and it may be anything. */
function keysOf(holder: Resource, property: string): Iterable<string> | undefined {
  const recorded = recordOf(holder, property);
  const texts = known(() => holder.at(property).texts)?.map((one) => known(() => namesOf(one.text ?? "")));
  const keys = [...recorded, ...(texts ?? []).flatMap((names) => names ?? [])];
  if (texts?.every((names) => names !== undefined) === true) return keys;
  return recorded.length === 0 ? undefined : [...keys, ...closure(holder, recorded)];
}
