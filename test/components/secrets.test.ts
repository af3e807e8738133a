import type * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { Secrets, type SecretsArgs } from "../../components/secrets.ts";
import { IDENTITY, only, PLACE, PROTECTED, secretValue, statements, unlimitedSids, wildcardActions } from "./dataFixtures.ts";
import { declared, type Declared, valueOf } from "./mocks.ts";

const ARGS: SecretsArgs = {
  ...PLACE, protection: PROTECTED, secretsKeyArn: "arn:key:secrets", rotationDays: 30, recoveryWindowDays: 30, app: ["JWT_SECRET"], values: { JWT_SECRET: "a-first-value" }, refreshMinutes: 15,
  namespace: "shop", namespaceName: "shop", identity: IDENTITY, redis: { authSecretName: "shop-production/redis/auth-token", authSecretVersion: "token-version-1" }, version: 1,
};
const READABLE = ["shop-production/app/JWT_SECRET", "shop-production/redis/auth-token"].map((name) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-??????`);

let eks: Declared[];
let elsewhere: Declared[];

beforeAll(async () => {
  eks = await declared(() => { new Secrets("secrets", ARGS); });
  elsewhere = await declared(() => { new Secrets("secrets", { ...ARGS, identity: { kind: "webIdentity", providerArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.com", issuer: "oidc.example.com" } }); });
});

it("declares containers with the customer key, protected", () => {
  expect(only(eks, ":Secret", "secrets-jwt-secret")).toMatchObject({ name: "shop-production/app/JWT_SECRET", kmsKeyId: "arn:key:secrets", recoveryWindowInDays: 30, tags: { "data-class": "secrets", "rotation-days": "30" } });
  expect(eks.find((r) => r.name === "secrets-jwt-secret")).toMatchObject({ protect: true, retainOnDelete: true });
});

it("writes the first value once, keeps it out of the state and never puts it back", () => {
  const version = only(eks, ":SecretVersion", "secrets-jwt-secret-value");
  expect(version).not.toHaveProperty("secretString");
  expect(secretValue(version["secretStringWo"])).toBe("a-first-value");
  expect(version["secretStringWoVersion"]).toBe(1);
  expect(eks.find((r) => r.name === "secrets-jwt-secret-value")?.ignoreChanges).toEqual(["secretStringWo"]);
});

describe("the version of what the pods read", () => {
  const version = async (change: Partial<SecretsArgs> = {}, versionId = "first") => {
    let content: pulumi.Output<string> | undefined;
    const resources = await declared(
      () => { content = new Secrets("secrets", { ...ARGS, ...change }).contentVersion; },
      { outputs: (type) => (type.endsWith(":SecretVersion") ? { versionId } : {}) },
    );
    const said = await valueOf(content ?? "");
    expect(only(resources, ":ExternalSecret", "secrets-sync")["metadata"]).toMatchObject({ annotations: { "pulumi.com/waitFor": "condition=Ready", "golive.dev/secrets-version": said } });
    return said;
  };

  it("is the raised number and ten hex digits, the same for the same versions, and no secret", async () => {
    expect(await version()).toMatch(/^1-[0-9a-f]{10}$/);
    expect(await version()).toBe(await version());
    // It hangs on the ids of versions: the value itself, of which a hash could be guessed, has no part in it.
    expect(await version({ values: { JWT_SECRET: "another-value" } })).toBe(await version());
  });

  it.each<[string, Partial<SecretsArgs>, string]>([
    ["the cache has another token", { redis: { ...ARGS.redis, authSecretVersion: "token-version-2" } }, "first"],
    ["the program has written another version of a value", {}, "second"],
    ["there is another variable", { app: ["JWT_SECRET", "API_KEY"], values: { JWT_SECRET: "a", API_KEY: "b" } }, "first"],
    ["a person says that a value was changed by hand", { version: 2 }, "first"],
  ])("is another one when %s", async (_, change, versionId) => {
    expect(await version(change, versionId)).not.toBe(await version());
  });
});

it("denies other accounts and plain http on every container", () => {
  const policy = only(eks, ":SecretPolicy", "secrets-jwt-secret-policy");
  expect(policy["blockPublicPolicy"]).toBe(true);
  expect(Object.values(statements(policy["policy"])).map((s) => [s["Sid"], s["Effect"], s["Principal"]])).toEqual([["DenyOtherAccounts", "Deny", "*"], ["DenyPlainHttp", "Deny", "*"]]);
});

it("syncs every variable and the cache's token into one Secret that outlives an unreachable Secrets Manager", () => {
  expect(only(eks, ":ExternalSecret", "secrets-sync")).toMatchObject({
    apiVersion: "external-secrets.io/v1",
    metadata: { name: "app-secrets", namespace: "shop", labels: { "app.kubernetes.io/managed-by": "pulumi" } },
    spec: {
      refreshPolicy: "Periodic", refreshInterval: "15m", secretStoreRef: { kind: "SecretStore", name: "secrets-manager" },
      target: { name: "app-secrets", creationPolicy: "Owner", deletionPolicy: "Retain" },
      data: [{ secretKey: "JWT_SECRET", remoteRef: { key: "shop-production/app/JWT_SECRET" } }, { secretKey: "REDIS_AUTH_TOKEN", remoteRef: { key: "shop-production/redis/auth-token", property: "authToken" } }],
    },
  });
});

it("reads with Pod Identity as the controller, exactly these secrets, only through Secrets Manager", () => {
  const policy = statements(only(eks, ":RolePolicy", "external-secrets-policy")["policy"]);
  expect(policy).toEqual({
    ReadSecrets: { Sid: "ReadSecrets", Effect: "Allow", Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource: READABLE },
    DecryptSecrets: { Sid: "DecryptSecrets", Effect: "Allow", Action: "kms:Decrypt", Resource: "arn:key:secrets", Condition: { StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" } } },
  });
  expect(only(eks, ":PodIdentityAssociation", "external-secrets-association")).toMatchObject({ clusterName: "shop-production", namespace: "external-secrets", serviceAccount: "external-secrets" });
  expect(only(eks, ":SecretStore", "secrets-store")["spec"]).toEqual({ provider: { aws: { service: "SecretsManager", region: "us-east-1" } } });
  expect([wildcardActions(eks), unlimitedSids(eks)]).toEqual([[], []]);
});

it("reads as a service account of the namespace where the cluster is not EKS", () => {
  expect(only(elsewhere, ":SecretStore", "secrets-store")["spec"]).toEqual({ provider: { aws: { service: "SecretsManager", region: "us-east-1", auth: { jwt: { serviceAccountRef: { name: "secrets-reader" } } } } } });
  expect(only(elsewhere, ":ServiceAccount", "secrets-reader")).toMatchObject({
    automountServiceAccountToken: false,
    metadata: { name: "secrets-reader", namespace: "shop", annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/shop-production-secrets-reader" } },
  });
  expect(statements(only(elsewhere, ":RolePolicy", "secrets-reader-policy")["policy"])["ReadSecrets"]?.["Resource"]).toEqual(READABLE);
  expect(elsewhere.filter((r) => r.type.endsWith(":PodIdentityAssociation"))).toEqual([]);
});

it.each([
  [["JWT_SECRET", "JWT_SECRET"], "names a variable twice"],
  [["REDIS_AUTH_TOKEN"], "comes from the cache's own secret"],
])("refuses %j", async (app, message) => {
  await expect(declared(() => { new Secrets("secrets", { ...ARGS, app }); })).rejects.toThrow(message);
});
