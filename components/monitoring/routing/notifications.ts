/** Whom alerts reach, and by which way. */
import type { Team } from "../alerts/alert.ts";

/** Teams of the product's alerts; rules of the stack may bring further ones. */
export const TEAMS: readonly Team[] = ["application", "platform", "data", "security"];

export interface Mail {
  from: string;
  /** Mail server with its port, such as `smtp.example.com:587`; TLS is required. */
  smarthost: string;
  /** Name of the account at that server; its password is a credential. */
  username: string;
  to: string[];
  /** Mailboxes of teams that have their own, in place of `to`. */
  teams?: Record<string, string[]> | undefined;
}

export interface Slack {
  channel: string;
  /** Channels of teams that have their own, in place of `channel`. */
  teams?: Record<string, string> | undefined;
}

/** Field names are those of the stack file. */
export interface Notifications {
  mail?: Mail | undefined;
  slack?: Slack | undefined;
  pagerduty: boolean;
  /** Something outside is called every minute, and tells when the calls stop. */
  deadMansSwitch: boolean;
  /** When alerts of severity 4 are told. */
  businessHours: { timeZone: string; days: string; from: string; to: string };
  /** Why alerts reach nobody; nothing else is set then. */
  nobody?: string | undefined;
}

/** Credentials by their name in the stack file: the file in the pod, and when it is needed. */
const CREDENTIALS = {
  slackToken: { file: "slack-token", needed: ({ slack }: Notifications) => slack !== undefined },
  pagerdutyRoutingKey: { file: "pagerduty-routing-key", needed: ({ pagerduty }: Notifications) => pagerduty },
  smtpPassword: { file: "smtp-password", needed: ({ mail }: Notifications) => mail !== undefined },
  deadMansSwitchUrl: { file: "dead-mans-switch-url", needed: ({ deadMansSwitch }: Notifications) => deadMansSwitch },
} as const;

export type Credential = keyof typeof CREDENTIALS;

export const CREDENTIAL_NAMES = Object.keys(CREDENTIALS) as Credential[];

/** Name of the Alertmanager object. */
export const ALERTMANAGER = "golive";

/** The Kubernetes Secret with configuration and credentials, by the operator's convention named after the object; it is mounted under its name. */
export const ALERTMANAGER_SECRET = `alertmanager-${ALERTMANAGER}`;

/** What these notifications need. */
export function neededCredentials(notifications: Notifications): Credential[] {
  return CREDENTIAL_NAMES.filter((name) => CREDENTIALS[name].needed(notifications));
}

/** Key in the Secret and name of the file. */
export function fileName(credential: Credential): string {
  return CREDENTIALS[credential].file;
}

/** Path in Alertmanager's pod (Prometheus Operator, API reference, AlertmanagerSpec.secrets). */
export function filePath(credential: Credential): string {
  return `/etc/alertmanager/secrets/${ALERTMANAGER_SECRET}/${fileName(credential)}`;
}

/** Names in Secrets Manager of what these notifications need. */
export function credentialSecrets(prefix: string, notifications: Notifications): string[] {
  return neededCredentials(notifications).map((credential) => credentialSecret(prefix, credential));
}

export function credentialSecret(prefix: string, credential: Credential): string {
  return `${prefix}/alertmanager/${fileName(credential)}`;
}
