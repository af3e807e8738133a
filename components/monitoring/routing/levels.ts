/** What a severity means for the one who is told: by which ways, how soon, how often. */

export type Way = "pagerduty" | "slack" | "mail";

export interface Level {
  /** Name of the route's receiver. */
  name: string;
  severity: 1 | 2 | 3 | 4;
  /** Where none of these ways is configured, every configured one is taken: a receiver without a way swallows alerts. */
  ways: readonly Way[];
  /**
   * Severity of the PagerDuty event. A service with urgency by severity pages at once for critical and error, and adds
   * warning and info to the low urgency ones (PagerDuty, "Dynamic notifications").
   */
  pagerduty: "critical" | "warning" | "info";
  /** How long alerts of one group are gathered before the first message. */
  wait: string;
  /**
   * How soon an alert that joins a group is told. For pages well under a minute, as the wait: otherwise the second color to
   * fail would wait for the next turn of the group of the first.
   */
  interval: string;
  /** How often it is told again while it holds: the time in which the incident process wants an answer. */
  repeat: string;
  /** Told in business hours only; what began outside of them and still holds is told when they begin. */
  businessHours: boolean;
}

/** Name of the time interval in which tickets are told. */
export const BUSINESS_HOURS = "business-hours";

/**
 * Answers are due in 15 minutes, 1 hour, 4 hours and on the next business day. PagerDuty takes the repetition for the same
 * incident and escalates by its own policy; chat and mailboxes are reminded.
 */
export const LEVELS: readonly Level[] = [
  { name: "page", severity: 1, ways: ["pagerduty", "slack", "mail"], pagerduty: "critical", wait: "10s", interval: "30s", repeat: "15m", businessHours: false },
  { name: "urgent", severity: 2, ways: ["pagerduty", "slack"], pagerduty: "warning", wait: "30s", interval: "1m", repeat: "1h", businessHours: false },
  { name: "warning", severity: 3, ways: ["slack", "mail"], pagerduty: "warning", wait: "30s", interval: "5m", repeat: "4h", businessHours: false },
  { name: "ticket", severity: 4, ways: ["mail"], pagerduty: "info", wait: "1m", interval: "5m", repeat: "1d", businessHours: true },
];

/** Level of what has a severity that nobody knows: told, and not by a page. */
export const FALLBACK = "warning";
