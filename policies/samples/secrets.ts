/** Samples of areas/secrets.ts. */
import type { Samples } from "./sample.ts";

const ENV = "app:spec.template.spec.containers[0].env";

const KEY_ID = ["AKIA", "IOSFODNN7", "EXAMPLE"].join("");

const literal = (name: string, value: string): { set: Record<string, unknown>; at: string } => ({ set: { [ENV]: [{ name, value }] }, at: `${ENV}[0].value` });

/** A header, and a command, of what Kubernetes does to a container. */
function handling(handler: string): { set: Record<string, unknown>; at: string }[] {
  const place = `app:spec.template.spec.containers[0].${handler}`;
  return [
    { set: { [`${place}.httpGet.httpHeaders`]: [{ name: "Accept", value: "text/plain" }, { name: "X-Api-Key", value: "hunter2" }] }, at: `${place}.httpGet.httpHeaders[1].value` },
    { set: { [`${place}.httpGet`]: undefined, [`${place}.exec`]: { command: ["check", "--password=hunter2"] } }, at: `${place}.exec.command[1]` },
  ];
}

export const samples: Samples = {
  "secrets/pods": {
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
      ...["livenessProbe", "readinessProbe", "startupProbe"].flatMap(handling),
      ...["lifecycle.postStart", "lifecycle.preStop"].map((handler) => ({ set: { [`app:spec.template.spec.containers[0].${handler}`]: { httpGet: { path: "/", port: "http", httpHeaders: [{ name: "authorization", value: "Basic YTpi" }] } } }, at: `app:spec.template.spec.containers[0].${handler}.httpGet.httpHeaders[0].value` })),
      ...["Authorization", "Proxy-Authorization", "COOKIE"].map((name) => ({ set: { "app:spec.template.spec.containers[0].livenessProbe.httpGet.httpHeaders": [{ name, value: "Basic YTpi" }] }, at: "app:spec.template.spec.containers[0].livenessProbe.httpGet.httpHeaders[0].value" })),
      { set: { "nightly:spec.jobTemplate.spec.template.spec.containers[0].env": [{ name: "DB_PASSWORD", value: "hunter2" }] }, at: "nightly:spec.jobTemplate.spec.template.spec.containers[0].env[0].value" },
    ],
  },
  "secrets/config-maps": {
    scene: "secrets",
    good: [{ set: { "config:data.nginx": "token: $1\nsecret_name: app\npassword = \"$(cat /run/secrets/db)\"\n", "config:data.SECRET_NAME": "app", "config:binaryData": { logo: btoa("PNG\n"), DB_PASSWORD_FILE: btoa("/run/secrets/db") } } }],
    bad: [
      { set: { "config:data.DB_PASSWORD": "hunter2" } },
      { set: { "config:data.URL": "amqp://app:hunter2@queue" } },
      { set: { "config:data.settings": "host: db\n  password: hunter2\n" } },
      { set: { "config:data.script": "#!/bin/sh\nexport DB_PASSWORD='hunter2'\n" } },
      { set: { "config:binaryData": { DB_PASSWORD: btoa("hunter2") } }, at: "config:binaryData.DB_PASSWORD" },
      { set: { "config:binaryData": { settings: btoa("host: db\n  password: hunter2\n") } }, at: "config:binaryData.settings" },
      { set: { "config:data.json": "{\n  \"apiKey\": \"c29tZXRoaW5n\"\n}\n" } },
    ],
  },
  "secrets/kubernetes-secrets": {
    scene: "secrets",
    bad: [{ set: { "token:stringData": { password: "hunter2" } } }, { set: { "token:data": { password: "aHVudGVyMg==" } } }],
  },
  "secrets/store-identity": {
    scene: "secrets",
    bad: [{ set: { "store:spec.provider.aws.auth": { secretRef: { accessKeyIDSecretRef: { name: "aws", key: "id" } } } }, at: "store:spec.provider.aws.auth.secretRef" }],
  },
  "secrets/rotation": {
    scene: "secrets",
    good: [{ remove: ["rotation"], set: { "secret:name": "shop/dbt/payment-api-key" } }],
    bad: [{ remove: ["rotation"], at: "secret:" }, { set: { "rotation:secretId": "another" }, at: "secret:" }, { remove: ["rotation"], set: { "secret:name": "Aurora" }, at: "secret:" }],
  },
  "secrets/rotation-period": {
    scene: "secrets",
    good: [
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(90 days)" } } },
      { set: { "rotation:rotationRules": { scheduleExpression: "cron(0 16 1,15 * ? *)" } } },
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(10 hours)" } } },
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(2160 hours)" } } },
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(1 day)" } } },
      { set: { "rotation:rotationRules": { scheduleExpression: "cron(0 4 ? * MON#1 *)" } } },
    ],
    bad: [
      { set: { "rotation:rotationRules.automaticallyAfterDays": 91 } },
      { set: { "rotation:rotationRules": { scheduleExpression: "rate(91 days)" } }, at: "rotation:rotationRules.scheduleExpression" },
      ...["rate(2161 hours)", "cron(0 0 1 1 ? *)", "cron(0 0 1 1/6 ? *)", "cron(0 0 1 * ? 2027)", "cron(0 0 1 * ?)", "yearly", "rate(1 year)"].map((scheduleExpression) => ({ set: { "rotation:rotationRules": { scheduleExpression } }, at: "rotation:rotationRules.scheduleExpression" })),
      { set: { "rotation:rotationRules.automaticallyAfterDays": "often" } },
      { set: { "rotation:rotationRules": undefined } },
      { set: { "rotation:rotationEnabled": false } },
    ],
  },
  "secrets/recovery-window": {
    scene: "secrets",
    good: [{ set: { "secret:recoveryWindowInDays": undefined } }],
    bad: [{ set: { "secret:recoveryWindowInDays": 0 } }, { set: { "secret:recoveryWindowInDays": 6 } }],
  },
};
