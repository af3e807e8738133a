/** The simulated cloud: what the provider's operations do, apart from the protocol that they arrive by. */
import { changes, type Change } from "./changes.ts";
import { Draft, NotKnownYet } from "./draft.ts";
import { CloudError } from "./failures.ts";
import { automaticName, type Autonaming } from "./naming.ts";
import { stateOf } from "./outputs.ts";
import { checkReferences } from "./references.ts";
import type { Settings } from "./settings.ts";
import { strictness, type InputFailure } from "./strictness.ts";
import { tagsAll } from "./tags.ts";
import type { NameRule, ResourceType } from "./types/define.ts";
import { resourceType } from "./types/index.ts";
import { urnParts } from "./urn.ts";
import { isUnknown, plain, type PlainObject, type ValueObject } from "./values.ts";
import { World, type Known } from "./world.ts";

/** Names of the inputs that the provider filled in, kept as the bridge keeps them. */
const DEFAULTS = "__defaults";

export interface Checked {
  inputs: ValueObject;
  failures: InputFailure[];
}

export interface Diffed {
  changes: Change[];
  deleteBeforeReplace: boolean;
}

export interface Resource {
  id: string;
  state: ValueObject;
}

export class Cloud {
  readonly world: World;
  settings: Settings;
  /** Inputs that a resource had when this run began, to tell its replacement from its first creation. */
  readonly #before = new Map<string, ValueObject>();
  /** What this process has created. */
  readonly #created = new Set<string>();

  constructor(settings: Settings, inUse = false) {
    this.settings = settings;
    this.world = new World(inUse);
  }

  /**
   * Completes and judges inputs.
   *
   * @param olds the inputs in state; empty for a new resource and for the replacement of one
   */
  async check(urn: string, olds: ValueObject, news: ValueObject, autonaming?: Autonaming): Promise<Checked> {
    const { type, name } = urnParts(urn);
    const kind = resourceType(type);
    const late = Object.keys(olds).length > 0 ? this.#lateTwin(kind, urn, olds) : [];
    if (Object.keys(olds).length > 0) {
      this.#before.set(urn, olds);
      this.world.announce({ type, urn, id: name, state: plain(olds) });
    }
    const inputs: ValueObject = Object.fromEntries(Object.entries(news).filter(([key]) => key !== DEFAULTS));
    const filled: string[] = [];
    for (const [property, value] of Object.entries(kind.defaults ?? {})) {
      if (inputs[property] !== undefined) continue;
      inputs[property] = value;
      filled.push(property);
    }
    if (kind.name !== undefined && needsName(kind.name, inputs)) {
      const made = this.#name(kind.name, urn, olds, inputs, autonaming);
      if (made !== undefined) {
        inputs[kind.name.property] = made;
        filled.push(kind.name.property);
      }
    }
    if (kind.tags === true) inputs.tagsAll = tagsAll(inputs.tags, this.settings);
    const { [DEFAULTS]: _, ...judged } = plain(inputs);
    const failures = (await strictness()).checkInputs(type, kind.tags === true ? without(judged, "tagsAll") : judged);
    if (filled.length > 0) inputs[DEFAULTS] = filled;
    return { inputs, failures: [...late, ...failures] };
  }

  async diff(urn: string, id: string, oldState: ValueObject, oldInputs: ValueObject, news: ValueObject, ignore: readonly string[] = []): Promise<Diffed> {
    const { type } = urnParts(urn);
    const kind = resourceType(type);
    this.observe(urn, id, oldState);
    const replaceOn = new Set([...(await strictness()).replaceOn(type), ...(kind.replaceOn ?? [])]);
    if (kind.name !== undefined && kind.name.renames !== true) {
      replaceOn.add(kind.name.property);
      if (kind.name.prefixProperty !== undefined) replaceOn.add(kind.name.prefixProperty);
    }
    if (kind.global !== true) replaceOn.add("region");
    const found = changes(oldInputs, news, replaceOn).filter((change) => !ignore.some((path) => covers(path, change.path)));
    const replaces = found.some((change) => change.replaces);
    return { changes: found, deleteBeforeReplace: replaces && (kind.deleteFirst === true || keepsGivenName(kind, oldInputs, news)) };
  }

  create(urn: string, inputs: ValueObject, preview: boolean): Resource {
    const { kind, draft } = this.#draft(urn, inputs, this.world.latestId(urn));
    if (preview) return { id: "", state: stateOf(kind, draft, inputs, true) };
    checkReferences(draft.inputs, this.world);
    const twin = this.#twin(kind, draft);
    if (twin !== undefined) throw new CloudError(twin);
    kind.admit?.(draft);
    draft.id = kind.id(draft);
    this.#created.add(urn);
    const state = stateOf(kind, draft, inputs, false);
    this.observe(urn, draft.id, state);
    return { id: draft.id, state };
  }

  update(urn: string, id: string, oldState: ValueObject, inputs: ValueObject, preview: boolean): Resource {
    const { kind, draft } = this.#draft(urn, inputs, "", oldState);
    draft.id = id;
    if (!preview) {
      this.observe(urn, id, oldState);
      checkReferences(draft.inputs, this.world);
      kind.admit?.(draft);
    }
    const state = stateOf(kind, draft, inputs, false);
    if (!preview) this.observe(urn, id, state);
    return { id, state };
  }

  /** What exists with the id; the state that the engine knows is taken as the truth. */
  read(urn: string, id: string, state: ValueObject): Resource | undefined {
    const { type } = urnParts(urn);
    resourceType(type);
    if (Object.keys(state).length > 0) {
      this.observe(urn, id, state);
      return { id, state };
    }
    const known = this.world.get(type, id);
    return known === undefined ? undefined : { id, state: { ...known.state } };
  }

  delete(urn: string, id: string, state: ValueObject): void {
    const { type } = urnParts(urn);
    const kind = resourceType(type);
    const known = { type, urn, id, state: plain(state) };
    const reason = kind.keeps?.(known, this.world);
    if (reason !== undefined) throw new CloudError(reason);
    // Of a replaced resource the successor is known already, and stays the latest of its URN.
    if (this.world.get(type, id) === undefined) this.observe(urn, id, state);
    this.world.forget(type, id);
    kind.leaves?.(known, this.world);
  }

  /** Takes note that a resource exists. */
  observe(urn: string, id: string, state: ValueObject): void {
    this.world.remember({ type: urnParts(urn).type, urn, id, state: plain(state) });
  }

  #name(rule: NameRule, urn: string, olds: ValueObject, inputs: ValueObject, autonaming: Autonaming | undefined): ValueObject[string] | undefined {
    const wasAutomatic = Array.isArray(olds[DEFAULTS]) && olds[DEFAULTS].includes(rule.property);
    const old = olds[rule.property];
    if (wasAutomatic && old !== undefined) return old;
    const replaced = Object.keys(olds).length === 0 ? this.#before.get(urn)?.[rule.property] : undefined;
    const seed = `${urn} ${typeof replaced === "string" ? replaced : ""}`;
    const fifo = rule.fifo !== undefined && inputs[rule.fifo] === true;
    return automaticName(rule, urnParts(urn).name, seed, fifo, autonaming);
  }

  #draft(urn: string, inputs: ValueObject | PlainObject, predecessor: string, oldState?: ValueObject): { kind: ResourceType; draft: Draft } {
    const { type, name } = urnParts(urn);
    const kind = resourceType(type);
    const draft = new Draft({
      type,
      logicalName: name,
      inputs: plain(inputs),
      settings: this.settings,
      world: this.world,
      seed: `${urn} ${predecessor}`,
      ...(kind.name === undefined ? {} : { nameRule: kind.name }),
      ...(oldState === undefined ? {} : { previous: plain(oldState) }),
    });
    return { kind, draft };
  }

  /** Why the draft can not be there: something has its name, or keeps it. */
  #twin(kind: ResourceType, draft: Draft, among: (known: Known) => boolean = () => true): string | undefined {
    const key = kind.unique?.key(draft);
    if (kind.unique === undefined || key === undefined) return undefined;
    const { unique } = kind;
    const twin = this.world.find(draft.type, (known) => {
      if (!among(known)) return false;
      const other = this.#draft(known.urn, known.state, "").draft;
      return (kind.global === true || other.region === draft.region) && attempted(() => unique.key(other)) === key;
    });
    return twin === undefined ? this.world.reservation(`${draft.type} ${key}`) : unique.error(draft);
  }

  /**
   * Provider calls of one update come in no certain order: when a name was taken before its owner was announced,
   * the owner's check is the first chance to say so.
   */
  #lateTwin(kind: ResourceType, urn: string, olds: ValueObject): InputFailure[] {
    const reason = attempted(() => this.#twin(kind, this.#draft(urn, olds, "").draft, (known) => known.urn !== urn && this.#created.has(known.urn)));
    return reason === undefined ? [] : [{ property: kind.name?.property ?? "", reason }];
  }
}

function needsName(rule: NameRule, inputs: ValueObject): boolean {
  const prefix = rule.prefixProperty === undefined ? undefined : inputs[rule.prefixProperty];
  return rule.given !== true && (inputs[rule.property] ?? undefined) === undefined && (prefix ?? undefined) === undefined;
}

/** A name that the program gave and keeps can not be taken twice, so the old resource has to go first. */
function keepsGivenName(kind: ResourceType, olds: ValueObject, news: ValueObject): boolean {
  if (kind.name === undefined) return false;
  const { property } = kind.name;
  const automatic = Array.isArray(news[DEFAULTS]) && news[DEFAULTS].includes(property);
  const [old, next] = [plain(olds[property] ?? null), plain(news[property] ?? null)];
  return !automatic && next !== null && !isUnknown(next) && old === next;
}

/** The result, or nothing when it needs something that is not known yet. */
function attempted<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof NotKnownYet) return undefined;
    throw error;
  }
}

/** True when `change` is at, or inside, the place that `ignoreChanges` names (`tags`, `spec[*].size`). */
function covers(ignored: string, change: string): boolean {
  const pattern = ignored.replaceAll(/[.+?^${}()|\\[\]]/g, "\\$&").replaceAll("\\[\\*\\]", "\\[\\d+\\]").replaceAll("*", "[^.[]+");
  return new RegExp(`^${pattern}($|[.[])`).test(change);
}

function without<T extends Record<string, unknown>>(object: T, key: string): T {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)) as T;
}
