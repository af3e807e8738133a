/** The objects of monitoring and of the application as the components render them, with what a machine of one node can not have changed. */
import { readFileSync } from "node:fs";
import path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parse, parseDocument, stringify } from "yaml";
import { declaredExporters } from "../../../components/monitoring/exporters/index.ts";
import { Monitoring, type MonitoringArgs } from "../../../components/monitoring/index.ts";
import { AlertRouting } from "../../../components/monitoring/routing/index.ts";
import { ALERTMANAGER_SECRET, CREDENTIAL_NAMES, fileName, filePath } from "../../../components/monitoring/routing/notifications.ts";
import { ROOT } from "../../../operations/stacks.ts";
import type { KubeObject } from "../../../sandbox/services/objects.ts";
import { parseConfig } from "../../../stacks/config.ts";
import { readStackFile } from "../../../stacks/config/stackFile.ts";
import { createContext, shared } from "../../../stacks/environment/context.ts";
import { declared } from "../../components/mocks.ts";
import { type AnyRecord, integrations, notificationsOf, readable } from "../../monitoring/routingConfig.ts";
import { declareRelease } from "../release/parts.ts";
import { type ExporterImages, exportersArgs } from "./exporting.ts";

export interface Images {
  app: string;
  operator: string;
  reloader: string;
  prometheus: string;
  alertmanager: { image: string; version: string };
  /** Without, none is declared. */
  exporters?: ExporterImages;
}

export const PREFIX = "shop-sandbox";
export const MONITORING = "monitoring";
export const APP = "shop";
const FILE = "Pulumi.sandbox.yaml";
/** Who has signed the certificate of the capture's mail server. */
const AUTHORITY = "authority.crt";

/** Nothing for these is here: charts, controllers that scale, and those of other makers. */
const LEFT_OUT = /:(Chart|HorizontalPodAutoscaler|SecretStore|VirtualServer|VirtualServerRoute|Policy|Certificate|Issuer)$/;

/** Everything that the components declare for the cluster, as it is. */
export async function rendered(images: Images): Promise<KubeObject[]> {
  const config = configOf(images.app);
  const resources = await declared(() => {
    const context = createContext(config, "sandbox");
    const provider = new k8s.Provider("cluster", {});
    const opts = { providers: [context.home, provider] };
    const identity = { kind: "webIdentity", providerArn: config.cluster.existing?.oidcProviderArn ?? "", issuer: "sandbox.invalid" } as const;
    const common = { ...shared(context), identity, vpcCidr: config.network.cidr };
    declareRelease(context, pulumi.output("apiVersion: v1"), opts);
    const args: MonitoringArgs = {
      ...common,
      ...config.monitoring,
      namespace: MONITORING,
      jobs: { namespace: `${APP}-jobs`, watched: [{ name: "database-dump", maxAgeHours: 29 }] },
      exceptions: [{ rule: "network/nat-per-zone", resource: "network", expires: "2099-12-31" }],
      app: { name: APP, namespace: APP, port: config.app.port, metricsPath: config.app.metricsPath },
      ingressNamespace: "ingress",
      operator: { image: images.operator, reloaderImage: images.reloader },
      prometheus: { image: images.prometheus, storageGib: config.monitoring.storageGib },
      alertmanager: true,
      exporting: images.exporters === undefined ? undefined : exportersArgs(images.exporters, MONITORING, identity),
    };
    // F5's controller can not be had here; its absence would be told rightly, and drown what is tested.
    const monitoring = new Monitoring("monitoring", { ...args, exporters: declaredExporters(args).filter((exporter) => exporter !== "nginx") }, opts);
    new AlertRouting("alerts", {
      ...common,
      ...config.secrets,
      notifications: notificationsOf("production"),
      values: Object.fromEntries(CREDENTIAL_NAMES.map((name) => [name, `value-of-${fileName(name)}`])),
      secretsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1", namespace: monitoring.namespace, namespaceName: MONITORING,
      image: images.alertmanager.image, definitions: monitoring.ready,
    }, opts);
  });
  return resources.filter(({ type }) => type.startsWith("kubernetes:") && !LEFT_OUT.test(type)).map(({ inputs }) => inputs as unknown as KubeObject);
}

function configOf(image: string): ReturnType<typeof parseConfig> {
  const document = parseDocument(readFileSync(path.join(ROOT, FILE), "utf8"));
  const changes: [string[], unknown][] = [
    [["golive:images", "blue"], image], [["golive:images", "green"], image],
    [["golive:app", "settings"], { DATABASE_HOST: "", REDIS_HOST: "", FILES_BUCKET: "" }],
    // Small, so that it is used up at once: a limit is four times the request.
    [["golive:app", "requests"], { cpu: "50m", memory: "128Mi" }],
    [["golive:app", "drain"], { preStopSeconds: 1, gracePeriodSeconds: 11 }],
    [["golive:app", "migrations"], { enabled: false, command: ["node", "/app/migrate.ts"] }],
    // More than one person's machine has, for everything is here at once.
    [["golive:monitoring", "requests"], { cpu: "2000m", memory: "4Gi" }],
  ];
  for (const [where, value] of changes) document.setIn(["config", ...where], document.createNode(value));
  return parseConfig({ values: readStackFile(String(document), FILE).values, stack: "sandbox" });
}

/**
 * The same objects as this cluster can run them: one pod of each, as there is one node; volumes that end with the pod, as
 * nothing makes others; the version of Alertmanager that is here; kubelets whose certificates no authority has signed.
 */
export function fitted(objects: readonly KubeObject[], images: Images): KubeObject[] {
  return objects.filter(({ kind }) => kind !== "ExternalSecret").map((object) => {
    const copy = structuredClone(object);
    const spec = (copy["spec"] ?? {}) as AnyRecord;
    if (copy.kind === "Prometheus" || copy.kind === "Alertmanager") Object.assign(spec, { replicas: 1, storage: { emptyDir: {} } });
    // Debian's, older than what production has; the operator then leaves out flags that it does not know.
    if (copy.kind === "Alertmanager") spec["version"] = images.alertmanager.version;
    if (copy.kind === "Deployment" && copy.metadata.namespace === APP) spec["replicas"] = 1;
    // Ten seconds of a counter that is read twice a second say little unless it is known when it was read.
    const kubelet = { tlsConfig: { insecureSkipVerify: true }, honorTimestamps: true, trackTimestampsStaleness: true };
    if (copy.kind === "ServiceMonitor") for (const endpoint of spec["endpoints"] as AnyRecord[]) if (endpoint["tlsConfig"] !== undefined) Object.assign(endpoint, kubelet);
    return copy;
  });
}

/** The Secret that External Secrets would write, with addresses of the capture and business hours at all times. */
export function alertmanagerSecret(objects: readonly KubeObject[], capture: { address: string; httpPort: number; smtpPort: number; authority: string }, change: (config: AnyRecord) => AnyRecord): KubeObject {
  const found = objects.find(({ kind, metadata }) => kind === "ExternalSecret" && metadata.name === ALERTMANAGER_SECRET);
  if (found === undefined) throw new Error("the components declare no ExternalSecret of Alertmanager");
  const { target } = found["spec"] as { target: { name: string; template: { data: Record<string, string> } } };
  const text = (target.template.data["alertmanager.yaml"] ?? "").replaceAll('{{ "{{" }}', "{{");
  const config = readable(parse(text) as AnyRecord, `http://${capture.address}:${capture.httpPort}/switch`);
  Object.assign(config["global"] as AnyRecord, { smtp_smarthost: `${capture.address}:${capture.smtpPort}` });
  for (const mail of integrations(config, "email_configs")) mail["tls_config"] = { ca_file: path.join(path.dirname(filePath("smtpPassword")), AUTHORITY), server_name: "capture" };
  for (const slack of integrations(config, "slack_configs")) slack["api_url"] = `http://${capture.address}:${capture.httpPort}/slack`;
  for (const pagerduty of integrations(config, "pagerduty_configs")) pagerduty["url"] = `http://${capture.address}:${capture.httpPort}/pagerduty`;
  const credentials = Object.fromEntries(CREDENTIAL_NAMES.map((name) => [fileName(name), `value-of-${fileName(name)}`]));
  return {
    apiVersion: "v1", kind: "Secret", metadata: { name: target.name, namespace: MONITORING },
    stringData: { ...credentials, [AUTHORITY]: capture.authority, "alertmanager.yaml": stringify(change(config), { lineWidth: 0, aliasDuplicateObjects: false }) },
  };
}
