/** What the pods of monitoring's parts have in common. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { hashOf } from "../contentHash.ts";

/** Over zones and nodes where there is room; a pod that waits for a better place would watch nothing. */
export function spread(selector: Record<string, string>): k8s.types.input.core.v1.TopologySpreadConstraint[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({ topologyKey, maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: selector } }));
}

/** Files that a pod mounts, under a name for their content: a change rolls the pods. */
export function filesOf(name: string, metadata: { name: string; namespace: pulumi.Input<string>; labels: Record<string, string> }, files: Record<string, string>, parent: pulumi.Resource): k8s.core.v1.ConfigMap {
  return new k8s.core.v1.ConfigMap(name, { metadata: { ...metadata, name: `${metadata.name}-${hashOf(files)}` }, immutable: true, data: files }, { parent });
}
