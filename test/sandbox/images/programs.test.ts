/** The images that are made of this machine's programs: unpacked, and run in there as the user that they name. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alertmanagerImage, type Image, demoImage, exporterImage, jobsImage, nginxImage, pauseImage, postgresImage, redisImage } from "../../../sandbox/images/index.ts";
import { debianRoot } from "../../../sandbox/images/debian.ts";
import { addProgram } from "../../../sandbox/images/machine.ts";
import { RootFs } from "../../../sandbox/images/rootFs.ts";
import { standIn } from "../../../sandbox/workspace/standIn.ts";
import { type Opened, openImage, unpack } from "./unpack.ts";

/** Making the largest from nothing takes half a minute on a loaded machine. */
const TIMEOUT_MS = 180_000;
const isRoot = process.getuid?.() === 0;
const has = (name: string): boolean => spawnSync("dpkg-query", ["-L", name]).status === 0;

let root = "";
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "golive-root-"));
  // As a runtime has it: open to the container's user.
  await chmod(root, 0o755);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Output of a command in the image, as the image's user and with its environment alone. */
function runIn({ config }: Opened, command: string[], env: string[] = []): string {
  const [program = "", ...args] = command;
  const done = spawnSync("/usr/sbin/chroot", ["--userspec", config.config.User, root, program, ...args], {
    encoding: "utf8", env: Object.fromEntries([...config.config.Env, ...env].map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)])),
  });
  return done.stdout + done.stderr;
}

function opened(image: Image): Opened {
  const all = openImage(image.archive);
  unpack(all, root);
  return all;
}

// A chroot needs root; the packages (.ci/packages.txt) are Debian's, which no other system has.
describe.skipIf(!isRoot)("programs run in their images, as a user without rights", { timeout: TIMEOUT_MS }, () => {
  it("pause starts and ends when it is told to", async () => {
    const image = opened(await pauseImage());
    expect(image.config.config.Entrypoint).toEqual(["/pause"]);
    // Ended by the SIGTERM of `timeout`, of its own accord: exit code 124 says that the time was up, 137 would be a kill.
    const run = spawnSync("timeout", ["--kill-after", "10", "1", "chroot", "--userspec", "10001:10001", root, "/pause"]);
    expect(run.status).toBe(124);
  });

  it("the demo application with the Node of this process, and its migrations", async () => {
    const image = opened(await demoImage({ version: "1.2.3", behavior: "crash-at-start" }));
    expect(image.config.config.Env).toEqual(expect.arrayContaining(["APP_VERSION=1.2.3", "FAULT=crash-at-start", "ADMIN_PORT=9901"]));
    expect(runIn(image, ["node", "--version"]).trim()).toBe(process.version);
    expect(runIn(image, image.config.config.Entrypoint)).toContain("told to crash at the start");
    // With its driver, and nobody to connect to.
    expect(runIn(image, ["node", "/app/migrate.ts"], ["FAULT=", "DATABASE_HOST=127.0.0.1", "DATABASE_PORT=1"])).toContain("connect ECONNREFUSED 127.0.0.1:1");
  });

  it.skipIf(!has("redis-server") || !has("jq") || !has("postgresql"))("the jobs, with what they call", async () => {
    const image = opened(await jobsImage("golive_master"));
    const bash = (script: string): string => runIn(image, [...image.config.config.Entrypoint, "-c", script]).trim();
    expect(bash("psql --version; redis-cli --version; jq --version; echo a b | awk '{ print $2 }'")).toMatch(/psql \(PostgreSQL\).*redis-cli.*jq-.*b$/s);
    expect(bash("openssl verify -CAfile /etc/ssl/rds/global-bundle.pem /etc/ssl/rds/global-bundle.pem")).toContain("OK");
    expect(JSON.parse(bash("aws secretsmanager get-secret-value --secret-id arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-sandbox/postgres/master-wyFy1U --query SecretString --output text"))).toEqual({ username: "golive_master", password: standIn("postgresMasterPassword") });
    expect(bash("aws --no-cli-pager rds generate-db-auth-token --hostname db --port 5432 --username app --region us-east-1")).toContain("DBUser=app");
    expect(bash("aws secretsmanager get-secret-value --secret-id shop-sandbox/app/KEY 2>&1; echo $?")).toMatch(/ResourceNotFoundException[^]*254$/);
    expect(bash("aws s3 cp a s3://b/c 2>&1; echo $?")).toMatch(/s3 cp can not be had in the sandbox[^]*252$/);
  });

  it.skipIf(!has("redis-server"))("Redis", async () => {
    const image = opened(await redisImage());
    expect(runIn(image, ["redis-server", "--version"])).toMatch(/^Redis server v=\d/);
    expect(runIn(image, ["redis-cli", "--version"])).toMatch(/^redis-cli \d/);
  });

  it.skipIf(!has("nginx-common"))("NGINX, with a configuration that it accepts", async () => {
    const image = opened(await nginxImage());
    // A container has these two; a folder has not.
    for (const name of ["null", "stdout"]) execFileSync("touch", [path.join(root, "dev", name)]);
    execFileSync("chmod", ["666", path.join(root, "dev/stdout")]);
    expect(runIn(image, ["nginx", "-e", "stderr", "-t"])).toContain("test is successful");
  });

  it.skipIf(!has("postgresql"))("PostgreSQL, which makes a database cluster and has its extensions", async () => {
    const image = opened(await postgresImage());
    execFileSync("mknod", ["-m", "666", path.join(root, "dev/null"), "c", "1", "3"]);
    expect(runIn(image, ["postgres", "--version"])).toMatch(/^postgres \(PostgreSQL\) \d+/);
    expect(runIn(image, ["initdb", "--pgdata", "/data/test", "--no-sync", "--locale", "C.UTF-8"])).toContain("Success");
    const answer = runIn(image, ["sh", "-c", "echo 'create extension pg_trgm' | postgres --single -D /data/test postgres; echo \"select 'is '||similarity('word', 'word')\" | postgres --single -D /data/test postgres"]);
    expect(answer).toContain('"is 1"');
  });

  it.skipIf(!["prometheus-alertmanager", "prometheus-blackbox-exporter", "prometheus-postgres-exporter", "prometheus-redis-exporter"].every(has))("Alertmanager, and the exporters", async () => {
    expect(runIn(opened(await alertmanagerImage()), ["prometheus-alertmanager", "--version"])).toMatch(/^alertmanager, version \d/);
    for (const of of ["blackbox", "redis"] as const) expect(runIn(opened(await exporterImage(of)), [`prometheus-${of}-exporter`, "--help"])).toContain("-web.listen-address");
  });
});

describe("images of programs", () => {
  it("versions of the demo application share their layers", { timeout: TIMEOUT_MS }, async () => {
    const [one, two] = [openImage((await demoImage({ version: "1.0.0" })).archive), openImage((await demoImage({ version: "1.1.0" })).archive)];
    expect(one.manifest.layers).toEqual(two.manifest.layers);
    expect(one.manifest.config.digest).not.toBe(two.manifest.config.digest);
    await expect(demoImage({ version: "not a tag" })).rejects.toMatchObject({ exitCode: 2 });
  });

  it("hold a user, certificates, and nothing that the user may change but its folders", { timeout: TIMEOUT_MS }, async () => {
    const image = openImage((await demoImage({ version: "1.0.0" })).archive);
    const listing = image.layers.map((layer) => execFileSync("tar", ["tvf", "-", "--numeric-owner"], { input: layer, encoding: "utf8", maxBuffer: 1 << 26 })).join("").trim().split("\n");
    expect(listing.some((line) => line.endsWith(" etc/ssl/certs/ca-certificates.crt"))).toBe(true);
    const writable = listing.filter((line) => !line.startsWith("l") && (line[8] === "w" || !/ 0\/0 /.test(line))).map((line) => line.split(" ").at(-1));
    expect(writable.sort()).toEqual(["data/", "tmp/"]);
    expect(listing.filter((line) => /^-..s|^-.....s/.test(line))).toEqual([]);
  });

  it("name the package or program that is missing", async () => {
    await expect(debianRoot(["no-such-package"])).rejects.toMatchObject({ message: expect.stringContaining("no-such-package") as string, hint: "Install it: apt-get install no-such-package" });
    await expect(addProgram(new RootFs(), "/usr/bin/no-such-program")).rejects.toThrow("/usr/bin/no-such-program is missing");
  });
});
