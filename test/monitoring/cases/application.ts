import { DEFAULTS as limits } from "../../../components/monitoring/alerts/thresholds.ts";
import type { AlertCase, AlertCases } from "../case.ts";
import { ago, gauge, rate, type Series } from "../series.ts";
import { TARGET, traffic } from "./slo.ts";

const BLUE = { color: "blue" };
const POD = 'namespace="shop",pod="app-blue-7d9c-x2",container="app"';
const DEPLOYMENT = 'namespace="shop",deployment="app-blue"';
const PUBLIC = 'probe_success{probe="public",instance="https://shop.example.com/"}';
const GREEN = 'namespace="shop",color="green",route="page"';

/** 95 of 100 answers within `seconds`: the rest of the one bucket. */
const answers = (seconds: number, perSecond = 10): Series => ({
  'http_requests_total{namespace="shop",color="blue",route="page",code="200"}': rate(perSecond),
  [`http_request_duration_seconds_bucket{namespace="shop",color="blue",route="page",le="${seconds / 0.95}"}`]: rate(perSecond),
  'http_request_duration_seconds_bucket{namespace="shop",color="blue",route="page",le="+Inf"}': rate(perSecond),
});

const probes = (failing: number): Series => ({ [PUBLIC]: gauge(1 - failing) });
const availability = (limit: "unavailableWarning" | "unavailableCritical"): AlertCase => ({
  labels: {}, at: { [limit]: (factor: number) => probes(factor * limits[limit]) }, target: probes(0), recovery: 2 * 3600,
});

const errors = (limit: "errorsWarning" | "errorsCritical"): AlertCase => ({
  labels: BLUE,
  at: {
    [limit]: (factor: number) => traffic(10, factor * limits[limit], 0),
    requestsPerSecond: (factor: number) => traffic(factor * limits.requestsPerSecond, 0.5, 0),
  },
  target: TARGET,
});

const latency = (limit: "p95Warning" | "p95Critical"): AlertCase => ({
  labels: BLUE,
  at: { [limit]: (factor: number) => answers(factor * limits[limit]), requestsPerSecond: (factor: number) => answers(5, factor * limits.requestsPerSecond) },
  target: answers(0.8),
});

const processor = (used: number): Series => ({ [`container_cpu_usage_seconds_total{${POD}}`]: rate(used * 2), [`kube_pod_container_resource_limits{${POD},resource="cpu"}`]: gauge(2) });
const workingSet = (used: number): Series => ({ [`container_memory_working_set_bytes{${POD}}`]: gauge(used * 1e9), [`kube_pod_container_resource_limits{${POD},resource="memory"}`]: gauge(1e9) });
const cpu = (limit: "cpuWarning" | "cpuCritical"): AlertCase => ({ labels: BLUE, ramp: 300, at: { [limit]: (factor: number) => processor(factor * limits[limit]) }, target: processor(0.69) });
const memory = (limit: "memoryWarning" | "memoryCritical"): AlertCase => ({ labels: BLUE, at: { [limit]: (factor: number) => workingSet(factor * limits[limit]) }, target: workingSet(0.79) });

const replicas = (available: number): Series => ({
  [`kube_deployment_status_replicas_available{${DEPLOYMENT}}`]: gauge(available),
  [`kube_deployment_spec_replicas{${DEPLOYMENT}}`]: gauge(3),
});

const started = (seconds: number): Series => ({ 'process_start_time_seconds{namespace="shop",color="blue",pod="app-blue-7d9c-x2"}': ago(seconds) });
/** Two colors with traffic and their shares of errors. */
const two = (blue: number, green: number, perSecond = 10): Series => ({ ...traffic(10, blue, 0), ...traffic(perSecond, green, 0, GREEN) });

export const application: AlertCases = {
  "AppDown/1": {
    labels: {}, at: { state: () => ({ 'up{namespace="shop",color="blue",pod="app-blue-7d9c-x2"}': gauge(0) }) },
    target: { 'up{namespace="shop",color="blue",pod="app-blue-7d9c-x2"}': gauge(1) },
  },
  "PublicRouteDown/1": { labels: { instance: "https://shop.example.com/" }, at: { state: () => probes(1) }, target: probes(0) },
  "Availability/3": availability("unavailableWarning"),
  "Availability/1": availability("unavailableCritical"),
  "AppErrors/3": errors("errorsWarning"),
  "AppErrors/1": errors("errorsCritical"),
  "AppLatency/3": latency("p95Warning"),
  "AppLatency/1": latency("p95Critical"),
  "ReleaseErrors/1": {
    labels: BLUE,
    at: {
      errorsCritical: (factor) => ({ ...traffic(10, factor * limits.errorsCritical, 0), ...started(600) }),
      requestsPerSecond: (factor) => ({ ...traffic(factor * limits.requestsPerSecond, 0.5, 0), ...started(600) }),
      // Younger is the bad side.
      releaseSeconds: (factor) => ({ ...traffic(10, 0.5, 0), ...started(limits.releaseSeconds / factor) }),
    },
    target: { ...TARGET, ...started(600) },
  },
  "CanaryWorse/2": {
    labels: BLUE,
    at: {
      colorFactor: (factor) => two(factor * limits.colorFactor * 0.01, 0.01),
      errorsWarning: (factor) => two(factor * limits.errorsWarning, 0),
      requestsPerSecond: (factor) => two(0.5, 0, factor * limits.requestsPerSecond),
    },
    target: two(0.0005, 0.0005),
  },
  "ColorDown/2": { labels: BLUE, at: { state: () => replicas(0) }, target: replicas(3) },
  "AppReplicasShort/3": { labels: BLUE, at: { state: () => replicas(2) }, target: replicas(3) },
  "AppCpu/3": cpu("cpuWarning"),
  "AppCpu/2": cpu("cpuCritical"),
  "AppMemory/3": memory("memoryWarning"),
  "AppMemory/2": memory("memoryCritical"),
};
