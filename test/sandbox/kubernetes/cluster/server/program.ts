/** The program of engine.test.ts: an application in a namespace of its own. */
import * as k8s from "@pulumi/kubernetes";

const settings = JSON.parse(process.env["PROBE"] ?? "{}") as { kubeconfig: string; image?: string; data?: string; migration?: string; job?: boolean };
const opts = { provider: new k8s.Provider("cluster", { kubeconfig: settings.kubeconfig, clusterIdentifier: "probe", enableConfigMapMutable: true }) };

const namespace = new k8s.core.v1.Namespace("market", { metadata: { name: "market" } }, opts);
const place = { namespace: namespace.metadata.name };
const conf = new k8s.core.v1.ConfigMap("conf", { metadata: { name: "conf", ...place }, data: { greeting: settings.data ?? "hello" } }, opts);
const labels = { app: "web" };
const app = new k8s.apps.v1.Deployment("web", {
  metadata: { name: "web", ...place, annotations: { "pulumi.com/timeoutSeconds": "5" } },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "web", image: settings.image ?? "web:1", envFrom: [{ configMapRef: { name: conf.metadata.name } }], resources: { requests: { cpu: "0.25" } } }] } },
  },
}, opts);
const service = new k8s.core.v1.Service("web", { metadata: { name: "web", ...place }, spec: { selector: labels, ports: [{ port: 80 }] } }, { ...opts, dependsOn: [app] });
new k8s.batch.v1.Job("migrate", {
  metadata: { name: "migrate", ...place, annotations: { "pulumi.com/replaceUnready": "true" } },
  spec: { backoffLimit: 0, template: { spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: settings.migration ?? "web:1" }] } } },
}, opts);

export const address = service.spec.clusterIP;
export const uid = app.metadata.uid;
