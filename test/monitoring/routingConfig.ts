/** Alertmanager's configuration in tests: of every stack, as files, and as the tools of Debian (`prometheus-alertmanager`) read it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { alertmanagerConfig } from "../../components/monitoring/routing/config.ts";
import type { Notifications } from "../../components/monitoring/routing/notifications.ts";
import { parseConfig } from "../../stacks/config.ts";
import { readStackFile } from "../../stacks/config/stackFile.ts";

const run = promisify(execFile);

export const STACKS = ["production", "staging", "sandbox"] as const;

export type AnyRecord = Record<string, unknown>;

export function notificationsOf(stack: string): Notifications {
  const file = `Pulumi.${stack}.yaml`;
  const text = readFileSync(path.join(import.meta.dirname, "../..", file), "utf8");
  return parseConfig({ values: readStackFile(text, file).values, stack }).monitoring.notifications;
}

export function configOf(stack: string): AnyRecord {
  return alertmanagerConfig(notificationsOf(stack), `shop-${stack}`);
}

/** Every list of `integration` in the configuration. */
export function integrations(config: AnyRecord, integration: string): AnyRecord[] {
  return (config["receivers"] as AnyRecord[]).flatMap((receiver) => (receiver[integration] ?? []) as AnyRecord[]);
}

/** A copy that Debian's Alertmanager reads, too: webhooks took `url_file` in 0.26. Everything else is as it is rendered. */
export function readable(config: AnyRecord, url = "http://127.0.0.1:1/"): AnyRecord {
  const copy = structuredClone(config);
  for (const webhook of integrations(copy, "webhook_configs")) {
    if (webhook["url_file"] === undefined) continue;
    delete webhook["url_file"];
    webhook["url"] = url;
  }
  return copy;
}

/** Writes it as the operator mounts it and gives the path to `work`. */
export async function withFile<T>(config: AnyRecord, work: (file: string, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-routing-"));
  try {
    const file = path.join(folder, "alertmanager.yaml");
    writeFileSync(file, stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }));
    return await work(file, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** amtool's answer and whether it agrees. @throws when it can not be run */
export async function amtool(...args: string[]): Promise<{ agrees: boolean; output: string }> {
  try {
    const { stdout, stderr } = await run("amtool", args);
    return { agrees: true, output: stdout + stderr };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { agrees: false, output: stdout + stderr };
  }
}
