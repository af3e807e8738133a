/** Defaults of the edge, of access, audit, maintenance, cost and privacy. */
import { statements } from "../facts.ts";
import { at } from "../rendered.ts";
import type { DefaultEffect } from "../requirement.ts";
import { exists, jobVariable, kubelet, prop, schedule } from "./read.ts";

const CDN = ["aws:cloudfront/distribution:Distribution", "edge-distribution"] as const;
const WEB_ACL = ["aws:wafv2/webAcl:WebAcl", "edge-web-acl"] as const;
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

export const operations: DefaultEffect[] = [
  { key: "edge.staticPaths", changed: ["/assets/*"], becomes: "/assets/*", read: prop(...CDN, "orderedCacheBehaviors[0].pathPattern"), expected: "/static/*" },
  { key: "edge.filesPath", changed: "/media/*", read: prop(...CDN, "orderedCacheBehaviors[1].pathPattern"), expected: "/files/*" },
  { key: "edge.uploadPath", changed: "/api/import", read: prop(...WEB_ACL, "rules[4].statement.andStatement.statements[1].notStatement.statement.byteMatchStatement.searchString"), expected: "/api/upload" },
  { key: "edge.rateLimitPer5Minutes", changed: 5000, read: prop(...WEB_ACL, "rules[2].statement.rateBasedStatement.limit"), expected: 2000 },
  { key: "edge.priceClass", changed: "PriceClass_All", read: prop(...CDN, "priceClass"), expected: "PriceClass_100" },
  { key: "edge.blockedCountries", changed: ["AQ"], becomes: { locations: ["AQ"], restrictionType: "blacklist" }, read: prop(...CDN, "restrictions.geoRestriction"), expected: { restrictionType: "none", locations: [] } },
  { key: "edge.shieldAdvanced", changed: true, read: exists("aws:shield/protection:Protection"), expected: false },
  { key: "edge.logRetentionDays", changed: 180, read: prop(LOG_GROUP, "edge-waf-log-group", "retentionInDays"), expected: 365 },
  { key: "access.sessionHours", changed: 4, becomes: 14_400, read: prop("aws:iam/role:Role", "access-operator", "maxSessionDuration"), expected: 28_800 },
  {
    key: "access.ci.issuer", changed: "ci.example.com", expected: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
    becomes: "arn:aws:iam::123456789012:oidc-provider/ci.example.com", read: (p) => at(statements(p.one("aws:iam/role:Role", "access-deploy"), "assumeRolePolicy")[0], "Principal.Federated"),
  },
  { key: "audit.logRetentionDays", changed: 3288, read: prop(LOG_GROUP, "audit-trail-logs", "retentionInDays"), expected: 2557 },
  { key: "monitoring.logs.applicationDays", changed: 180, read: prop(LOG_GROUP, "logs-application", "retentionInDays"), expected: 90 },
  { key: "monitoring.logs.ingressDays", changed: 180, read: prop(LOG_GROUP, "logs-ingress", "retentionInDays"), expected: 90 },
  { key: "monitoring.logs.systemDays", changed: 60, read: prop(LOG_GROUP, "logs-system", "retentionInDays"), expected: 30 },
  { key: "monitoring.logs.auditDays", changed: 3653, read: prop(LOG_GROUP, "logs-audit", "retentionInDays"), expected: 2557 },
  { key: "maintenance.vacuumSchedule", changed: "0 5 * * 0", read: schedule("vacuum"), expected: "0 4 * * 0" },
  { key: "maintenance.cacheSchedule", changed: "45 4 * * *", read: schedule("cache-cleanup"), expected: "30 4 * * *" },
  { key: "maintenance.cachePrefixes", changed: ["tmp:"], becomes: "tmp:", read: jobVariable("cache-cleanup", "PREFIXES"), expected: "cache:" },
  { key: "maintenance.scanSchedule", changed: "0 6 * * 2", read: schedule("image-scan"), expected: "0 6 * * 1" },
  { key: "maintenance.dastSchedule", changed: "0 2 2 * *", read: schedule("dast"), expected: "0 2 1 * *" },
  { key: "maintenance.expirySchedule", changed: "0 8 * * *", read: schedule("expiry-check"), expected: "0 7 * * *" },
  { key: "maintenance.expiryWarningDays", changed: 45, becomes: "45", read: jobVariable("expiry-check", "WARN_DAYS"), expected: "30" },
  { key: "maintenance.logRotationFiles", changed: 7, becomes: "7", read: kubelet("containerLogMaxFiles"), expected: "5" },
  { key: "maintenance.logRotationMb", changed: 200, becomes: "200", read: (p) => String(kubelet("containerLogMaxSize")(p)).replace(/\D+$/, ""), expected: "100" },
  { key: "maintenance.patchSchedule", changed: "0 3 * * 4", read: schedule("node-patch"), expected: "0 3 * * 3" },
  { key: "cost.anomalyUsd", changed: 250, becomes: ["250"], read: prop("aws:costexplorer/anomalySubscription:AnomalySubscription", "cost-anomalies-subscription", "thresholdExpression.dimension.values"), expected: ["100"] },
  { key: "cost.anomalyMonitor", changed: "tag", becomes: "CUSTOM", read: prop("aws:costexplorer/anomalyMonitor:AnomalyMonitor", "cost-anomalies", "monitorType"), expected: "DIMENSIONAL" },
  { key: "cost.activateTag", changed: true, read: exists("aws:costexplorer/costAllocationTag:CostAllocationTag"), expected: false },
  { key: "audit.configRole", changed: "adopt", becomes: false, read: exists("aws:iam/serviceLinkedRole:ServiceLinkedRole"), expected: true },
  {
    key: "privacy.erasureDays", changed: 20, expected: 30,
    read: (p) => (at(p.outputs, "processingRegister.stores") as { dataClass: string; erasureDays?: number }[]).find((s) => s.dataClass === "database")?.erasureDays,
  },
];
