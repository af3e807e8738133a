/** Writes declared resources as files: Kubernetes objects as YAML, AWS resources as JSON, and an index. */
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { processStart } from "../../sandbox/engine/process.ts";
import { UserError, systemCode, writeError } from "../../sandbox/errors.ts";
import { isChart, type DeclaredResource } from "./declared.ts";

export interface RenderIndex {
  stack: string;
  resources: { file: string; type: string; name: string; urn: string; protect: boolean; ignoreChanges: string[]; retainOnDelete: boolean }[];
  /** Charts whose objects are not among the files, because their registry is not reached from here. */
  charts: string[];
  /** Outputs of the stack: addresses, roles, the processing register. */
  outputs: Record<string, unknown>;
}

const INDEX = "index.json";
const MEND = "Or choose another folder with --dir.";

/**
 * Writes all files into `dir`. The folder appears whole or not at all: everything is written beside it first.
 * An existing folder is replaced only when an earlier render wrote it.
 */
export async function writeFiles(stack: string, resources: DeclaredResource[], outputs: Record<string, unknown>, dir: string): Promise<RenderIndex> {
  const target = path.resolve(dir);
  await refuseForeign(target);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await removeLeftovers(target);
    const temp = await mkdtemp(`${target}.new-${process.pid}-`);
    try {
      const index = await writeAll(stack, resources, outputs, temp);
      await rm(target, { recursive: true, force: true });
      await rename(temp, target);
      return index;
    } catch (error) {
      await rm(temp, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw writeError(error, "the rendered files", target, MEND);
  }
}

/**
 * Whether `writeFiles` may write there, as far as can be told without writing.
 *
 * @throws UserError when the folder holds other files, is none, or can not be made
 */
export async function checkTarget(dir: string): Promise<void> {
  const target = path.resolve(dir);
  await refuseForeign(target);
  try {
    await access(await nearestFolder(path.dirname(target)), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw writeError(error, "the rendered files", target, MEND);
  }
}

/** The folder itself, or the nearest one above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  try {
    if ((await stat(folder)).isDirectory()) return folder;
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    return nearestFolder(path.dirname(folder));
  }
  throw new UserError(`${folder} can not be used for the rendered files: a file is in the way.`, `Move the file away. ${MEND}`);
}

/** Half-written folders of renders that were killed. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = `${path.basename(target)}.new-`;
  for (const name of await readdir(path.dirname(target))) {
    const pid = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && processStart(Number(pid)) === undefined) await rm(path.join(path.dirname(target), name), { recursive: true, force: true });
  }
}

async function refuseForeign(target: string): Promise<void> {
  let entries: string[];
  try {
    entries = await readdir(target);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw new UserError(`${target} can not be read as a folder.`, "Choose another folder with --dir.", 1, { cause: error });
  }
  if (entries.length === 0) return;
  const index = await readFile(path.join(target, INDEX), "utf8").catch(() => "");
  if (!index.includes('"stack"')) {
    throw new UserError(`${target} holds files that no render wrote; they would be lost.`, "Choose an empty or new folder with --dir.");
  }
}

async function writeAll(stack: string, resources: DeclaredResource[], outputs: Record<string, unknown>, dir: string): Promise<RenderIndex> {
  const index: RenderIndex = { stack, resources: [], charts: [], outputs };
  const taken = new Set<string>();
  for (const resource of resources) {
    const file = unique(fileOf(resource), taken);
    await mkdir(path.join(dir, path.dirname(file)), { recursive: true });
    await writeFile(path.join(dir, file), contentOf(resource));
    index.resources.push({ file, type: resource.type, name: resource.name, urn: resource.urn, protect: resource.protect, ignoreChanges: resource.ignoreChanges, retainOnDelete: resource.retainOnDelete });
    if (isChart(resource.type)) index.charts.push(resource.name);
  }
  await writeFile(path.join(dir, INDEX), `${JSON.stringify(index, null, 2)}\n`);
  return index;
}

function isKubernetesObject(resource: DeclaredResource): boolean {
  return resource.type.startsWith("kubernetes:") && !isChart(resource.type) && typeof resource.props["kind"] === "string";
}

/** `kubernetes/<namespace>/<kind>-<name>.yaml`, `aws/<service>/<type>-<name>.json`, `charts/<name>.json`. */
function fileOf(resource: DeclaredResource): string {
  if (isChart(resource.type)) return `charts/${safe(resource.name)}.json`;
  if (isKubernetesObject(resource)) {
    const metadata = (resource.props["metadata"] ?? {}) as { name?: string; namespace?: string };
    return `kubernetes/${safe(metadata.namespace ?? "_cluster")}/${safe(String(resource.props["kind"]).toLowerCase())}-${safe(metadata.name ?? resource.name)}.yaml`;
  }
  const [pkg = "other", service = "", type = ""] = resource.type.split(":");
  return `${safe(pkg)}/${safe(service.split("/")[0] ?? "")}/${safe(type)}-${safe(resource.name)}.json`;
}

function contentOf(resource: DeclaredResource): string {
  // kubectl reads YAML 1.1, where a plain `yes` or `on` is no text: such words get quotes.
  if (isKubernetesObject(resource)) return stringify(resource.props, { aliasDuplicateObjects: false, lineWidth: 0, compat: "yaml-1.1" });
  return `${JSON.stringify({ type: resource.type, name: resource.name, props: resource.props }, null, 2)}\n`;
}

function safe(part: string): string {
  return part.replace(/[^A-Za-z0-9._-]+/g, "-");
}

function unique(file: string, taken: Set<string>): string {
  let candidate = file;
  for (let n = 2; taken.has(candidate); n += 1) candidate = file.replace(/(\.[a-z]+)$/, `-${n}$1`);
  taken.add(candidate);
  return candidate;
}
