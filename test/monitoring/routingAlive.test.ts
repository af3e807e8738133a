/**
 * A real Alertmanager (Debian's `prometheus-alertmanager`) with production's configuration: what it is told, people are told
 * within the minute, once, and only those whom it concerns; what is over is told, too.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { alertmanagerConfig } from "../../components/monitoring/routing/config.ts";
import { runbookOf } from "../../components/monitoring/alerts/links.ts";
import { CREDENTIAL_NAMES, fileName, filePath } from "../../components/monitoring/routing/notifications.ts";
import { freePort, startServer, stop } from "../scripts/process.ts";
import { Capture, type Captured } from "./capture.ts";
import { type AnyRecord, integrations, notificationsOf, readable } from "./routingConfig.ts";

const BINARY = "prometheus-alertmanager";
const MINUTE_MS = 60_000;
// Messages take as long as a group waits.
vi.setConfig({ testTimeout: 2 * MINUTE_MS });
const PREFIX = "shop-production";
const folder = mkdtempSync(path.join(tmpdir(), "golive-alertmanager-"));
const capture = new Capture();
let alertmanager: ChildProcess | undefined;
let api = "";

/** Of this one the stack file says where runbooks are; of the others they are paths of the repository. */
const ADDRESSED = "AppMemory";
/** Prometheus as it calls itself. */
const FROM = "prometheus-golive-0";
const RUNBOOKS = "https://git.example.com/docs/runbooks";

interface Labels { alertname: string; severity: string; team: string; [label: string]: string }

const POD = (pod: string): Labels => ({ alertname: "PodNotReady", severity: "3", team: "platform", namespace: "shop", pod });
const APP_DOWN: Labels = { alertname: "AppDown", severity: "1", team: "application" };
const APP_ERRORS: Labels = { alertname: "AppErrors", severity: "1", team: "application", color: "blue" };
const connections = (severity: string, instance: string): Labels => ({ alertname: "DatabaseConnections", severity, team: "data", instance });

const BEGINNING: Labels[] = [
  APP_DOWN,
  APP_ERRORS,
  connections("1", "writer"),
  connections("3", "writer"),
  connections("3", "reader"),
  POD("app-blue-1"), POD("app-blue-2"), POD("app-blue-3"),
  { alertname: "AppMemory", severity: "2", team: "application", color: "green" },
  { alertname: "WafBlocks", severity: "3", team: "security" },
  { alertname: "PolicyExceptionExpiring", severity: "4", team: "security" },
  { alertname: "JobSuspended", severity: "4", team: "platform" },
  { alertname: "Watchdog", severity: "none", team: "platform" },
];

beforeAll(async () => {
  await capture.start();
  const file = path.join(folder, "alertmanager.yaml");
  writeFileSync(file, stringify(captured(), { lineWidth: 0, aliasDuplicateObjects: false }));
  const port = await freePort();
  api = `http://127.0.0.1:${port}/api/v2`;
  mkdirSync(path.join(folder, "data"));
  alertmanager = await startServer(BINARY, [`--config.file=${file}`, `--storage.path=${path.join(folder, "data")}`, `--web.listen-address=127.0.0.1:${port}`, "--cluster.listen-address="], { ready: /Listening on|msg=Listening/ });
  await send(BEGINNING);
}, MINUTE_MS);

afterAll(async () => {
  if (alertmanager !== undefined) await stop(alertmanager);
  await capture.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("told within the minute", () => {
  test("a critical alert: PagerDuty, Slack and mail at once, with the runbook", async () => {
    for (const way of ["pagerduty", "slack", "mail"] as const) {
      const message = await told("AppDown", way);
      expect(message.at).toBeLessThan(MINUTE_MS);
      expect(message.text).toContain("docs/runbooks/AppDown.md");
      expect(message.text).toContain(PREFIX);
    }
    expect((await told("AppDown", "pagerduty")).kind).toBe("critical");
    expect(await told("AppDown", "slack")).toMatchObject({ to: "#shop-alerts", kind: "danger" });
    expect(await told("AppDown", "mail")).toMatchObject({ to: "oncall@example.com", kind: expect.stringContaining("[FIRING] AppDown, severity 1, shop-production") as unknown });
  });

  test("each way proves itself with the credential of its file", async () => {
    expect((await told("AppDown", "slack")).credential).toBe("Bearer value-of-slack-token");
    expect((await told("AppDown", "pagerduty")).credential).toBe("value-of-pagerduty-routing-key");
    expect((await told("AppDown", "mail")).credential).toBe("alerts value-of-smtp-password");
  });

  test("a team with a channel and a mailbox of its own there", async () => {
    expect((await told("DatabaseConnections", "slack", "danger")).to).toBe("#database-alerts");
    expect((await told("DatabaseConnections", "mail")).to).toBe("database@example.com");
  });

  test("severity 2 by PagerDuty with low urgency and Slack, not by mail", async () => {
    expect((await told("AppMemory", "pagerduty")).kind).toBe("warning");
    expect(await told("AppMemory", "slack")).toMatchObject({ to: "#shop-alerts", kind: "warning" });
    expect(all("AppMemory").map(({ way }) => way).toSorted()).toEqual(["pagerduty", "slack"]);
  });

  test("with a link to the runbook, and with none to pages that nobody outside of the cluster reaches", async () => {
    for (const way of ["pagerduty", "slack"] as const) {
      expect((await told(ADDRESSED, way)).link).toBe(`${RUNBOOKS}/${ADDRESSED}.md`);
      // A path leads nowhere.
      expect((await told("AppDown", way)).link).toBe("");
    }
    const mail = await told("AppDown", "mail");
    expect(mail.text).not.toMatch(/text\/html|View in/);
    const own = new URL(api).port;
    for (const message of capture.messages.filter(({ way }) => way !== "switch")) expect(JSON.stringify(message)).not.toMatch(new RegExp(`:${own}\\b|#/alerts|${FROM}`));
  });

  test("alerts of one kind in one message", async () => {
    const message = await told("PodNotReady", "slack");
    expect(message.text).toContain("[FIRING:3] PodNotReady");
    expect(message.text.match(/Runbook:/g)).toHaveLength(3);
    expect(all("PodNotReady").filter(({ way }) => way === "slack")).toHaveLength(1);
  });

  test("the security team of its own, at any hour, beside whoever else is told", async () => {
    await told("WafBlocks", "slack", "warning", "#security-alerts");
    await told("WafBlocks", "slack", "warning", "#shop-alerts");
    await told("PolicyExceptionExpiring", "mail", "", "security@example.com");
  });

  test("the dead man's switch, and nobody else, of the watchdog", async () => {
    const call = await capture.until("the watchdog", ({ way }) => way === "switch", MINUTE_MS);
    expect(call).toMatchObject({ to: "/switch", kind: "firing" });
    expect(all("Watchdog").filter(({ way }) => way !== "switch")).toEqual([]);
  });
});

describe("not told", () => {
  test("what follows from something worse: errors while all is down, the milder severity of the same instance", async () => {
    // Sent in the same call, and waits no less: both would have come by now.
    const reader = await capture.until("the reader's connections", ({ way, to, kind }) => way === "slack" && to === "#database-alerts" && kind === "warning", MINUTE_MS);
    expect(reader.text).toContain("connections of reader");
    expect(reader.text).not.toContain("connections of writer");
    expect(all("AppErrors")).toEqual([]);
    expect(await muted("inhibited")).toEqual(["AppErrors/1", "DatabaseConnections/3"]);
  });

  test("a ticket outside of business hours", () => {
    expect(all("JobSuspended")).toEqual([]);
    expect(all("PolicyExceptionExpiring").filter(({ to }) => !/security/.test(to))).toEqual([]);
  });
});

describe("what is over", () => {
  let ended = 0;
  beforeAll(async () => {
    await capture.until("the page", ({ way, text }) => way === "mail" && text.includes("AppDown"), MINUTE_MS);
    ended = capture.since();
    await send([APP_DOWN], new Date());
  }, MINUTE_MS);

  test("is told everywhere where it was told", async () => {
    const resolved = await Promise.all([
      capture.until("resolved in Slack", ({ way, text, kind }) => way === "slack" && kind === "good" && text.includes("[RESOLVED] AppDown"), MINUTE_MS),
      capture.until("resolved by mail", ({ way, kind }) => way === "mail" && kind.includes("[RESOLVED] AppDown"), MINUTE_MS),
      capture.until("resolved in PagerDuty", ({ way, to }) => way === "pagerduty" && to === "resolve", MINUTE_MS),
    ]);
    for (const { at } of resolved) expect(at - ended).toBeLessThan(MINUTE_MS);
  }, 2 * MINUTE_MS);

  test("no longer hides what goes on", async () => {
    const page = await capture.until("the errors", ({ way, text }) => way === "pagerduty" && text.includes("AppErrors"), MINUTE_MS);
    expect(page.text).toContain("AppErrors blue");
  }, 2 * MINUTE_MS);

  test("is no sign of life: the switch is called again, and only by what fires", async () => {
    await capture.until("a second call", (message) => message.way === "switch" && message !== capture.messages.find(({ way }) => way === "switch"), 2 * MINUTE_MS);
    expect(capture.messages.filter(({ way, kind }) => way === "switch" && kind !== "firing")).toEqual([]);
  }, 3 * MINUTE_MS);
});

/** Production's configuration with addresses and files of this test, and business hours that are three days away. */
function captured(): AnyRecord {
  const notifications = notificationsOf("production");
  const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
  const away = days[(new Date().getUTCDay() + 3) % 7] ?? "";
  const files = path.join(folder, "credentials");
  mkdirSync(files);
  for (const name of CREDENTIAL_NAMES) writeFileSync(path.join(files, fileName(name)), `value-of-${fileName(name)}`);
  const mounted = path.dirname(filePath("slackToken"));
  const config = readable(alertmanagerConfig({ ...notifications, businessHours: { ...notifications.businessHours, days: away } }, PREFIX), `http://127.0.0.1:${capture.httpPort}/switch`);
  const local = JSON.parse(JSON.stringify(config).replaceAll(mounted, files)) as AnyRecord;
  Object.assign(local["global"] as AnyRecord, { smtp_smarthost: `127.0.0.1:${capture.smtpPort}`, smtp_require_tls: false });
  for (const slack of integrations(local, "slack_configs")) slack["api_url"] = `http://127.0.0.1:${capture.httpPort}/slack`;
  for (const pagerduty of integrations(local, "pagerduty_configs")) pagerduty["url"] = `http://127.0.0.1:${capture.httpPort}/pagerduty`;
  return local;
}

/** As Prometheus sends them; those that are over have an end. */
async function send(alerts: readonly Labels[], endsAt?: Date): Promise<void> {
  const response = await fetch(`${api}/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(alerts.map((labels) => ({
      labels,
      annotations: { summary: `The connections of ${labels["instance"] ?? labels.alertname} are of interest`, runbook_url: runbookOf(labels.alertname, labels.alertname === ADDRESSED ? { runbooks: RUNBOOKS } : {}) },
      generatorURL: `http://${FROM}:9090/graph?g0.expr=x`,
      ...(endsAt === undefined ? {} : { endsAt: endsAt.toISOString() }),
    }))),
  });
  expect(response.status, await response.text()).toBe(200);
}

async function muted(by: "inhibited"): Promise<string[]> {
  const found = await (await fetch(`${api}/alerts?active=false&${by}=true`)).json() as { labels: Labels; status: { inhibitedBy: string[] } }[];
  return found.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => `${labels.alertname}/${labels.severity}`).toSorted();
}

function all(alert: string): Captured[] {
  return capture.messages.filter(({ text }) => text.includes(alert));
}

function told(alert: string, way: Captured["way"], kind = "", to = ""): Promise<Captured> {
  return capture.until(`${alert} by ${way}`, (message) => message.way === way && message.text.includes(alert) && message.kind.includes(kind) && message.to.includes(to), MINUTE_MS);
}
