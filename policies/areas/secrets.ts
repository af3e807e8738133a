/** Secrets: never in plain sight, and changed in time. */
import { POD_CARRIERS } from "../kinds.ts";
import { eachContainer, podSpec } from "../pods.ts";
import type { Resource, Stack } from "../resource.ts";
import { atLeast, type Report, type Rule, shown, where } from "../rule.ts";
import { plainRules } from "./secretsPlain.ts";
import { credential, credentialIn, decoded, reportArguments, reportHeaders, reportNamed } from "./secretsPatterns.ts";

const SECRET = "aws:secretsmanager:Secret";
const ROTATION = "aws:secretsmanager:SecretRotation";

/** What Kubernetes does to a container: each asks by HTTP or runs a command. */
const HANDLERS = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];

function noCredentialsInPods(carrier: Resource, report: Report): void {
  eachContainer(podSpec(carrier), (container) => {
    container.key("env").each((variable) => reportNamed(variable.key("name"), variable.key("value"), report));
    for (const part of ["command", "args", ...HANDLERS.map((handler) => `${handler}.exec.command`)]) container.try(() => reportArguments(container.at(part), report));
    for (const handler of HANDLERS) container.try(() => reportHeaders(container.at(`${handler}.httpGet.httpHeaders`), report));
  });
}

/** Files in a ConfigMap are read line by line; single values by their key. */
function noCredentialsInMaps(map: Resource, report: Report): void {
  const read: Readonly<Record<string, (text: string) => string>> = { data: (text) => text, binaryData: decoded };
  for (const [part, textOf] of Object.entries(read)) {
    map.try(() => map.at(part).entries.forEach(([key, value]) => map.try(() => {
      const text = textOf(value.text ?? "");
      const found = text.includes("\n") ? credentialIn(text) : credential(key, text);
      if (found !== undefined) report(value, `holds ${found}, must be in a secret`);
    })));
  }
}

/** A secret of Kubernetes that the program writes is in its code, its state, and wherever the manifest goes. */
function noContent(secret: Resource, report: Report): void {
  for (const part of ["data", "stringData"]) {
    secret.try(() => {
      const place = secret.at(part);
      if (place.entries.length > 0) report(place, "holds values, must be left out and synced by an ExternalSecret");
    });
  }
}

function noStaticLogin(store: Resource, report: Report): void {
  const login = store.at("spec.provider.aws.auth.secretRef");
  if (login.exists) report(login, "is a static credential in the cluster, must be left out (Pod Identity) or be auth.jwt with a service account");
}

/** 90 days: requirements, "key rotation". */
const ROTATION_DAYS = 90;

/** Whether a schedule rotates in time: `rate(4 hours)`, or a cron expression of every month, which comes round in 62 days. */
function isOften(schedule: string): boolean {
  const [, count, unit] = /^rate\((\d+) (day|hour)s?\)$/.exec(schedule) ?? [];
  if (unit !== undefined) return Number(count) <= ROTATION_DAYS * (unit === "day" ? 1 : 24);
  return /^cron\(\S+ \S+ \S+ \* \S+ \*\)$/.test(schedule);
}

function limitPeriod(rotation: Resource, report: Report): void {
  const rules = rotation.at("rotationRules");
  const [days, schedule] = [rules.at("automaticallyAfterDays"), rules.at("scheduleExpression")];
  const enabled = rotation.at("rotationEnabled");
  if (enabled.flag === false) report(enabled, "is false, must be true");
  if (days.exists) {
    if ((days.number ?? Infinity) > ROTATION_DAYS) report(days, `is ${shown(days)}, must be at most ${ROTATION_DAYS} days`);
  } else if (!schedule.exists) report(rules, `says no period, must be at most ${ROTATION_DAYS} days`);
  else if (!isOften(schedule.text ?? "")) report(schedule, `is ${shown(schedule)}, must be a rate of at most ${ROTATION_DAYS} days, or a cron expression of every month`);
}

/** Secrets that a database takes as its password: those AWS knows how to rotate. */
const OF_DATABASE = /(?:^|[^a-z])(?:rds|aurora|database|db|postgres|postgresql|mysql|mariadb|documentdb|redshift)(?:[^a-z]|$)/i;

function needRotation(secret: Resource, stack: Stack, report: Report): void {
  if (stack.pointing(ROTATION, "secretId", secret).length === 0) report(secret, "is never rotated, must have a SecretRotation");
}

export const rules: Rule[] = [
  ...plainRules,
  {
    id: "secrets/pods",
    title: "No credential stands in a pod's specification",
    items: ["secrets"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 8.6.2"],
    why: "Whoever may look at pods reads their environment and arguments; so do dashboards, `kubectl describe` in a ticket, and every copy of the manifest.",
    mend: "Give `valueFrom.secretKeyRef` or `envFrom.secretRef` of a Secret that External Secrets fills.",
    kinds: POD_CARRIERS,
    check: noCredentialsInPods,
  },
  {
    id: "secrets/config-maps",
    title: "No credential stands in a ConfigMap",
    items: ["secrets"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 8.6.2"],
    why: "ConfigMaps are neither encrypted nor guarded: what may look at the namespace reads them.",
    mend: "Put the value into Secrets Manager and an ExternalSecret; in a file, leave a place that the program fills from its environment.",
    kinds: ["k8s:core:ConfigMap"],
    check: noCredentialsInMaps,
  },
  {
    id: "secrets/kubernetes-secrets",
    title: "Secrets of the cluster are synced, not declared",
    items: ["secrets"],
    severity: "critical",
    closed: true,
    frameworks: [],
    why: "Base64 is no encryption: a declared Secret is readable in the repository, in the state and in every rendered manifest, and rotates never.",
    mend: "Declare an ExternalSecret that fetches it from Secrets Manager; leave `data` and `stringData` out.",
    kinds: ["k8s:core:Secret"],
    check: noContent,
  },
  {
    id: "secrets/store-identity",
    title: "The secret store is reached by identity, not by a key",
    items: ["secrets"],
    severity: "high",
    frameworks: [],
    why: "A static key that opens Secrets Manager, kept in the cluster, is the one secret that opens all others.",
    mend: "Leave out `auth.secretRef`: the controller's Pod Identity, or `auth.jwt.serviceAccountRef`, is enough.",
    kinds: ["k8s:external-secrets.io:SecretStore", "k8s:external-secrets.io:ClusterSecretStore"],
    check: noStaticLogin,
  },
  {
    id: "secrets/rotation",
    title: "Passwords of databases rotate by themselves",
    items: ["secrets", "key-rotation", "database"],
    severity: "high",
    frameworks: ["FSBP: SecretsManager.1"],
    why: "A password that nobody changes is known to everybody who ever worked here, and is in every old backup of a laptop.",
    mend: "Declare aws.secretsmanager.SecretRotation with the secret's id, a rotation function, and `rotationRules.automaticallyAfterDays` of at most 90.",
    kinds: [SECRET],
    applies: (secret) => OF_DATABASE.test(secret.at("name").text ?? secret.name),
    relate: needRotation,
  },
  {
    id: "secrets/rotation-period",
    title: "Secrets rotate every 90 days or oftener",
    items: ["secrets", "key-rotation"],
    severity: "medium",
    frameworks: ["FSBP: SecretsManager.4"],
    why: "The longer a password lives, the more places have a copy of it.",
    mend: "Set `rotationRules.automaticallyAfterDays: 90` or less, or a `scheduleExpression` with such a rate or of every month; leave `rotationEnabled` at true.",
    kinds: [ROTATION],
    check: limitPeriod,
  },
  {
    id: "secrets/recovery-window",
    title: "A deleted secret can be brought back for a week",
    items: ["secrets", "protect"],
    severity: "medium",
    frameworks: [],
    why: "With a window of 0 days the secret is gone at once, and with it what only it could open; with a week somebody notices.",
    mend: "Set `recoveryWindowInDays` to 7 or more, or leave it at 30.",
    kinds: [SECRET],
    check: where({ recoveryWindowInDays: (days) => (days.exists ? atLeast(7, " days")(days) : undefined) }),
  },
];
