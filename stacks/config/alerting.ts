/** Keys of whom alerts reach. */
import { z } from "zod";
import * as f from "./fields.ts";
import { key } from "./fields.ts";

const team = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "a team: lower-case letters, digits and hyphens");
const channel = z.string().regex(/^(#[a-z0-9._-]{1,79}|[CG][A-Z0-9]{8,12})$/, "a Slack channel such as #alerts, or its id");
const mailboxes = z.array(f.email).min(1).max(10);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day such as 09:00");
const DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";

const mail = z.strictObject({
  from: key(f.email, { description: "Sender.", example: "alerts@example.com" }),
  smarthost: key(z.string().regex(/^[a-z0-9.-]+:(25|465|587|2465|2587)$/, "a mail server and its port, such as smtp.example.com:587"), { description: "Mail server with its port; TLS is required.", example: "email-smtp.us-east-1.amazonaws.com:587" }),
  username: key(z.string().min(1).max(256), { description: "Account at that server; its password is the secret `notificationSecrets.smtpPassword`.", example: "alerts" }),
  to: key(mailboxes, { description: "Mailboxes of every team that has none of its own.", example: ["oncall@example.com"] }),
  teams: key(z.record(team, mailboxes).optional(), { description: "Mailboxes by team. The security team's are told of its alerts at any hour, beside whoever else is.", example: { security: ["security@example.com"] } }),
});

const slack = z.strictObject({
  channel: key(channel, { description: "Channel of every team that has none of its own. The bot of the secret `notificationSecrets.slackToken` must be its member.", example: "#alerts" }),
  teams: key(z.record(team, channel).optional(), { description: "Channels by team. The security team's is told of its alerts at any hour, beside whoever else is.", example: { data: "#data-alerts" } }),
});

const businessHours = z.strictObject({
  timeZone: key(z.string().regex(/^[A-Za-z]+([/_+-][A-Za-z0-9]+)*$/, "a time zone of the IANA database such as Europe/Berlin"), { description: "Where those hours are.", example: "Europe/Berlin" }),
  days: key(z.string().regex(new RegExp(`^(${DAYS})(:(${DAYS}))?$`), "a day, or the first and the last such as monday:friday"), { description: "Days of work.", example: "monday:friday" }),
  from: key(time, { description: "First minute.", example: "09:00" }),
  to: key(time, { description: "End; later than from.", example: "17:00" }),
});

/** Ways that alerts take, by severity: 1 by all of them, 2 by PagerDuty (low urgency) and Slack, 3 by Slack and mail, 4 by mail in business hours. */
export const alertNotifications = z.strictObject({
  mail: key(mail.optional(), { description: "Mail, for severities 1, 3 and 4.", example: { from: "alerts@example.com", smarthost: "email-smtp.us-east-1.amazonaws.com:587", username: "alerts", to: ["oncall@example.com"] } }),
  slack: key(slack.optional(), { description: "Slack, for severities 1, 2 and 3, by the bot of the secret `notificationSecrets.slackToken`.", example: { channel: "#alerts" } }),
  pagerduty: key(z.boolean(), { description: "PagerDuty by the secret `notificationSecrets.pagerdutyRoutingKey` (Events API 2): severity 1 as critical, 2 as warning. Let the service there take its urgency from the severity.", example: true }),
  deadMansSwitch: key(z.boolean(), { description: "Call the URL of the secret `notificationSecrets.deadMansSwitchUrl` every minute; what is behind it pages when the calls stop.", example: true }),
  businessHours: key(businessHours, { description: "When alerts of severity 4 are told.", example: { timeZone: "UTC", days: "monday:friday", from: "09:00", to: "17:00" } }),
  nobody: key(z.string().min(10).max(500).optional(), { description: "Why alerts reach nobody in this stack, instead of all the ways above; refused in production.", example: "a stack on one person's machine, who looks at it" }),
});
