/** Puts image archives on a node. */
import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";
import { containerdSocket } from "./node.ts";

const run = promisify(execFile);
/** Listings of an image's archive and of the node's images are small. */
const MAX_BUFFER = 16 * 1024 * 1024;
/** Set by containerd on images that the kubelet may use, a moment after the import. */
const KNOWN = "io.cri-containerd.image=managed";
const KNOWN_MS = 30_000;
const POLL_MS = 50;
const NAME = "io.containerd.image.name";

interface Index {
  manifests: { digest: string; annotations?: Record<string, string> }[];
}

/**
 * Imports the archives; pods may then name an image as the archive does (`name:tag`) and by its digest (`name@sha256:…`).
 *
 * @throws UserError when an archive can not be read or names no image
 */
export async function importImages(folder: string, files: readonly string[]): Promise<void> {
  const names = (await Promise.all(files.map((file) => importOne(folder, file)))).flat();
  const until = Date.now() + KNOWN_MS;
  for (;;) {
    const lines = (await ctr(folder, ["images", "list"])).split("\n").filter((line) => line.includes(KNOWN));
    const known = new Set(lines.map((line) => line.split(/\s/)[0]));
    const missing = names.filter((name) => !known.has(name));
    if (missing.length === 0) return;
    if (Date.now() > until) throw new UserError(`The node does not know ${missing.join(", ")} ${KNOWN_MS / 1000} s after the import.`, `containerd's log is ${path.join(folder, "logs", "containerd.log")}.`);
    await delay(POLL_MS);
  }
}

async function importOne(folder: string, file: string): Promise<string[]> {
  const images = await imagesOf(file);
  await ctr(folder, ["images", "import", file]);
  const names = new Set(images.map((image) => image.name));
  for (const { name, digest } of images) {
    const byDigest = name.includes("@") ? name : `${name.replace(/:[^:/]*$/, "")}@${digest}`;
    if (names.has(byDigest)) continue;
    await ctr(folder, ["images", "tag", "--force", name, byDigest]);
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

/** containerd's own client. */
async function ctr(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run("ctr", ["--address", containerdSocket(folder), "--namespace", "k8s.io", ...args], { maxBuffer: MAX_BUFFER });
  return stdout;
}

/** Whether containerd answers. */
export async function answers(folder: string): Promise<boolean> {
  return ctr(folder, ["images", "list", "--quiet"]).then(() => true, () => false);
}
