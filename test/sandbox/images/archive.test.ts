/** Images of a few files, in a cache of the test's own. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readFile, readdir, readlink, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ImageSpec, makeImage } from "../../../sandbox/images/archive.ts";
import { RootFs } from "../../../sandbox/images/rootFs.ts";
import { tar } from "../../../sandbox/images/tar.ts";
import { openImage, unpack } from "./unpack.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "golive-images-"));
  vi.stubEnv("GOLIVE_CACHE", path.join(folder, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const LONG = `/opt/${"deep-".repeat(15)}/${"x".repeat(120)}/ä.txt`;

function small(text = "hello\n"): RootFs {
  return new RootFs().file("/bin/tool", text, { mode: 0o755 }).file(LONG, "long").link("/usr/tool", `../${"y".repeat(150)}`).directory("/tmp", { mode: 0o1777 }).directory("/data", { owner: 10_001, mode: 0o750 });
}

function spec(fs: RootFs, more: Partial<ImageSpec> = {}): ImageSpec {
  return { reference: "sandbox.local/tool:1.0", layers: [fs], entrypoint: ["/bin/tool"], ...more };
}

describe("archive", () => {
  it("is an OCI layout whose blobs are what they say, named by tag and by digest", async () => {
    const image = await makeImage(spec(small(), { environment: { A: "b" }, ports: [80] }));
    const opened = openImage(image.archive);
    expect(opened.index.manifests.map((one) => [one.digest, one.annotations?.["io.containerd.image.name"]])).toEqual([
      [image.digest, "sandbox.local/tool:1.0"],
      [image.digest, `sandbox.local/tool@${image.digest}`],
    ]);
    expect(image.pinned).toBe(`sandbox.local/tool@${image.digest}`);
    expect(opened.manifest).toMatchObject({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json" });
    expect(opened.config).toMatchObject({ os: "linux", architecture: process.arch === "x64" ? "amd64" : "arm64", config: { User: "10001:10001", Entrypoint: ["/bin/tool"], ExposedPorts: { "80/tcp": {} } } });
    expect(opened.config.config.Env).toContain("A=b");
    expect(opened.names.slice(0, 2)).toEqual(["oci-layout", "index.json"]);
    expect(opened.names.filter((name) => /^blobs\/sha256\/[0-9a-f]{64}$/.test(name))).toHaveLength(3);
  });

  it("unpacks to the files, links, rights and owners that were put in, with names of any length", async () => {
    const opened = openImage((await makeImage(spec(small()))).archive);
    const root = path.join(folder, "root");
    await mkdir(root);
    unpack(opened, root);
    expect(await readFile(path.join(root, "bin/tool"), "utf8")).toBe("hello\n");
    expect((await stat(path.join(root, "bin/tool"))).mode & 0o7777).toBe(0o755);
    expect(await readFile(path.join(root, LONG), "utf8")).toBe("long");
    expect(await readlink(path.join(root, "usr/tool"))).toBe(`../${"y".repeat(150)}`);
    expect((await stat(path.join(root, "tmp"))).mode & 0o7777).toBe(0o1777);
    const listing = execFileSync("tar", ["tvf", "-", "--numeric-owner", "--utc", "--full-time"], { input: opened.layers[0], encoding: "utf8", env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" } });
    expect(listing).toMatch(/^drwxr-x--- 10001\/10001 +0 1970-01-01 00:00:00 data\/$/m);
    expect(listing.trim().split("\n").every((line) => line.includes("1970-01-01 00:00:00"))).toBe(true);
  });

  it("has the same bytes for the same content, whenever and in whatever order it is made", async () => {
    const first = await makeImage(spec(small()));
    const bytes = await readFile(first.archive);
    vi.stubEnv("GOLIVE_CACHE", path.join(folder, "other"));
    const other = new RootFs().directory("/data", { owner: 10_001, mode: 0o750 }).directory("/tmp", { mode: 0o1777 }).link("/usr/tool", `../${"y".repeat(150)}`).file(LONG, "long");
    const source = path.join(folder, "tool");
    await writeFile(source, "hello\n", { mode: 0o700 });
    await utimes(source, 1, 1);
    const again = await makeImage(spec(await other.copy("/bin/tool", source)));
    expect(again.digest).toBe(first.digest);
    expect(again.archive).not.toBe(first.archive);
    expect((await readFile(again.archive)).equals(bytes)).toBe(true);
  });

  it("has another digest for other content, rights, owners, targets, environment or entry point", async () => {
    const variants = [
      spec(small()), spec(small("hullo\n")), spec(small().file("/bin/tool", "hello\n")), spec(small().directory("/data", { owner: 1, mode: 0o750 })),
      spec(small().link("/usr/tool", "other")), spec(small(), { environment: { A: "b" } }), spec(small(), { entrypoint: ["/bin/tool", "x"] }), spec(small(), { layers: [small(), small()] }),
    ];
    const digests = new Set<string>();
    for (const variant of variants) digests.add((await makeImage(variant)).digest);
    expect(digests.size).toBe(variants.length);
  });
});

describe("cache", () => {
  it("makes an image once, and again when it was damaged", async () => {
    const { archive } = await makeImage(spec(small()));
    const { mtimeMs, ino } = await stat(archive);
    expect((await makeImage(spec(small()))).archive).toBe(archive);
    expect(await stat(archive)).toMatchObject({ mtimeMs, ino });
    await appendFile(archive, "x");
    await makeImage(spec(small()));
    expect(openImage(archive).layers).toHaveLength(1);
    expect((await stat(archive)).ino).not.toBe(ino);
  });

  it("gives several processes at once one whole image, and leaves nothing else behind", async () => {
    const program = path.join(folder, "make.ts");
    const at = (name: string): string => JSON.stringify(path.join(import.meta.dirname, "../../../sandbox/images", name));
    await writeFile(program, `import { makeImage } from ${at("archive.ts")}; import { RootFs } from ${at("rootFs.ts")};
      const fs = new RootFs().file("/big", Buffer.alloc(20_000_000, "abc"));
      process.stdout.write((await makeImage({ reference: "sandbox.local/big:1", layers: [fs], entrypoint: ["/big"] })).archive);\n`);
    const runs = await Promise.all([1, 2, 3, 4].map(async () => {
      const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      child.stdout.on("data", (piece: Buffer) => { text += piece.toString(); });
      const [code] = (await once(child, "close")) as [number | null];
      return { code, text };
    }));
    expect(runs.map((run) => run.code)).toEqual([0, 0, 0, 0]);
    expect(new Set(runs.map((run) => run.text)).size).toBe(1);
    expect(openImage(runs[0]?.text ?? "").layers[0]?.length).toBeGreaterThan(20_000_000);
    for (const kind of ["layers", "archives"]) expect(await readdir(path.join(folder, "cache/images", kind))).toHaveLength(1);
  });

  it("removes images that nobody has used for days, when it makes another", async () => {
    const old = await makeImage(spec(small()));
    const used = await makeImage(spec(small("used\n")));
    const longAgo = Date.now() / 1000 - 5 * 24 * 3600;
    for (const { archive } of [old, used]) await utimes(path.dirname(archive), longAgo, longAgo);
    await makeImage(spec(small("used\n")));
    await makeImage(spec(small("new\n")));
    await expect(stat(old.archive)).rejects.toThrow("ENOENT");
    expect((await stat(used.archive)).isFile()).toBe(true);
  });

  it("refuses a file that changes while it is packed, and says where it can not write", async () => {
    const source = path.join(folder, "tool");
    await writeFile(source, "one");
    const fs = await new RootFs().copy("/tool", source);
    await writeFile(source, "two");
    const packed = (async () => { for await (const piece of tar(fs.entries())) expect(piece.length).toBeGreaterThan(0); })();
    await expect(packed).rejects.toThrow("changed while an image was made of it");
    await writeFile(path.join(folder, "file"), "");
    vi.stubEnv("GOLIVE_CACHE", path.join(folder, "file"));
    await expect(makeImage(spec(small()))).rejects.toThrow(/a file is in the way/);
  });
});
