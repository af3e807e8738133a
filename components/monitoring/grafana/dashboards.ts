/** Dashboards in the cluster: our own Grafana mounts them, the sidecar of another finds them by their label. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { DEFAULTS } from "../alerts/thresholds.ts";
import { scopeOf } from "../alertRules.ts";
import { BOARD_NAMES, type BoardName, dashboards } from "../dashboards/index.ts";
import { uidOf } from "../alerts/links.ts";
import type { MonitoringArgs } from "../index.ts";
import { labelsOf } from "../namespace.ts";

/** For what the sidecar looks (chart grafana, `sidecar.dashboards.label` and `labelValue`). */
const FOUND_BY = { grafana_dashboard: "1" };

/** Name of the ConfigMap of a dashboard. */
export function configMapOf(board: BoardName): string {
  return `dashboard-${board}`;
}

/**
 * One ConfigMap a dashboard. Names stay when the content changes: a Grafana reads files that changed by itself, and with a name
 * for each content the sidecar would see the same file come and then go, and Grafana two dashboards of one uid in between.
 */
export function grafanaDashboards(name: string, args: MonitoringArgs, namespace: k8s.core.v1.Namespace, parent: pulumi.Resource): void {
  const built = scopeOf(args).apply((scope) => dashboards({ scope, limits: { ...DEFAULTS, ...args.thresholds }, links: args.links, business: args.businessMetrics }));
  for (const board of BOARD_NAMES) {
    const object = configMapOf(board);
    new k8s.core.v1.ConfigMap(`${name}-${object}`, {
      metadata: { name: object, namespace: namespace.metadata.name, labels: { ...labelsOf(args, object), ...FOUND_BY } },
      data: { [`${uidOf(board)}.json`]: built.apply((all) => JSON.stringify(all[board])) },
    }, { parent });
  }
}
