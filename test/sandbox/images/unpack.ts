/** Reads an image's archive as a container runtime does. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";

export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

export interface Config {
  architecture: string;
  os: string;
  config: { User: string; Env: string[]; Entrypoint: string[] };
  rootfs: { diff_ids: string[] };
}

export interface Opened {
  names: string[];
  index: { schemaVersion: number; manifests: Descriptor[] };
  manifest: { schemaVersion: number; mediaType: string; config: Descriptor; layers: Descriptor[] };
  config: Config;
  /** Layers as plain tar archives, each checked against its digests. */
  layers: Buffer[];
}

/** @throws Error when a blob is not what its descriptor says */
export function openImage(archive: string): Opened {
  const names = execFileSync("tar", ["tf", archive], { encoding: "utf8" }).trim().split("\n");
  const read = (name: string): Buffer => execFileSync("tar", ["xOf", archive, name], { maxBuffer: 1 << 30 });
  const blob = ({ digest, size }: Descriptor): Buffer => {
    const bytes = read(`blobs/sha256/${digest.slice(7)}`);
    if (digestOf(bytes) !== digest || bytes.length !== size) throw new Error(`${digest} is not what it says`);
    return bytes;
  };
  if ((JSON.parse(read("oci-layout").toString()) as { imageLayoutVersion: string }).imageLayoutVersion !== "1.0.0") throw new Error("no layout");
  const index = JSON.parse(read("index.json").toString()) as Opened["index"];
  const [first] = index.manifests;
  if (first === undefined) throw new Error("no manifest");
  const manifest = JSON.parse(blob(first).toString()) as Opened["manifest"];
  const config = JSON.parse(blob(manifest.config).toString()) as Config;
  const layers = manifest.layers.map((layer, i) => {
    const plain = zstdDecompressSync(blob(layer));
    if (digestOf(plain) !== config.rootfs.diff_ids[i]) throw new Error(`layer ${i} is not what its diff id says`);
    return plain;
  });
  return { names, index, manifest, config, layers };
}

/** Writes the image's root file system into a folder; owners are kept where this process may set them. */
export function unpack({ layers }: Opened, folder: string): void {
  for (const layer of layers) execFileSync("tar", ["xp", "-C", folder, "-f", "-"], { input: layer });
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
