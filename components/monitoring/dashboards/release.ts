/** A release, color by color: what has the traffic, what it runs, and which of the two is worse. */
import { COLORED, colored, requestsOf } from "../alerts/scope.ts";
import { readyPods } from "./application.ts";
import { PANEL_RANGE } from "./measure.ts";
import { type Board, type Panel, type Subject, watched } from "./panel.ts";

/** The live Service (components/release/liveService.ts). */
const LIVE_SERVICE = "app";

export function releaseBoard(subject: Subject): Board {
  return {
    name: "release", title: "Release", from: "now-1h", refresh: "30s",
    description: "Blue and green beside each other during a release: what the live Service carries, what each color runs and how it answers. Back: ./golive rollback.",
    rows: [
      { title: "Traffic", panels: traffic(subject) },
      { title: "Answers", panels: answers(subject) },
      { title: "Pods", panels: pods(subject) },
    ],
  };
}

function traffic(subject: Subject): Panel[] {
  const { scope } = subject;
  const requests = `sum by (color) (rate(http_requests_total{${requestsOf(scope)}}${PANEL_RANGE}))`;
  return [
    {
      title: "Live Service carries", description: "Ready pods behind the live Service, by color: one color alone, or both in a canary by replicas.", unit: "none", shape: "numbers", decimals: 0, none: "no pod",
      queries: [{ expr: carried(subject), legend: "{{color}}" }],
    },
    {
      title: "Share of users' requests", description: "Of all requests of users, by color: after a flip 100 % of the new color, in a canary its weight.", unit: "percentunit", shape: "numbers", max: 1,
      queries: [{ expr: `${requests} / on () group_left () (sum(rate(http_requests_total{${requestsOf(scope)}}${PANEL_RANGE})) > 0)`, legend: "{{color}}" }],
    },
    {
      title: "Ready pods", description: "Pods that are ready, by color; the idle one is kept warm for the rollback window, then drained.", unit: "none", shape: "numbers", decimals: 0,
      queries: readyPods(subject).slice(0, 1).map(({ expr }) => ({ expr, legend: "{{color}}" })),
    },
    { title: "Requests", description: "Requests of users a second, by color. A flip is a step from one to the other without a gap in their sum.", unit: "reqps", shape: "stack", width: 12, queries: [{ expr: requests, legend: "{{color}}" }] },
    { title: "Pods behind the live Service", description: "The same over time: the moment of each flip.", unit: "none", shape: "stack", width: 12, decimals: 0, none: "no pod", queries: [{ expr: carried(subject), legend: "{{color}}" }] },
  ];
}

/** Addresses of the live Service are those of pods, whose names say the color. */
function carried({ scope }: Subject): string {
  const addresses = `max by (namespace, pod, ip) (label_replace(kube_pod_info{namespace="${scope.namespace}",pod=~"${COLORED}-.+"}, "ip", "$1", "pod_ip", "(.+)"))`;
  return `count by (color) (${colored(`${addresses} and on (ip) kube_endpoint_address{namespace="${scope.namespace}",endpoint="${LIVE_SERVICE}",ready="true"}`, "pod")})`;
}

function answers(subject: Subject): Panel[] {
  const { scope } = subject;
  const requests = requestsOf(scope);
  const started = `min by (color) (process_start_time_seconds{namespace="${scope.namespace}",color!=""})`;
  return [
    {
      title: "Probes of each color", description: "Whether a color answers at its own Service that it can serve, live or idle: before a flip the new one must.", unit: "none", shape: "states", width: 24, states: { zero: "no", one: "yes", bad: 0 },
      queries: [{ expr: 'min by (color) (probe_success{probe="color"})', legend: "{{color}}" }],
    },
    watched(subject, ["ReleaseErrors", "CanaryWorse"], {
      title: "Errors", description: "Share of answers that are 5xx, by color, over five minutes. Only one color bad: the release. Both bad: the day.", unit: "percentunit", shape: "lines", width: 12, legend: "{{color}}",
    }),
    {
      title: "Age of the release", description: "Since the oldest pod of a color started. Below the line, errors are taken for the release's and roll it back.", unit: "s", shape: "lines", width: 12,
      limits: { side: "below", steps: [{ value: subject.limits.releaseSeconds, severity: 4 }] },
      queries: [{ expr: `time() - ${started}`, legend: "{{color}}" }],
    },
    {
      title: "Latency, 95th percentile", description: "By color, each from its own histogram.", unit: "s", shape: "lines", width: 12,
      limits: { side: "above", steps: [{ value: subject.limits.p95Warning, severity: 3 }, { value: subject.limits.p95Critical, severity: 1 }] },
      queries: [{ expr: `histogram_quantile(0.95, sum by (color, le) (rate(http_request_duration_seconds_bucket{${requests}}${PANEL_RANGE})))`, legend: "{{color}}" }],
    },
    {
      title: "Failed answers", description: "Answers of 5xx a second, by color: how many users have met them.", unit: "reqps", shape: "lines", width: 12, none: "no errors",
      queries: [{ expr: `sum by (color) (rate(http_requests_total{${requestsOf(scope, 'code=~"5.."')}}${PANEL_RANGE}))`, legend: "{{color}}" }],
    },
  ];
}

function pods(subject: Subject): Panel[] {
  const { scope } = subject;
  const ours = `namespace="${scope.namespace}",pod=~"${COLORED}-.+"`;
  return [
    {
      title: "Images", description: "What the pods of each color run. Two lines of one color: a roll-out is under way, or stuck.", unit: "none", shape: "table", width: 24,
      queries: [{ expr: `count by (color, image) (${colored(`max by (namespace, pod, image) (label_replace(kube_pod_container_info{${ours},container="app"}, "image", "$1", "image_spec", "(.+)"))`, "pod")})`, legend: "pods" }],
    },
    { title: "Ready and wanted pods", description: "By color.", unit: "none", shape: "lines", decimals: 0, queries: readyPods(subject) },
    { title: "CPU and memory", description: "Share of the limits, by color; memory of the fullest pod.", unit: "percentunit", shape: "lines", limits: { side: "above", steps: [{ value: subject.limits.cpuWarning, severity: 3 }, { value: subject.limits.cpuCritical, severity: 2 }] }, queries: [{ expr: "golive:color_cpu:ratio", legend: "{{color}} CPU" }, { expr: "golive:color_memory:ratio", legend: "{{color}} memory" }] },
    {
      title: "Restarts", description: "Restarts of a color's containers within the last 15 minutes.", unit: "none", shape: "lines", decimals: 0,
      queries: [{ expr: `sum by (color) (${colored(`increase(kube_pod_container_status_restarts_total{${ours}}[15m])`, "pod")})`, legend: "{{color}}" }],
    },
  ];
}
