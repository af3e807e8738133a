/** How Prometheus finds exporters: their pods, or targets that an exporter looks at for it. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "../namespace.ts";
import { type Place, podsOfExporter } from "./server.ts";

/** Scrapes 15 s apart, as everything that is not CloudWatch's; an answer that is later than this is none. */
export const EVERY = { interval: "15s", scrapeTimeout: "10s" };
/** No exporter has a tenth of it; more is a mistake, and is not taken. */
const SAMPLES = 20_000;

/** Whether each pod of an exporter that is asked by its Service is up, which TargetDown tells; what it looks at comes by probes. */
export function podsMonitor(place: Place, exporter: string): void {
  declare(place, exporter, { metricRelabelings: [{ sourceLabels: ["__name__"], regex: ".+", action: "drop" }] });
}

/**
 * Scrapes the pods of an exporter. What its series are about is in their own labels; those of the pod that tells them are
 * left out, so that they go on when another pod tells them.
 */
export function podMonitor(place: Place, exporter: string, instance: Record<string, unknown>): void {
  declare(place, exporter, { honorLabels: true, relabelings: [{ ...instance, targetLabel: "instance" }, { action: "labeldrop", regex: "pod|container" }] });
}

function declare({ name, args, namespace, definitions, parent }: Place, exporter: string, endpoint: Record<string, unknown>): void {
  new k8s.apiextensions.CustomResource(`${name}-${exporter}-monitor`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: { name: exporter, namespace: namespace.metadata.name, labels: labelsOf(args, exporter) },
    spec: {
      jobLabel: "app.kubernetes.io/name",
      selector: { matchLabels: podsOfExporter(args, exporter) },
      podMetricsEndpoints: [{ port: "metrics", ...EVERY, ...endpoint }],
      sampleLimit: SAMPLES,
    },
  }, { parent, dependsOn: [definitions] });
}

export interface Targets {
  /** Name of the Probe, and the job of its series. */
  job: string;
  /** Addresses as the exporter takes them; each becomes the label `instance`. */
  targets: pulumi.Input<pulumi.Input<string>[]>;
  /** Labels of all their series. */
  labels?: Record<string, string>;
  /** Where the exporter is asked. */
  path: string;
  module?: string;
  /** Series that are kept: those that rules and dashboards use. */
  series: readonly string[];
}

/** Has an exporter look at targets; each scrape asks whichever of its pods the Service chooses. */
export function probe({ name, args, namespace, definitions, parent }: Place, exporter: { name: string; port: number }, { job, targets, labels, path, module, series }: Targets): void {
  new k8s.apiextensions.CustomResource(`${name}-${job}-probe`, {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Probe",
    metadata: { name: job, namespace: namespace.metadata.name, labels: labelsOf(args, job) },
    spec: {
      jobName: job,
      prober: { url: `${exporter.name}.${args.namespace}.svc:${exporter.port}`, path },
      ...(module === undefined ? {} : { module }),
      ...EVERY,
      targets: { staticConfig: { static: targets, ...(labels === undefined ? {} : { labels }) } },
      metricRelabelings: [{ sourceLabels: ["__name__"], regex: series.join("|"), action: "keep" }],
      sampleLimit: SAMPLES,
    },
  }, { parent, dependsOn: [definitions] });
}
