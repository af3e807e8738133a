/** Alertmanager's configuration of every stack, judged by amtool: who is told of which severity and team, and by which ways. */
import { expect, describe, test } from "vitest";
import { alertGroups } from "../../components/monitoring/alerts/index.ts";
import { ALERT_NAMES } from "../../components/monitoring/alerts/names.ts";
import { alertmanagerConfig } from "../../components/monitoring/routing/config.ts";
import { IDENTITY, INHIBITIONS } from "../../components/monitoring/routing/inhibitions.ts";
import { LEVELS } from "../../components/monitoring/routing/levels.ts";
import { CREDENTIAL_NAMES, filePath, neededCredentials, type Notifications, TEAMS } from "../../components/monitoring/routing/notifications.ts";
import { CASES } from "./cases/index.ts";
import { amtool, type AnyRecord, configOf, integrations, notificationsOf, readable, STACKS, withFile } from "./routingConfig.ts";
import { SCOPE } from "./stack.ts";

const alerts = alertGroups(SCOPE).flatMap((group) => group.alerts);
const production = configOf("production");

/** Whom production tells: data and security have channels and mailboxes of their own. */
const TOLD: Record<number, Record<string, string[]>> = {
  1: { application: ["page"], platform: ["page"], data: ["page-data"], security: ["security", "page"], checkout: ["page"] },
  2: { application: ["urgent"], platform: ["urgent"], data: ["urgent-data"], security: ["security", "urgent"], checkout: ["urgent"] },
  3: { application: ["warning"], platform: ["warning"], data: ["warning-data"], security: ["security", "warning"], checkout: ["warning"] },
  4: { application: ["ticket"], platform: ["ticket"], data: ["ticket-data"], security: ["security", "ticket"], checkout: ["ticket"] },
};

async function routed(config: AnyRecord, receivers: string[], labels: string[]): Promise<{ agrees: boolean; output: string }> {
  return withFile(readable(config), (file) => amtool("config", "routes", "test", `--config.file=${file}`, `--verify.receivers=${receivers.join(",")}`, ...labels));
}

test.each(STACKS)("amtool takes the configuration of %s", async (stack) => {
  const { agrees, output } = await withFile(readable(configOf(stack)), (file) => amtool("check-config", file));
  expect(agrees, output).toBe(true);
  expect(output).toContain("SUCCESS");
});

describe("production", () => {
  const table = Object.entries(TOLD).flatMap(([severity, teams]) => Object.entries(teams).map(([team, receivers]) => ({ severity, team, receivers })));

  test.each(table)("severity $severity of $team reaches $receivers", async ({ severity, team, receivers }) => {
    const { agrees, output } = await routed(production, receivers, [`severity=${severity}`, `team=${team}`, "alertname=AppDown"]);
    expect(agrees, output).toBe(true);
  });

  test("the watchdog reaches the dead man's switch and nobody else", async () => {
    expect((await routed(production, ["dead-mans-switch"], ["severity=none", "team=platform", "alertname=Watchdog"])).output).not.toContain("WARNING");
    expect(tells("dead-mans-switch", "webhook_configs")).toEqual([{ url_file: filePath("deadMansSwitchUrl"), send_resolved: false, max_alerts: 1 }]);
    const [route] = routes(production);
    expect([seconds(route?.["repeat_interval"]), seconds(route?.["group_interval"])]).toEqual([60, 30]);
  });

  test("what has no severity, or an unknown one, is told as a warning", async () => {
    for (const labels of [["alertname=Strange"], ["alertname=Strange", "severity=critical"], ["alertname=Strange", "severity=5", "team=data"]]) {
      expect(await routed(production, ["warning"], labels)).toMatchObject({ agrees: true });
    }
  });

  test("a wrong expectation is noticed", async () => {
    expect((await routed(production, ["ticket"], ["severity=1", "team=data"])).agrees).toBe(false);
  });

  test.each([
    ["page", "pagerduty_configs email_configs slack_configs", "#shop-alerts", "oncall@example.com", "critical"],
    ["page-data", "pagerduty_configs email_configs slack_configs", "#database-alerts", "database@example.com", "critical"],
    ["urgent", "pagerduty_configs slack_configs", "#shop-alerts", undefined, "warning"],
    ["urgent-data", "pagerduty_configs slack_configs", "#database-alerts", undefined, "warning"],
    ["warning", "email_configs slack_configs", "#shop-alerts", "oncall@example.com", undefined],
    ["ticket", "email_configs", undefined, "oncall@example.com", undefined],
    ["ticket-data", "email_configs", undefined, "database@example.com", undefined],
    ["security", "email_configs slack_configs", "#security-alerts", "security@example.com", undefined],
  ])("%s tells by %s", (name, ways, channel, mailbox, severity) => {
    expect(Object.keys(receiver(name)).filter((key) => key !== "name").toSorted()).toEqual(ways.split(" ").toSorted());
    expect(tells(name, "slack_configs")[0]?.["channel"]).toBe(channel);
    expect(tells(name, "email_configs")[0]?.["to"]).toBe(mailbox);
    expect(tells(name, "pagerduty_configs")[0]?.["severity"]).toBe(severity);
    for (const one of ["pagerduty_configs", "slack_configs", "email_configs"].flatMap((way) => tells(name, way))) expect(one["send_resolved"]).toBe(true);
  });

  test("is told again within the time in which an answer is due, and a page leaves within a minute of firing", () => {
    const timing = routes(production).filter((route) => String(route["matchers"]).startsWith("severity=\"")).slice(1);
    expect(timing.map((route) => seconds(route["repeat_interval"]))).toEqual([900, 3600, 14_400, 86_400]);
    // A second copy waits 15 s for the first one (flag cluster.peer-timeout).
    const [page] = timing;
    for (const setting of ["group_wait", "group_interval"]) expect(seconds(page?.[setting]) + 15, setting).toBeLessThan(60);
    expect(timing.map((route) => route["active_time_intervals"])).toEqual([undefined, undefined, undefined, ["business-hours"]]);
    expect(timing[3]?.["routes"]).toEqual([expect.objectContaining({ receiver: "ticket-data", active_time_intervals: ["business-hours"] })]);
    expect(production["time_intervals"]).toEqual([{ name: "business-hours", time_intervals: [{ weekdays: ["monday:friday"], times: [{ start_time: "09:00", end_time: "17:00" }], location: "UTC" }] }]);
    expect(production["route"]).toMatchObject({ group_by: ["alertname", "team", "color"] });
  });

  test("business hours are those of the configuration", () => {
    const config = alertmanagerConfig({ ...notificationsOf("production"), businessHours: { timeZone: "Europe/Berlin", days: "tuesday", from: "08:30", to: "18:00" } }, "shop-production");
    expect(config["time_intervals"]).toEqual([{ name: "business-hours", time_intervals: [{ weekdays: ["tuesday"], times: [{ start_time: "08:30", end_time: "18:00" }], location: "Europe/Berlin" }] }]);
  });

  test("holds no credential, and names the file of each that it needs", () => {
    const text = JSON.stringify(production);
    for (const name of CREDENTIAL_NAMES) expect(text).toContain(filePath(name));
    expect(text).not.toMatch(/"(routing_key|service_key|smtp_auth_password|auth_password|credentials|api_key|url)":/);
  });
});

describe("other stacks", () => {
  test("staging tells every severity in one channel, and wakes nobody", async () => {
    const staging = configOf("staging");
    for (const level of LEVELS) expect(await routed(staging, [level.name], [`severity=${level.severity}`, "team=data"])).toMatchObject({ agrees: true });
    expect(integrations(staging, "slack_configs").map(({ channel }) => channel)).toEqual(LEVELS.map(() => "#shop-staging"));
    expect([...integrations(staging, "pagerduty_configs"), ...integrations(staging, "email_configs"), ...integrations(staging, "webhook_configs")]).toEqual([]);
    expect(await routed(staging, ["watchdog-without-switch"], ["severity=none"])).toMatchObject({ agrees: true });
  });

  test("the sandbox tells nobody, and says why", async () => {
    expect(notificationsOf("sandbox").nobody).toMatch(/one person's machine/);
    expect(neededCredentials(notificationsOf("sandbox"))).toEqual([]);
    for (const severity of [1, 4, "none"]) expect(await routed(configOf("sandbox"), ["nobody"], [`severity=${severity}`])).toMatchObject({ agrees: true });
  });

  test.each<[string, Partial<Notifications>, string]>([
    ["only mail", { mail: { from: "a@example.com", smarthost: "smtp.example.com:587", username: "a", to: ["b@example.com"] } }, "email_configs"],
    ["only Slack", { slack: { channel: "#a" } }, "slack_configs"],
    ["only PagerDuty", { pagerduty: true }, "pagerduty_configs"],
  ])("with %s, every severity takes it", async (_, given, way) => {
    const base: Notifications = { pagerduty: false, deadMansSwitch: false, businessHours: { timeZone: "Europe/Berlin", days: "monday:friday", from: "08:00", to: "18:00" } };
    const config = alertmanagerConfig({ ...base, ...given }, "shop-staging");
    expect(integrations(config, way)).toHaveLength(LEVELS.length);
    expect(await withFile(config, (file) => amtool("check-config", file))).toMatchObject({ agrees: true });
  });
});

describe("inhibition", () => {
  test("names alerts that there are, none of which silences itself", () => {
    for (const { by, silences, severity } of INHIBITIONS) {
      expect([...by, ...silences].filter((name) => !ALERT_NAMES.has(name))).toEqual([]);
      expect(by.filter((name) => silences.includes(name))).toEqual([]);
      for (const name of by) expect(alerts.filter((alert) => alert.name === name).map((alert) => alert.severity), name).toEqual(expect.arrayContaining([severity]));
    }
  });

  test("each silences something: an alert of its own severity or a milder one", () => {
    for (const { by, silences, severity } of INHIBITIONS) {
      const mute = silences.filter((name) => !alerts.some((alert) => alert.name === name && alert.severity !== "none" && alert.severity >= severity));
      expect(mute, by.join()).toEqual([]);
    }
  });

  test("never silences what is worse, nor the watchdog", () => {
    for (const rule of production["inhibit_rules"] as { source_matchers: string[]; target_matchers: string[] }[]) {
      const source = Number(/"(\d)"/.exec(rule.source_matchers.find((one) => one.startsWith("severity")) ?? "")?.[1]);
      const targets = (/"([\d|]+)"/.exec(rule.target_matchers.find((one) => one.startsWith("severity")) ?? "")?.[1] ?? "").split("|").map(Number);
      expect(Math.min(...targets)).toBeGreaterThanOrEqual(source);
    }
  });

  test("labels in which both must agree are those that both have", () => {
    for (const { by, silences, same } of INHIBITIONS) {
      for (const name of [...by, ...silences]) for (const label of same) expect(labelsOf(name), `${name} of ${by.join()}`).toContain(label);
    }
  });

  test("the worse severity of an alert silences the milder one of the same thing only", () => {
    const twice = [...ALERT_NAMES].filter((name) => new Set(alerts.filter((alert) => alert.name === name).map(({ severity }) => severity)).size > 1);
    expect(twice.length).toBeGreaterThan(5);
    for (const name of twice) expect(labelsOf(name).filter((label) => !IDENTITY.some((one) => one === label)), name).toEqual([]);
  });
});

test("every team of an alert is known", () => {
  expect(alerts.map(({ team }) => team).filter((team) => !TEAMS.includes(team))).toEqual([]);
});

/** Labels that an alert has beside severity, team and window. */
function labelsOf(name: string): string[] {
  return [...new Set(Object.entries(CASES).filter(([id]) => id.split("/")[0] === name).flatMap(([, entry]) => Object.keys(entry.labels)))];
}

function receiver(name: string): AnyRecord {
  return (production["receivers"] as AnyRecord[]).find((one) => one["name"] === name) ?? {};
}

function tells(name: string, way: string): AnyRecord[] {
  return (receiver(name)[way] ?? []) as AnyRecord[];
}

function routes(config: AnyRecord): AnyRecord[] {
  return (config["route"] as { routes: AnyRecord[] }).routes;
}

function seconds(text: unknown): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(String(text)) ?? [];
  return Number(count) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit ?? ""] ?? Number.NaN);
}
