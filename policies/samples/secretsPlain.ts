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
