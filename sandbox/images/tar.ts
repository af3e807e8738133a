/** Writes tar archives whose bytes depend on nothing but their entries: no times, no names of users, one order. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { UserError } from "../errors.ts";

const BLOCK = 512;
/** Room for a name or a link's target in a header (POSIX.1-1988, ustar); longer ones go into an extended header. */
const NAME_BYTES = 100;

/** What a file holds: bytes, or a file of this machine with the size and checksum that it must still have when it is written. */
export type Content = { bytes: Buffer } | { from: string; size: number; sha256: string };

export type TarEntry = { path: string; mode: number; uid: number; gid: number } & (
  | { type: "directory" }
  | { type: "link"; target: string }
  | { type: "file"; content: Content }
);

/**
 * The archive in pieces, in the order of the entries.
 *
 * @throws UserError when a file has changed since its checksum was taken
 */
export async function* tar(entries: Iterable<TarEntry>): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield* headers(entry);
    if (entry.type !== "file") continue;
    yield* contentOf(entry.content);
    const rest = sizeOf(entry) % BLOCK;
    if (rest > 0) yield Buffer.alloc(BLOCK - rest);
  }
  // Two empty blocks end an archive.
  yield Buffer.alloc(2 * BLOCK);
}

/** Size of a content in bytes. */
export function contentSize(content: Content): number {
  return "bytes" in content ? content.bytes.length : content.size;
}

async function* contentOf(content: Content): AsyncGenerator<Buffer> {
  if ("bytes" in content) {
    yield content.bytes;
    return;
  }
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of createReadStream(content.from, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    size += piece.length;
    yield piece;
  }
  if (size !== content.size || hash.digest("hex") !== content.sha256) {
    throw new UserError(`${content.from} changed while an image was made of it.`, "Something installs or builds it at this moment: wait until that is over, then run the command again.");
  }
}

function* headers(entry: TarEntry): Generator<Buffer> {
  const name = entry.type === "directory" ? `${entry.path}/` : entry.path;
  const target = entry.type === "link" ? entry.target : "";
  const extended = record("path", name) + record("linkpath", target);
  if (extended !== "") {
    const bytes = Buffer.from(extended);
    yield header({ name: "pax", mode: 0o644, uid: 0, gid: 0, size: bytes.length, kind: "x", target: "" });
    yield Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
  }
  const kind = { file: "0", link: "2", directory: "5" }[entry.type];
  yield header({ name, mode: entry.mode, uid: entry.uid, gid: entry.gid, size: sizeOf(entry), kind, target });
}

function sizeOf(entry: TarEntry): number {
  return entry.type === "file" ? contentSize(entry.content) : 0;
}

/** A record of an extended header (POSIX.1-2001, pax), or "" where the plain header has room for the value. Its length counts its own digits. */
function record(key: string, value: string): string {
  const size = Buffer.byteLength(value);
  // Names beyond ASCII have no defined encoding in a plain header.
  if (size <= NAME_BYTES && size === value.length) return "";
  const rest = size + key.length + 3;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

interface Header {
  name: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  kind: string;
  target: string;
}

function header(h: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    block.write(value.toString(8).padStart(width - 1, "0"), at, "ascii");
  };
  block.write(h.name, 0, NAME_BYTES);
  octal(h.mode, 100, 8);
  octal(h.uid, 108, 8);
  octal(h.gid, 116, 8);
  octal(h.size, 124, 12);
  octal(0, 136, 12);
  block.write(" ".repeat(8), 148, "ascii");
  block.write(h.kind, 156, "ascii");
  block.write(h.target, 157, NAME_BYTES);
  block.write("ustar\u000000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
