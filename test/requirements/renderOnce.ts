/**
 * A stack applied in the sandbox and written as files, by the same code as `golive render`: once for the same
 * sources, however many test files ask for it, in one process or several.
 */
import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { declaredOutputs, declaredResources } from "../../operations/render/declared.ts";
import { writeFiles } from "../../operations/render/files.ts";
import { CHECKOUT, LOCAL_STATE } from "../../sandbox/engine/checkout.ts";
import { withLock } from "../../sandbox/engine/lock.ts";
import { openSandbox, type SandboxOptions } from "../../sandbox/workspace/sandbox.ts";
import { Rendered } from "./rendered.ts";

/** Everything that decides what a rendering holds. */
const SOURCES = ["stacks", "components", "sandbox", "operations/render"];
const SINGLE_FILES = ["Pulumi.yaml", "package-lock.json"];
const RENDERED = path.join(LOCAL_STATE, "rendered");

export interface RenderRequest {
  /** Name of the stack: `Pulumi.<stack>.yaml`. */
  stack: string;
  /** Name of this variant of the stack, when `configOverrides` make it one; names its folder. Default: the stack's name. */
  variant?: string;
  /** Values that differ from the stack file. */
  configOverrides?: SandboxOptions["configOverrides"];
}

/** How long a first rendering may take: half a minute on idle cores, and the engine is built first on a cold cache. */
export const RENDER_TIMEOUT_MS = 900_000;

/**
 * The rendered stack. Give a `beforeAll` that calls this `RENDER_TIMEOUT_MS`.
 *
 * @throws OperationError when the program, a provider or a policy refuses
 */
export async function renderOnce(request: RenderRequest): Promise<Rendered> {
  const variant = request.variant ?? request.stack;
  const dir = path.join(RENDERED, `${variant}@${digest(request)}`);
  await mkdir(RENDERED, { recursive: true });
  // Read under the lock: the next owner removes what is no longer asked for.
  return withLock(path.join(RENDERED, `${variant}.lock`), async () => {
    const present = (await readdir(RENDERED)).filter((name) => name.startsWith(`${variant}@`));
    if (!present.includes(path.basename(dir))) {
      for (const old of present) await rm(path.join(RENDERED, old), { recursive: true, force: true });
      await render(request, dir);
    }
    return Rendered.read(dir);
  });
}

async function render(request: RenderRequest, dir: string): Promise<void> {
  await using sandbox = await openSandbox({ stack: request.stack, configOverrides: request.configOverrides });
  await sandbox.up();
  const state = await sandbox.exportState();
  await writeFiles(request.stack, declaredResources(state), declaredOutputs(state), dir);
}

function digest(request: RenderRequest): string {
  const hash = createHash("sha256").update(JSON.stringify([request.stack, request.configOverrides ?? {}]));
  const files = SOURCES.flatMap((folder) => globSync(`${folder}/**`, { cwd: CHECKOUT }));
  for (const file of [...SINGLE_FILES, `Pulumi.${request.stack}.yaml`, ...files].sort()) {
    const full = path.join(CHECKOUT, file);
    if (statSync(full).isFile()) hash.update(file).update("\0").update(readFileSync(full)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
