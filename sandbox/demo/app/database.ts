/** A connection to the database that the environment names. */
import { readFileSync } from "node:fs";
import type { PeerCertificate } from "node:tls";
import postgres, { type Sql } from "postgres";
import { number } from "./settings.ts";

const CONNECT_SECONDS = 5;

/**
 * One connection, made when it is first used.
 *
 * `DATABASE_SSL_MODE`: `verify-ca` checks who signed the server's certificate, `verify-full` the name in it, too; `disable`
 * is for tests. With `DATABASE_AUTHENTICATION` `iam` the password is a token, which the sandbox's database can not check.
 */
export function connectDatabase(env: NodeJS.ProcessEnv): Sql {
  return postgres({
    host: env["DATABASE_HOST"] ?? "",
    port: number(env, "DATABASE_PORT") ?? 5432,
    database: env["DATABASE_NAME"] || "app",
    username: env["DATABASE_USER"] || "app",
    password: env["DATABASE_PASSWORD"] || "token",
    ssl: tls(env["DATABASE_SSL_MODE"] ?? "verify-ca"),
    max: 1,
    connect_timeout: CONNECT_SECONDS,
    onnotice: () => undefined,
  });
}

function tls(mode: string): false | { rejectUnauthorized: true; ca?: string; checkServerIdentity?: (host: string, certificate: PeerCertificate) => undefined } {
  if (mode === "disable") return false;
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  const authority = file === undefined ? {} : { ca: readFileSync(file, "utf8") };
  return { rejectUnauthorized: true, ...authority, ...(mode === "verify-full" ? {} : { checkServerIdentity: () => undefined }) };
}
