/** Kinds of databases, and what they are among each other. */
import type { Resource } from "../resource.ts";

export const INSTANCE = "aws:rds:Instance";
export const CLUSTER = "aws:rds:Cluster";
export const CLUSTER_INSTANCE = "aws:rds:ClusterInstance";
export const DOCUMENTS = "aws:docdb:Cluster";
export const GRAPH = "aws:neptune:Cluster";
/** What holds data of its own: instances and the clusters that instances join. */
export const STORES = [INSTANCE, CLUSTER, DOCUMENTS, GRAPH];

/** A read replica holds nothing that its source lacks, and takes from it what it does not say. */
export function isReplica(store: Resource): boolean {
  return store.at("replicateSourceDb").exists;
}

/** A cluster of RDS with its own class of instances: three of them over three zones, made by the service. */
export function isMultiAzCluster(cluster: Resource): boolean {
  return cluster.at("dbClusterInstanceClass").exists;
}
