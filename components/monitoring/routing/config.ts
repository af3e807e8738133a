/** Alertmanager's configuration: one route a severity, below it one a team that has channels or mailboxes of its own. */
import { inhibitRules } from "./inhibitions.ts";
import { BUSINESS_HOURS, FALLBACK, type Level, LEVELS } from "./levels.ts";
import { type Notifications } from "./notifications.ts";
import { deadMansSwitch, mailGlobals, receiver, type Receiver, securityReceiver } from "./receivers.ts";

/** What is one message: an alert of one team, by color. */
const GROUP_BY = ["alertname", "team", "color"];

/** Receivers that tell nobody: of everything, where the configuration says so, and of the watchdog without a switch. */
const NOBODY = "nobody";
const UNWATCHED = "watchdog-without-switch";
const SWITCH = "dead-mans-switch";
const SECURITY = "security";

interface Route { receiver: string; matchers: string[]; [setting: string]: unknown }

/** An Alertmanager of 0.26 or later takes it: `url_file` of webhooks came with it. Holds no credential. */
export function alertmanagerConfig(notifications: Notifications, prefix: string): Record<string, unknown> {
  // What a scrape does not say any more is over after so long; Prometheus says itself when an alert ends.
  const resolve = { resolve_timeout: "5m" };
  const shared = { group_by: GROUP_BY, group_wait: "30s", group_interval: "5m", repeat_interval: "4h" };
  if (notifications.nobody !== undefined) {
    return { global: resolve, route: { receiver: NOBODY, ...shared }, receivers: [{ name: NOBODY }] };
  }
  const teams = teamsOf(notifications);
  const security = securityReceiver(SECURITY, notifications, prefix);
  return {
    global: { ...resolve, ...mailGlobals(notifications) },
    route: {
      receiver: FALLBACK,
      ...shared,
      routes: [watchdogRoute(notifications), ...(security === undefined ? [] : [securityRoute()]), ...LEVELS.map((level) => levelRoute(level, teams))],
    },
    inhibit_rules: inhibitRules(),
    time_intervals: [businessHours(notifications)],
    receivers: [
      ...LEVELS.flatMap((level) => [receiver(level.name, level, notifications, prefix), ...teams.map((team) => receiver(`${level.name}-${team}`, level, notifications, prefix, team))]),
      ...(security === undefined ? [] : [security]),
      watchdogReceiver(notifications),
    ],
  };
}

/** Teams with something of their own; security has a route beside the others'. */
export function teamsOf({ slack, mail }: Notifications): string[] {
  return [...new Set([...Object.keys(slack?.teams ?? {}), ...Object.keys(mail?.teams ?? {})])].filter((team) => team !== SECURITY).toSorted();
}

function watchdogReceiver(notifications: Notifications): Receiver {
  return notifications.deadMansSwitch ? deadMansSwitch(SWITCH) : { name: UNWATCHED };
}

/** Called every minute: a turn of the group comes twice in that time, so that none is missed for a second. */
function watchdogRoute({ deadMansSwitch: on }: Notifications): Route {
  return { receiver: on ? SWITCH : UNWATCHED, matchers: ['severity="none"'], group_by: ["alertname"], group_wait: "0s", group_interval: "30s", repeat_interval: "1m" };
}

/** At once, at any hour, whatever the severity; then on to whoever else is told. */
function securityRoute(): Route {
  return { receiver: SECURITY, matchers: ['team="security"'], continue: true, group_wait: "10s", group_interval: "30s", repeat_interval: "4h" };
}

function levelRoute(level: Level, teams: readonly string[]): Route {
  const hours = level.businessHours ? { active_time_intervals: [BUSINESS_HOURS] } : {};
  return {
    receiver: level.name,
    matchers: [`severity="${level.severity}"`],
    group_wait: level.wait,
    group_interval: level.interval,
    repeat_interval: level.repeat,
    ...hours,
    // A route takes timing from the one above it, but no time intervals.
    ...(teams.length === 0 ? {} : { routes: teams.map((team) => ({ receiver: `${level.name}-${team}`, matchers: [`team="${team}"`], ...hours })) }),
  };
}

function businessHours({ businessHours: { timeZone, days, from, to } }: Notifications): Record<string, unknown> {
  return { name: BUSINESS_HOURS, time_intervals: [{ weekdays: [days], times: [{ start_time: from, end_time: to }], location: timeZone }] };
}
