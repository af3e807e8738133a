/**
 * Reads a zip archive (a Python wheel is one) held in memory: just enough of the format for wheels,
 * which are neither encrypted, nor split, nor in the 64-bit variant.
 * Format: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
 */
import { inflateRawSync } from "node:zlib";

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;

/** Reader of an archive's files by name. */
export interface ZipReader {
  readonly names: readonly string[];
  /** Contents of one file. Throws when the archive has no such file or packs it in an unknown way. */
  read(name: string): Buffer;
}

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly offset: number;
}

/** Opens an archive. Throws when the bytes are not a zip archive. */
export function openZip(bytes: Buffer): ZipReader {
  const entries = readDirectory(bytes);
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`The archive has no file ${name}.`);
      // The local header repeats name and extra field with lengths of its own; the data follow them.
      const start = entry.offset + 30 + bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28);
      const packed = bytes.subarray(start, start + entry.packed);
      if (entry.method === 0) return packed;
      if (entry.method === 8) return inflateRawSync(packed);
      throw new Error(`The archive packs ${name} with method ${entry.method}; only stored and deflated files can be read.`);
    },
  };
}

function readDirectory(bytes: Buffer): Map<string, Entry> {
  // The end record is 22 bytes plus a comment of at most 65,535.
  let end = bytes.length - 22;
  while (end >= 0 && end >= bytes.length - 22 - 0xffff && bytes.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0 || bytes.readUInt32LE(end) !== END_SIGNATURE) throw new Error("Not a zip archive: it has no end record.");
  const entries = new Map<string, Entry>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Error("The zip archive's directory is damaged.");
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    entries.set(name, {
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}
