/** Puts image archives on a node. */
import { execFile, spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";

const run = promisify(execFile);
/** Listings of an image's archive and of the node's images are small. */
const MAX_BUFFER = 16 * 1024 * 1024;
/** Set by containerd on images that the kubelet may use, a moment after the import. */
const KNOWN = "io.cri-containerd.image=managed";
const KNOWN_MS = 30_000;
const POLL_MS = 50;
const NAME = "io.containerd.image.name";

/** How containerd of a node is reached. */
export interface ImageStore {
  /** containerd's own client, `ctr`, as a command that reads what it is given. */
  ctr: readonly string[];
  /** Where to look when it does not do what it should. */
  advice: string;
}

interface Index {
  manifests: { digest: string; annotations?: Record<string, string> }[];
}

/**
 * Imports the archives; pods may then name an image as the archive does (`name:tag`) and by its digest (`name@sha256:…`).
 *
 * @throws UserError when an archive can not be read or names no image
 */
export async function importImages(store: ImageStore, files: readonly string[]): Promise<void> {
  const names = (await Promise.all(files.map((file) => importOne(store, file)))).flat();
  const until = Date.now() + KNOWN_MS;
  for (;;) {
    const lines = (await ctr(store, ["images", "list"])).split("\n").filter((line) => line.includes(KNOWN));
    const known = new Set(lines.map((line) => line.split(/\s/)[0]));
    const missing = names.filter((name) => !known.has(name));
    if (missing.length === 0) return;
    if (Date.now() > until) throw new UserError(`The node does not know ${missing.join(", ")} ${KNOWN_MS / 1000} s after the import.`, store.advice);
    await delay(POLL_MS);
  }
}

async function importOne(store: ImageStore, file: string): Promise<string[]> {
  const images = await imagesOf(file);
  await ctr(store, ["images", "import", "-"], file);
  const names = new Set(images.map((image) => image.name));
  for (const { name, digest } of images) {
    const byDigest = name.includes("@") ? name : `${name.replace(/:[^:/]*$/, "")}@${digest}`;
    if (names.has(byDigest)) continue;
    await ctr(store, ["images", "tag", "--force", name, byDigest]);
    names.add(byDigest);
  }
  return [...names];
}

async function imagesOf(file: string): Promise<{ name: string; digest: string }[]> {
  const index = await run("tar", ["-xOf", file, "index.json"], { maxBuffer: MAX_BUFFER }).then(({ stdout }) => JSON.parse(stdout) as Index).catch((error: unknown) => {
    throw new UserError(`${file} is no image archive.`, "It must be a tar file in the OCI image layout.", 1, { cause: error });
  });
  return index.manifests.map(({ digest, annotations }) => {
    const name = annotations?.[NAME];
    if (name === undefined) throw new UserError(`${file} does not name the image ${digest}.`, `Its index.json must have the annotation ${NAME}.`);
    return { name, digest };
  });
}

/** @param input file that it reads @throws UserError when it can not be run, or fails */
async function ctr({ ctr: [program = "ctr", ...before], advice }: ImageStore, args: readonly string[], input?: string): Promise<string> {
  const child = spawn(program, [...before, "--namespace", "k8s.io", ...args]);
  const ended = new Promise<number | null>((resolve, reject) => { child.once("error", reject).once("close", resolve); });
  // One that ends before it has read everything says why by its exit code.
  const read = input === undefined ? child.stdin.end() : pipeline(createReadStream(input), child.stdin).catch(() => undefined);
  const [code, out, said] = await Promise.all([ended, text(child.stdout), text(child.stderr), read]);
  if (code === 0) return out;
  throw new UserError(`containerd's client failed: ctr ${args.join(" ")} (exit code ${code ?? "none"}).`, `${said.trim().split("\n").slice(-5).join("\n")}\n${advice}`.trim());
}

/** Whether containerd answers. */
export async function answers(store: ImageStore): Promise<boolean> {
  return ctr(store, ["images", "list", "--quiet"]).then(() => true, () => false);
}
