/** What the application is told by its environment; the names are those of components/application/configMap.ts. */
import { hostname } from "node:os";

export interface Settings {
  name: string;
  version: string;
  color: string;
  pod: string;
  port: number;
  /** Port of the switch for faults; none without. */
  adminPort: number | undefined;
  /** Address to listen on. */
  address: string;
  paths: { ready: string; live: string; deep: string; metrics: string };
  /** Checks of the deep health, in their order. */
  deepChecks: string[];
  /** How long requests under way may take after SIGTERM, in seconds. */
  shutdownSeconds: number;
  /** A connection older than this many seconds ends with its next answer, so that clients find what has changed; never without. */
  connectionSeconds: number | undefined;
  /** How it misbehaves from the start (faults.ts). */
  fault: string;
  log: { level: string; redactedFields: string[] };
  /** For checks of what it is connected to. */
  environment: NodeJS.ProcessEnv;
}

/** @throws Error naming the variable that makes no sense */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    name: env["APP_NAME"] || "shop",
    version: env["APP_VERSION"] || "0.0.0",
    color: env["APP_COLOR"] || "none",
    pod: env["POD_NAME"] || hostname(),
    port: number(env, "PORT") ?? 8080,
    adminPort: number(env, "ADMIN_PORT"),
    // Every address of the pod, of both families.
    address: env["LISTEN_ADDRESS"] || "::",
    paths: {
      ready: env["HEALTH_READY_PATH"] || "/health/ready",
      live: env["HEALTH_LIVE_PATH"] || "/health/live",
      deep: env["HEALTH_DEEP_PATH"] || "/health",
      metrics: env["METRICS_PATH"] || "/metrics",
    },
    deepChecks: list(env["HEALTH_DEEP_CHECKS"] ?? "database,cache,fileStorage,security,export"),
    shutdownSeconds: number(env, "SHUTDOWN_SECONDS") ?? 30,
    connectionSeconds: number(env, "CONNECTION_SECONDS"),
    fault: env["FAULT"] ?? "",
    log: { level: env["LOG_LEVEL"] || "info", redactedFields: list(env["LOG_REDACTED_FIELDS"] ?? "password,token,key,secret,authorization,cookie,session") },
    environment: env,
  };
}

/** A number that is not negative; an empty text is none. */
export function number(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is "${text}"; give a number that is not negative.`);
  return value;
}

function list(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}
