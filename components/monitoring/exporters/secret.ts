/** Secrets that exporters log in with: from Secrets Manager into the monitoring namespace, by External Secrets. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ClusterIdentity } from "../../cluster/identity.ts";
import { secretStore } from "../secretStore.ts";
import { labelsOfExporter, type Place } from "./server.ts";

export interface SyncArgs {
  accountId: string;
  region: string;
  secretsKeyArn: pulumi.Input<string>;
  identity: ClusterIdentity;
  /** How often External Secrets looks for new values, in minutes. */
  refreshMinutes: number;
  /** The kinds of External Secrets; ready before any is declared. */
  externalSecrets: pulumi.Resource[];
}

/** Keys of the Secret, and where in Secrets Manager their values are. */
export type Sources = Record<string, { secret: string; property: string }>;

/**
 * A Secret of the exporter's name that External Secrets keeps; no Secret is declared. With Pod Identity the controller's own
 * role reads it, to which the secret must be open already (Secrets, `alsoRead`); with web identity an account of the exporter does.
 *
 * @param version changes with the values, so that the controller looks for them at once
 */
export function syncedSecret(place: Place, args: SyncArgs, name: string, sources: Sources, version: pulumi.Input<string>): pulumi.Resource {
  const { name: component, args: monitoring, namespace, parent } = place;
  const labels = labelsOfExporter(monitoring, name);
  const store = `${name}-secrets`;
  const from = secretStore(`${component}-${name}`, { ...args, prefix: monitoring.prefix, namespace: namespace.metadata.name, namespaceName: monitoring.namespace }, {
    store, secrets: Object.values(sources).map(({ secret }) => secret), serviceAccount: `${name}-secrets`, labels,
  }, parent);
  return new k8s.apiextensions.CustomResource(`${component}-${name}-secret`, {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    // Ready when the values have arrived; a changed annotation makes the controller look at once (components/secrets.ts).
    metadata: { name, namespace: namespace.metadata.name, labels, annotations: { "pulumi.com/waitFor": "condition=Ready", "golive.dev/secrets-version": version } },
    spec: {
      refreshPolicy: "Periodic",
      refreshInterval: `${args.refreshMinutes}m`,
      secretStoreRef: { kind: "SecretStore", name: store },
      target: { name, creationPolicy: "Owner", deletionPolicy: "Retain", template: { metadata: { labels } } },
      data: Object.entries(sources).map(([secretKey, { secret, property }]) => ({ secretKey, remoteRef: { key: secret, property } })),
    },
  }, { parent, dependsOn: [from] });
}
