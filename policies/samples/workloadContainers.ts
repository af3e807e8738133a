/** Samples of areas/workloadContainers.ts. */
import type { Samples } from "./sample.ts";

const APP = "app:spec.template.spec.containers[0]";

const INIT = "app:spec.template.spec.initContainers[0]";

const STORE = "store:spec.template.spec.containers[0]";

const NIGHTLY = "nightly:spec.jobTemplate.spec.template.spec.containers[0]";

const MIGRATE = "migrate:spec.template.spec.containers[0]";

const GRACE = "app:spec.template.spec.terminationGracePeriodSeconds";

export const samples: Samples = {
  "workload/requests": {
    scene: "workload",
    good: [{ set: { [`${APP}.resources.requests.memory`]: undefined } }, { set: { [`${APP}.resources.requests.cpu`]: undefined, [`${APP}.resources.limits.cpu`]: "1" } }],
    bad: [
      { set: { [`${APP}.resources.requests.cpu`]: undefined } },
      { set: { [`${APP}.resources.requests.cpu`]: "0" } },
      { set: { [`${STORE}.resources.requests.cpu`]: undefined } },
      { set: { [`${INIT}.resources.requests.cpu`]: undefined } },
      { set: { [`${NIGHTLY}.resources.requests.cpu`]: undefined } },
      { set: { [`${MIGRATE}.resources.requests.cpu`]: undefined } },
      { set: { [`${APP}.resources.requests.memory`]: "0Mi" } },
      { set: { [`${APP}.resources`]: { limits: { "ephemeral-storage": "1Gi" } } }, at: `${APP}.resources.requests.memory`, also: ["workload/memory-limit"] },
    ],
  },
  "workload/memory-limit": {
    scene: "workload",
    bad: [
      { set: { [`${APP}.resources.limits.memory`]: "0" }, also: ["workload/limits-order"] },
      ...[APP, INIT, STORE, NIGHTLY, MIGRATE].map((place) => ({ set: { [`${place}.resources.limits.memory`]: undefined } })),
    ],
  },
  "workload/ephemeral-storage": {
    scene: "workload",
    bad: [
      { set: { [`${APP}.resources.limits.ephemeral-storage`]: "0" }, also: ["workload/limits-order"] },
      ...[APP, INIT, NIGHTLY].map((place) => ({ set: { [`${place}.resources.limits.ephemeral-storage`]: undefined } })),
    ],
  },
  "workload/limits-order": {
    scene: "workload",
    good: [{ set: { [`${APP}.resources.limits.cpu`]: "0.2" } }, { set: { [`${APP}.resources.requests.memory`]: "536870912" } }],
    bad: [
      { set: { [`${APP}.resources.requests.memory`]: "513Mi" } },
      { set: { [`${APP}.resources.requests.memory`]: "1G" } },
      { set: { [`${APP}.resources.limits.cpu`]: "199m" }, at: `${APP}.resources.requests.cpu` },
      { set: { [`${INIT}.resources.requests.memory`]: "1Gi" } },
    ],
  },
  "workload/readiness-probe": {
    scene: "workload",
    bad: [{ set: { [`${APP}.readinessProbe`]: undefined } }, { set: { [`${STORE}.readinessProbe`]: undefined } }, ...["apps/v1:DaemonSet", "argoproj.io/v1alpha1:Rollout"].map((type) => ({ set: { "store:$type": `kubernetes:${type}`, [`${STORE}.readinessProbe`]: undefined }, at: `${STORE}.readinessProbe` }))],
  },
  "workload/liveness-probe": {
    scene: "workload",
    bad: [{ set: { [`${APP}.livenessProbe`]: undefined } }, { set: { [`${STORE}.livenessProbe`]: undefined } }],
  },
  "workload/startup-probe": {
    scene: "workload",
    bad: [{ set: { [`${APP}.startupProbe`]: undefined } }, { set: { [`${STORE}.startupProbe`]: undefined } }],
  },
  "workload/liveness-own": {
    scene: "workload",
    good: [
      { set: { [`${APP}.livenessProbe`]: { httpGet: { path: "/health/ready", port: 8081 } } } },
      { set: { [`${APP}.livenessProbe`]: { tcpSocket: { port: "http" } } } },
      { set: { [`${APP}.readinessProbe`]: { exec: { command: ["ready"] } } } },
      { set: { [`${APP}.livenessProbe`]: { tcpSocket: { port: "http" } }, [`${APP}.readinessProbe`]: { tcpSocket: { port: "http" } } } },
    ],
    bad: [{ set: { [`${APP}.livenessProbe.httpGet.path`]: "/health/ready" } }, { set: { [`${STORE}.readinessProbe.httpGet.path`]: "/health/live" }, at: `${STORE}.livenessProbe.httpGet.path` }],
  },
  "workload/graceful-stop": {
    scene: "workload",
    good: [
      { set: { [GRACE]: 16 } },
      { set: { [GRACE]: undefined } },
      { set: { [GRACE]: 21, [`${APP}.lifecycle.preStop`]: { exec: { command: ["sh", "-c", "sleep 20"] } } } },
      { set: { [GRACE]: 10, [`${APP}.lifecycle.preStop`]: { httpGet: { path: "/drain", port: "http" } } } },
    ],
    bad: [
      { set: { [GRACE]: 15 } },
      { set: { [GRACE]: 0, [`${APP}.lifecycle`]: undefined }, at: GRACE },
      { set: { [GRACE]: undefined, [`${APP}.lifecycle.preStop.sleep.seconds`]: 30 }, at: GRACE },
      { set: { [GRACE]: 20, [`${APP}.lifecycle.preStop`]: { exec: { command: ["sh", "-c", "nginx -s quit; sleep 20"] } } }, at: GRACE },
      { set: { [GRACE]: 20, [`${INIT}.lifecycle`]: { preStop: { exec: { command: ["sleep", "25"] } } }, [`${INIT}.restartPolicy`]: "Always" }, at: GRACE },
      { set: { "store:spec.template.spec.terminationGracePeriodSeconds": 10 } },
    ],
  },
};
