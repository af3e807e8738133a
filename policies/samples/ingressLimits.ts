/** Samples of areas/ingressLimits.ts. */
import type { Samples } from "./sample.ts";

const ANNOTATION = 'blog:metadata.annotations["nginx.org/limit-req-';

export const samples: Samples = {
  "ingress/rate-limit": {
    scene: "ingress",
    good: [
      { set: { "app:spec.policies": undefined, "app:spec.routes[0].policies": [{ name: "rate-limit" }], "app:spec.routes[2].policies": [{ name: "rate-limit" }], "more:spec.subroutes[0].policies": [{ name: "rate-limit" }] } },
      { set: { "app:spec.policies": undefined, "app:spec.routes[0].policies": [{ name: "rate-limit" }], "app:spec.routes[2].policies": [{ name: "rate-limit" }], "app:spec.routes[1].route": "more", "more:spec.subroutes[0].policies": [{ name: "rate-limit" }] } },
      { set: { "app:spec.policies[0].namespace": "shop" } },
    ],
    bad: [
      { set: { "app:spec.policies": undefined }, at: "app:spec.routes[0]" },
      { set: { "app:spec.policies": undefined }, at: "app:spec.routes[1]" },
      { set: { "app:spec.policies": undefined, "app:spec.routes[0].policies": [{ name: "rate-limit" }] }, at: "app:spec.routes[2]" },
      { set: { "app:spec.policies": undefined, "app:spec.routes[1].route": "elsewhere/more", "more:spec.subroutes[0].policies": [{ name: "rate-limit" }] }, at: "app:spec.routes[1]" },
      { set: { "app:spec.policies": undefined, "app:spec.routes[1].route": "shop/other", "more:spec.subroutes[0].policies": [{ name: "rate-limit" }] }, at: "app:spec.routes[1]" },
      { set: { "limit:spec.rateLimit": undefined }, at: "app:spec.routes[0]" },
      { set: { [`${ANNOTATION}rate"]`]: undefined } },
    ],
  },
  "ingress/policy-declared": {
    scene: "ingress",
    good: [{ set: { "more:spec.subroutes[0].policies": [{ name: "rate-limit", namespace: "shop" }] } }],
    bad: [
      { remove: ["limit"], at: "app:spec.policies[0]" },
      { set: { "limit:metadata.name": "limit" }, at: "app:spec.policies[0]" },
      { set: { "limit:metadata.namespace": "other" }, at: "app:spec.policies[0]" },
      { set: { "app:spec.policies[0].namespace": "other" }, at: "app:spec.policies[0]" },
      { set: { "app:spec.routes[0].policies": [{ name: "none" }] }, at: "app:spec.routes[0].policies[0]" },
      { set: { "more:spec.subroutes[0].policies": [{ name: "rate-limit", namespace: "other" }] }, at: "more:spec.subroutes[0].policies[0]" },
    ],
  },
  "ingress/rate-limit-bounds": {
    scene: "ingress",
    good: [{ set: { "limit:spec.rateLimit.burst": undefined } }, { set: { "limit:spec.rateLimit.rate": "3r/s" } }, { set: { "limit:spec.rateLimit.rate": "10r/s", "limit:spec.rateLimit.scale": true } }],
    bad: [
      { set: { "limit:spec.rateLimit.rate": "11r/s" } },
      { set: { "limit:spec.rateLimit.rate": "601r/m" } },
      { set: { "limit:spec.rateLimit.rate": "100" } },
      { set: { "limit:spec.rateLimit.rate": "x1r/s" } },
      { set: { "limit:spec.rateLimit.rate": "1r/sx" } },
      { set: { "limit:spec.rateLimit.burst": 21 } },
      { set: { [`${ANNOTATION}rate"]`]: "100r/s" } },
      { set: { [`${ANNOTATION}burst"]`]: "100" } },
    ],
  },
  "ingress/rate-limit-no-delay": {
    scene: "ingress",
    bad: [
      { set: { "limit:spec.rateLimit.noDelay": false } },
      { set: { "limit:spec.rateLimit.noDelay": undefined } },
      { set: { "limit:spec.rateLimit.delay": 5 } },
      { set: { [`${ANNOTATION}no-delay"]`]: undefined } },
      { set: { [`${ANNOTATION}delay"]`]: "5" } },
    ],
  },
  "ingress/rate-limit-rejects": {
    scene: "ingress",
    good: [{ set: { [`${ANNOTATION}reject-code"]`]: "429" } }, { set: { "limit:spec.rateLimit.dryRun": false } }],
    bad: [
      { set: { "limit:spec.rateLimit.rejectCode": 503 } },
      { set: { "limit:spec.rateLimit.rejectCode": undefined } },
      { set: { "limit:spec.rateLimit.dryRun": true } },
      { set: { [`${ANNOTATION}reject-code"]`]: "503" } },
      { set: { [`${ANNOTATION}dry-run"]`]: "true" } },
    ],
  },
  "ingress/rate-limit-key": {
    scene: "ingress",
    good: [{ set: { "limit:spec.rateLimit.key": "${remote_addr}" } }, { set: { [`${ANNOTATION}key"]`]: "${binary_remote_addr}" } }],
    bad: [
      { set: { "limit:spec.rateLimit.key": "${http_x_forwarded_for}" } },
      { set: { "limit:spec.rateLimit.key": undefined } },
      { set: { [`${ANNOTATION}key"]`]: "${request_uri}" } },
    ],
  },
  "ingress/rate-limit-scaled": {
    scene: "ingress",
    good: [
      { remove: ["proxy", "proxy-budget"], set: { "controller:values.controller.replicaCount": undefined, "limit:spec.rateLimit.rate": "10r/s", [`${ANNOTATION}rate"]`]: "10r/s" } },
      { set: { "limit:spec.rateLimit.rate": "10r/s", "limit:spec.rateLimit.scale": true } },
      { set: { "controller:values.controller.replicaCount": 9, "controller:chart": "oci://example.com/other" } },
      { set: { "app-pods:spec.replicas": 9 } },
    ],
    bad: [
      { set: { "limit:spec.rateLimit.rate": "10r/s" } },
      { set: { "controller:values.controller.replicaCount": 4 }, at: "limit:spec.rateLimit.rate" },
      { set: { "proxy:spec.replicas": 4 }, at: "limit:spec.rateLimit.rate" },
      { set: { [`${ANNOTATION}rate"]`]: "10r/s" } },
    ],
  },
  "ingress/real-ip": {
    scene: "ingress",
    good: [{ set: { "nginx:data.real-ip-header": "proxy_protocol", "nginx:data.real-ip-recursive": undefined } }],
    bad: [
      { set: { "nginx:data.real-ip-header": "X-Client" } },
      { set: { "nginx:data.real-ip-header": undefined } },
      { set: { "nginx:data.real-ip-recursive": "false" } },
      { set: { "nginx:data.real-ip-recursive": undefined } },
      { set: { "nginx:data.set-real-ip-from": undefined } },
      { set: { "nginx:data.set-real-ip-from": "" } },
    ],
  },
  "ingress/real-ip-trusted": {
    scene: "ingress",
    good: [{ set: { "nginx:data.set-real-ip-from": "10.0.0.0/8 fc00::/7,192.0.2.1" } }],
    bad: [{ set: { "nginx:data.set-real-ip-from": "0.0.0.0/0" } }, ...["10.0.0.0/16,::/0", "128.0.0.0/7", "10.0.0.0/16 fc00::/6"].map((text) => ({ set: { "nginx:data.set-real-ip-from": text } }))],
  },
};
