/** The image of the demo application: its sources as they are, and the Node that runs this process. */
import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { type Image, makeImage } from "./archive.ts";
import { baseRoot } from "./base.ts";
import { addLibraries } from "./machine.ts";
import { RootFs } from "./rootFs.ts";
import { storeAuthority } from "../services/authority.ts";

export interface DemoOptions {
  /** Version that the application tells, and tag of the image: letters, digits, points, dashes. */
  version: string;
  /** How it misbehaves from the start, in the words of sandbox/demo/app/faults.ts: `crash-at-start`, `turn-bad:5`. */
  behavior?: string;
  /** SQL of one more migration than the application has. */
  migration?: string;
}

/** Whom it trusts beside the authorities of the world: the sandbox's database and cache. */
const AUTHORITY = "/etc/ssl/sandbox/stores.crt";
/** The database's driver; it needs no other package. */
const DRIVER = path.dirname(path.dirname(fileURLToPath(import.meta.resolve("postgres"))));
const APP = path.join(import.meta.dirname, "..", "demo", "app");
/** What an OCI tag may be (OCI distribution specification 1.1, "Pulling manifests"). */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** The first Node that runs TypeScript without a flag and a warning is 24. */
const NODE_MAJOR = 24;

/**
 * `sandbox.local/shop:<version>`, on port 8080, with the switch for faults on 9901. Versions differ in their
 * configuration only: the node keeps one copy of their layers.
 *
 * @throws UserError when the version is no tag, Node is too old, or the image can not be written
 */
export async function demoImage({ version, behavior, migration }: DemoOptions): Promise<Image> {
  if (!TAG.test(version)) throw new UserError(`"${version}" can not be the tag of an image.`, "Use letters, digits, points, dashes and underscores: 1.2.3", 2);
  if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR) {
    throw new UserError(`The demo application needs Node ${NODE_MAJOR}; this is ${process.versions.node}.`, "Use the project's own: npm ci, then node_modules/.bin/node.");
  }
  return makeImage({
    reference: `sandbox.local/shop:${version}`,
    layers: [await nodeLayer(), await appLayer(), ...(migration === undefined ? [] : [await migrationLayer(migration)])],
    entrypoint: ["node", "/app/main.ts"],
    environment: { NODE_ENV: "production", NODE_EXTRA_CA_CERTS: AUTHORITY, APP_VERSION: version, ADMIN_PORT: "9901", ...(behavior === undefined ? {} : { FAULT: behavior }) },
    ports: [8080],
    labels: { "org.opencontainers.image.version": version },
  });
}

let node: Promise<RootFs> | undefined;

/** Read once in a process: 125 MB. */
function nodeLayer(): Promise<RootFs> {
  node ??= (async () => {
    const fs = await baseRoot();
    await fs.copy("/usr/local/bin/node", process.execPath, { mode: 0o755 });
    await addLibraries(fs, [process.execPath]);
    return fs;
  })();
  return node;
}

async function appLayer(): Promise<RootFs> {
  const fs = new RootFs();
  fs.file("/app/package.json", `${JSON.stringify({ type: "module" })}\n`);
  fs.file(AUTHORITY, (await storeAuthority()).certificate);
  await addFolder(fs, "/app", APP);
  await addFolder(fs, "/app/node_modules/postgres/src", path.join(DRIVER, "src"));
  await fs.copy("/app/node_modules/postgres/package.json", path.join(DRIVER, "package.json"), { mode: 0o644 });
  return fs;
}

async function migrationLayer(sql: string): Promise<RootFs> {
  const before = await readdir(path.join(APP, "migrations"));
  const number = String(before.length + 1).padStart(4, "0");
  return new RootFs().file(`/app/migrations/${number}_one_more.sql`, sql);
}

async function addFolder(fs: RootFs, at: string, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = path.join(entry.parentPath, entry.name);
    await fs.copy(path.posix.join(at, path.relative(folder, from)), from, { mode: 0o644 });
  }
}
