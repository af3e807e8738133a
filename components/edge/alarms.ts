/** Alarms of the edge: what users would feel, what attackers do, what expires. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { forwardAlarms } from "./forwardAlarms.ts";
import type { EdgeArgs } from "./index.ts";
import type { Balancer } from "./loadBalancer.ts";

export interface Watched {
  balancer: Balancer;
  distribution: aws.cloudfront.Distribution;
  acl: aws.wafv2.WebAcl;
  probe: aws.route53.HealthCheck;
  certificateArns: { global: pulumi.Input<string>; regional: pulumi.Input<string> };
}

type Alarm = Pick<aws.cloudwatch.MetricAlarmArgs, "namespace" | "metricName" | "dimensions" | "comparisonOperator" | "threshold" | "treatMissingData"> & {
  description: string;
  period: number;
  evaluationPeriods: number;
  statistic?: string;
  extendedStatistic?: string;
};

/** Metrics of CloudFront, its WAF and Route 53 exist in us-east-1 only; their alarms too. */
export function alarms(name: string, args: EdgeArgs, watched: Watched, parent: pulumi.Resource): void {
  const global = { parent, provider: args.usEast1Provider };
  const globalActions = args.region === "us-east-1" ? [args.alarmTopicArn] : [];
  for (const [key, alarm] of Object.entries(regionalAlarms(watched))) {
    declare(name, key, args, alarm, [args.alarmTopicArn], { parent });
  }
  for (const [key, alarm] of Object.entries(globalAlarms(args, watched))) {
    declare(name, key, args, alarm, globalActions, global);
  }
  if (args.region !== "us-east-1") forwardAlarms(name, args, parent);
}

function declare(name: string, key: string, args: EdgeArgs, alarm: Alarm, actions: pulumi.Input<string>[], opts: pulumi.CustomResourceOptions): void {
  const { description, ...metric } = alarm;
  new aws.cloudwatch.MetricAlarm(`${name}-alarm-${key}`, {
    name: `${args.prefix}-edge-${key}`,
    alarmDescription: description,
    ...metric,
    alarmActions: actions,
    okActions: actions,
    tags: { Name: `${args.prefix}-edge-${key}` },
  }, opts);
}

/** Thresholds are the table in REQUIREMENTS, section 5: errors 1 % for 5 minutes, p95 2 s for 5 minutes, down 1 minute. */
function regionalAlarms({ balancer, certificateArns }: Watched): Record<string, Alarm> {
  const ofBalancer = { LoadBalancer: balancer.loadBalancer.arnSuffix };
  const ofTargets = { ...ofBalancer, TargetGroup: balancer.targetGroup.arnSuffix };
  const above = { comparisonOperator: "GreaterThanThreshold", treatMissingData: "notBreaching" } as const;
  return {
    "balancer-errors": { description: "The load balancer itself answers with 5xx: no healthy node, or TLS to NGINX fails.", namespace: "AWS/ApplicationELB", metricName: "HTTPCode_ELB_5XX_Count", dimensions: ofBalancer, statistic: "Sum", period: 60, evaluationPeriods: 5, threshold: 10, ...above },
    "unhealthy-nodes": { description: "Nodes on which NGINX does not answer.", namespace: "AWS/ApplicationELB", metricName: "UnHealthyHostCount", dimensions: ofTargets, statistic: "Maximum", period: 60, evaluationPeriods: 5, threshold: 0, ...above },
    "no-healthy-node": { description: "No node on which NGINX answers: the application is down.", namespace: "AWS/ApplicationELB", metricName: "HealthyHostCount", dimensions: ofTargets, statistic: "Minimum", period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: "LessThanThreshold", treatMissingData: "breaching" },
    "slow-responses": { description: "95 of 100 responses should take less than 2 s.", namespace: "AWS/ApplicationELB", metricName: "TargetResponseTime", dimensions: ofTargets, extendedStatistic: "p95", period: 60, evaluationPeriods: 5, threshold: 2, ...above },
    "certificate-expiry": expiry("The load balancer's certificate ends within 30 days; ACM should have renewed it. Look at its validation records.", certificateArns.regional),
  };
}

function globalAlarms(args: EdgeArgs, { distribution, acl, probe, certificateArns }: Watched): Record<string, Alarm> {
  const ofCdn = { DistributionId: distribution.id, Region: "Global" };
  const above = { comparisonOperator: "GreaterThanThreshold", treatMissingData: "notBreaching" } as const;
  const found: Record<string, Alarm> = {
    "cdn-errors": { description: "More than 1 % of responses to viewers are 5xx for 5 minutes.", namespace: "AWS/CloudFront", metricName: "5xxErrorRate", dimensions: ofCdn, statistic: "Average", period: 60, evaluationPeriods: 5, threshold: 1, ...above },
    "down": { description: `${args.domain} does not answer from outside.`, namespace: "AWS/Route53", metricName: "HealthCheckStatus", dimensions: { HealthCheckId: probe.id }, statistic: "Minimum", period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: "LessThanThreshold", treatMissingData: "breaching" },
    "waf-blocks": { description: "The WAF blocks more than 1,000 requests in 5 minutes: an attack, or a rule that hits users.", namespace: "AWS/WAFV2", metricName: "BlockedRequests", dimensions: { WebACL: acl.name, Rule: "ALL" }, statistic: "Sum", period: 300, evaluationPeriods: 1, threshold: 1000, ...above },
  };
  if (args.region !== "us-east-1") {
    found["cdn-certificate-expiry"] = expiry("CloudFront's certificate ends within 30 days; ACM should have renewed it. Look at its validation records.", certificateArns.global);
  }
  if (args.shieldAdvanced) {
    found["ddos"] = { description: "Shield sees an attack on the distribution.", namespace: "AWS/DDoSProtection", metricName: "DDoSDetected", dimensions: { ResourceArn: distribution.arn }, statistic: "Maximum", period: 60, evaluationPeriods: 1, threshold: 0, ...above };
  }
  return found;
}

/** ACM renews 60 days ahead; 30 days left means that renewal fails. */
function expiry(description: string, certificateArn: pulumi.Input<string>): Alarm {
  return { description, namespace: "AWS/CertificateManager", metricName: "DaysToExpiry", dimensions: { CertificateArn: certificateArn }, statistic: "Minimum", period: 86_400, evaluationPeriods: 1, threshold: 30, comparisonOperator: "LessThanThreshold", treatMissingData: "notBreaching" };
}
