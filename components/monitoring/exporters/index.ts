/** Exporters of the stack: each is declared where the configuration has its image, and none is taken to be there otherwise. */
import type { Exporter } from "../alerts/metrics.ts";
import type { MonitoringArgs } from "../index.ts";
import { blackbox, type BlackboxArgs } from "./blackbox.ts";
import { cloudWatch, type CloudWatchArgs } from "./cloudWatch.ts";
import { kubeState, type KubeStateArgs } from "./kubeState.ts";
import { node, type NodeArgs } from "./node.ts";
import { postgres, type PostgresExporterArgs } from "./postgres.ts";
import { redis, type RedisExporterArgs } from "./redis.ts";
import type { Place } from "./server.ts";
import { exportersOfServices, services, type ServicesArgs } from "./services.ts";

/** What each needs; those without are not declared: the cluster has them, or goes without. */
export interface ExportersArgs {
  kubeState?: KubeStateArgs | undefined;
  node?: NodeArgs | undefined;
  blackbox?: BlackboxArgs | undefined;
  postgres?: PostgresExporterArgs | undefined;
  redis?: RedisExporterArgs | undefined;
  cloudWatch?: CloudWatchArgs | undefined;
  /** Cluster services that tell of themselves. */
  services?: ServicesArgs | undefined;
}

export function exporters(place: Omit<Place, "args">, args: MonitoringArgs): void {
  const at: Place = { ...place, args };
  const given = args.exporting ?? {};
  if (given.kubeState !== undefined) kubeState(at, given.kubeState);
  if (given.node !== undefined) node(at, given.node);
  if (given.blackbox !== undefined) blackbox(at, given.blackbox);
  if (given.postgres !== undefined) postgres(at, given.postgres);
  if (given.redis !== undefined) redis(at, given.redis);
  if (given.cloudWatch !== undefined) cloudWatch(at, given.cloudWatch);
  // Only a Prometheus of ours has an account and pods that are known.
  if (args.prometheus !== undefined) services(at, given.services ?? {});
}

/** Exporters whose silence is an alert: those that this stack declares a monitor of. */
export function declaredExporters(args: MonitoringArgs): Exporter[] {
  const { kubeState: state, node: nodes, blackbox: probes, postgres: database, redis: cache, cloudWatch: cloud } = args.exporting ?? {};
  const told = args.prometheus === undefined ? [] : exportersOfServices(args.exporting?.services ?? {});
  const there: Record<Exporter, boolean> = {
    application: true,
    // F5's controller has its metrics built in (components/ingress/controller.ts).
    nginx: true,
    kubelet: args.operator !== undefined,
    prometheus: args.prometheus !== undefined,
    alertmanager: args.prometheus !== undefined && args.alertmanager === true,
    kubeState: state !== undefined,
    node: nodes !== undefined,
    blackbox: probes !== undefined,
    postgres: database !== undefined,
    redis: cache !== undefined,
    cloudwatch: cloud !== undefined,
    logs: args.prometheus !== undefined && args.logAgents === true,
    certManager: told.includes("certManager"),
    externalSecrets: told.includes("externalSecrets"),
  };
  return (Object.keys(there) as Exporter[]).filter((exporter) => there[exporter]);
}
