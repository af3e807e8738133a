/** The way to the application: CloudFront, WAF, load balancer, NGINX. */
import { type Alert, figure, MINUTE, type RuleGroup } from "./alert.ts";
import { cloudWatch, type Scope } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "platform", dashboard: "application", missing: "quiet" } as const;
const balancer = (metric: string, statistic: string) => cloudWatch("AWS/ApplicationELB", metric, statistic);

export function ingressGroup(scope: Scope, limits: Thresholds): RuleGroup {
  return { name: "golive-ingress", interval: 30, recordings: [], alerts: [...nginx(scope, limits), ...loadBalancer(limits), ...edge(limits)] };
}

function nginx(scope: Scope, limits: Thresholds): Alert[] {
  return [
    {
      ...SHARED, name: "IngressDown", severity: 1, for: MINUTE, missing: "fires", expr: `absent(up{namespace="${scope.ingressNamespace}"} == 1)`,
      summary: "No replica of NGINX answers", description: "Nothing reaches the application.",
    },
    {
      ...SHARED, name: "IngressConfigRejected", severity: 2, for: 5 * MINUTE, expr: "min by (pod) (nginx_ingress_controller_nginx_last_reload_status) == 0",
      summary: "NGINX refuses its configuration", description: "{{ $labels.pod }} goes on with the last good one; new pods and routes are not served.",
    },
    {
      ...SHARED, name: "RateLimitHits", team: "security", dashboard: "security", severity: 3, for: 10 * MINUTE, expr: `sum(rate(log_metric_counter_nginx_responses_total{status="429"}[5m])) > ${figure(limits.rateLimitedPerSecond)}`,
      summary: "Many requests are refused by the rate limit", description: "{{ $value | humanize }} a second get 429.",
    },
  ];
}

/** CloudWatch's minutes; what NGINX and the application answered together, and what the load balancer answered for them. */
function loadBalancer(limits: Thresholds): Alert[] {
  const requests = `sum(${balancer("RequestCount", "Sum")})`;
  const busy = `${requests} > ${figure(limits.balancerRequests)}`;
  const sum = (metric: string) => `(sum(${balancer(metric, "Sum")}) or vector(0))`;
  const failed = `(${sum("HTTPCode_Target_5XX_Count")} + ${sum("HTTPCode_ELB_5XX_Count")})`;
  return [
    {
      ...SHARED, name: "IngressErrors", severity: 2, for: 5 * MINUTE, expr: `${failed} / (${requests} > 0) > ${figure(limits.errorsCritical)} and ${busy}`,
      summary: "Errors at the load balancer", description: "{{ $value | humanizePercentage }} of all answers are 5xx.",
    },
    {
      ...SHARED, name: "IngressClientErrors", severity: 3, for: 15 * MINUTE, expr: `sum(${balancer("HTTPCode_Target_4XX_Count", "Sum")}) / (${requests} > 0) > ${figure(limits.clientErrors)} and ${busy}`,
      summary: "An unusual share of requests ends in 4xx", description: "{{ $value | humanizePercentage }}: a broken client or link, or somebody who tries doors.",
    },
    {
      ...SHARED, name: "IngressLatency", severity: 2, for: 5 * MINUTE, expr: `max(${balancer("TargetResponseTime", "p95")}) > ${figure(limits.p95Critical)} and ${busy}`,
      summary: "Answers are slow at the load balancer", description: "One request of twenty takes longer than {{ $value | humanizeDuration }}.",
    },
    {
      ...SHARED, name: "LoadBalancerTargetsUnhealthy", severity: 3, for: 10 * MINUTE, expr: `max by (dimension_TargetGroup) (${balancer("UnHealthyHostCount", "Maximum")}) > 0`,
      summary: "The load balancer does not reach NGINX on every node", description: "{{ $value }} nodes fail its health check.",
    },
  ];
}

function edge(limits: Thresholds): Alert[] {
  return [
    {
      ...SHARED, name: "CdnErrors", severity: 2, for: 5 * MINUTE, expr: `max by (dimension_DistributionId) (${cloudWatch("AWS/CloudFront", "5xxErrorRate", "Average")}) / 100 > ${figure(limits.errorsCritical)}`,
      summary: "CloudFront answers with errors", description: "{{ $value | humanizePercentage }} of answers to users are 5xx.",
    },
    {
      ...SHARED, name: "WafBlocks", team: "security", dashboard: "security", severity: 3, for: 10 * MINUTE, expr: `sum(${cloudWatch("AWS/WAFV2", "BlockedRequests", "Sum")}{dimension_Rule="ALL"}) > ${figure(limits.blockedRequests)}`,
      summary: "The WAF blocks many requests", description: "{{ $value }} in the last period: an attack, or a rule that hits users.",
    },
  ];
}
