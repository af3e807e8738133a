/** Real servers for the script tests beside PostgreSQL: Redis from Debian's package, an S3-compatible server from Go modules. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureGoTool } from "../../sandbox/engine/goTool.ts";
import { installedPostgres, PASSWORD } from "./postgres.ts";
import { freePort, type Server, startServer, stop } from "./process.ts";

export const ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";

const folders = (): string[] => (process.env["PATH"] ?? "").split(path.delimiter);
const onPath = (...programs: string[]): boolean => programs.every((program) => folders().some((folder) => existsSync(path.join(folder, program))));

let awsFolder: string | undefined;
/** Folder of the AWS CLI 2, Debian's before any other: the jobs' image has version 2, and 1 knows other options. */
function awsCli(): string | undefined {
  awsFolder ??= ["/usr/bin", ...folders()].find((folder) => {
    const aws = path.join(folder, "aws");
    return existsSync(aws) && spawnSync(aws, ["--version"], { encoding: "utf8" }).stdout.startsWith("aws-cli/2");
  });
  return awsFolder;
}

/** What the scripts and these tests run: is there what the package of .ci/packages.txt brings? */
const PACKAGES: Record<string, () => boolean> = {
  postgresql: () => installedPostgres() !== undefined,
  "redis-server": () => onPath("redis-server", "redis-cli"),
  awscli: () => awsCli() !== undefined,
  jq: () => onPath("jq"),
  openssl: () => onPath("openssl"),
};

/**
 * @throws one message that names every missing Debian package; the tests fail by it, they are not left out.
 */
export function requirePackages(): void {
  const missing = Object.entries(PACKAGES).filter(([, there]) => !there()).map(([name]) => name);
  if (missing.length > 0) {
    throw new Error(`The tests of the job scripts run real servers, and what these packages of Debian and Ubuntu bring is not installed: ${missing.join(", ")} (the AWS CLI in version 2). Install them: apt-get install ${missing.join(" ")}.`);
  }
}

export interface ObjectStore extends Server {
  url: string;
  /** Folder whose subfolders are the buckets. */
  folder: string;
}

/** An S3-compatible server over a temporary folder, with the buckets given. */
export async function startObjectStore(buckets: string[]): Promise<ObjectStore> {
  // VERSITYGW names one that is on the machine already, where Go modules can not be had.
  const binary = process.env["VERSITYGW"] ?? await ensureGoTool({ name: "versitygw", module: "github.com/versity/versitygw", version: "v1.8.0", package: "github.com/versity/versitygw/cmd/versitygw" });
  const folder = mkdtempSync(path.join(tmpdir(), "golive-s3-"));
  for (const bucket of buckets) mkdirSync(path.join(folder, bucket));
  const port = await freePort();
  const child = await startServer(binary, ["--port", `127.0.0.1:${port}`, "posix", folder], {
    env: { ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: PASSWORD }, ready: /bound on host/,
  });
  return { port, folder, url: `http://127.0.0.1:${port}`, stop: async () => { await stop(child); rmSync(folder, { recursive: true, force: true }); } };
}

/** Redis without persistence on the loopback address. */
export async function startRedis(): Promise<Server> {
  const port = await freePort();
  const child = await startServer("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", PASSWORD, "--dir", tmpdir()], { ready: /Ready to accept connections/ });
  return { port, stop: async () => { await stop(child); } };
}

/** Environment of a job: the programs that are tested, nothing of the caller's AWS settings, a region, keys that only the local server knows. */
export function jobEnv(values: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|PG|HTTPS?_PROXY|https?_proxy)/.test(name)));
  const given = values["PATH"] ?? inherited["PATH"] ?? "";
  return {
    ...inherited,
    AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: ACCESS_KEY, AWS_SECRET_ACCESS_KEY: PASSWORD, AWS_EC2_METADATA_DISABLED: "true",
    // A first shell (no SHLVL) whose input is a socket, as Node's pipes are, takes itself for a remote login and reads ~/.bashrc.
    SHLVL: "1",
    AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null", AWS_MAX_ATTEMPTS: "1", NO_PROXY: "127.0.0.1",
    ...values,
    PATH: [installedPostgres()?.bin, awsCli(), given].filter((folder) => folder !== undefined).join(path.delimiter),
  };
}
