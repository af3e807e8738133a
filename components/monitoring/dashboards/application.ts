/** The application as users and as its pods see it, and the way to it. */
import { COLORED, colored, requestsOf } from "../alerts/scope.ts";
import { PANEL_RANGE } from "./measure.ts";
import { type Board, type Choice, type Panel, type Subject, watched } from "./panel.ts";

const COLORS = ["blue", "green"];

/** One color or both, in selectors of requests, in names of pods and Deployments, and of recorded series. */
const COLOR: Choice = {
  name: "color",
  label: "Color",
  values: COLORS,
  within: (expr) => expr.replaceAll('color!=""', 'color=~"$color"').replaceAll(`(${COLORS.join("|")})`, "($color)").replaceAll(/golive:color_\w+:\w+/g, (series) => `${series}{color=~"$color"}`),
};

export function applicationBoard(subject: Subject): Board {
  return {
    name: "application", title: "Application", from: "now-3h", refresh: "30s", choice: COLOR,
    description: "Whether users are served, how fast, by which pods, and what happens on the way. Health checks and scrapes are left out.",
    rows: [
      { title: "Users", panels: users(subject) },
      { title: "Answers by color", panels: answers(subject) },
      { title: "Pods", panels: pods(subject) },
      { title: "On the way: CloudFront, load balancer, NGINX", panels: way(subject) },
    ],
  };
}

function users(subject: Subject): Panel[] {
  const { scope } = subject;
  const requests = requestsOf(scope);
  return [
    {
      title: "Pods that answer", description: "Pods of both colors that Prometheus reaches. At none, users are cut off.", unit: "none", shape: "numbers", width: 4, alerts: ["AppDown"], none: "none",
      limits: { side: "below", steps: [{ value: 1, severity: 1 }] },
      queries: [{ expr: `sum(up{namespace="${scope.namespace}",color!=""})`, legend: "pods" }],
    },
    watched(subject, "Availability", { title: "Failed probes, last hour", description: "Share of the probes from outside that failed within the last hour, over all public routes.", unit: "percentunit", shape: "numbers", width: 5, decimals: 2, legend: "failed" }),
    { title: "Requests", description: "Requests a second that the application answers.", unit: "reqps", shape: "numbers", width: 5, queries: [{ expr: `sum(rate(http_requests_total{${requests}}${PANEL_RANGE}))`, legend: "requests" }] },
    watched(subject, "PublicRouteDown", { title: "Public routes", description: "What users can open, tried from outside the way that they take.", unit: "none", shape: "states", width: 10, legend: "{{instance}}", states: { zero: "down", one: "up", bad: 0 } }),
    {
      title: "Requests by route", description: "The ten busiest routes, as the application names them.", unit: "reqps", shape: "lines", width: 12,
      queries: [{ expr: `topk(10, sum by (route) (rate(http_requests_total{${requests}}${PANEL_RANGE})))`, legend: "{{route}}" }],
    },
    {
      title: "Answers by status", description: "Answers a second by status; 401 and 403 in numbers are on the dashboard of security.", unit: "reqps", shape: "stack", width: 12,
      queries: [{ expr: `sum by (code) (rate(http_requests_total{${requests}}${PANEL_RANGE}))`, legend: "{{code}}" }],
    },
  ];
}

function answers(subject: Subject): Panel[] {
  const requests = requestsOf(subject.scope);
  const latency = (share: number) => `histogram_quantile(${share}, sum by (le) (rate(http_request_duration_seconds_bucket{${requests}}${PANEL_RANGE})))`;
  const each = (series: string) => `sum by (route) (rate(http_request_duration_seconds_${series}{${requests}}${PANEL_RANGE}))`;
  return [
    watched(subject, "AppErrors", { title: "Errors", description: "Share of answers that are 5xx, over five minutes, as alerts see it.", unit: "percentunit", shape: "lines", legend: "{{color}}" }),
    watched(subject, "AppLatency", { title: "Latency, 95th percentile", description: "One request of twenty takes longer; over five minutes, as alerts see it.", unit: "s", shape: "lines", legend: "{{color}}" }),
    {
      title: "Latency of all", description: "Average, 95th and 99th percentile of the chosen colors together, made from their common histogram.", unit: "s", shape: "lines",
      queries: [
        { expr: `sum(rate(http_request_duration_seconds_sum{${requests}}${PANEL_RANGE})) / (sum(rate(http_request_duration_seconds_count{${requests}}${PANEL_RANGE})) > 0)`, legend: "average" },
        { expr: latency(0.95), legend: "p95" },
        { expr: latency(0.99), legend: "p99" },
      ],
    },
    {
      title: "Slowest routes", description: "The ten routes with the longest average answer.", unit: "s", shape: "lines", width: 12,
      queries: [{ expr: `topk(10, ${each("sum")} / (${each("count")} > 0))`, legend: "{{route}}" }],
    },
    {
      title: "Errors by route", description: "Answers of 5xx a second by route: one route points to its code or what it needs, all routes to the pods or the database.", unit: "reqps", shape: "lines", width: 12, none: "no errors",
      queries: [{ expr: `sum by (route) (rate(http_requests_total{${requestsOf(subject.scope, 'code=~"5.."')}}${PANEL_RANGE}))`, legend: "{{route}}" }],
    },
  ];
}

/** Pods that are ready beside those that should be, by color. */
export function readyPods({ scope }: Subject): Panel["queries"] {
  const of = (metric: string) => `max by (color) (${colored(`kube_deployment_${metric}{namespace="${scope.namespace}",deployment=~"${COLORED}"}`, "deployment")})`;
  return [{ expr: of("status_replicas_available"), legend: "{{color}} ready" }, { expr: of("spec_replicas"), legend: "{{color}} wanted" }];
}

function pods(subject: Subject): Panel[] {
  const { scope } = subject;
  return [
    { title: "Ready pods", description: "Ready beside wanted. A color with none is either down or has been drained on purpose: then none is wanted.", unit: "none", shape: "lines", decimals: 0, alerts: ["ColorDown", "AppReplicasShort"], queries: readyPods(subject) },
    watched(subject, "AppCpu", { title: "CPU", description: "Share of the limits of a color's pods.", unit: "percentunit", shape: "lines", legend: "{{color}}" }),
    watched(subject, "AppMemory", { title: "Memory", description: "Share of its limit, of the fullest pod of a color; at 100 % it is killed.", unit: "percentunit", shape: "lines", legend: "{{color}}" }),
    {
      title: "Restarts", description: "Restarts of containers within the last 15 minutes.", unit: "none", shape: "lines", width: 24, decimals: 0,
      queries: [{ expr: `sum by (pod) (increase(kube_pod_container_status_restarts_total{namespace="${scope.namespace}",pod=~"${COLORED}-.+"}[15m]))`, legend: "{{pod}}" }],
    },
  ];
}

function way(subject: Subject): Panel[] {
  const { scope } = subject;
  return [
    watched(subject, "CdnErrors", { title: "CloudFront: errors", description: "Share of 5xx that users get, whoever made them.", unit: "percentunit", shape: "lines", legend: "{{dimension_DistributionId}}" }),
    watched(subject, "IngressErrors", { title: "Load balancer: errors", description: "Share of 5xx, of NGINX and the application, and of the load balancer itself.", unit: "percentunit", shape: "lines", legend: "5xx" }),
    watched(subject, "IngressClientErrors", { title: "Load balancer: client errors", description: "Share of 4xx: broken clients or links, or somebody who tries doors.", unit: "percentunit", shape: "lines", legend: "4xx" }),
    watched(subject, "IngressLatency", { title: "Load balancer: latency, 95th percentile", description: "What is more than the application's own latency is spent in NGINX or on the way.", unit: "s", shape: "lines", legend: "p95" }),
    watched(subject, "LoadBalancerTargetsUnhealthy", { title: "Load balancer: nodes without NGINX", description: "Nodes that fail the load balancer's health check.", unit: "none", shape: "lines", decimals: 0, legend: "{{dimension_TargetGroup}}" }),
    {
      title: "NGINX: replicas that answer", description: "Replicas of NGINX that Prometheus reaches; at none nothing reaches the application.", unit: "none", shape: "lines", decimals: 0, alerts: ["IngressDown"],
      limits: { side: "below", steps: [{ value: 1, severity: 1 }] },
      queries: [{ expr: `sum(up{namespace="${scope.ingressNamespace}"})`, legend: "replicas" }],
    },
    watched(subject, "IngressConfigRejected", { title: "NGINX: configuration", description: "A replica that refuses its configuration goes on with the last good one.", unit: "none", shape: "states", width: 12, legend: "{{pod}}", states: { zero: "refused", one: "taken", bad: 0 } }),
    {
      title: "NGINX: answers by status", description: "From its access log, so that answers which never reached the application are counted, too; 429 is the rate limit.", unit: "reqps", shape: "stack", width: 12,
      queries: [{ expr: `sum by (status) (rate(log_metric_counter_nginx_responses_total${PANEL_RANGE}))`, legend: "{{status}}" }],
    },
  ];
}
