/** Images of servers that Debian packages: each is its package's files and how it starts. */
import path from "node:path";
import { UserError } from "../errors.ts";
import { type Image, makeImage } from "./archive.ts";
import { debianRoot } from "./debian.ts";
import { installedPostgres } from "./installed.ts";
import { addProgram } from "./machine.ts";
import type { RootFs } from "./rootFs.ts";

const START_POSTGRES = "/usr/local/bin/start-postgres";

/**
 * PostgreSQL on port 5432. Makes a database cluster in `PGDATA` (a folder below a volume at /data) when there is none,
 * with the superuser `postgres` and the password in the file `POSTGRES_PASSWORD_FILE`, and the database `POSTGRES_DB`.
 * `POSTGRES_INIT` is a file of statements, each ended by a semicolon and an empty line, for its beginning; `POSTGRES_HBA` one that says who may come
 * in how, in place of everybody with a password. Arguments go to the server: `-c max_connections=50`.
 *
 * @throws UserError when the package is not installed
 */
export async function postgresImage(): Promise<Image> {
  const major = await installedPostgres();
  // Compiling queries needs LLVM, 110 MB; the server does without when its module is not there.
  const { fs, version } = await debianRoot([`postgresql-${major}`, `postgresql-client-${major}`, "tzdata"], /\/bitcode\/|llvmjit/);
  for (const tool of ["/bin/cat", "/bin/mv", "/bin/rm"]) await addProgram(fs, tool);
  await fs.copy(START_POSTGRES, path.join(import.meta.dirname, "startPostgres.sh"), { mode: 0o755 });
  const bin = `/usr/lib/postgresql/${major}/bin`;
  return image("postgres", version, fs, [START_POSTGRES], {
    ports: [5432],
    environment: { PATH: `${bin}:/usr/local/bin:/usr/bin`, PGDATA: "/data/postgres", LANG: "C.UTF-8" },
    // A fast shutdown: connections end, nothing is lost (PostgreSQL documentation, "Shutting Down the Server").
    stopSignal: "SIGINT",
  });
}

/** Redis on port 6379, its data in /data. Arguments follow the server's own: `--requirepass …`. */
export async function redisImage(): Promise<Image> {
  const { fs, version } = await debianRoot(["redis-server", "redis-tools"]);
  // Reachable from other pods, as there are no networks but the cluster's own.
  return image("redis", version, fs, ["/usr/bin/redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--dir", "/data"], { ports: [6379] });
}

/** NGINX on port 8080, with what is mounted as /etc/nginx/conf.d/*.conf. */
export async function nginxImage(): Promise<Image> {
  const { fs, version } = await debianRoot(["nginx-common"], /^\/etc\/nginx\/(?:nginx\.conf|sites-|modules-)/);
  // Debian and Ubuntu keep the program in packages of different names.
  await addProgram(fs, "/usr/sbin/nginx");
  await fs.copy("/etc/nginx/nginx.conf", path.join(import.meta.dirname, "nginx.conf"), { mode: 0o644 });
  fs.directory("/etc/nginx/conf.d");
  return image("nginx", version, fs, ["/usr/sbin/nginx", "-e", "stderr", "-g", "daemon off;"], { ports: [8080], stopSignal: "SIGQUIT" });
}

/** Alertmanager on port 9093, as the Prometheus Operator starts it. */
export async function alertmanagerImage(): Promise<Image> {
  const { fs, version } = await debianRoot(["prometheus-alertmanager"]);
  return image("alertmanager", version, fs, ["/usr/bin/prometheus-alertmanager"], { ports: [9093] });
}

/** Exporters by what they look at, each on the port that its authors gave it. */
const EXPORTERS = { blackbox: 9115, redis: 9121 } as const;

/** An exporter; what it looks at, its arguments and variables say. */
export async function exporterImage(of: keyof typeof EXPORTERS): Promise<Image> {
  const name = `prometheus-${of}-exporter`;
  const { fs, version } = await debianRoot([name]);
  return image(`${of}-exporter`, version, fs, [`/usr/bin/${name}`], { ports: [EXPORTERS[of]] });
}

function image(name: string, version: string, fs: RootFs, entrypoint: string[], rest: { ports: number[]; environment?: Record<string, string>; stopSignal?: string }): Promise<Image> {
  if (version === "") throw new UserError(`The version of ${name} is not known.`, "Its package is damaged: install it again.");
  return makeImage({ reference: `sandbox.local/${name}:${version}`, layers: [fs], entrypoint, ...rest });
}
