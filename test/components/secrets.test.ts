import { expect, it } from "vitest";
import { Secrets, type SecretsArgs } from "../../components/secrets.ts";
import { IDENTITY, only, PLACE, PROTECTED, statements } from "./dataFixtures.ts";
import { declared } from "./mocks.ts";

const ARGS: SecretsArgs = {
  ...PLACE, protection: PROTECTED, secretsKeyArn: "arn:key:secrets", rotationDays: 30, recoveryWindowDays: 30, app: ["JWT_SECRET"], refreshMinutes: 15,
  namespace: "shop", namespaceName: "shop", identity: IDENTITY, redis: { authSecretName: "shop-production/redis/auth-token" },
};

it("declares containers with the customer key and no value, and syncs them", async () => {
  const found = await declared(() => { new Secrets("secrets", ARGS); });
  expect(only(found, ":Secret", "secrets-jwt-secret")).toMatchObject({ name: "shop-production/app/JWT_SECRET", kmsKeyId: "arn:key:secrets", recoveryWindowInDays: 30 });
  expect(found.filter((r) => r.type.endsWith(":SecretVersion"))).toEqual([]);
  expect(only(found, ":ExternalSecret", "secrets-sync")["spec"]).toMatchObject({
    refreshInterval: "15m", target: { name: "app-secrets", deletionPolicy: "Retain" },
    data: [{ secretKey: "JWT_SECRET", remoteRef: { key: "shop-production/app/JWT_SECRET" } }, { secretKey: "REDIS_AUTH_TOKEN", remoteRef: { property: "authToken" } }],
  });
  const policy = statements(only(found, ":RolePolicy", "external-secrets-policy")["policy"]);
  expect(policy["ReadSecrets"]?.["Resource"]).toEqual(["shop-production/app/JWT_SECRET", "shop-production/redis/auth-token"].map((name) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-??????`));
});

it("reads as a service account of the namespace where the cluster is not EKS", async () => {
  const found = await declared(() => { new Secrets("secrets", { ...ARGS, identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.com", issuer: "oidc.example.com" } }); });
  expect(only(found, ":SecretStore", "secrets-store")["spec"]).toEqual({ provider: { aws: { service: "SecretsManager", region: "us-east-1", auth: { jwt: { serviceAccountRef: { name: "secrets-reader" } } } } } });
});
