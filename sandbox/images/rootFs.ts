/** A root file system being put together, path by path. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { type Content, type TarEntry, contentSize } from "./tar.ts";

/** Whom the containers run as; the components set the same number (components/application/security.ts), no image of a real registry is bound to it. */
export const IMAGE_USER = 10_001;

export interface EntryOptions {
  /** Permissions; 0o644 for a file, 0o755 for a directory. */
  mode?: number;
  /** User and group that own it; root without. */
  owner?: number;
}

/** Everything belongs to root, who may write it, unless said otherwise: a container's user reads and runs it. */
export class RootFs {
  readonly #entries = new Map<string, TarEntry>();

  /** Adds a directory and those above it. */
  directory(at: string, options: EntryOptions = {}): this {
    const name = relative(at);
    if (name === "") return this;
    const present = this.#entries.get(name);
    if (present !== undefined && options.mode === undefined) return this;
    this.#put(name, { ...base(name, options, 0o755), type: "directory" });
    return this;
  }

  /** Adds a file with a text or bytes. */
  file(at: string, content: string | Buffer, options: EntryOptions = {}): this {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    return this.#file(relative(at), { bytes }, options);
  }

  /** Adds a file of this machine; a link is followed. */
  async copy(at: string, from: string, options: EntryOptions = {}): Promise<this> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(from, { highWaterMark: 1 << 20 }), hash);
    const { size, mode } = await stat(from);
    // Whoever made the file on this machine, everybody may read it there, and run it if its owner may.
    return this.#file(relative(at), { from, size, sha256: hash.digest("hex") }, { mode: (mode & 0o100) === 0 ? 0o644 : 0o755, ...options });
  }

  /** Adds a symbolic link. */
  link(at: string, target: string): this {
    const name = relative(at);
    this.#put(name, { ...base(name, {}, 0o777), type: "link", target });
    return this;
  }

  has(at: string): boolean {
    return this.#entries.has(relative(at));
  }

  /** Entries in the order of their paths: parents come before what they hold. */
  entries(): TarEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** SHA-256 over all that an archive of it would hold. */
  fingerprint(): string {
    const hash = createHash("sha256");
    for (const entry of this.entries()) hash.update(`${JSON.stringify(described(entry))}\n`);
    return hash.digest("hex");
  }

  #file(name: string, content: Content, options: EntryOptions): this {
    this.#put(name, { ...base(name, options, 0o644), type: "file", content });
    return this;
  }

  #put(name: string, entry: TarEntry): void {
    const parent = path.posix.dirname(name);
    if (parent !== ".") this.directory(parent);
    this.#entries.set(name, entry);
  }
}

function relative(at: string): string {
  return path.posix.normalize(at).replace(/^\/+|\/+$/g, "");
}

function base(name: string, options: EntryOptions, mode: number): Pick<TarEntry, "path" | "mode" | "uid" | "gid"> {
  return { path: name, mode: options.mode ?? mode, uid: options.owner ?? 0, gid: options.owner ?? 0 };
}

/** The entry with its content's checksum instead of its content. */
function described(entry: TarEntry): unknown {
  if (entry.type !== "file") return entry;
  const { content, ...rest } = entry;
  const sha256 = "bytes" in content ? createHash("sha256").update(content.bytes).digest("hex") : content.sha256;
  return { ...rest, size: contentSize(content), sha256 };
}
