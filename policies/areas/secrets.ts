/** Secrets: never in plain sight, and changed in time. */
import { POD_CARRIERS } from "../kinds.ts";
import { eachContainer, podSpec } from "../pods.ts";
import { refersTo, type Resource, type Stack } from "../resource.ts";
import { atLeast, type Report, type Rule, where } from "../rule.ts";
import type { Value } from "../value.ts";
import { plainRules } from "./secretsPlain.ts";
import { credential, credentialIn, reportNamed, shapeOf } from "./secretsPatterns.ts";

const SECRET = "aws:secretsmanager:Secret";
const ROTATION = "aws:secretsmanager:SecretRotation";

/** `--db-password=…` as an argument. */
const FLAG = /^--?([\w.-]+)=(.*)$/s;

function reportArgument(argument: Value, report: Report): void {
  const text = argument.text ?? "";
  const [, name = "", value = text] = FLAG.exec(text) ?? [];
  const found = credential(name, value) ?? shapeOf(text);
  if (found !== undefined) report(argument, `holds ${found}, must come from a secret`);
}

function noCredentialsInPods(carrier: Resource, report: Report): void {
  eachContainer(podSpec(carrier), (container) => {
    container.key("env").each((variable) => reportNamed(variable.key("name").text ?? "", variable.key("value"), report));
    for (const part of ["command", "args"]) container.try(() => container.key(part).texts.forEach((argument) => container.try(() => reportArgument(argument, report))));
  });
}

/** Files in a ConfigMap are read line by line; single values by their key. */
function noCredentialsInMaps(map: Resource, report: Report): void {
  for (const [key, value] of map.at("data").entries) {
    map.try(() => {
      const text = value.text ?? "";
      const found = text.includes("\n") ? credentialIn(text) : credential(key, text);
      if (found !== undefined) report(value, `holds ${found}, must be in a secret`);
    });
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

/** Days between rotations by `rate(4 hours)` or by days; a cron expression rotates at least once a year, and says no more. */
function limitPeriod(rotation: Resource, report: Report): void {
  const rules = rotation.at("rotationRules");
  const [days, schedule] = [rules.at("automaticallyAfterDays"), rules.at("scheduleExpression")];
  const enabled = rotation.at("rotationEnabled");
  if (enabled.flag === false) report(enabled, "is false, must be true");
  const rate = /^rate\((\d+) days?\)$/.exec(schedule.text ?? "")?.[1];
  if (days.exists ? (days.number ?? Infinity) > ROTATION_DAYS : Number(rate ?? 0) > ROTATION_DAYS) report(days.exists ? days : schedule, `is more than ${ROTATION_DAYS} days, must be at most ${ROTATION_DAYS}`);
  else if (!days.exists && !schedule.exists) report(rules, `says no period, must be at most ${ROTATION_DAYS} days`);
}

/** Secrets that a database takes as its password: those AWS knows how to rotate. */
const OF_DATABASE = /(?:^|[^a-z])(?:rds|aurora|database|db|postgres|postgresql|mysql|mariadb|documentdb|redshift)(?:[^a-z]|$)/i;

function needRotation(secret: Resource, stack: Stack, report: Report): void {
  if (stack.which([ROTATION], (rotation) => refersTo(rotation, "secretId", secret)).length === 0) report(secret, "is never rotated, must have a SecretRotation");
}

const ENV = "app:spec.template.spec.containers[0].env";
const KEY_ID = ["AKIA", "IOSFODNN7", "EXAMPLE"].join("");
const literal = (name: string, value: string): { set: Record<string, unknown>; at: string } => ({ set: { [ENV]: [{ name, value }] }, at: `${ENV}[0].value` });

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
    scene: "workload",
    good: [
      { set: { [ENV]: [
        { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "app", key: "password" } } }, { name: "REQUIRE_PASSWORD", value: "true" }, { name: "API_TOKEN", value: "$(TOKEN)" }, { name: "OAUTH_TOKEN", value: "https://id.example.com/token" },
        { name: "DB_PASSWORD_FILE", value: "/run/secrets/db" }, { name: "MASTER_SECRET", value: "arn:aws:secretsmanager:us-east-1:123456789012:secret:db" }, { name: "ACCESS_TOKEN_SECONDS", value: "3600" }, { name: "MONKEY", value: "banana" },
        { name: "DATABASE_URL", value: "postgres://app@db:5432/app" }, { name: "REDIS_URL", value: "redis://:$(REDIS_PASSWORD)@cache:6379" }, { name: "DB_SECRET", value: "/run/secrets/db" }, { name: "EMPTY_PASSWORD", value: "" },
      ], "app:spec.template.spec.containers[0].args": ["--token-file=/run/secrets/token", "--password=$(DB_PASSWORD)", "serve"] } },
    ],
    bad: [
      literal("DB_PASSWORD", "hunter2"),
      ...["PGPASSWORD", "apiKey", "JWT_SECRET", "AWS_SECRET_ACCESS_KEY", "DB_PASS", "pwd", "GIT_CREDENTIALS", "CONNECTION_STRING"].map((name) => literal(name, "c29tZXRoaW5n")),
      ...[
        KEY_ID, "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27u", `ghp_${"a1B2".repeat(9)}`, `xoxb-${"1234567890"}-abc`,
        `sk_live_${"a1B2".repeat(5)}`, "postgres://app:hunter2@db:5432/app",
      ].map((value) => literal("SETTING", value)),
      { set: { "app:spec.template.spec.initContainers[0].env": [{ name: "DB_PASSWORD", value: "hunter2" }] }, at: "app:spec.template.spec.initContainers[0].env[0].value" },
      { set: { "app:spec.template.spec.containers[0].args": ["serve", "--db-password=hunter2"] }, at: "app:spec.template.spec.containers[0].args[1]" },
      { set: { "app:spec.template.spec.containers[0].command": ["sh", "-c", `aws configure set aws_access_key_id ${KEY_ID}`] }, at: "app:spec.template.spec.containers[0].command[2]" },
      { set: { "nightly:spec.jobTemplate.spec.template.spec.containers[0].env": [{ name: "DB_PASSWORD", value: "hunter2" }] }, at: "nightly:spec.jobTemplate.spec.template.spec.containers[0].env[0].value" },
    ],
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
    scene: "secrets",
    good: [{ set: { "config:data.nginx": "token: $1\nsecret_name: app\npassword = \"$(cat /run/secrets/db)\"\n", "config:data.SECRET_NAME": "app" } }],
    bad: [
      { set: { "config:data.DB_PASSWORD": "hunter2" } },
      { set: { "config:data.URL": "amqp://app:hunter2@queue" } },
      { set: { "config:data.settings": "host: db\n  password: hunter2\n" } },
      { set: { "config:data.script": "#!/bin/sh\nexport DB_PASSWORD='hunter2'\n" } },
      { set: { "config:data.json": "{\n  \"apiKey\": \"c29tZXRoaW5n\"\n}\n" } },
    ],
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
    scene: "secrets",
    bad: [{ set: { "token:stringData": { password: "hunter2" } } }, { set: { "token:data": { password: "aHVudGVyMg==" } } }],
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
    scene: "secrets",
    bad: [{ set: { "store:spec.provider.aws.auth": { secretRef: { accessKeyIDSecretRef: { name: "aws", key: "id" } } } }, at: "store:spec.provider.aws.auth.secretRef" }],
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
    scene: "secrets",
    good: [{ remove: ["rotation"], set: { "secret:name": "shop/dbt/payment-api-key" } }],
    bad: [{ remove: ["rotation"], at: "secret:" }, { set: { "rotation:secretId": "another" }, at: "secret:" }, { remove: ["rotation"], set: { "secret:name": "Aurora" }, at: "secret:" }],
  },
  {
    id: "secrets/rotation-period",
    title: "Secrets rotate every 90 days or oftener",
    items: ["secrets", "key-rotation"],
    severity: "medium",
    frameworks: ["FSBP: SecretsManager.4"],
    why: "The longer a password lives, the more places have a copy of it.",
    mend: "Set `rotationRules.automaticallyAfterDays: 90` or less, or a `scheduleExpression`; leave `rotationEnabled` at true.",
    kinds: [ROTATION],
    check: limitPeriod,
    scene: "secrets",
    good: [
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(90 days)" } } },
      { set: { "rotation:rotationRules": { scheduleExpression: "cron(0 16 1,15 * ? *)" } } },
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(10 hours)" } } },
    ],
    bad: [
      { set: { "rotation:rotationRules.automaticallyAfterDays": 91 } },
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(91 days)" } }, at: "rotation:rotationRules.scheduleExpression" },
      { set: { "rotation:rotationRules": undefined } },
      { set: { "rotation:rotationEnabled": false } },
    ],
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
    scene: "secrets",
    good: [{ set: { "secret:recoveryWindowInDays": undefined } }],
    bad: [{ set: { "secret:recoveryWindowInDays": 0 } }, { set: { "secret:recoveryWindowInDays": 6 } }],
  },
];
