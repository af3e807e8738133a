/** Changes a stack's file as `pulumi config set` would, and can take the change back. */
import { randomUUID } from "node:crypto";
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseDocument, type Document } from "yaml";
import { LOCAL_STATE } from "../../sandbox/engine/checkout.ts";
import { withLock } from "../../sandbox/engine/lock.ts";
import { systemCode, UserError, writeError } from "../../sandbox/errors.ts";
import { readStackFile, StackFileError } from "../../stacks/config/stackFile.ts";
import { ROOT } from "../stacks.ts";

/** Plain values by their path, such as `["golive:images", "green"]`; without a value the key is removed. */
export type Changes = readonly { path: readonly string[]; value: string | number | boolean | undefined }[];

/** Puts the values back as they were; leaves them alone, and says so, when somebody has changed them in between. */
export type Restore = () => Promise<"restored" | "changed by somebody else">;

/** Comments and order stay as they are, and so do mode and links. @throws UserError when the file can not be read or written */
export async function changeConfig(folder: string, stack: string, changes: Changes): Promise<Restore> {
  return edited(folder, stack, async (file) => {
    const before = await textOf(file);
    const after = changedText(before, changes, path.basename(file));
    await replaced(file, before, after);
    return () => edited(folder, stack, () => restored(file, { before, after, changes }));
  });
}

/** The file's text with other values. @throws UserError when it is no stack file */
export function changedText(text: string, changes: Changes, source: string): string {
  const document = documentOf(text, source);
  for (const change of changes) set(document, change.path, change.value);
  // Long plain texts are not folded: the difference is the values and nothing else.
  return document.toString({ lineWidth: 0 });
}

/** The same values as a sandbox takes them over its copy of the file. */
export function overridesOf(changes: Changes): Record<string, string | number | boolean | undefined> {
  return Object.fromEntries(changes.map((change) => [change.path.join("."), change.value]));
}

/** Text of a stack's file. @throws UserError when it can not be read */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} can not be read (${systemCode(error) || String(error)}).`, "It must be a file that you may read.", 1, { cause: error });
  }
}

/** Place of a lock of this stack's file: beside the file of a stage, in the local state of a checkout, which git ignores. */
export function lockOf(folder: string, stack: string, kind: "file" | "command"): string {
  return path.join(folder === ROOT ? LOCAL_STATE : folder, `release-${stack}.${kind}.lock`);
}

/** Reading and writing in one go: two commands never mix their values. */
async function edited<T>(folder: string, stack: string, work: (file: string) => Promise<T>): Promise<T> {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  try {
    return await withLock(lockOf(folder, stack, "file"), async () => work(await realpath(file)));
  } catch (error) {
    throw writeError(error, `Pulumi.${stack}.yaml`, folder, "");
  }
}

async function restored(file: string, { before, after, changes }: { before: string; after: string; changes: Changes }): Promise<"restored" | "changed by somebody else"> {
  const now = await textOf(file);
  if (now === after) {
    await replaced(file, now, before);
    return "restored";
  }
  const source = path.basename(file);
  // Somebody is in the middle of an edit; and whoever asks has a failure of his own to tell.
  if (!isStackFile(now, source)) return "changed by somebody else";
  const [ours, theirs, old] = [documentOf(after, source), documentOf(now, source), documentOf(before, source)];
  if (changes.some(({ path: place }) => valueOf(theirs, place) !== valueOf(ours, place))) return "changed by somebody else";
  for (const { path: place } of changes) set(theirs, place, valueOf(old, place));
  await replaced(file, now, theirs.toString({ lineWidth: 0 }));
  return "restored";
}

function isStackFile(text: string, source: string): boolean {
  try {
    readStackFile(text, source);
    return true;
  } catch (error) {
    if (error instanceof StackFileError) return false;
    throw error;
  }
}

function documentOf(text: string, source: string): Document {
  try {
    readStackFile(text, source);
  } catch (error) {
    if (error instanceof StackFileError) throw new UserError(error.message, error.hint, 1, { cause: error });
    throw error;
  }
  return parseDocument(text);
}

function set(document: Document, place: readonly string[], value: unknown): void {
  const where = ["config", ...place];
  if (value !== undefined) document.setIn(where, value);
  else if (document.hasIn(where)) document.deleteIn(where);
}

function valueOf(document: Document, place: readonly string[]): unknown {
  return document.getIn(["config", ...place]);
}

/** Whole or not at all, with the mode that it had; `file` is no link. */
async function replaced(file: string, before: string, after: string): Promise<void> {
  if (before === after) return;
  const draft = `${file}.${process.pid}-${randomUUID()}`;
  try {
    await writeFile(draft, after, { mode: 0o600 });
    await chmod(draft, (await stat(file)).mode & 0o7777);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
