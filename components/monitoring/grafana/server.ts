/** Grafana's pods: two of them, all that they show comes from files, and nothing that they hold must be kept. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CONTAINER_SECURITY, POD_SECURITY } from "../../application/security.ts";
import { BOARD_NAMES } from "../dashboards/index.ts";
import { filesOf, spread } from "../pods.ts";
import { SECRETS } from "./credentials.ts";
import { configMapOf } from "./dashboards.ts";
import type { GrafanaArgs } from "./index.ts";
import { dashboardProvider, dataSources, SOURCES } from "./provisioning.ts";
import { CLIENT_SECRET_FILE, iniText, PATHS, PORT, SESSION_KEY_FILE, settings } from "./settings.ts";

const REPLICAS = 2;
/** Of each pod; Grafana's own figure for a small installation is 512 MiB, with its database, alerting and image rendering, which are off or elsewhere here. */
const RESOURCES = { requests: { cpu: "50m", memory: "192Mi" }, limits: { cpu: "200m", memory: "384Mi", "ephemeral-storage": "512Mi" } };

/**
 * Deployment and disruption budget. Each pod has a database of its own in a temporary volume, which holds sessions and nothing
 * else; a port-forward stays at one pod, and when that pod goes, single sign-on lets people in at the other.
 */
export function server(name: string, args: GrafanaArgs, labels: Record<string, string>, after: pulumi.Resource[], parent: pulumi.Resource): void {
  const selector = { "app.kubernetes.io/name": "grafana", "app.kubernetes.io/part-of": args.prefix };
  const metadata = { name: "grafana", namespace: args.namespace, labels };
  const account = new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, { parent });
  const files = { "grafana.ini": iniText(settings(args.url, args.signOn, Object.values(SOURCES))), "datasources.yaml": dataSources(), "dashboards.yaml": dashboardProvider() };
  const config = filesOf(`${name}-config`, metadata, files, parent);
  new k8s.policy.v1.PodDisruptionBudget(`${name}-budget`, { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } }, { parent });
  new k8s.apps.v1.Deployment(`${name}-server`, {
    metadata,
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: selector },
      // One after the other: a third pod for a while would have to fit the namespace's quota.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: account.metadata.name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: POD_SECURITY,
          topologySpreadConstraints: spread(selector),
          containers: [container(args)],
          volumes: volumes(config.metadata.name),
        },
      },
    },
  }, { parent, dependsOn: after });
}

function container(args: GrafanaArgs): k8s.types.input.core.v1.Container {
  // The kubelet does not look at the certificate, which nobody signed but itself.
  const health = { httpGet: { path: "/api/health", port: "https", scheme: "HTTPS" } };
  return {
    name: "grafana",
    image: args.image,
    imagePullPolicy: "IfNotPresent",
    env: [{ name: "GF_PATHS_CONFIG", value: `${PATHS.settings}/grafana.ini` }],
    ports: [{ name: "https", containerPort: PORT }],
    // It makes its database anew at each start.
    startupProbe: { ...health, periodSeconds: 2, failureThreshold: 90 },
    readinessProbe: { ...health, periodSeconds: 5 },
    livenessProbe: { tcpSocket: { port: "https" }, periodSeconds: 10, failureThreshold: 6 },
    resources: RESOURCES,
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: "config", mountPath: `${PATHS.settings}/grafana.ini`, subPath: "grafana.ini", readOnly: true },
      { name: "config", mountPath: `${PATHS.settings}/provisioning/datasources/golive.yaml`, subPath: "datasources.yaml", readOnly: true },
      { name: "config", mountPath: `${PATHS.settings}/provisioning/dashboards/golive.yaml`, subPath: "dashboards.yaml", readOnly: true },
      { name: "dashboards", mountPath: PATHS.dashboards, readOnly: true },
      { name: "sign-on", mountPath: PATHS.clientSecret, readOnly: true },
      { name: "session", mountPath: PATHS.sessionKey, readOnly: true },
      { name: "certificate", mountPath: PATHS.certificate, readOnly: true },
      { name: "data", mountPath: PATHS.data },
      { name: "temporary", mountPath: PATHS.temporary },
    ],
  };
}

function volumes(config: pulumi.Input<string>): k8s.types.input.core.v1.Volume[] {
  const secret = (secretName: string, ...keys: string[]) => ({ secretName, items: keys.map((key) => ({ key, path: key })), defaultMode: 0o440 });
  return [
    { name: "config", configMap: { name: config } },
    { name: "dashboards", projected: { sources: BOARD_NAMES.map((board) => ({ configMap: { name: configMapOf(board) } })) } },
    { name: "sign-on", secret: secret(SECRETS.signOn, CLIENT_SECRET_FILE) },
    { name: "session", secret: secret(SECRETS.session, SESSION_KEY_FILE) },
    { name: "certificate", secret: secret(SECRETS.certificate, "tls.crt", "tls.key") },
    { name: "data", emptyDir: { sizeLimit: "256Mi" } },
    { name: "temporary", emptyDir: { sizeLimit: "64Mi" } },
  ];
}
