/** One call of `go build`: its environment, its progress, and its failures as messages for people. */
import { spawn } from "node:child_process";
import { rename } from "node:fs/promises";
import { createInterface } from "node:readline";
import path from "node:path";
import { UserError, systemCode } from "../errors.ts";
import { CACHE_MEND, cacheFolder } from "./cache.ts";
import type { GoToolOptions, GoToolSpec } from "./goTool.ts";

/** Often enough to show life, seldom enough for the log of a CI run. */
const PROGRESS_MS = 5_000;
/** Go ends its compilers on SIGINT; one that does not end is killed after this. */
const KILL_AFTER_MS = 5_000;
/** Lines of Go's output that a message repeats. */
const TAIL_LINES = 15;

/** Builds every spec into `folder`, each under its own name. The module in `work` must list them as tools. */
export async function runGoBuild(specs: GoToolSpec[], work: string, folder: string, options: GoToolOptions): Promise<void> {
  const names = specs.map((s) => s.name).join(", ");
  const version = specs[0]?.version ?? "";
  const ldflags = specs[0]?.ldflags ?? [];
  const args = ["build", "-mod=mod", "-trimpath", "-v", "-o", `${folder}${path.sep}`];
  if (ldflags.length > 0) args.push(`-ldflags=${ldflags.join(" ")}`);
  args.push(...specs.map((s) => s.package));
  const started = Date.now();
  options.progress?.(`${names} ${version}: building from Go modules, once (cache: ${cacheFolder()})`);
  await runGo(args, work, `${names} ${version}`, options);
  for (const spec of specs) {
    const given = defaultName(spec.package);
    if (given !== spec.name) await rename(path.join(folder, given), path.join(folder, spec.name));
  }
  options.progress?.(`${names} ${version}: built in ${seconds(started)} s`);
}

/** The name that `go build` gives: the last part of the import path, without a major version. */
function defaultName(importPath: string): string {
  const parts = importPath.split("/");
  if (/^v\d+$/.test(parts.at(-1) ?? "")) parts.pop();
  return parts.at(-1) ?? importPath;
}

async function runGo(args: string[], cwd: string, what: string, options: GoToolOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const started = Date.now();
  const child = spawn("go", args, { cwd, env: goEnvironment(), stdio: ["ignore", "ignore", "pipe"] });
  const counts = { modules: 0, packages: 0 };
  const tail: string[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => {
    if (line.startsWith("go: downloading ")) counts.modules++;
    else if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) counts.packages++;
    else tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  });
  const timer = setInterval(() => {
    options.progress?.(`${what}: ${seconds(started)} s, ${counts.modules} modules fetched, ${counts.packages} packages compiled`);
  }, PROGRESS_MS);
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill("SIGINT");
    killer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    options.signal?.throwIfAborted();
    if (code !== 0) throw buildError(what, tail);
  } catch (error) {
    throw systemCode(error) === "ENOENT" ? goAbsent(what) : error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    clearTimeout(killer);
    clearInterval(timer);
    lines.close();
  }
}

/** The user's Go settings (proxy, caches, toolchain) apply; those that would change what is built do not. */
function goEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOWORK: "off", GO111MODULE: "on" };
  delete env["GOOS"];
  delete env["GOARCH"];
  // Go needs a home for its caches; one that is not set must not fail the build.
  if (!env["HOME"] && !env["GOPATH"]) env["GOPATH"] = path.join(cacheFolder(), "go");
  if (!env["HOME"] && !env["GOCACHE"]) env["GOCACHE"] = path.join(cacheFolder(), "go-build");
  return env;
}

function goAbsent(what: string): UserError {
  return new UserError(`${what} can not be built: there is no \`go\` on PATH.`, "Install Go 1.25.11 or newer (Debian: golang; others: the Go project's installer), then run the command again.");
}

/** The known failures of a build, by what Go prints. */
const CAUSES: { when: RegExp; says: string; hint: string }[] = [
  { when: /no space left on device|disk quota exceeded/i, says: "the disk is full", hint: `Free some room in the cache (${CACHE_MEND}) or in Go's own caches (\`go env GOMODCACHE GOCACHE\`), then run the command again.` },
  { when: /SECURITY ERROR|checksum mismatch/, says: "a downloaded module is not the one whose checksum is recorded", hint: "Nothing of it was used. A proxy between here and the module proxy may change files, or a cached copy is damaged: `go clean -modcache`, then try again." },
  { when: /requires go >= ?([\d.]+)/, says: "the installed Go is too old", hint: "Install the Go version named below, or allow Go to fetch it (GOTOOLCHAIN=auto)." },
  { when: /permission denied|read-only file system/i, says: "a folder is not writable", hint: `Check the owner of Go's caches (\`go env GOMODCACHE GOCACHE\`) and of the golive cache. ${CACHE_MEND}` },
  { when: /dial tcp|no such host|i\/o timeout|TLS handshake|connection re(fused|set)|proxyconnect|: 5\d\d |403 Forbidden/i, says: "the Go module proxy can not be reached", hint: "Check the network and GOPROXY (`go env GOPROXY`), then run the command again: it goes on where it stopped." },
  { when: /signal: killed|cannot allocate memory/i, says: "a compiler was killed, most likely for lack of memory", hint: "Free about 2 GB of memory, or build with fewer compilers at once: GOMAXPROCS=1." },
];

function buildError(what: string, tail: string[]): UserError {
  const text = tail.join("\n");
  const cause = CAUSES.find((c) => c.when.test(text));
  const quoted = tail.map((line) => `  ${line}`).join("\n");
  return new UserError(`${what} can not be built: ${cause?.says ?? "`go build` failed"}.`, [cause?.hint ?? "This is what Go says:", quoted].join("\n"));
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
