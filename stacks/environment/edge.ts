/** Edge and audit trail. */
import { Audit } from "../../components/audit/index.ts";
import { Edge } from "../../components/edge/index.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";
import type { Data } from "./data.ts";

/** What the world sees, and what is seen of the world. */
export function declareEdgeAndAudit(context: Context, base: Base, data: Data) {
  const { config, cloudFront } = context;
  const { opts, keys, network, notifications, cluster } = base;
  const { storage } = data;
  const edge = new Edge("edge", {
    ...shared(context),
    ...config.edge,
    hstsSeconds: config.ingress.hstsSeconds,
    contentSecurityPolicy: config.ingress.contentSecurityPolicy,
    vpcId: network.vpcId,
    vpcCidr: network.cidr,
    privateSubnetIds: network.privateSubnetIds,
    autoscalingGroups: cluster.autoscalingGroups,
    nodeSecurityGroupId: cluster.nodeSecurityGroupId,
    nodeAddresses: config.cluster.existing?.nodeAddresses,
    nodeCidrs: config.cluster.existing?.workloadCidrs,
    nodePort: config.ingress.nodePort,
    filesBucket: storage.files,
    healthPath: config.app.health.live,
    logBucket: storage.logs,
    logBucketReady: storage.logs.ready,
    logsKeyArn: keys.arn("logs"),
    usEast1Provider: cloudFront,
    alarmTopicArn: notifications.alarmTopicArn,
  }, opts);
  storage.allowCdn(edge.distributionArn);
  const audit = new Audit("audit", {
    ...shared(context),
    ...config.audit,
    auditBucket: storage.audit,
    configBucket: storage.config,
    dataEventBucketArns: [storage.files.arn, storage.backups.arn, storage.archive.arn],
    keys: { audit: keys.arn("audit"), logs: keys.arn("logs") },
    findingTopicArn: notifications.findingTopicArn,
    pageTopicArn: notifications.pageTopicArn,
    after: [...storage.audit.ready, ...storage.config.ready],
  }, opts);
  return { edge, audit };
}
