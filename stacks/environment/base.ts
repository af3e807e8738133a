/** Keys, network, people and cluster. */
import * as pulumi from "@pulumi/pulumi";
import { Access, Boundary } from "../../components/access/index.ts";
import { Cluster } from "../../components/cluster/index.ts";
import { operatorsGroup } from "../../components/cluster/operatorAccess.ts";
import { Cost } from "../../components/cost.ts";
import { Keys } from "../../components/keys.ts";
import { Network } from "../../components/network/index.ts";
import { Notifications } from "../../components/notifications.ts";
import { shared, type Context } from "./context.ts";

/** Keys, network, people and cluster: what everything else stands on. */
export function declareBase(context: Context) {
  const { config, home } = context;
  // Roles of this stack carry the boundary, or the deploy role could give itself more by way of one that it makes.
  const boundary = new Boundary("boundary", shared(context), { providers: [home] });
  const opts = { providers: [home], transformations: [boundary.transformation] };
  const keys = new Keys("keys", { ...shared(context), ...config.keys }, opts);
  const network = new Network("network", {
    ...shared(context),
    ...config.network,
    logsKeyArn: keys.arn("logs"),
    dataClientCidrs: config.cluster.existing?.workloadCidrs,
  }, opts);
  const notifications = new Notifications("notifications", {
    ...shared(context),
    emails: config.notifications.emails,
    slack: config.notifications.slack,
    pagerUrl: config.pagerUrl === undefined ? undefined : pulumi.secret(config.pagerUrl),
    messagesKeyArn: keys.arn("messages"),
  }, opts);
  const access = new Access("access", {
    ...shared(context),
    ...config.access,
    copyRegion: config.backups.copyRegion,
    connectionArn: config.cluster.access.connectionArn,
    state: { bucket: config.backups.stateBucket, keyArn: config.backups.stateKeyArn, project: pulumi.getProject(), stack: pulumi.getStack() },
    clusterName: config.cluster.existing?.name ?? context.prefix,
    boundary,
    alarmTopicArn: notifications.alarmTopicArn,
    pageTopicArn: notifications.pageTopicArn,
  }, opts);
  const cluster = new Cluster("cluster", {
    ...shared(context),
    ...config.cluster,
    ciRepository: config.access.ci.repository,
    nodes: config.nodes,
    logRotationMb: config.maintenance.logRotationMb,
    logRotationFiles: config.maintenance.logRotationFiles,
    network,
    vpnSecurityGroupId: network.vpnSecurityGroupId,
    keys: { cluster: keys.arn("cluster"), volumes: keys.arn("volumes"), logs: keys.arn("logs") },
    operators: [
      // Looks at everything but secrets; what it may do besides is OperatorAccess.
      { name: "operator", roleArn: access.operatorRoleArn, policy: "AmazonEKSViewPolicy", groups: [operatorsGroup(context.prefix)] },
      { name: "readonly", roleArn: access.readonlyRoleArn, policy: "AmazonEKSViewPolicy" },
      { name: "break-glass", roleArn: access.breakGlassRoleArn, policy: "AmazonEKSClusterAdminPolicy" },
    ],
    deployRoleArn: access.deployRoleArn,
    alarmTopicArn: notifications.alarmTopicArn,
    kubeconfig: config.kubeconfig === undefined ? undefined : pulumi.secret(config.kubeconfig),
  }, { ...opts, dependsOn: access.ready });
  new Cost("cost", {
    ...shared(context),
    ...config.cost,
    emails: config.notifications.emails,
    alarmTopicArn: notifications.alarmTopicArn,
    tag: { key: "stack", value: context.prefix },
  }, opts);
  return { opts, keys, network, notifications, access, cluster };
}

export type Base = ReturnType<typeof declareBase>;
