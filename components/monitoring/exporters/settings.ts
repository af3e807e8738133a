/** Files that an exporter reads. */
import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import { labelsOf } from "../namespace.ts";
import type { Place } from "./server.ts";

/** A ConfigMap named by its content: pods of the old files keep them until they are replaced, and a changed file rolls the pods. */
export function settings({ name, args, namespace, parent }: Place, exporter: string, data: Record<string, string>): k8s.core.v1.ConfigMap {
  const hash = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 10);
  return new k8s.core.v1.ConfigMap(`${name}-${exporter}-settings`, {
    metadata: { name: `${exporter}-${hash}`, namespace: namespace.metadata.name, labels: labelsOf(args, exporter) }, immutable: true, data,
  }, { parent });
}
