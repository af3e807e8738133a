/** Joins typings and service model for one resource type. */
import type { Node, ReplaceSource, TypeData } from "../data.ts";
import type { Mapping } from "../mapping/types.ts";
import type { Models, ServiceModel } from "./botocore.ts";
import { bounds, numberLimits, resolveName, resolvePath, shapeOf, stringLimits, structOf, structsOfOperation, unwrapItems } from "./limits.ts";
import type { NodeTable } from "./nodes.ts";
import { decideReplacement } from "./replacement.ts";
import type { Field, Typed, Typings } from "./typings.ts";

/** Properties of every resource that are the provider's own matter and say nothing about coverage. */
const EVERYWHERE: ReadonlySet<string> = new Set(["region", "tags", "tagsAll"]);

/** Properties that are the provider's own wherever they occur: it generates names from prefixes and waits by itself. */
const OWN: ReadonlySet<string> = new Set(["namePrefix", "bucketPrefix", "identifierPrefix", "nodeGroupNamePrefix", "statementIdPrefix", "timeouts", "tagsAll"]);

/** A policy written as an object: the SDK turns it into JSON text, which the rules look into. */
const POLICY_DOCUMENT = "iam.PolicyDocument";

/** What a generator run needs to know and collects. */
export interface Run {
  readonly typings: Typings;
  readonly models: Models;
  /** Notes for the person who maintains the mappings. */
  readonly notes: { lostPatterns: Set<string>; requiredByApi: string[] };
}

/** Describes one type. Throws when its mapping names an operation or member that the model does not have. */
export function describe(token: string, mapping: Mapping, run: Run, table: NodeTable): TypeData {
  return new Description(token, mapping, run, table).result();
}

class Description {
  readonly #token: string;
  readonly #mapping: Mapping;
  readonly #run: Run;
  readonly #table: NodeTable;
  readonly #model: ServiceModel;
  readonly #owner: string;
  readonly #seen = new Map<string, number>();
  readonly #open = new Set<string>();
  readonly #named: ReadonlySet<string>;
  readonly #unused: Set<string>;
  readonly #unmapped: string[] = [];
  readonly #providerOnly: string[] = [];
  readonly #replace: Record<string, ReplaceSource> = {};
  #leaves = 0;

  constructor(token: string, mapping: Mapping, run: Run, table: NodeTable) {
    this.#token = token;
    this.#mapping = mapping;
    this.#run = run;
    this.#table = table;
    this.#model = run.models.get(mapping.api);
    this.#owner = token.split(":").at(-1) ?? "";
    this.#named = new Set([
      ...[mapping.rename, mapping.alsoAllows, mapping.replace, mapping.inPlace, mapping.required].flatMap((part) => Object.keys(part ?? {})),
      ...(mapping.unlimited ?? []),
      ...(mapping.id ?? []),
    ]);
    this.#unused = new Set(this.#named);
  }

  result(): TypeData {
    const { api, create, update } = this.#mapping;
    const structs = (references: readonly string[]): string[] => [...new Set(references.flatMap((one) => structsOfOperation(this.#run.models, api, one)))];
    const [created, updated] = [structs(create), structs(update)];
    const fields = this.#run.typings.args(this.#token);
    const root = this.#object(fields, [...new Set([...created, ...updated])], "");
    const undecided: string[] = [];
    for (const field of fields) {
      const has = (candidates: readonly string[]): boolean => this.#resolve(candidates, field.name, field.name) !== undefined;
      const decision = decideReplacement(field, this.#mapping, { created: has(created), updated: has(updated) });
      if (decision === "undecided") undecided.push(field.name);
      else if (decision !== "inPlace") this.#replace[field.name] = decision;
    }
    if (this.#unused.size > 0) {
      throw new Error(`The mapping of ${this.#token} names properties that the type does not have: ${[...this.#unused].join(", ")}.`);
    }
    return {
      root,
      api,
      operations: [...new Set([...create, ...update].map((one) => one.split(":")[0] ?? one))],
      replace: sorted(this.#replace),
      undecided: undecided.sort(),
      leaves: this.#leaves,
      unmapped: [...new Set(this.#unmapped)].sort(),
      providerOnly: [...new Set(this.#providerOnly)].sort(),
    };
  }

  /** Shape that a property maps to: by hand, else by name; null when declared to be the provider's own. */
  #resolve(structs: readonly string[], path: string, name: string): string | null | undefined {
    const renamed = this.#mapping.rename?.[path];
    if (renamed === null || OWN.has(name)) return null;
    if (renamed?.startsWith("@") === true) return structsOfOperation(this.#run.models, this.#mapping.api, renamed.slice(1))[0];
    if (renamed !== undefined) return resolvePath(this.#model, structs, renamed);
    // Where the resource lives and how it is tagged is no member of its own operations, whatever looks like it.
    if (path === "region") return undefined;
    // A nested structure's members carry its own name in front: `name` of `controls` is `ControlName`.
    const owner = path.includes(".") ? (path.split(".").at(-2) ?? "") : this.#owner;
    const found = resolveName(this.#model, structs, name, owner);
    return found;
  }

  #object(fields: readonly Field[], structs: readonly string[], path: string): number {
    const required: ReadonlySet<string> = new Set(structs.slice(0, 1).flatMap((struct) => shapeOf(this.#model, struct).required ?? []));
    const entries: Record<string, number> = {};
    const needed: string[] = [];
    for (const field of fields) {
      const at = path === "" ? field.name : `${path}.${field.name}`;
      const shape = this.#shapeFor(structs, at, field.name);
      if (!field.optional || this.#mapping.required?.[at] !== undefined || this.#requiredByApi(field, at, structs, required, shape)) needed.push(field.name);
      this.#nestedReplacement(field, at, path);
      entries[field.name] = this.#node(field.type, shape, at);
    }
    return this.#table.add(needed.length === 0 ? { k: "o", f: entries } : { k: "o", f: entries, r: needed });
  }

  #shapeFor(structs: readonly string[], at: string, name: string): string | null | undefined {
    this.#unused.delete(at);
    const shape = this.#resolve(structs, at, name);
    const renamed = this.#mapping.rename?.[at];
    if (typeof renamed === "string" && shape === undefined && structs.length > 0) {
      throw new Error(`${this.#token}: ${at} is mapped to ${renamed}, which ${this.#mapping.api} has not in ${structs.join(", ")}.`);
    }
    return shape;
  }

  #node(type: Typed, shape: string | null | undefined, at: string): number {
    switch (type.k) {
      case "r":
        if (type.name === POLICY_DOCUMENT) return this.#table.add({ k: "x" });
        return this.#nested(type.name, shape, at);
      case "u":
        return this.#table.add({ k: "u", of: type.of.map((one, index) => this.#node(one, index === 0 ? shape : null, at)) });
      case "l": {
        const inner = typeof shape === "string" ? unwrapItems(this.#model, shape) : shape;
        const list = typeof inner === "string" && shapeOf(this.#model, inner).type === "list" ? shapeOf(this.#model, inner) : undefined;
        const of = this.#node(type.of, list?.member?.shape ?? inner, at);
        return this.#table.add({ k: "l", of, ...(list === undefined || this.#free(at) ? {} : bounds(list)) });
      }
      case "m":
        return this.#map(type.of, shape, at);
      default:
        this.#countLeaf(shape, at);
        return this.#leaf(type.k, shape, at);
    }
  }

  #map(of: Typed, shape: string | null | undefined, at: string): number {
    const whole = typeof shape === "string" ? shapeOf(this.#model, shape) : undefined;
    // A map is a map in the model, or a list of pairs (tags).
    const pair = typeof shape === "string" && whole?.type === "list" ? structOf(this.#model, shape) : undefined;
    const value = pair === undefined ? whole?.value?.shape : pairValue(this.#model, pair);
    const node: Node = { k: "m", of: this.#node(of, value ?? (typeof shape === "string" ? null : shape), at) };
    if (typeof shape === "string" && value === undefined) this.#unmapped.push(at);
    return this.#table.add(whole === undefined || this.#free(at) ? node : { ...node, ...bounds(whole) });
  }

  #nested(input: string, shape: string | null | undefined, at: string): number {
    const fields = this.#run.typings.input(input);
    // A block that spells out CloudFront's `{quantity, items}` is that structure, not the list in it.
    const spelled = typeof shape === "string" && shapeOf(this.#model, shape).type === "structure" && fields.some(({ name }) => ["items", "locations"].includes(name));
    const struct = spelled ? shape : typeof shape === "string" ? structOf(this.#model, shape) : undefined;
    const key = `${input} ${struct ?? String(shape)}`;
    const known = this.#seen.get(key);
    if (known !== undefined && !this.#handled(at)) return known;
    // No input type of this SDK holds itself; should one ever, its inner occurrence is left unchecked.
    if (this.#open.has(key)) return this.#table.add({ k: "x" });
    this.#open.add(key);
    // Nothing to compare below a property that is the provider's own: its leaves count as such.
    const node = shape === null ? this.#ownObject(fields, at) : this.#object(fields, struct === undefined ? [] : [struct], at);
    this.#open.delete(key);
    this.#seen.set(key, node);
    return node;
  }

  /** True when the mapping says something of a property below this path, so that it must be walked anew. */
  #handled(at: string): boolean {
    return [...this.#named].some((path) => path.startsWith(`${at}.`));
  }

  #ownObject(fields: readonly Field[], at: string): number {
    const entries = Object.fromEntries(fields.map((field) => [field.name, this.#node(field.type, null, `${at}.${field.name}`)]));
    const needed = fields.filter((field) => !field.optional).map((field) => field.name);
    return this.#table.add(needed.length === 0 ? { k: "o", f: entries } : { k: "o", f: entries, r: needed });
  }

  #leaf(kind: "s" | "n" | "b" | "x", shape: string | null | undefined, at: string): number {
    const model = typeof shape === "string" && !this.#free(at) ? shapeOf(this.#model, shape) : undefined;
    if (kind === "n") return this.#table.add({ k: "n", ...(model === undefined ? {} : numberLimits(model)) });
    if (kind !== "s") return this.#table.add({ k: kind });
    // One text where the model has a list of texts: the element's limits.
    const text = model?.type === "list" && model.member !== undefined ? shapeOf(this.#model, model.member.shape) : model;
    const limits = text === undefined ? {} : stringLimits(text, (pattern) => this.#run.notes.lostPatterns.add(pattern));
    const also = this.#mapping.alsoAllows?.[at];
    if (also !== undefined && limits.e === undefined) throw new Error(`${this.#token}: ${at} has no enum in the model to add to.`);
    if (also !== undefined && limits.e !== undefined) limits.e = [...limits.e, ...also];
    return this.#table.add({ k: "s", ...limits });
  }

  #countLeaf(shape: string | null | undefined, at: string): void {
    if (EVERYWHERE.has(at)) return;
    this.#leaves += 1;
    if (shape === null) this.#providerOnly.push(at);
    else if (shape === undefined) this.#unmapped.push(at);
  }

  #free(at: string): boolean {
    return this.#mapping.unlimited?.includes(at) ?? false;
  }

  #nestedReplacement(field: Field, at: string, path: string): void {
    if (path === "") return;
    const decision = decideReplacement({ ...field, name: at }, this.#mapping, { created: false, updated: false });
    if (decision === "hand" || decision === "documentation") this.#replace[at] = decision;
  }

  /** True when the service demands what the typings leave open, and the mapping says to believe it; noted otherwise. */
  #requiredByApi(field: Field, at: string, structs: readonly string[], required: ReadonlySet<string>, shape: string | null | undefined): boolean {
    const [first] = structs;
    if (!field.optional || first === undefined || typeof shape !== "string") return false;
    const members = shapeOf(this.#model, first).members ?? {};
    if (!Object.keys(members).some((name) => required.has(name) && members[name]?.shape === shape)) return false;
    if (this.#mapping.requiredInside !== undefined && at.includes(".")) {
      return !this.#mapping.requiredInside.except.includes(at.split(".").at(-1) ?? at);
    }
    this.#run.notes.requiredByApi.push(`${this.#token} ${at}`);
    return false;
  }
}

/** Value of a list of pairs; the services call it Value, TagValue, AttributeValue, ParameterValue. */
function pairValue(model: ServiceModel, pair: string): string | undefined {
  const members = shapeOf(model, pair).members ?? {};
  return Object.entries(members).find(([name]) => name.endsWith("Value") || name === "value")?.[1].shape;
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
