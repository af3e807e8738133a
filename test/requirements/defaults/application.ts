/** Defaults of the stack, the application, the ingress and monitoring. */
import { at, type Rendered } from "../rendered.ts";
import type { DefaultEffect } from "../requirement.ts";
import { APP, chart, container, exists, prop, setting } from "./read.ts";

const SCALER = ["HorizontalPodAutoscaler", APP] as const;
const WEB_LIMIT = ["Policy", "rate-limit"] as const;

/** The number that people raise, in front of the hash that tells the synced secrets' content. */
function secretsVersion(p: Rendered): string | undefined {
  return String((at(p.one("ExternalSecret", "app-secrets").props, "metadata.annotations") as Record<string, string>)["golive.dev/secrets-version"]).split("-")[0];
}

/** An annotation of the live Service. */
function live(annotation: string): (p: Rendered) => unknown {
  return (p) => (at(p.one("Service", "release-live-service").props, "metadata.annotations") as Record<string, string>)[annotation];
}

/** All replicas together: the limit of one times their number. */
function requestsPerSecond(p: Rendered): number {
  const rate = Number.parseInt(String(at(p.one(...WEB_LIMIT).props, "spec.rateLimit.rate")), 10);
  return (rate * Number(chart("ingress-controller", "values.controller.replicaCount")(p))) / 60;
}

/** What Alertmanager's configuration says. */
function businessHours(pattern: RegExp): (p: Rendered) => string | undefined {
  return (p) => {
    const files = at(p.one("ExternalSecret", "alertmanager-golive").props, "spec.target.template.data") as Record<string, string>;
    return pattern.exec(files["alertmanager.yaml"] ?? "")?.[1];
  };
}

export const application: DefaultEffect[] = [
  { key: "region", changed: "eu-west-1", becomes: "com.amazonaws.eu-west-1.s3", read: prop("aws:ec2/vpcEndpoint:VpcEndpoint", "network-endpoints-s3", "serviceName"), expected: "com.amazonaws.us-east-1.s3" },
  { key: "zones", changed: ["a", "b", "c", "d"], read: (p) => p.all("aws:ec2/subnet:Subnet", /^network-vpc-private-/).map((r) => String(r.props["availabilityZone"]).slice(-1)).sort(), expected: ["a", "b", "c"] },
  { key: "tags", changed: { team: "payments" }, becomes: "payments", read: prop("aws:ec2/vpc:Vpc", "network-vpc", "tagsAll.team"), expected: undefined },
  { key: "protect", changed: false, read: prop("aws:rds/instance:Instance", "postgres-primary", "deletionProtection"), expected: true },
  { key: "activeColor", changed: "green", read: prop("Service", "release-live-service", "spec.selector.color"), expected: "blue" },
  { key: "release.strategy", changed: "rolling", read: live("golive.dev/strategy"), expected: "blueGreen" },
  { key: "release.serial", changed: 2, becomes: "2", read: live("golive.dev/release-serial"), expected: "1" },
  // The fewest pods of each color.
  { key: "release.drainIdle", changed: true, becomes: [1, 5], read: (p) => p.all("HorizontalPodAutoscaler", /^app-/).map((r) => at(r.props, "spec.minReplicas")).sort(), expected: [3, 3] },
  { key: "app.port", changed: 9090, read: container("ports[0].containerPort"), expected: 8080 },
  { key: "app.health.ready", changed: "/ready", read: container("readinessProbe.httpGet.path"), expected: "/health/ready" },
  { key: "app.health.live", changed: "/live", read: container("livenessProbe.httpGet.path"), expected: "/health/live" },
  { key: "app.health.deep", changed: "/deep", read: setting("HEALTH_DEEP_PATH"), expected: "/health" },
  { key: "app.metricsPath", changed: "/prometheus", read: prop("ServiceMonitor", "app", "spec.endpoints[0].path"), expected: "/metrics" },
  { key: "app.replicas.min", changed: 5, read: prop(...SCALER, "spec.minReplicas"), expected: 3 },
  { key: "app.replicas.max", changed: 12, read: prop(...SCALER, "spec.maxReplicas"), expected: 10 },
  { key: "app.autoscaling.cpuPercent", changed: 60, read: prop(...SCALER, "spec.metrics[0].resource.target.averageUtilization"), expected: 70 },
  { key: "app.autoscaling.requestsPerSecond", changed: 80, becomes: "80", read: prop(...SCALER, "spec.metrics[1].pods.target.averageValue"), expected: "50" },
  { key: "app.requests.cpu", changed: "300m", read: container("resources.requests.cpu"), expected: "200m" },
  { key: "app.requests.memory", changed: "768Mi", read: container("resources.requests.memory"), expected: "512Mi" },
  { key: "app.migrations.enabled", changed: false, read: exists("Job", /^migrations-/), expected: true },
  { key: "app.drain.preStopSeconds", changed: 20, read: container("lifecycle.preStop.sleep.seconds"), expected: 15 },
  { key: "app.drain.gracePeriodSeconds", changed: 90, read: prop("Deployment", APP, "spec.template.spec.terminationGracePeriodSeconds"), expected: 60 },
  { key: "app.minReadySeconds", changed: 20, read: prop("Deployment", APP, "spec.minReadySeconds"), expected: 10 },
  { key: "app.security.accessTokenSeconds", changed: 1800, becomes: "1800", read: setting("ACCESS_TOKEN_SECONDS"), expected: "3600" },
  { key: "app.security.refreshTokenSeconds", changed: 86_400, becomes: "86400", read: setting("REFRESH_TOKEN_SECONDS"), expected: "604800" },
  { key: "app.security.sessionSeconds", changed: 14_400, becomes: "14400", read: setting("SESSION_SECONDS"), expected: "28800" },
  { key: "app.security.requestsPerMinute", changed: 200, becomes: "200", read: setting("RATE_LIMIT_PER_MINUTE"), expected: "100" },
  { key: "app.security.requestsPerHour", changed: 2000, becomes: "2000", read: setting("RATE_LIMIT_PER_HOUR"), expected: "1000" },
  { key: "app.security.burst", changed: 60, becomes: "60", read: setting("RATE_LIMIT_BURST"), expected: "50" },
  { key: "app.security.uploadMaxMb", changed: 20, becomes: "20971520", read: setting("UPLOAD_MAX_BYTES"), expected: "52428800" },
  { key: "app.security.uploadTypes", changed: [".png"], becomes: ".png", read: setting("UPLOAD_TYPES"), expected: ".svg,.xml,.json" },
  { key: "app.security.mfaRequired", changed: false, becomes: "false", read: setting("MFA_REQUIRED"), expected: "true" },
  { key: "app.settings", changed: { FEATURE_EXPORT: "on" }, becomes: "on", read: setting("FEATURE_EXPORT"), expected: undefined },
  { key: "secrets.version", changed: 2, becomes: "2", read: secretsVersion, expected: "1" },
  { key: "secrets.app", changed: ["JWT_SECRET"], with: { appSecrets: { JWT_SECRET: { secure: "first-value-of-the-test" } } }, becomes: ["shop-production/app/JWT_SECRET"], read: (p) => p.all("aws:secretsmanager/secret:Secret", /^secrets-/).map((r) => r.props["name"]), expected: [] },
  { key: "secrets.refreshMinutes", changed: 30, becomes: "30m", read: prop("ExternalSecret", "app-secrets", "spec.refreshInterval"), expected: "15m" },
  { key: "ingress.replicas", changed: 4, read: chart("ingress-controller", "values.controller.replicaCount"), expected: 3 },
  { key: "ingress.requests.cpu", changed: "150m", read: chart("ingress-controller", "values.controller.resources.requests.cpu"), expected: "100m" },
  { key: "ingress.requests.memory", changed: "384Mi", read: chart("ingress-controller", "values.controller.resources.requests.memory"), expected: "256Mi" },
  { key: "ingress.chartVersion", changed: "2.4.0", read: chart("ingress-controller", "version"), expected: "2.3.1" },
  { key: "ingress.nodePort", changed: 30_444, read: prop("aws:lb/targetGroup:TargetGroup", "edge-target-group", "port"), expected: 30_443 },
  { key: "ingress.requestsPerSecond", changed: 20, read: requestsPerSecond, expected: 10 },
  { key: "ingress.burst", changed: 40, read: prop(...WEB_LIMIT, "spec.rateLimit.burst"), expected: 20 },
  { key: "ingress.bodyLimitMb", changed: 80, becomes: "80m", read: prop("VirtualServer", "app", "spec.upstreams[0].client-max-body-size"), expected: "50m" },
  { key: "ingress.hstsSeconds", changed: 63_072_000, becomes: "63072000", read: prop("ConfigMap", "nginx-config", "data.hsts-max-age"), expected: "31536000" },
  { key: "ingress.contentSecurityPolicy", changed: "default-src 'none'", read: prop("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", "edge-page-headers", "securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy"), expected: "default-src 'self'" },
  {
    key: "monitoring.requests.cpu", changed: "1500m", expected: "1000m",
    read: (p) => (at(p.one("ResourceQuota", "monitoring-quota").props, "spec.hard") as Record<string, string>)["requests.cpu"],
  },
  {
    key: "monitoring.requests.memory", changed: "6Gi", expected: "4Gi",
    read: (p) => (at(p.one("ResourceQuota", "monitoring-quota").props, "spec.hard") as Record<string, string>)["requests.memory"],
  },
  { key: "monitoring.traceSamplingRate", changed: 0.5, becomes: "0.5", read: setting("OTEL_TRACES_SAMPLER_ARG"), expected: "1" },
  { key: "monitoring.storageGib", changed: 80, becomes: "80Gi", read: prop("Prometheus", "golive", "spec.storage.volumeClaimTemplate.spec.resources.requests.storage"), expected: "50Gi" },
  {
    // The error budget is counted over what Prometheus still has of 30 days.
    key: "monitoring.retentionDays", changed: 20, becomes: "20d", expected: "15d",
    read: (p) => (at(p.one("PrometheusRule", "golive-rules").props, "spec.groups") as { rules: { record?: string; labels?: { window?: string } }[] }[]).flatMap((group) => group.rules)
      .find((rule) => rule.record === "golive:availability_budget:left")?.labels?.window,
  },
  {
    key: "monitoring.alertRules",
    changed: { OrdersFail: { expr: "orders_failed_total > 10", for: "5m", severity: 2, team: "platform", summary: "Orders fail", runbook: "https://runbooks.example.com/orders" } },
    becomes: ["OrdersFail"], read: (p) => p.all("PrometheusRule").flatMap((r) => JSON.stringify(r.props).match(/OrdersFail/) ?? []), expected: [],
  },
  {
    key: "app.businessMetrics", changed: ["orders_total"], becomes: ["orders_total"],
    read: (p) => [...new Set(JSON.stringify(p.one("ConfigMap", "dashboard-business").props).match(/orders_total/g))], expected: [],
  },
  { key: "monitoring.notifications.businessHours.timeZone", changed: "Europe/Berlin", read: businessHours(/location: (\S+)/), expected: "UTC" },
  { key: "monitoring.notifications.businessHours.days", changed: "tuesday:friday", read: businessHours(/weekdays:\s+- (\S+)/), expected: "monday:friday" },
  { key: "monitoring.notifications.businessHours.from", changed: "10:00", read: businessHours(/start_time: "?([\d:]+)/), expected: "09:00" },
  { key: "monitoring.notifications.businessHours.to", changed: "18:00", read: businessHours(/end_time: "?([\d:]+)/), expected: "17:00" },
];
