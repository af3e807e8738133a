import { DEFAULTS as limits } from "../../../components/monitoring/alerts/thresholds.ts";
import type { AlertCase, AlertCases } from "../case.ts";
import { gauge, rate, type Series } from "../series.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const ALB = 'dimension_LoadBalancer="app/edge/1"';

interface Answers { requests: number; failed?: number; refused?: number; p95?: number }

const balancer = ({ requests, failed = 0, refused = 0, p95 = 0.3 }: Answers): Series => ({
  [`aws_applicationelb_request_count_sum{${ALB}}`]: gauge(requests),
  [`aws_applicationelb_httpcode_target_5_xx_count_sum{${ALB}}`]: gauge((failed * requests) / 2),
  [`aws_applicationelb_httpcode_elb_5_xx_count_sum{${ALB}}`]: gauge((failed * requests) / 2),
  [`aws_applicationelb_httpcode_target_4_xx_count_sum{${ALB}}`]: gauge(refused * requests),
  [`aws_applicationelb_target_response_time_p95{${ALB}}`]: gauge(p95),
});
const fine = balancer({ requests: 3000, failed: 0.0005, refused: 0.02 });
const few = (rest: Omit<Answers, "requests">) => (factor: number) => balancer({ requests: factor * limits.balancerRequests, ...rest });

/** Ends so many days ahead, within the hours that a test takes. */
const served = (days: number): Series => ({ 'probe_ssl_earliest_cert_expiry{instance="https://shop.example.com/"}': gauge(days * DAY) });
const expiring = (limit: "certificateDays" | "certificateCriticalDays"): AlertCase => ({
  labels: { instance: "https://shop.example.com/" }, at: { [limit]: (factor: number) => served(limits[limit] / factor) }, target: served(89),
});
const ready = (value: number): Series => ({ 'certmanager_certificate_ready_status{namespace="shop",name="app-tls",condition="True"}': gauge(value) });
const reload = (status: number): Series => ({ 'nginx_ingress_controller_nginx_last_reload_status{pod="nginx-ingress-0",class="nginx"}': gauge(status) });
const problems = (count: number): Series => ({ 'aws_golive_shop_production_expiry_problems_maximum{dimension_Job="expiry-check"}': gauge(count) });

export const edge: AlertCases = {
  "IngressDown/1": { labels: {}, at: { state: () => ({ 'up{namespace="ingress",pod="nginx-ingress-0"}': gauge(0) }) }, target: { 'up{namespace="ingress",pod="nginx-ingress-0"}': gauge(1) } },
  "IngressConfigRejected/2": { labels: { pod: "nginx-ingress-0" }, at: { state: () => reload(0) }, target: reload(1) },
  "RateLimitHits/3": {
    labels: {}, ramp: 300, at: { rateLimitedPerSecond: (factor) => ({ 'log_metric_counter_nginx_responses_total{status="429"}': rate(factor * limits.rateLimitedPerSecond) }) },
    target: { 'log_metric_counter_nginx_responses_total{status="429"}': rate(0.1) },
  },
  "IngressErrors/2": {
    labels: {}, at: { errorsCritical: (factor) => balancer({ requests: 3000, failed: factor * limits.errorsCritical }), balancerRequests: few({ failed: 0.5 }) }, target: fine,
  },
  "IngressClientErrors/3": {
    labels: {}, at: { clientErrors: (factor) => balancer({ requests: 3000, refused: factor * limits.clientErrors }), balancerRequests: few({ refused: 0.5 }) }, target: fine,
  },
  "IngressLatency/2": {
    labels: {}, at: { p95Critical: (factor) => balancer({ requests: 3000, p95: factor * limits.p95Critical }), balancerRequests: few({ p95: 9 }) }, target: fine,
  },
  "LoadBalancerTargetsUnhealthy/3": {
    labels: { dimension_TargetGroup: "targetgroup/nginx/1" }, at: { state: () => ({ 'aws_applicationelb_un_healthy_host_count_maximum{dimension_TargetGroup="targetgroup/nginx/1"}': gauge(1) }) },
    target: { 'aws_applicationelb_un_healthy_host_count_maximum{dimension_TargetGroup="targetgroup/nginx/1"}': gauge(0) },
  },
  "CdnErrors/2": {
    labels: { dimension_DistributionId: "E1" }, at: { errorsCritical: (factor) => ({ 'aws_cloudfront_5xx_error_rate_average{dimension_DistributionId="E1"}': gauge(factor * limits.errorsCritical * 100) }) },
    target: { 'aws_cloudfront_5xx_error_rate_average{dimension_DistributionId="E1"}': gauge(0.05) },
  },
  "WafBlocks/3": {
    labels: {}, at: { blockedRequests: (factor) => ({ 'aws_wafv2_blocked_requests_sum{dimension_Rule="ALL"}': gauge(factor * limits.blockedRequests) }) },
    target: { 'aws_wafv2_blocked_requests_sum{dimension_Rule="ALL"}': gauge(20) },
  },
  "CertificateExpiring/3": expiring("certificateDays"),
  "CertificateExpiring/1": expiring("certificateCriticalDays"),
  "AcmCertificateNotRenewed/3": {
    labels: { dimension_CertificateArn: "arn:1" }, at: { certificateDays: (factor) => ({ 'aws_certificatemanager_days_to_expiry_minimum{dimension_CertificateArn="arn:1"}': gauge(limits.certificateDays / factor) }) },
    target: { 'aws_certificatemanager_days_to_expiry_minimum{dimension_CertificateArn="arn:1"}': gauge(200) },
  },
  "ClusterCertificateNotRenewed/2": {
    labels: { namespace: "shop", name: "app-tls" }, at: { clusterCertificateDays: (factor) => ({ 'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="app-tls"}': gauge((limits.clusterCertificateDays / factor) * DAY) }) },
    target: { 'certmanager_certificate_expiration_timestamp_seconds{namespace="shop",name="app-tls"}': gauge(80 * DAY) },
  },
  "ClusterCertificateNotReady/3": { labels: { namespace: "shop", name: "app-tls" }, at: { state: () => ready(0) }, target: ready(1) },
  "KeyRotationOverdue/3": { labels: {}, at: { state: () => problems(1) }, target: problems(0) },
};
