/** Who is told by which way, and in which words. */
import { type Level, type Way } from "./levels.ts";
import { filePath, type Notifications } from "./notifications.ts";

export type Receiver = Record<string, unknown> & { name: string };

/**
 * A bot's token posts to every channel that it is a member of, one token for all teams; an incoming webhook is bound to
 * one channel (Slack, "Sending messages using incoming webhooks").
 */
const SLACK = "https://slack.com/api/chat.postMessage";

/** So many alerts of a group are told one by one. */
const TOLD = 10;

/**
 * Where a message leads when somebody clicks it: the runbook, where it has an address. By itself Alertmanager leads to its own
 * pages and to Prometheus's, by names that nobody outside of the cluster knows.
 */
const LEADS_TO = '{{ with .CommonAnnotations.runbook_url }}{{ if match "^https?://" . }}{{ . }}{{ end }}{{ end }}';

/** The receiver of a level, for one team or for whoever has nothing of their own. */
export function receiver(name: string, level: Level, notifications: Notifications, prefix: string, team?: string): Receiver {
  const ways = waysOf(level, notifications);
  return {
    name,
    ...(ways.includes("pagerduty") ? { pagerduty_configs: [pagerduty(level, prefix)] } : {}),
    ...(ways.includes("slack") ? { slack_configs: [slack(channelOf(notifications, team), prefix)] } : {}),
    ...(ways.includes("mail") ? { email_configs: [mail(mailboxesOf(notifications, team), prefix)] } : {}),
  };
}

/** Only what the security team has of its own: it is told beside whoever else is. Nothing when it has neither. */
export function securityReceiver(name: string, { slack: chat, mail: post }: Notifications, prefix: string): Receiver | undefined {
  const channel = chat?.teams?.["security"];
  const mailboxes = post?.teams?.["security"];
  if (channel === undefined && mailboxes === undefined) return undefined;
  return {
    name,
    ...(channel === undefined ? {} : { slack_configs: [slack(channel, prefix)] }),
    ...(mailboxes === undefined ? {} : { email_configs: [mail(mailboxes, prefix)] }),
  };
}

/** A resolved watchdog would be one more sign of life: only the firing one is told. */
export function deadMansSwitch(name: string): Receiver {
  return { name, webhook_configs: [{ url_file: filePath("deadMansSwitchUrl"), send_resolved: false, max_alerts: 1 }] };
}

/** Account and sender of all mails. */
export function mailGlobals({ mail: post }: Notifications): Record<string, unknown> {
  if (post === undefined) return {};
  return {
    smtp_from: post.from,
    smtp_smarthost: post.smarthost,
    // Mail servers turn away clients that greet as localhost.
    smtp_hello: post.from.split("@")[1],
    smtp_auth_username: post.username,
    smtp_auth_password_file: filePath("smtpPassword"),
    smtp_require_tls: true,
  };
}

function waysOf(level: Level, notifications: Notifications): readonly Way[] {
  const configured: Way[] = [...(notifications.pagerduty ? ["pagerduty" as const] : []), ...(notifications.slack === undefined ? [] : ["slack" as const]), ...(notifications.mail === undefined ? [] : ["mail" as const])];
  const wanted = level.ways.filter((way) => configured.includes(way));
  return wanted.length > 0 ? wanted : configured;
}

function channelOf({ slack: chat }: Notifications, team: string | undefined): string {
  return (team === undefined ? undefined : chat?.teams?.[team]) ?? chat?.channel ?? "";
}

function mailboxesOf({ mail: post }: Notifications, team: string | undefined): string[] {
  return (team === undefined ? undefined : post?.teams?.[team]) ?? post?.to ?? [];
}

function pagerduty(level: Level, prefix: string): Record<string, unknown> {
  return {
    routing_key_file: filePath("pagerdutyRoutingKey"),
    send_resolved: true,
    severity: level.pagerduty,
    description: headline(prefix),
    client: `golive ${prefix}`,
    client_url: LEADS_TO,
    component: "{{ .CommonLabels.color }}",
    group: "{{ .CommonLabels.team }}",
    class: "{{ .CommonLabels.alertname }}",
    // The last two in the place of Alertmanager's own lists, which name the same addresses.
    details: { stack: prefix, summary: "{{ .CommonAnnotations.summary }}", firing: message(), resolved: "{{ .Alerts.Resolved | len }}", runbook: "{{ .CommonAnnotations.runbook_url }}", dashboard: "{{ .CommonAnnotations.dashboard_url }}" },
  };
}

function slack(channel: string, prefix: string): Record<string, unknown> {
  return {
    api_url: SLACK,
    http_config: { authorization: { type: "Bearer", credentials_file: filePath("slackToken") } },
    channel,
    send_resolved: true,
    color: '{{ if ne .Status "firing" }}good{{ else if eq .CommonLabels.severity "1" }}danger{{ else }}warning{{ end }}',
    title: `[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] ${headline(prefix)}`,
    title_link: LEADS_TO,
    text: message(),
    fallback: headline(prefix),
  };
}

function mail(to: readonly string[], prefix: string): Record<string, unknown> {
  return {
    to: to.join(", "),
    send_resolved: true,
    headers: { Subject: `[{{ .Status | toUpper }}] ${headline(prefix)}` },
    text: message(),
    // The text alone: of a mail with both, people see the other one, which is Alertmanager's own and knows no runbook.
    html: "",
  };
}

/** `AppErrors blue, severity 1, shop-production`. */
function headline(prefix: string): string {
  return `{{ .GroupLabels.alertname }}{{ with .GroupLabels.color }} {{ . }}{{ end }}, severity {{ .CommonLabels.severity }}, ${prefix}`;
}

function message(): string {
  return [
    `{{ range $index, $alert := .Alerts }}{{ if lt $index ${TOLD} }}{{ if eq $alert.Status "resolved" }}Over: {{ end }}{{ $alert.Annotations.summary }}`,
    "{{ with $alert.Annotations.description }}{{ . }}\n{{ end }}Runbook: {{ $alert.Annotations.runbook_url }}{{ with $alert.Annotations.dashboard_url }}, dashboard: {{ . }}{{ end }}",
    `{{ end }}{{ end }}{{ if gt (len .Alerts) ${TOLD} }}These are ${TOLD} of {{ len .Alerts }}.{{ end }}`,
  ].join("\n");
}
