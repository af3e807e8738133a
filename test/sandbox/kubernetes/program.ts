/** The program of engine.test.ts, which runs it on the real engine with other settings each time. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const settings = JSON.parse(process.env["PROBE"] ?? "{}") as { image?: string; selector?: Record<string, string>; chartVersion?: string; badField?: boolean; newCluster?: boolean };
// A cluster of the same update: what leads to it is unknown in the first preview.
const first = settings.newCluster === true ? new k8s.core.v1.Namespace("first", {}, { provider: new k8s.Provider("other", { kubeconfig: "{}" }) }) : undefined;
const kubeconfig = first?.id ?? "{}";
const opts = { provider: new k8s.Provider("cluster", { kubeconfig, clusterIdentifier: "probe", namespace: "shop" }) };

const app = new k8s.apps.v1.Deployment("app", {
  metadata: { name: "app" },
  spec: {
    selector: { matchLabels: settings.selector ?? { app: "app" } },
    template: {
      metadata: { labels: { app: "app", color: "blue" } },
      spec: { containers: [{ name: "app", image: settings.image ?? "app:1", ...(settings.badField === true ? { imagePulPolicy: "Always" } : {}) }] },
    },
  },
}, opts);
const web = new k8s.core.v1.Service("web", { spec: { selector: { app: "app" }, ports: [{ port: 80 }] } }, opts);
new k8s.core.v1.Secret("login", { metadata: { name: "login" }, stringData: { password: pulumi.secret("not-a-real-password") } }, opts);
new k8s.apiextensions.CustomResource("monitor", { apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor", metadata: { name: "app" }, spec: { endpoints: [] } }, opts);
const chart = new k8s.helm.v4.Chart("ingress", {
  chart: "oci://charts.example.com/charts/nginx-ingress",
  version: settings.chartVersion ?? "2.3.1",
  namespace: "ingress",
  values: { controller: { replicaCount: 2 } },
}, { providers: [opts.provider] });

export const appId = app.id;
export const webName = web.metadata.name;
export const address = web.spec.clusterIP;
export const uid = app.metadata.uid;
export const chartResources = chart.resources;
