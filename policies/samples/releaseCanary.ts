/** Samples of areas/releaseCanary.ts. */
import type { Samples } from "./sample.ts";

const SPLITS = "routes:spec.routes[0].splits";

export const samples: Samples = {
  "release/canary-sum": {
    scene: "release",
    bad: [
      { set: { [`${SPLITS}[0].weight`]: 75 }, at: SPLITS },
      { set: { [`${SPLITS}[1].weight`]: undefined }, at: SPLITS },
      { set: { "routes:spec.routes[0].matches[0].splits[0].weight": 25 }, at: "routes:spec.routes[0].matches[0].splits" },
    ],
  },
  "release/canary-steps": {
    scene: "release",
    good: [
      { set: { [`${SPLITS}[0].weight`]: 75, [`${SPLITS}[1].weight`]: 25 } },
      { set: { [`${SPLITS}[0].weight`]: 50, [`${SPLITS}[1].weight`]: 50 } },
      { set: { [`${SPLITS}[0].weight`]: 0, [`${SPLITS}[1].weight`]: 100 } },
    ],
    bad: [{ set: { [`${SPLITS}[0].weight`]: 60, [`${SPLITS}[1].weight`]: 40 } }],
  },
  "release/canary-colors": {
    scene: "release",
    good: [{ set: { "routes:spec.upstreams[0].service": "old", "routes:spec.upstreams[1].service": "new" } }],
    bad: [
      { set: { "routes:spec.upstreams[0].service": "app" }, at: SPLITS },
      { set: { "routes:spec.upstreams[1].service": "app-blue" }, at: SPLITS },
      { set: { "green-service:spec.selector.color": "blue" }, at: SPLITS, also: ["release/fixed-service", "release/own-service"] },
      { set: { [`${SPLITS}[1].action.proxy.upstream`]: "blue" }, at: SPLITS },
      { set: { [`${SPLITS}[1].action`]: { pass: "blue" } }, at: SPLITS, also: ["ingress/content-type-options", "ingress/csp-default", "ingress/frame-options", "ingress/hsts", "ingress/referrer-policy", "ingress/upstream-headers", "ingress/xss-protection"] },
    ],
  },
};
