/** Samples of areas/secretsPlain.ts. */
import type { Samples } from "./sample.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

export const samples: Samples = {
  "secrets/environments": {
    scene: "secrets",
    good: [{ set: { "function:environment.variables": { DB_SECRET: "arn:aws:secretsmanager:us-east-1:123456789012:secret:db", LOG_LEVEL: "info" } } }],
    bad: [
      { set: { "function:environment.variables": { DB_PASSWORD: "hunter2" } }, at: "function:environment.variables.DB_PASSWORD" },
      { set: { "function:environment.variables.URL": "mysql://app:hunter2@db/app" } },
    ],
  },
  "secrets/user-data": {
    scene: "secrets",
    good: [{ set: { "template:userData": base64("#!/bin/sh\nTOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token)\n") } }],
    bad: [
      { set: { "template:userData": base64("#!/bin/sh\nexport DB_PASSWORD=hunter2\n") } },
      { set: { "template:userData": "#!/bin/sh\nDB_PASSWORD=hunter2\n" } },
      { set: { "template:userDataBase64": base64("#!/bin/sh\nDB_PASSWORD=hunter2\n") } },
    ],
  },
  "secrets/chart-values": {
    scene: "ingress",
    good: [
      { set: {
        "controller:values.auth": { existingSecret: "db", passwordFile: "/run/secrets/db", enabled: true, password: "" },
        "controller:values.imagePullSecret": "registry", "controller:values.controller.defaultTLS": { secret: "ingress/default", tlsSecret: "app-tls", caSecret: "ca", certificateSecret: "a", "root-secret": "b", registrySecret: "c" },
        "controller:values.env": [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }, { name: "LOG_LEVEL", value: "info" }, "plain"],
      } },
    ],
    bad: [
      { set: { "controller:values.password": "hunter2" } },
      { set: { "controller:values.auth": { postgres: { clientSecret: "hunter2" } } }, at: "controller:values.auth.postgres.clientSecret" },
      { set: { "controller:values.env": [{ name: "DB_PASSWORD", value: "hunter2" }] }, at: "controller:values.env[0].value" },
      { set: { "controller:values.users": [{ name: "app", login: [{ token: "hunter2" }] }] }, at: "controller:values.users[0].login[0].token" },
      { set: { "controller:values.url": "postgres://app:hunter2@db/app" } },
      { set: { "controller:values.urls": ["https://example.com", "postgres://app:hunter2@db/app"] }, at: "controller:values.urls[1]" },
    ],
  },
  "secrets/versions": {
    scene: "secrets",
    good: [{ set: { "version:secretStringWo": undefined, "version:secretString": { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" } } }],
    bad: [
      { set: { "version:secretString": "hunter2", "version:secretStringWo": undefined }, at: "version:secretString" },
      { set: { "version:secretBinary": base64("hunter2"), "version:secretStringWo": undefined }, at: "version:secretBinary" },
    ],
  },
  "secrets/parameters": {
    scene: "secrets",
    good: [{ set: { "parameter:name": "/shop/db/password", "parameter:type": "SecureString", "parameter:keyId": "arn:aws:kms:us-east-1:123456789012:key/0f3c2b1a-1111-4222-8333-444455556666" } }],
    bad: [
      { set: { "parameter:name": "/shop/db/password" }, at: "parameter:value" },
      { set: { "parameter:value": "postgres://app:hunter2@db/app" } },
      { set: { "parameter:value": undefined, "parameter:insecureValue": "postgres://app:hunter2@db/app" }, at: "parameter:insecureValue" },
    ],
  },
  "secrets/database-passwords": {
    scene: "database",
    good: [{ set: { "db:passwordWo": "x" } }],
    bad: [{ set: { "db:password": "x" } }, { set: { "aurora:masterPassword": "x" } }],
  },
};
