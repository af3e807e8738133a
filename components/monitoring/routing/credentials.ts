/** Alertmanager's configuration and credentials: these in Secrets Manager, both brought into the namespace by External Secrets. */
import type * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { keptSecret, secretStore } from "../secretStore.ts";
import { alertmanagerConfig } from "./config.ts";
import type { AlertRoutingArgs } from "./index.ts";
import { ALERTMANAGER_SECRET, type Credential, credentialSecret, credentialSecrets, fileName, neededCredentials } from "./notifications.ts";

/** Name of the store; the application's own is in its namespace. */
const STORE = "alertmanager";

/**
 * The Secret that Alertmanager mounts: its configuration, which names files, and the files. External Secrets writes both, so
 * that no Secret is declared. Nothing where nobody is told: without the Secret the operator's configuration tells nobody.
 */
export function alertmanagerSecret(name: string, args: AlertRoutingArgs, labels: Record<string, string>, parent: pulumi.Resource): pulumi.Resource | undefined {
  const needed = neededCredentials(args.notifications);
  if (needed.length === 0) return undefined;
  const filled = needed.map((credential) => container(name, args, credential, parent));
  const store = secretStore(name, args, { store: STORE, secrets: credentialSecrets(args.prefix, args.notifications), serviceAccount: "alertmanager-secrets-reader", role: "alert-secrets-reader", labels }, parent);
  return new k8s.apiextensions.CustomResource(`${name}-secret`, {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    // The controller says Ready when every value has arrived; without one a way to people is cut, and the update says so.
    metadata: { name: ALERTMANAGER_SECRET, namespace: args.namespace, labels, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
    spec: {
      refreshPolicy: "Periodic",
      refreshInterval: `${args.refreshMinutes}m`,
      secretStoreRef: { kind: "SecretStore", name: STORE },
      target: {
        name: ALERTMANAGER_SECRET,
        creationPolicy: "Owner",
        // Alertmanager reads the files for each message: a new value needs no restart, and a lost one would silence it.
        deletionPolicy: "Retain",
        // Merge: beside the credentials, not in their place.
        template: { engineVersion: "v2", mergePolicy: "Merge", metadata: { labels }, data: { "alertmanager.yaml": literal(configText(args)) } },
      },
      data: needed.map((credential) => ({ secretKey: fileName(credential), remoteRef: { key: credentialSecret(args.prefix, credential) } })),
    },
  }, { parent, dependsOn: [store, ...filled] });
}

function configText({ notifications, prefix }: AlertRoutingArgs): string {
  return stringify(alertmanagerConfig(notifications, prefix), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** External Secrets reads the text as a template of Go; what Alertmanager is to read as one goes through unchanged. */
function literal(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

/** @throws when the configuration has no value for it */
function container(name: string, args: AlertRoutingArgs, credential: Credential, parent: pulumi.Resource): aws.secretsmanager.SecretVersion {
  const value = pulumi.output(args.values).apply((values) => {
    const given = values[credential];
    if (given === undefined) throw new Error(`AlertRouting: ${credential} has no value, and monitoring.notifications needs it; give it as the Pulumi secret notificationSecrets.${credential}`);
    return given;
  });
  return keptSecret(`${name}-${fileName(credential)}`, args, { name: credentialSecret(args.prefix, credential), what: `Alertmanager's ${fileName(credential)}`, value }, parent);
}
