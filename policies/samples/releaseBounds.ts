/** Samples of areas/releaseBounds.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "release/own-budget": {
    scene: "release",
    bad: [
      { set: { "green-budget:spec.selector.matchLabels": { "app.kubernetes.io/name": "app" } }, at: "green-budget:spec.selector", also: ["workload/disruption-budget"] },
      { remove: ["blue-budget"], set: { "green-budget:spec.selector.matchLabels": { "app.kubernetes.io/name": "app" } }, at: "green-budget:spec.selector" },
    ],
  },
  "release/config-immutable": {
    scene: "release",
    good: [{ set: { "config:immutable": undefined, "config:metadata.name": "unused" } }, { set: { "config:immutable": undefined, "config:metadata.namespace": "other" } }],
    bad: [
      { set: { "config:immutable": undefined } },
      { set: { "config:immutable": false, "blue:spec.template.spec.containers[0].envFrom": undefined, "green:spec.template.spec.containers[0].envFrom": undefined, "green:spec.template.spec.containers[0].env": [{ name: "A", valueFrom: { configMapKeyRef: { name: "app-config-1f2e3d4c5b", key: "A" } } }] }, at: "config:immutable" },
      { set: { "config:immutable": false, "blue:spec.template.spec.containers[0].envFrom": undefined, "green:spec.template.spec.containers[0].envFrom": undefined, "green:spec.template.spec.volumes": [{ name: "config", configMap: { name: "app-config-1f2e3d4c5b" } }] }, at: "config:immutable" },
    ],
  },
  "release/rolling-bounds": {
    scene: "release",
    good: [
      { set: { "blue:spec.strategy.rollingUpdate": { maxUnavailable: 1, maxSurge: 2 }, "green:spec.strategy.rollingUpdate": { maxUnavailable: "25%", maxSurge: "34%" } } },
      { set: { "blue:spec.strategy": undefined } },
      { set: { "blue:spec.strategy.rollingUpdate.maxUnavailable": "1" } },
    ],
    bad: [
      { set: { "blue:spec.strategy.rollingUpdate.maxUnavailable": 2 } },
      { set: { "blue:spec.strategy.rollingUpdate.maxUnavailable": "26%" } },
      { set: { "blue:spec.strategy.rollingUpdate.maxUnavailable": "x1%" } },
      { set: { "blue:spec.strategy.rollingUpdate.maxUnavailable": "1%x" } },
      { set: { "blue:spec.strategy.rollingUpdate.maxSurge": 3 } },
      { set: { "blue:spec.strategy.rollingUpdate.maxSurge": "35%" } },
      { set: { "blue:spec.strategy.rollingUpdate.maxSurge": "100%" } },
    ],
  },
  "release/progress-deadline": {
    scene: "release",
    good: [{ set: { "blue:spec.progressDeadlineSeconds": undefined } }],
    bad: [{ set: { "blue:spec.progressDeadlineSeconds": 601 } }],
  },
  "release/revision-history": {
    scene: "release",
    good: [{ set: { "blue:spec.revisionHistoryLimit": undefined } }, { set: { "blue:spec.revisionHistoryLimit": 1 } }],
    bad: [{ set: { "blue:spec.revisionHistoryLimit": 0 } }],
  },
  "release/min-ready": {
    scene: "release",
    good: [{ set: { "blue:spec.minReadySeconds": 1 } }],
    bad: [{ set: { "blue:spec.minReadySeconds": 0 } }, { set: { "blue:spec.minReadySeconds": undefined } }],
  },
  "release/drain": {
    scene: "release",
    good: [{ set: { "blue:spec.template.spec.containers[0].lifecycle.preStop": { exec: { command: ["drain"] } }, "green:spec.template.spec.containers[0].lifecycle.preStop": { exec: { command: ["drain"] } } } }],
    bad: [{ set: { "blue:spec.template.spec.containers[0].lifecycle": undefined, "green:spec.template.spec.containers[0].lifecycle": undefined }, at: "blue:spec.template.spec.containers[0].lifecycle.preStop" }],
  },
  "release/migration-once": {
    scene: "release",
    good: [{ set: { "migrations:spec.parallelism": 1, "migrations:spec.completions": 1 } }, { set: { "migrations:spec.parallelism": 4, "migrations:metadata.name": "load", 'migrations:metadata.labels["app.kubernetes.io/component"]': "job" } }],
    bad: [
      { set: { "migrations:spec.parallelism": 2 } },
      { set: { "migrations:spec.completions": 2, "migrations:metadata.name": "schema" }, at: "migrations:spec.completions" },
      { set: { "migrations:spec.completions": 2, 'migrations:metadata.labels["app.kubernetes.io/component"]': "job" }, at: "migrations:spec.completions" },
    ],
  },
};
