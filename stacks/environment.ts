/** The composition: reads top to bottom in the order data flows. */
import { setImmediate as turn } from "node:timers/promises";
import { processingRegister } from "../components/privacy.ts";
import type { Storage } from "../components/storage/index.ts";
import type { Config } from "./config.ts";
import { declareBase } from "./environment/base.ts";
import { createContext } from "./environment/context.ts";
import { declareData } from "./environment/data.ts";
import { declareEdgeAndAudit } from "./environment/edge.ts";
import { declareWorkloads } from "./environment/workloads.ts";

/**
 * Declares everything that the configuration asks for; returns the stack's outputs. What is declared is sent when the
 * program takes a breath: after each part, so that the engine starts providers and plans while the next one is declared.
 */
export async function declareEnvironment(config: Config, stack: string) {
  const context = createContext(config, stack);
  await turn();
  const base = declareBase(context);
  await turn();
  const data = declareData(context, base);
  await turn();
  const { edge, audit } = declareEdgeAndAudit(context, base, data);
  await turn();
  const { secrets, backups, observed } = declareWorkloads(context, base, data);

  return {
    url: `https://${config.edge.domain}`,
    nameServers: edge.nameServers,
    dsRecord: edge.dsRecord,
    kubeconfigCommand: config.cluster.existing === undefined
      ? `aws eks update-kubeconfig --region ${config.region} --name ${base.cluster.clusterName} --role-arn ${base.access.operatorRoleArn}`
      : `the cluster ${config.cluster.existing.name} is managed elsewhere`,
    activeColor: config.activeColor,
    databaseWriter: data.postgres.writerHost,
    databaseReader: data.postgres.readerHost,
    buckets: bucketNames(data.storage),
    roles: { operator: base.access.operatorRoleArn, readonly: base.access.readonlyRoleArn, deploy: base.access.deployRoleArn, preview: base.access.previewRoleArn, breakGlass: base.access.breakGlassRoleArn },
    clusterServices: Object.fromEntries(Object.entries(config.cluster.services).map(([name, s]) => [name, `${s.source} ${s.version}`])),
    processingRegister: processingRegister({
      ...config.privacy,
      prefix: context.prefix,
      region: config.region,
      copyRegion: config.backups.copyRegion,
      stores: [...data.postgres.stores, ...data.redis.stores, ...data.storage.stores, ...backups.stores, ...secrets.stores, ...edge.stores, ...audit.stores, ...observed.stores],
    }),
  };
}

function bucketNames(storage: Storage): Record<string, string> {
  const extra = Object.entries(storage.extra).map(([name, bucket]): [string, string] => [name, bucket.name]);
  return { files: storage.files.name, backups: storage.backups.name, archive: storage.archive.name, audit: storage.audit.name, ...Object.fromEntries(extra) };
}
