/** The deep health: what the application is connected to, each part by itself. Gates of a release ask for it, probes never. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { number, type Settings } from "./settings.ts";
import { talk } from "./talk.ts";

/** A part that takes longer than this counts as down. */
const TIMEOUT_MS = 2_000;
/** What the security settings may be at most (REQUIREMENTS.md, section 1): access tokens an hour, refresh tokens a week, sessions eight hours. */
const LONGEST = { ACCESS_TOKEN_SECONDS: 3600, REFRESH_TOKEN_SECONDS: 7 * 24 * 3600, SESSION_SECONDS: 8 * 3600 };
/** "SSLRequest" of PostgreSQL's protocol; a server answers S or N before anybody has logged in (PostgreSQL documentation, "Message Formats"). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export interface Check {
  status: "healthy" | "unhealthy" | "not configured";
  detail: string;
  milliseconds: number;
}

export interface DeepHealth {
  status: "healthy" | "unhealthy";
  checks: Record<string, Check>;
}

/** What a check found: a text when all is well, undefined when there is nothing to check. It throws when something is wrong. */
type Look = (env: NodeJS.ProcessEnv, signal: AbortSignal) => Promise<string | undefined>;

const LOOKS: Partial<Record<string, Look>> = { database, cache, fileStorage, security, export: exportFile };

/** Runs every check at once; parts that are not configured make nothing unhealthy. */
export async function deepHealth({ deepChecks, environment }: Settings): Promise<DeepHealth> {
  const checks = await Promise.all(deepChecks.map(async (name) => [name, await checked(LOOKS[name], environment)] as const));
  const healthy = checks.every(([, check]) => check.status !== "unhealthy");
  return { status: healthy ? "healthy" : "unhealthy", checks: Object.fromEntries(checks) };
}

async function checked(look: Look | undefined, env: NodeJS.ProcessEnv): Promise<Check> {
  const started = performance.now();
  const result = (status: Check["status"], detail: string): Check => ({ status, detail, milliseconds: Math.round(performance.now() - started) });
  if (look === undefined) return result("unhealthy", "there is no such check");
  try {
    const detail = await look(env, AbortSignal.timeout(TIMEOUT_MS));
    return detail === undefined ? result("not configured", "") : result("healthy", detail);
  } catch (error) {
    return result("unhealthy", error instanceof Error ? error.message : String(error));
  }
}

/** A server that speaks PostgreSQL answers; logging in needs the application's own driver. */
async function database(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  const host = env["DATABASE_HOST"];
  if (!host) return undefined;
  const answer = await talk({ host, port: number(env, "DATABASE_PORT") ?? 5432, tls: false, send: SSL_REQUEST, enough: (bytes) => bytes.length >= 1, signal });
  const letter = answer.toString("latin1", 0, 1);
  if (letter !== "S" && letter !== "N") throw new Error(`${host} does not speak PostgreSQL`);
  return letter === "S" ? "answers, with TLS" : "answers";
}

async function cache(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  const host = env["REDIS_HOST"];
  if (!host) return undefined;
  const answer = await talk({ host, port: number(env, "REDIS_PORT") ?? 6379, tls: env["REDIS_TLS"] === "true", send: Buffer.from("PING\r\n"), enough: (bytes) => bytes.includes("\r\n"), signal });
  const line = answer.toString("latin1").split("\r\n")[0] ?? "";
  // A server that wants a password first is alive too.
  if (!line.startsWith("+PONG") && !line.startsWith("-NOAUTH")) throw new Error(`${host} answers PING with ${JSON.stringify(line)}`);
  return "answers";
}

/** Any answer about the bucket but a failure of the service or "no such bucket". */
async function fileStorage(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string | undefined> {
  const bucket = env["FILES_BUCKET"];
  if (!bucket) return undefined;
  const endpoint = env["AWS_ENDPOINT_URL_S3"];
  const url = endpoint ? `${endpoint.replace(/\/$/, "")}/${bucket}` : `https://${bucket}.s3.${env["AWS_REGION"] ?? "us-east-1"}.amazonaws.com/`;
  const { status } = await fetch(url, { method: "HEAD", signal });
  if (status >= 500 || status === 404) throw new Error(`bucket ${bucket}: status ${status}`);
  return "answers";
}

async function security(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (env["MFA_REQUIRED"] === undefined) return undefined;
  if (env["MFA_REQUIRED"] !== "true") throw new Error("MFA_REQUIRED is not true");
  for (const [name, most] of Object.entries(LONGEST)) {
    const value = number(env, name);
    if (value === undefined || value > most) throw new Error(`${name} is ${value ?? "not set"}; at most ${most}`);
  }
  return "MFA is required, tokens and sessions are short enough";
}

/** Draws a small picture, writes it where exports are written, and reads it back. */
async function exportFile(): Promise<string> {
  const file = path.join(tmpdir(), `export-check-${process.pid}-${Math.random().toString(36).slice(2)}.svg`);
  const picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>\n';
  try {
    await writeFile(file, picture);
    if ((await readFile(file, "utf8")) !== picture) throw new Error("an export is not what was written");
    return "a picture was exported";
  } finally {
    await rm(file, { force: true });
  }
}
