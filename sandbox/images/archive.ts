/**
 * Images as archives that containerd imports: an OCI image layout in a tar file (OCI image specification 1.1,
 * image-layout.md, manifest.md, config.md). The same content gives the same digest on every machine.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import { UserError } from "../errors.ts";
import { type RootFs, IMAGE_USER } from "./rootFs.ts";
import { stored } from "./store.ts";
import { type TarEntry, tar } from "./tar.ts";

/** An image in the cache. */
export interface Image {
  /** Name with its tag: `sandbox.local/shop:1.2.3`. */
  reference: string;
  /** Digest of the manifest: `sha256:…`. */
  digest: string;
  /** Name by digest, as pods give it: `sandbox.local/shop@sha256:…`. */
  pinned: string;
  /** Path of the archive; stays as it is while the process runs, and is made anew when it was removed. */
  archive: string;
}

export interface ImageSpec {
  /** Name with its tag. */
  reference: string;
  /** From the lowest to the highest; images that share one store and import it once. */
  layers: RootFs[];
  entrypoint: string[];
  /** Environment variables. */
  environment?: Record<string, string>;
  /** Ports that it listens on. */
  ports?: number[];
  labels?: Record<string, string>;
  /** The signal that asks it to end; SIGTERM without. */
  stopSignal?: string;
}

/** Raised when the way of making layers or archives changes, so that older ones are not taken for the same. */
const FORMAT = 1;
/** Fixed, so that the digest tells the content and not the day. */
const CREATED = "1970-01-01T00:00:00Z";
const TYPES = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+zstd",
};
/** Names of processors: Node's and those of images. */
const ARCHITECTURES: Partial<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

interface Layer {
  file: string;
  digest: string;
  size: number;
  /** Digest before compression. */
  diffId: string;
}

/**
 * Makes the image, or finds it made.
 *
 * @throws UserError on a machine that makes no images, a full disk, a cache that can not be written
 */
export async function makeImage(spec: ImageSpec): Promise<Image> {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== "linux" || architecture === undefined) {
    throw new UserError(`Images for the sandbox are made on Linux (amd64, arm64); this is ${process.platform} on ${process.arch}.`, "`make preview` works here. Tests and demo want Linux, also where a cluster is given (docs/clusters.md).");
  }
  const layers: Layer[] = [];
  for (const layer of spec.layers) layers.push(await makeLayer(layer));
  const config = json(configOf(spec, layers, architecture));
  const manifest = json(manifestOf(config, layers));
  const digest = digestOf(manifest);
  const pinned = `${repositoryOf(spec.reference)}@${digest}`;
  const index = json(indexOf(spec.reference, pinned, manifest));
  const key = `${path.posix.basename(repositoryOf(spec.reference))}-${digestOf(index).slice(7, 27)}`;
  const folder = await stored("archives", key, "image.tar", (draft) => writeArchive(path.join(draft, "image.tar"), layers, [config, manifest], index));
  return { reference: spec.reference, digest, pinned, archive: path.join(folder, "image.tar") };
}

/** A layer as a compressed file; zstd gives the same bytes on every processor, which zlib does not promise. */
async function makeLayer(fs: RootFs): Promise<Layer> {
  const folder = await stored("layers", `${FORMAT}-${fs.fingerprint().slice(0, 40)}`, "layer.tar.zst", async (draft) => {
    const plain = createHash("sha256");
    const packed = createHash("sha256");
    const file = path.join(draft, "layer.tar.zst");
    await pipeline(Readable.from(tar(fs.entries())), tap(plain), createZstdCompress(), tap(packed), createWriteStream(file));
    const { size } = await stat(file);
    await writeFile(path.join(draft, "layer.json"), JSON.stringify({ size, digest: `sha256:${packed.digest("hex")}`, diffId: `sha256:${plain.digest("hex")}` }));
  });
  const known = JSON.parse(await readFile(path.join(folder, "layer.json"), "utf8")) as Omit<Layer, "file">;
  return { ...known, file: path.join(folder, "layer.tar.zst") };
}

function configOf(spec: ImageSpec, layers: Layer[], architecture: string): unknown {
  return {
    created: CREATED,
    architecture,
    os: "linux",
    config: {
      User: `${IMAGE_USER}:${IMAGE_USER}`,
      ExposedPorts: Object.fromEntries((spec.ports ?? []).map((port) => [`${port}/tcp`, {}])),
      Env: Object.entries({ PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", ...spec.environment }).map(([name, value]) => `${name}=${value}`),
      Entrypoint: spec.entrypoint,
      WorkingDir: "/",
      Labels: spec.labels ?? {},
      StopSignal: spec.stopSignal ?? "SIGTERM",
    },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map(() => ({ created: CREATED, created_by: "golive sandbox" })),
  };
}

function manifestOf(config: Buffer, layers: Layer[]): unknown {
  return {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: { mediaType: TYPES.config, digest: digestOf(config), size: config.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: TYPES.layer, digest, size })),
  };
}

/** Named twice: containerd then knows the image by tag and by digest, without further arguments of the import. */
function indexOf(reference: string, pinned: string, manifest: Buffer): unknown {
  const one = { mediaType: TYPES.manifest, digest: digestOf(manifest), size: manifest.length };
  return {
    schemaVersion: 2,
    mediaType: TYPES.index,
    manifests: [
      { ...one, annotations: { "io.containerd.image.name": reference, "org.opencontainers.image.ref.name": tagOf(reference) } },
      { ...one, annotations: { "io.containerd.image.name": pinned } },
    ],
  };
}

async function writeArchive(file: string, layers: Layer[], documents: Buffer[], index: Buffer): Promise<void> {
  const at = { mode: 0o644, uid: 0, gid: 0 };
  const blob = (digest: string): string => `blobs/sha256/${digest.slice(7)}`;
  const files: TarEntry[] = [
    { ...at, type: "file", path: "oci-layout", content: { bytes: json({ imageLayoutVersion: "1.0.0" }) } },
    { ...at, type: "file", path: "index.json", content: { bytes: index } },
    { ...at, type: "directory", path: "blobs", mode: 0o755 },
    { ...at, type: "directory", path: "blobs/sha256", mode: 0o755 },
    ...documents.map((bytes): TarEntry => ({ ...at, type: "file", path: blob(digestOf(bytes)), content: { bytes } })),
    // Two equal layers are one blob.
    ...[...new Map(layers.map((layer) => [layer.digest, layer])).values()].map((layer): TarEntry => ({ ...at, type: "file", path: blob(layer.digest), content: { from: layer.file, size: layer.size, sha256: layer.digest.slice(7) } })),
  ];
  await pipeline(Readable.from(tar(files)), createWriteStream(file));
}

/** Passes everything on and hashes it. */
function tap(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(piece: Buffer, _, done) {
      hash.update(piece);
      done(null, piece);
    },
  });
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function repositoryOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(":"));
}

function tagOf(reference: string): string {
  return reference.slice(reference.lastIndexOf(":") + 1);
}
