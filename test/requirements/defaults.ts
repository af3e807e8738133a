/**
 * Every default of the standard profile and the place in the rendered files where it arrives; each is changed, and the
 * change must be noticed there. As many are changed together as the rules between keys allow.
 */
import type { ConfigValue } from "../../sandbox/workspace/stackFile.ts";
import type { DefaultEffect } from "./requirement.ts";
import { application } from "./defaults/application.ts";
import { infrastructure } from "./defaults/infrastructure.ts";
import { operations } from "./defaults/operations.ts";
import { switches } from "./defaults/switches.ts";

/** The groups of defaults that are changed together. */
export const BATCHES = { values: [...application, ...infrastructure, ...operations], switches } satisfies Record<string, DefaultEffect[]>;

export const DEFAULTS: DefaultEffect[] = Object.values(BATCHES).flat();

const RELEASE = "read by the release commands and their gates; no resource is made of it";
const ROLLING = "bounds the updates of a rolling release, which the default strategy is not (test/components/release.test.ts)";

const PAGES = "no other value is allowed in production (rule production-pages); test/monitoring/routing.test.ts shows both";

/** Defaults that no declared resource shows, with the reason. */
export const NO_RESOURCE_EFFECT: Readonly<Record<string, string>> = {
  profile: "names the set of defaults; its values are here one by one",
  images: "holds no default: every image must be named",
  "release.healthChecks.attempts": RELEASE,
  "release.healthChecks.intervalSeconds": RELEASE,
  "release.verifySeconds": RELEASE,
  "release.budgetSeconds": RELEASE,
  "release.rollbackWindowSeconds": RELEASE,
  "release.rolling.maxUnavailable": ROLLING,
  "release.rolling.maxSurge": ROLLING,
  "release.canary.by": "divides the traffic of a canary, which is none by default (test/components/replicaCanary.test.ts)",
  "release.canary.weights": RELEASE,
  "release.canary.stepSeconds": RELEASE,
  ...Object.fromEntries(["use", "errorRate", "p95Seconds", "cpu", "memory", "leastRequests", "windowSeconds"].map((name) => [`release.signals.${name}`, RELEASE])),
  "storage.irrevocable": "said by a person so that a compliance lock is taken; the rule compliance-lock-said refuses the lock without it",
  "monitoring.notifications.pagerduty": PAGES,
  "monitoring.notifications.deadMansSwitch": PAGES,
  "keys.rotationDays": "no other value is allowed: 90 is the least that KMS takes and the most that the checklist allows",
};

/** Production with nothing but what has no default; what must be said beside a default (a compliance lock) is said. */
export const ONLY_DEFAULTS: Record<string, ConfigValue | undefined> = {
  ...Object.fromEntries(["profile", "region", "zones", "tags", "protect", "retainOnDelete", "activeColor", "release", "network", "nodes", "postgres", "redis", "secrets", "appSecrets", "ingress"].map((key) => [`golive:${key}`, undefined])),
  "golive:app": { name: "shop", migrations: { command: ["node", "dist/migrate.js"] } },
  "golive:cluster": { access: { via: "runner", connectionArn: "arn:aws:codeconnections:us-east-1:123456789012:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4" } },
  "golive:storage": { irrevocable: true },
  "golive:backups": { stateBucket: "example-pulumi-state" },
  "golive:grafanaClientSecret": undefined,
  "golive:images.grafana": undefined,
  "golive:monitoring": {
    notifications: { mail: { from: "alerts@example.com", smarthost: "smtp.example.com:587", username: "alerts", to: ["oncall@example.com"] }, slack: { channel: "#alerts", teams: { security: "#security" } } },
  },
  "golive:notifications": { emails: ["oncall@example.com", "security@example.com"] },
};

/** The same with every default of the batch changed. */
export function allChanged(batch: readonly DefaultEffect[]): Record<string, ConfigValue | undefined> {
  const changes = batch.flatMap((effect) => [...Object.entries(effect.with ?? {}), [effect.key, effect.changed] as const]);
  return { ...ONLY_DEFAULTS, ...Object.fromEntries(changes.map(([key, value]) => [`golive:${key}`, value as ConfigValue | undefined])) };
}
