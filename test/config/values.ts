/** A valid configuration that tests break in one place at a time. */
import { type Config, type ConfigError, type Mistake, parseConfig } from "../../stacks/config.ts";

/** Marks the secrets of the tests, so that one that leaks can be found in any text. */
export const SECRET_MARK = "S3cretMark";

export const SECRETS: Record<string, string | Record<string, string>> = {
  postgresMasterPassword: `${SECRET_MARK}-postgres-0123456789`,
  redisAuthToken: `${SECRET_MARK}-redis-0123456789`,
  pagerUrl: `https://pager.example.com/${SECRET_MARK}`,
  notificationSecrets: { slackToken: `${SECRET_MARK}-slack`, pagerdutyRoutingKey: `${SECRET_MARK}-pagerduty`, deadMansSwitchUrl: `https://switch.example.com/${SECRET_MARK}` },
};

const digest = (digit: string) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:${digit.repeat(64)}`;

/** What a stack has to say on the standard profile, and nothing more. */
export function validValues(): Record<string, unknown> {
  return {
    environment: "production",
    accountId: "123456789012",
    owner: "platform@example.com",
    costCenter: "platform",
    app: { name: "shop", migrations: { command: ["migrate"] } },
    images: { blue: digest("b"), green: digest("c"), jobs: digest("d"), scanner: digest("e") },
    cluster: { access: { via: "runner", connectionArn: "arn:aws:codeconnections:us-east-1:123456789012:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4" } },
    storage: { irrevocable: true },
    backups: { stateBucket: "example-pulumi-state" },
    edge: { domain: "shop.example.com" },
    access: {
      ci: { repository: "example/shop", environment: "production" },
      peopleTrust: ["arn:aws:iam::123456789012:saml-provider/idp"],
      breakGlassTrust: ["arn:aws:iam::123456789012:user/break-glass"],
    },
    notifications: { emails: ["oncall@example.com"] },
    monitoring: { notifications: { slack: { channel: "#alerts", teams: { security: "#security" } } } },
    maintenance: { dastTarget: "staging.shop.example.com" },
    cost: { monthlyBudgetUsd: 2500 },
    privacy: { controller: "Example Ltd", contact: "privacy@example.com" },
    ...SECRETS,
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Lays changes over the valid values; undefined removes a key. */
export function changed(changes: Record<string, unknown>, base: Record<string, unknown> = validValues()): Record<string, unknown> {
  const result = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    const before = result[name];
    if (value === undefined) delete result[name];
    else result[name] = isObject(value) && isObject(before) ? changed(value, before) : value;
  }
  return result;
}

/** Parses plain values in which the secret keys are Pulumi secrets. */
export function parse(values: Record<string, unknown>, stack = "production"): Config {
  return parseConfig({ values, stack, secretKeys: new Set(["postgresMasterPassword", "redisAuthToken", "pagerUrl", "kubeconfig", "appSecrets", "notificationSecrets", "grafanaClientSecret"]) });
}

/** The mistakes of a configuration; none when it is accepted. */
export function mistakesIn(values: Record<string, unknown>, stack = "production"): readonly Mistake[] {
  try {
    parse(values, stack);
    return [];
  } catch (error) {
    if (isConfigError(error)) return error.mistakes;
    throw error;
  }
}

export function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && error.name === "ConfigError";
}
