/** Secrets that people keep for monitoring, and the way from Secrets Manager into the namespace of monitoring, by External Secrets: one store for each part that logs in somewhere. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "../cluster/identity.ts";
import { WorkloadRole } from "../cluster/workloadRole.ts";
import { dataTags, guarded, type Protection } from "../component.ts";
import { ownAccountOnly } from "../postgres/secret.ts";
import { readSecrets } from "../secrets.ts";

export interface SecretStoreArgs {
  prefix: string;
  accountId: string;
  region: string;
  secretsKeyArn: pulumi.Input<string>;
  identity: ClusterIdentity;
  namespace: pulumi.Input<string>;
  namespaceName: string;
  /** The kinds of External Secrets; ready before any is declared. */
  externalSecrets?: pulumi.Resource[] | undefined;
}

export interface SecretStoreNames {
  /** Name of the store in its namespace. */
  store: string;
  /** Names in Secrets Manager of what is read through it. */
  secrets: string[];
  /** Of the account that reads them; its role has the name of `role`, or the same. */
  serviceAccount: string;
  role?: string;
  labels: Record<string, string>;
}

/**
 * With Pod Identity a service account has one role: the controller's, which components/secrets.ts declares, reads these secrets, too
 * (`alsoRead`). With web identity the store has an account and a role of its own.
 */
export function secretStore(name: string, args: SecretStoreArgs, names: SecretStoreNames, parent: pulumi.Resource): k8s.apiextensions.CustomResource {
  const ready = args.identity.kind === "webIdentity" ? reader(name, args, names, parent) : undefined;
  return new k8s.apiextensions.CustomResource(`${name}-store`, {
    apiVersion: "external-secrets.io/v1",
    kind: "SecretStore",
    metadata: { name: names.store, namespace: args.namespace, labels: names.labels },
    spec: { provider: { aws: { service: "SecretsManager", region: args.region, ...(ready === undefined ? {} : { auth: { jwt: { serviceAccountRef: { name: names.serviceAccount } } } }) } } },
  }, { parent, dependsOn: [...(ready ?? []), ...(args.externalSecrets ?? [])] });
}

function reader(name: string, args: SecretStoreArgs, { serviceAccount, role: roleName = serviceAccount, secrets, labels }: SecretStoreNames, parent: pulumi.Resource): pulumi.Resource[] {
  const role = new WorkloadRole(roleName, {
    identity: args.identity, prefix: args.prefix, accountId: args.accountId, namespace: args.namespaceName, serviceAccount, statements: readSecrets(args, secrets),
  }, { parent });
  const account = new k8s.core.v1.ServiceAccount(`${name}-secrets-reader`, {
    metadata: { name: serviceAccount, namespace: args.namespace, labels, annotations: role.annotations },
    automountServiceAccountToken: false,
  }, { parent });
  return [...role.ready, account];
}

export interface KeptSecretArgs {
  accountId: string;
  secretsKeyArn: pulumi.Input<string>;
  rotationDays: number;
  recoveryWindowDays: number;
  protection: Protection;
}

/** Its first value is written once; later ones are put into Secrets Manager by people, and no update puts an old one back. */
export function keptSecret(part: string, args: KeptSecretArgs, { name, what, value }: { name: string; what: string; value: pulumi.Input<string> }, parent: pulumi.Resource): aws.secretsmanager.SecretVersion {
  const secret = new aws.secretsmanager.Secret(part, {
    name,
    description: `${what}; replaced by people every ${args.rotationDays} days at the latest.`,
    kmsKeyId: args.secretsKeyArn,
    recoveryWindowInDays: args.recoveryWindowDays,
    tags: { ...dataTags("secrets"), "rotation-days": String(args.rotationDays) },
  }, guarded(parent, args.protection));
  new aws.secretsmanager.SecretPolicy(`${part}-policy`, { secretArn: secret.arn, blockPublicPolicy: true, policy: ownAccountOnly(args.accountId) }, { parent });
  return new aws.secretsmanager.SecretVersion(`${part}-value`, { secretId: secret.id, secretStringWo: pulumi.secret(value), secretStringWoVersion: 1 }, { parent, ignoreChanges: ["secretStringWo"] });
}
