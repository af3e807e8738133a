/**
 * The committed strictness data: its shape, and its loader. One file per Pulumi service
 * (`data/rds.json`, …), read when the first type of that service is looked at, so that starting the
 * plugin reads nothing.
 */
import { existsSync, readFileSync } from "node:fs";

/** Bounds: length of a string, value of a number, size of a list or map. Both ends inclusive. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/**
 * One property's type and limits. Nodes refer to each other by index, equal nodes are stored once.
 * `s` string, `n` number, `b` boolean, `x` anything (assets too), `l` list, `m` map, `o` object, `u` one of several.
 */
export type Node =
  | ({ readonly k: "s"; readonly e?: readonly string[]; readonly p?: string } & Bounds)
  | ({ readonly k: "n" } & Bounds)
  | { readonly k: "b" }
  | { readonly k: "x" }
  | ({ readonly k: "l"; readonly of: number } & Bounds)
  | ({ readonly k: "m"; readonly of: number } & Bounds)
  | { readonly k: "o"; readonly f: Readonly<Record<string, number>>; readonly r?: readonly string[] }
  | { readonly k: "u"; readonly of: readonly number[] };

/** Where a decision "changing this replaces the resource" comes from. */
export type ReplaceSource = "hand" | "documentation" | "api";

/** What is known of one resource type. Paths are dotted Pulumi names without list indexes. */
export interface TypeData {
  /** Index of the node for the arguments object. */
  readonly root: number;
  /** botocore service and the operations that were compared, for people reading the data. */
  readonly api: string;
  readonly operations: readonly string[];
  /** Property path → source. */
  readonly replace: Readonly<Record<string, ReplaceSource>>;
  /** Top-level properties for which neither source says whether a change replaces. */
  readonly undecided: readonly string[];
  /** Leaf properties counted, of which `unmapped` have no counterpart in the service model. */
  readonly leaves: number;
  readonly unmapped: readonly string[];
  /** Declared by hand as existing in the provider only (`forceDestroy`, …): no service limit can apply. */
  readonly providerOnly: readonly string[];
}

/** One data file. */
export interface ServiceData {
  readonly header: {
    readonly source: string;
    readonly botocore: string;
    readonly typings: string;
    readonly licence: string;
    readonly generator: string;
  };
  readonly types: Readonly<Record<string, TypeData>>;
  readonly nodes: readonly Node[];
}

/** Folder of the committed data, as a URL. */
export const dataFolder = new URL("./data/", import.meta.url);

const loaded = new Map<string, ServiceData | undefined>();

/** The Pulumi service of a type token: `aws:rds/instance:Instance` → `rds`; undefined when malformed. */
export function serviceOf(type: string): string | undefined {
  return /^aws:([a-z0-9]+)\/[A-Za-z0-9]+:[A-Za-z0-9]+$/.exec(type)?.[1];
}

/** The data file of one Pulumi service, from memory after the first time; undefined when there is none. */
export function loadService(service: string): ServiceData | undefined {
  if (loaded.has(service)) return loaded.get(service);
  const file = new URL(`${service}.json`, dataFolder);
  // The file is this project's own, written by generate.ts, and a test compares it with its sources.
  const data = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ServiceData) : undefined;
  loaded.set(service, data);
  return data;
}

/** Type data and the nodes it points into; undefined for a type that the data do not cover. */
export function loadType(type: string): { type: TypeData; nodes: readonly Node[] } | undefined {
  const service = serviceOf(type);
  const data = service === undefined ? undefined : loadService(service);
  const found = data?.types[type];
  return data === undefined || found === undefined ? undefined : { type: found, nodes: data.nodes };
}
