/** What Grafana must keep to itself: the client secret of single sign-on, the key of its sessions, the key of its certificate. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { nginxCertificate } from "../../ingress/certificate.ts";
import { keptSecret, secretStore } from "../secretStore.ts";
import type { GrafanaArgs } from "./index.ts";
import { CLIENT_SECRET_FILE } from "./settings.ts";

/** Kubernetes Secrets that the pod mounts. */
export const SECRETS = { signOn: "grafana-sign-on", session: "grafana-session", certificate: "grafana-certificate" } as const;

const STORE = "grafana";

/** Name in Secrets Manager; with Pod Identity the controller's role reads it, too. */
export function clientSecretName(prefix: string): string {
  return `${prefix}/grafana/${CLIENT_SECRET_FILE}`;
}

/** Everything that must be there before the pods. */
export function credentials(name: string, args: GrafanaArgs, labels: Record<string, string>, parent: pulumi.Resource): pulumi.Resource[] {
  const certificate = nginxCertificate(name, { namespace: args.namespace, secretName: SECRETS.certificate, host: new URL(args.url).hostname, labels }, { parent, dependsOn: args.certManager ?? [] });
  return [clientSecret(name, args, labels, parent), sessionKey(name, args, labels, parent), certificate];
}

/** Written once; people put later values into Secrets Manager, and restart Grafana, which reads it at its start. */
function clientSecret(name: string, args: GrafanaArgs, labels: Record<string, string>, parent: pulumi.Resource): k8s.apiextensions.CustomResource {
  const version = keptSecret(`${name}-${CLIENT_SECRET_FILE}`, args, { name: clientSecretName(args.prefix), what: "Client secret of Grafana's single sign-on", value: args.clientSecret }, parent);
  const store = secretStore(name, args, { store: STORE, secrets: [clientSecretName(args.prefix)], serviceAccount: "grafana-secrets-reader", labels }, parent);
  return synced(`${name}-sign-on`, SECRETS.signOn, args, labels, {
    refreshPolicy: "Periodic",
    refreshInterval: `${args.refreshMinutes}m`,
    secretStoreRef: { kind: "SecretStore", name: STORE },
    data: [{ secretKey: CLIENT_SECRET_FILE, remoteRef: { key: clientSecretName(args.prefix) } }],
  }, { parent, dependsOn: [store, version] });
}

/** Made in the cluster, once: both copies read sessions with it, and no person ever knows it (External Secrets, "Password" generator). */
function sessionKey(name: string, args: GrafanaArgs, labels: Record<string, string>, parent: pulumi.Resource): k8s.apiextensions.CustomResource {
  const generator = new k8s.apiextensions.CustomResource(`${name}-session-generator`, {
    apiVersion: "generators.external-secrets.io/v1alpha1",
    kind: "Password",
    metadata: { name: SECRETS.session, namespace: args.namespace, labels },
    spec: { length: 48, digits: 12, symbols: 0, noUpper: false, allowRepeat: true },
  }, { parent, dependsOn: args.externalSecrets ?? [] });
  return synced(`${name}-session`, SECRETS.session, args, labels, {
    refreshPolicy: "CreatedOnce",
    dataFrom: [{ sourceRef: { generatorRef: { apiVersion: "generators.external-secrets.io/v1alpha1", kind: "Password", name: SECRETS.session } } }],
  }, { parent, dependsOn: [generator] });
}

function synced(name: string, secret: string, args: GrafanaArgs, labels: Record<string, string>, spec: Record<string, unknown>, opts: pulumi.CustomResourceOptions): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(name, {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: secret, namespace: args.namespace, labels, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
    spec: { ...spec, target: { name: secret, creationPolicy: "Owner", deletionPolicy: "Retain", template: { metadata: { labels } } } },
  }, opts);
}
