/**
 * The AWS service models that botocore ships (Apache-2.0): every operation with its members, their
 * types, enums, patterns, lengths and ranges. Read from the wheel, which is downloaded once through pip.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { openZip, type ZipReader } from "./zip.ts";

/** The one pinned version; the committed data are made from it. */
export const BOTOCORE_VERSION = "1.44.5";

/** A shape of a service model, as far as the generator reads it. */
export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string; readonly locationName?: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
}

/** A service model, as far as the generator reads it. */
export interface ServiceModel {
  readonly metadata: { readonly endpointPrefix: string; readonly signingName?: string };
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Folder that keeps the wheel between runs. */
export function cacheFolder(): string {
  const base = process.env["GOLIVE_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "golive");
  return join(base, "botocore");
}

/** Path of the wheel, downloaded through pip when it is not in the cache. Throws when pip can not get it. */
export function findWheel(folder: string = cacheFolder()): string {
  const isWheel = (name: string): boolean => name.startsWith(`botocore-${BOTOCORE_VERSION}-`) && name.endsWith(".whl");
  const present = existsSync(folder) ? readdirSync(folder).find(isWheel) : undefined;
  if (present !== undefined) return join(folder, present);
  mkdirSync(folder, { recursive: true });
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, `botocore==${BOTOCORE_VERSION}`];
  try {
    execFileSync("python3", args, { stdio: ["ignore", "ignore", "pipe"], timeout: 180_000 });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Error(
      `botocore ${BOTOCORE_VERSION} could not be downloaded through pip into ${folder}: ${cause}\n` +
        `Put botocore-${BOTOCORE_VERSION}-py3-none-any.whl there by hand, or make python3 with pip and a package index reachable.`,
    );
  }
  const fetched = readdirSync(folder).find(isWheel);
  if (fetched === undefined) throw new Error(`pip reported success, but ${folder} holds no wheel of botocore ${BOTOCORE_VERSION}.`);
  return join(folder, fetched);
}

/** Service models by botocore's folder name (`rds`, `s3`, `elbv2`, …), newest API version of each. */
export class Models {
  readonly #zip: ZipReader;
  readonly #models = new Map<string, ServiceModel>();

  constructor(wheel: string) {
    this.#zip = openZip(readFileSync(wheel));
  }

  /** Folder names of all services. */
  services(): string[] {
    const found = this.#zip.names.map((name) => /^botocore\/data\/([^/]+)\/[^/]+\/service-2\.json(\.gz)?$/.exec(name)?.[1]);
    return [...new Set(found.filter((name) => name !== undefined))].sort();
  }

  /** One service model. Throws when botocore has none of that name. */
  get(service: string): ServiceModel {
    const known = this.#models.get(service);
    if (known !== undefined) return known;
    const files = this.#zip.names.filter(
      (name) => name.startsWith(`botocore/data/${service}/`) && /\/service-2\.json(\.gz)?$/.test(name),
    );
    const newest = files.sort().at(-1);
    if (newest === undefined) throw new Error(`botocore ${BOTOCORE_VERSION} has no service model named ${service}.`);
    const bytes = this.#zip.read(newest);
    const model = JSON.parse((newest.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")) as ServiceModel;
    this.#models.set(service, model);
    return model;
  }
}
