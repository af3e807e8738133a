/** Samples of areas/release.ts. */
import type { Samples } from "./sample.ts";

/** Of what a sample adds. */
const META = { name: "all", namespace: "shop", labels: { "app.kubernetes.io/name": "all", "app.kubernetes.io/part-of": "shop" } };

/** What else is wrong with a color whose pods do not carry its label. */
const WITHOUT_COLOR = ["release/both-colors", "release/live-selector", "workload/disruption-budget", "workload/host-spread", "workload/selector-matches", "workload/service-selects", "workload/zone-spread"];

/** A canary by replicas as it is declared: green has a share, by its number of pods. */
function open(share: string, pods: { blue: number; green: number }): Record<string, unknown> {
  // The scene has three at least.
  const held = (color: "blue" | "green") => ({ ...(pods[color] === 3 ? {} : { [`${color}-hpa:spec.minReplicas`]: pods[color] }), [`${color}-hpa:spec.maxReplicas`]: pods[color] });
  return {
    "live:metadata.annotations": { "golive.dev/strategy": "canary", "golive.dev/canary": share }, "live:spec.selector": { "app.kubernetes.io/name": "app" },
    ...held("blue"), ...held("green"),
  };
}

const RANGES = ["workload/autoscaler-range"];

const GREEN = "green:spec.template.spec.containers[0]";

export const samples: Samples = {
  "release/both-colors": {
    scene: "release",
    good: [
      { remove: ["green", "green-budget", "green-hpa", "green-service", "routes"], set: { 'live:metadata.annotations["golive.dev/strategy"]': "rolling" } },
    ],
    bad: [
      { remove: ["green", "green-budget", "green-hpa", "green-service", "routes"], at: "live:" },
      { remove: ["blue", "blue-budget", "blue-hpa", "blue-service", "routes"], set: { "live:spec.selector.color": "green" }, at: "live:" },
      { remove: ["green", "green-budget", "green-service", "routes"], set: { 'live:metadata.annotations["golive.dev/strategy"]': undefined }, at: "live:", also: ["workload/autoscaler-target"] },
      { remove: ["green", "green-hpa", "green-service", "routes"], set: { 'live:metadata.annotations["golive.dev/strategy"]': undefined }, at: "live:" },
    ],
  },
  "release/selector-names-color": {
    scene: "release",
    good: [
      { set: { "live:metadata.namespace": "other", "live:spec.selector": undefined } },
      { set: open("green 25", { blue: 3, green: 1 }) },
      { set: open("green 20", { blue: 8, green: 2 }) },
      { set: open("blue 75", { blue: 9, green: 3 }) },
    ],
    bad: [
      { set: { "live:spec.selector": { "app.kubernetes.io/name": "app" } }, at: "live:spec.selector" },
      { set: { "live:spec.selector.color": undefined }, at: "live:spec.selector" },
      // Another share than the Service says, of the other color, or of none.
      { set: open("green 25", { blue: 4, green: 2 }), at: "live:spec.selector" },
      { set: open("blue 25", { blue: 3, green: 3 }), at: "live:spec.selector" },
      { set: { ...open("green 25", { blue: 6, green: 2 }), "blue-hpa:spec.maxReplicas": 9 }, at: "live:spec.selector" },
      { remove: ["green-hpa"], set: { "live:metadata.annotations": { "golive.dev/strategy": "canary", "golive.dev/canary": "green 25" }, "live:spec.selector": { "app.kubernetes.io/name": "app" }, "blue-hpa:spec.maxReplicas": 3 }, at: "live:spec.selector", also: ["release/own-autoscaler"] },
      ...["red 25", "green", "green 0", "green 100"].map((share) => ({ set: open(share, { blue: 9, green: 3 }), at: "live:spec.selector", also: RANGES })),
      { set: { ...open("green 25", { blue: 9, green: 3 }), "live:metadata.annotations": { "golive.dev/strategy": "blueGreen", "golive.dev/canary": "green 25" } }, at: "live:spec.selector", also: RANGES },
      { add: [{ type: "kubernetes:core/v1:Service", name: "all", props: { metadata: META, spec: { type: "ClusterIP", selector: { "app.kubernetes.io/name": "app" }, ports: [{ name: "http", port: 80 }] } } }], at: "all:spec.selector" },
    ],
  },
  "release/live-selector": {
    scene: "release",
    good: [{ set: { "live:spec.selector.color": "green" } }],
    bad: [
      { set: { "live:spec.selector.color": "red" }, also: ["workload/service-selects"] },
      { remove: ["green", "green-budget", "green-hpa", "green-service", "routes"], set: { "live:spec.selector.color": "green", 'live:metadata.annotations["golive.dev/strategy"]': "rolling" }, also: ["workload/service-selects"] },
    ],
  },
  "release/fixed-service": {
    scene: "release",
    bad: [
      { set: { "green-service:spec.selector.color": "blue" }, also: ["release/canary-colors", "release/own-service"] },
      { set: { "blue-service:spec.selector.color": undefined }, also: ["release/selector-names-color"] },
    ],
  },
  "release/color-label": {
    scene: "release",
    bad: [
      { set: { "green:spec.template.metadata.labels.color": "red" }, also: [...WITHOUT_COLOR, "release/own-service"] },
      { set: { "blue:spec.template.metadata.labels.color": undefined }, also: WITHOUT_COLOR },
    ],
  },
  "release/own-service": {
    scene: "release",
    bad: [{ remove: ["green-service", "routes"], at: "green:" }],
  },
  "release/own-autoscaler": {
    scene: "release",
    // Drained: one pod of the color that has no traffic.
    good: [{ set: { "green-hpa:spec.minReplicas": 1, "green-hpa:spec.maxReplicas": 2 } }],
    bad: [{ remove: ["green-hpa"], at: "green:" }],
  },
  "release/colors-alike": {
    scene: "release",
    good: [{ set: { [`${GREEN}.command`]: ["serve", "--fast"] } }],
    bad: [
      { set: { [`${GREEN}.resources.requests.cpu`]: "100m" }, at: `${GREEN}.resources` },
      { set: { [`${GREEN}.readinessProbe.periodSeconds`]: 9 }, at: `${GREEN}.readinessProbe` },
      { set: { [`${GREEN}.startupProbe.failureThreshold`]: 9 }, at: `${GREEN}.startupProbe` },
      { set: { [`${GREEN}.livenessProbe.periodSeconds`]: 9 }, at: `${GREEN}.livenessProbe` },
      { set: { [`${GREEN}.lifecycle.preStop.sleep.seconds`]: 9 }, at: `${GREEN}.lifecycle` },
      { set: { [`${GREEN}.ports[1]`]: { name: "debug", containerPort: 9229 }, [`${GREEN}.command`]: ["serve"] }, at: `${GREEN}.ports` },
      { set: { "blue:spec.template.spec.containers[0].ports[1]": { name: "debug", containerPort: 9229 }, [`${GREEN}.command`]: ["serve"] }, at: `${GREEN}.ports` },
      { set: { [`${GREEN}.ports[0].containerPort`]: 9090 }, at: `${GREEN}.ports` },
      { set: { [`${GREEN}.securityContext.runAsUser`]: 10_002 }, at: `${GREEN}.securityContext` },
      { set: { [`${GREEN}.securityContext.runAsGroup`]: 10_002, [`${GREEN}.command`]: ["serve"] }, at: `${GREEN}.securityContext` },
      { set: { "blue:spec.template.spec.containers[0].securityContext.runAsGroup": 10_002, [`${GREEN}.command`]: ["serve"] }, at: `${GREEN}.securityContext` },
    ],
  },
};
