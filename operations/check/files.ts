/** Which files are meant, and their text: folders walked, loops of links told, nothing read that is too large. */
import { isUtf8 } from "node:buffer";
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../../sandbox/errors.ts";
import type { Unread } from "../report/report.ts";
import { InputMistake } from "./mistake.ts";

/** Largest file that is read, in MiB. */
const MAX_MIB = 20;
const MAX_BYTES = MAX_MIB * 1024 * 1024;

/** Standard input. */
const STDIN = "-";

/** What kubectl takes from a folder. */
const MANIFEST = /\.(?:ya?ml|json)$/i;

/** Every file that is meant, once, by the path as given; what is not there is told. */
export function filesOf(given: readonly string[]): { files: string[]; unread: Unread[] } {
  const files: string[] = [];
  const unread: Unread[] = [];
  const seen = new Set<string>();
  const once = (real: string): boolean => !seen.has(real) && seen.add(real).has(real);

  const visit = (file: string, above: readonly string[], named: boolean): void => {
    try {
      const real = realpathSync(file);
      if (!statSync(file).isDirectory()) {
        if ((named || MANIFEST.test(file)) && once(real)) files.push(file);
      } else if (above.includes(real)) unread.push({ file, message: "a link leads back to a folder above it" });
      else if (once(real)) for (const name of readdirSync(file).sort()) if (!isHidden(name)) visit(path.join(file, name), [...above, real], false);
    } catch (error) {
      unread.push({ file, message: unreadable(error) });
    }
  };

  for (const file of given) {
    if (file === STDIN) {
      if (once(STDIN)) files.push(STDIN);
      continue;
    }
    const before = files.length + unread.length;
    visit(file, [], true);
    if (files.length + unread.length === before && isEmptyFolder(file)) unread.push({ file, message: "the folder has no .yaml, .yml or .json file" });
  }
  return { files, unread };
}

/** A folder that was walked to its end without finding anything, rather than one that was looked at before. */
function isEmptyFolder(folder: string): boolean {
  return statSync(folder).isDirectory() && !readdirSync(folder, { recursive: true, encoding: "utf8" }).some((file) => MANIFEST.test(file) && !file.split(path.sep).some(isHidden));
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

function unreadable(error: unknown): string {
  switch (systemCode(error)) {
    case "ENOENT":
      return "there is no such file";
    case "ELOOP":
      return "its links lead in a circle";
    case "EACCES":
    case "EPERM":
      return "no permission to read it";
    default:
      return `it can not be read (${systemCode(error) || "unknown error"})`;
  }
}

/** The text of a file. @throws InputMistake */
export async function textOf(file: string, stdin: AsyncIterable<Buffer | string>): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = file === STDIN ? await bounded(stdin) : await contentOf(file);
  } catch (error) {
    if (error instanceof InputMistake) throw error;
    throw new InputMistake(unreadable(error));
  }
  return decoded(bytes);
}

async function contentOf(file: string): Promise<Buffer> {
  // Opening a pipe waits for its writer, which must not stop the process from hearing an interruption.
  if (!statSync(file).isFile()) return bounded(createReadStream(file));
  const descriptor = openSync(file, "r");
  try {
    if (fstatSync(descriptor).size > MAX_BYTES) throw tooLarge();
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function bounded(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BYTES) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): InputMistake {
  return new InputMistake(`it is larger than ${MAX_MIB} MiB: split it`);
}

function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) throw new InputMistake("it is UTF-16: save it as UTF-8");
  if (bytes.includes(0)) throw new InputMistake("it holds binary data");
  if (!isUtf8(bytes)) throw new InputMistake("it holds binary data, or text that is not UTF-8");
  const text = bytes.toString("utf8");
  const plain = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (plain.trim() === "") throw new InputMistake("the file is empty");
  return plain;
}
