/** Secrets of the application: containers in Secrets Manager, synced into the cluster by External Secrets. */
import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "./access/policyDocument.ts";
import type { ClusterIdentity } from "./cluster/identity.ts";
import { WorkloadRole } from "./cluster/workloadRole.ts";
import { type DataStore, dataTags, guarded, type Protection, type Transform, transformed } from "./component.ts";
import { ownAccountOnly } from "./postgres/secret.ts";

export interface SecretsArgs {
  /** `${app}-${stack}`; a secret is called `${prefix}/app/<NAME>`. */
  prefix: string;
  accountId: string;
  region: string;
  secretsKeyArn: pulumi.Input<string>;
  /** Age in days at which the expiry check reports a secret that people put in and nobody changed. */
  rotationDays: number;
  /** Days in which a deleted secret can be brought back. */
  recoveryWindowDays: number;
  /** Names of the variables that the application reads. */
  app: string[];
  /** First value of each of them, a secret; later ones are put into Secrets Manager and stay. */
  values: pulumi.Input<Record<string, string>>;
  /** How often External Secrets looks for new values, in minutes. */
  refreshMinutes: number;
  /** Namespace of the application. */
  namespace: pulumi.Input<string>;
  namespaceName: string;
  identity: ClusterIdentity;
  /** External Secrets in the cluster: its kinds must be there first. */
  externalSecrets?: pulumi.Resource | undefined;
  /** Service account of the External Secrets controller. Default: external-secrets in external-secrets. */
  controller?: { namespace: string; serviceAccount: string };
  /** Name of the secret with the cache's auth token, and the version that was written last; becomes the variable REDIS_AUTH_TOKEN. */
  redis: { authSecretName: string; authSecretVersion: pulumi.Input<string> };
  /** Raised by people after they have changed a value in Secrets Manager, of which the program knows nothing. */
  version: number;
  /** What makes that secret. */
  after?: pulumi.Resource[];
  /** Names of further secrets that the controller's role reads for stores of other namespaces; a service account has one role. */
  alsoRead?: string[];
  protection: Protection;
  transform?: { secret?: Transform<aws.secretsmanager.SecretArgs> };
}

/** Annotation of the synced secret with what its content is. */
export const SECRETS_VERSION_ANNOTATION = "golive.dev/secrets-version";

/** Name of the Kubernetes Secret that the application mounts as environment. */
export const APP_SECRET = "app-secrets";

/**
 * One secret for each variable with a first value from the stack's encrypted configuration, written once; External
 * Secrets brings them into the namespace. From then on values are changed in Secrets Manager alone
 * (`aws secretsmanager put-secret-value --secret-id shop-production/app/JWT_SECRET …`), and no update puts an old one back;
 * `version` is raised afterwards, and the pods roll.
 *
 * The database needs none: the application logs in with IAM. The master password and its rotation belong to Postgres.
 * With Pod Identity the controller's own role reads exactly these secrets; with web identity a service account of
 * the namespace does (External Secrets, "AWS provider: authentication").
 *
 * Costs: a fee a secret and month, and requests every `refreshMinutes`.
 */
export class Secrets extends pulumi.ComponentResource {
  readonly secretName: string = APP_SECRET;
  /** Variables that the Kubernetes Secret holds. */
  readonly variables: string[];
  /** Names of the secrets that people keep, for the expiry check. */
  readonly secretNames: string[];
  /**
   * Changes with every value that the program writes and with `version`, and tells no value: behind `version` it is made of
   * the ids that Secrets Manager gives to versions. For an annotation of the pods, which read their variables only when they start.
   */
  readonly contentVersion: pulumi.Output<string>;
  /** Ready when the Kubernetes Secret is there with every value; the application's pods wait for it. */
  readonly externalSecret: k8s.apiextensions.CustomResource;
  readonly stores: DataStore[];

  constructor(name: string, args: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:secrets:Secrets", name, {}, opts);
    if (new Set(args.app).size !== args.app.length) throw new Error("Secrets: app names a variable twice; name each once");
    if (args.app.includes("REDIS_AUTH_TOKEN")) throw new Error("Secrets: REDIS_AUTH_TOKEN comes from the cache's own secret; take it out of secrets.app");
    this.secretNames = args.app.map((variable) => secretName(args, variable));
    this.variables = [...args.app, "REDIS_AUTH_TOKEN"];
    const filled = args.app.map((variable) => this.firstValue(name, args, variable, this.container(name, args, variable)));
    this.contentVersion = pulumi.all([args.redis.authSecretVersion, ...filled.map((first) => first.versionId)]).apply((ids) => `${args.version}-${hashOf(ids)}`);
    const store = this.store(name, args);
    this.externalSecret = this.sync(name, args, [store, ...filled, ...(args.after ?? [])]);
    this.stores = [{
      name: `${args.prefix}/app`, dataClass: "secrets", content: "Keys and passwords of the application; no personal data.",
      retention: `Until replaced; deleted ones ${args.recoveryWindowDays} days.`, erasure: "Not applicable.",
    }];
    this.registerOutputs({ secretName: this.secretName });
  }

  private container(name: string, args: SecretsArgs, variable: string): aws.secretsmanager.Secret {
    const part = partName(name, variable);
    const secret = new aws.secretsmanager.Secret(part, ...transformed<aws.secretsmanager.SecretArgs>(args.transform?.secret, {
      name: secretName(args, variable),
      description: `Variable ${variable} of the application; replaced by people every ${args.rotationDays} days at the latest.`,
      kmsKeyId: args.secretsKeyArn,
      recoveryWindowInDays: args.recoveryWindowDays,
      tags: { ...dataTags("secrets"), "rotation-days": String(args.rotationDays) },
    }, guarded(this, args.protection)));
    new aws.secretsmanager.SecretPolicy(`${part}-policy`, { secretArn: secret.arn, blockPublicPolicy: true, policy: ownAccountOnly(args.accountId) }, { parent: this });
    return secret;
  }

  /** Write-only, with a version that never rises: rotation outside of the program wins for good. */
  private firstValue(name: string, args: SecretsArgs, variable: string, secret: aws.secretsmanager.Secret): aws.secretsmanager.SecretVersion {
    const value = pulumi.output(args.values).apply((values) => {
      const given = values[variable];
      if (given === undefined) throw new Error(`Secrets: ${variable} of secrets.app has no value; give it as the Pulumi secret appSecrets.${variable}`);
      return given;
    });
    return new aws.secretsmanager.SecretVersion(`${partName(name, variable)}-value`, {
      secretId: secret.id,
      secretStringWo: pulumi.secret(value),
      secretStringWoVersion: 1,
    }, { parent: this, ignoreChanges: ["secretStringWo"] });
  }

  private store(name: string, args: SecretsArgs): k8s.apiextensions.CustomResource {
    const reader = args.identity.kind === "webIdentity" ? this.namespaceReader(name, args) : this.controllerReader(args);
    return new k8s.apiextensions.CustomResource(`${name}-store`, {
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: { name: "secrets-manager", namespace: args.namespace, labels: labels(args) },
      spec: {
        provider: {
          aws: {
            service: "SecretsManager",
            region: args.region,
            ...(reader.serviceAccount === undefined ? {} : { auth: { jwt: { serviceAccountRef: { name: reader.serviceAccount } } } }),
          },
        },
      },
    }, { parent: this, dependsOn: [...reader.ready, ...present(args.externalSecrets)] });
  }

  private controllerReader(args: SecretsArgs): { ready: pulumi.Resource[]; serviceAccount?: string } {
    const controller = args.controller ?? { namespace: "external-secrets", serviceAccount: "external-secrets" };
    const names = [...ownSecrets(args), ...(args.alsoRead ?? [])];
    const role = new WorkloadRole("external-secrets", { identity: args.identity, prefix: args.prefix, accountId: args.accountId, ...controller, statements: readSecrets(args, names) }, { parent: this });
    return { ready: role.ready };
  }

  private namespaceReader(name: string, args: SecretsArgs): { ready: pulumi.Resource[]; serviceAccount: string } {
    const serviceAccount = "secrets-reader";
    const role = new WorkloadRole("secrets-reader", { identity: args.identity, prefix: args.prefix, accountId: args.accountId, namespace: args.namespaceName, serviceAccount, statements: readSecrets(args, ownSecrets(args)) }, { parent: this });
    const account = new k8s.core.v1.ServiceAccount(`${name}-reader`, {
      metadata: { name: serviceAccount, namespace: args.namespace, labels: labels(args), annotations: role.annotations },
      automountServiceAccountToken: false,
    }, { parent: this });
    return { ready: [...role.ready, account], serviceAccount };
  }

  private sync(name: string, args: SecretsArgs, dependsOn: pulumi.Resource[]): k8s.apiextensions.CustomResource {
    return new k8s.apiextensions.CustomResource(`${name}-sync`, {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      // The controller says Ready when every value has arrived; the provider waits for that (its documentation, "waitFor").
      // A changed annotation makes it look for new values at once (its FAQ, "Can I manually trigger a secret refresh?"), so that pods which roll for
      // a new value do not start with the old one.
      metadata: { name: APP_SECRET, namespace: args.namespace, labels: labels(args), annotations: { "pulumi.com/waitFor": "condition=Ready", [SECRETS_VERSION_ANNOTATION]: this.contentVersion } },
      spec: {
        refreshPolicy: "Periodic",
        refreshInterval: `${args.refreshMinutes}m`,
        secretStoreRef: { kind: "SecretStore", name: "secrets-manager" },
        // Retain: a Secrets Manager that can not be reached must not take the secrets of running pods away.
        target: { name: APP_SECRET, creationPolicy: "Owner", deletionPolicy: "Retain", template: { metadata: { labels: labels(args) } } },
        data: [
          ...args.app.map((variable) => ({ secretKey: variable, remoteRef: { key: secretName(args, variable) } })),
          { secretKey: "REDIS_AUTH_TOKEN", remoteRef: { key: args.redis.authSecretName, property: "authToken" } },
        ],
      },
    }, { parent: this, dependsOn });
  }
}

/** Ten hex digits of SHA-256. */
function hashOf(parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 10);
}

function partName(name: string, variable: string): string {
  return `${name}-${variable.toLowerCase().replaceAll("_", "-")}`;
}

function secretName(args: SecretsArgs, variable: string): string {
  return `${args.prefix}/app/${variable}`;
}

function ownSecrets(args: SecretsArgs): string[] {
  return [...args.app.map((variable) => secretName(args, variable)), args.redis.authSecretName];
}

/** What a role needs to read these secrets. Six question marks stand for the suffix that Secrets Manager gives every ARN (user guide, "IAM policy examples"). */
export function readSecrets(args: Pick<SecretsArgs, "region" | "accountId" | "secretsKeyArn">, names: string[]): Statement[] {
  const arn = (secret: string) => `arn:aws:secretsmanager:${args.region}:${args.accountId}:secret:${secret}-??????`;
  return [
    { Sid: "ReadSecrets", Effect: "Allow", Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], Resource: names.map(arn) },
    {
      Sid: "DecryptSecrets", Effect: "Allow", Action: "kms:Decrypt", Resource: args.secretsKeyArn,
      Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${args.region}.amazonaws.com` } },
    },
  ];
}

function labels(args: SecretsArgs): Record<string, string> {
  return {
    "app.kubernetes.io/name": APP_SECRET,
    "app.kubernetes.io/instance": args.prefix,
    "app.kubernetes.io/component": "secrets",
    "app.kubernetes.io/part-of": args.prefix,
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

function present(resource: pulumi.Resource | undefined): pulumi.Resource[] {
  return resource === undefined ? [] : [resource];
}
