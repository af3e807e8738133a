/** Files by which Grafana has its data sources and dashboards from the start; nobody changes them by hand. */
import { stringify } from "yaml";
import { PATHS } from "./settings.ts";

/** Where the data is, inside the namespace. */
export const SOURCES = { prometheus: "http://prometheus:9090", alertmanager: "http://alertmanager-operated:9093" } as const;

/** Grafana's file of data sources. What is no longer named is removed. */
export function dataSources(): string {
  return stringify({
    apiVersion: 1,
    prune: true,
    datasources: [
      {
        name: "Prometheus", uid: "prometheus", type: "prometheus", access: "proxy", url: SOURCES.prometheus, isDefault: true, editable: false,
        // Rules are the repository's; the shortest step is how often Prometheus scrapes.
        jsonData: { httpMethod: "POST", timeInterval: "15s", manageAlerts: false, prometheusType: "Prometheus" },
      },
      { name: "Alertmanager", uid: "alertmanager", type: "alertmanager", access: "proxy", url: SOURCES.alertmanager, editable: false, jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false } },
    ],
  });
}

/** Grafana's file of places with dashboards. */
export function dashboardProvider(): string {
  return stringify({
    apiVersion: 1,
    providers: [{ name: "golive", type: "file", disableDeletion: true, allowUiUpdates: false, updateIntervalSeconds: 30, options: { path: PATHS.dashboards } }],
  });
}
