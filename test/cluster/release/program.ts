/**
 * The part of the environment that a release is about, on a real cluster: the same configuration and the same
 * components as the whole program, with the stores left out, which a simulated cloud has by name only.
 */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../../../stacks/config.ts";
import { createContext } from "../../../stacks/environment/context.ts";
import { declareRelease } from "./parts.ts";

const stack = pulumi.getStack();
const secretKeys = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
const config = parseConfig({ values: pulumi.runtime.allConfig(), secretKeys: new Set(secretKeys), stack });
const context = createContext(config, stack);
const kubeconfig = pulumi.secret(config.kubeconfig ?? "");
const cluster = new k8s.Provider("cluster", { kubeconfig, clusterIdentifier: "sandbox" });
const opts = { providers: [context.home, cluster] };
const { namespace, application } = declareRelease(context, kubeconfig, opts);
new k8s.apiextensions.CustomResource("monitor", {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "ServiceMonitor",
  metadata: { name: "app", namespace: namespace.name, labels: application.podLabels },
  spec: { selector: { matchLabels: { "golive.dev/scrape": "true" } }, endpoints: [{ port: "http", path: config.app.metricsPath }] },
}, { provider: cluster });
