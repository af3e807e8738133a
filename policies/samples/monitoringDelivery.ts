/** Samples of areas/monitoringDelivery.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "monitoring/burn-rate": {
    scene: "monitoring",
    good: [{ set: { "alerts:spec.groups[1].rules[0].expr": "app:errors:ratio_rate1h > 0.0144 and app:errors:ratio_rate5m > 0.0144", "alerts:spec.groups[1].rules[0].for": "2m" } }, { set: { "alerts:spec.groups[1].rules[0].expr": "app:errors:rate_1h > 0.0144 and app:errors:rate_5m > 0.0144", "alerts:spec.groups[1].rules[0].for": "2m" } }],
    bad: [
      { set: { "alerts:spec.groups[1].rules[0].expr": "rate(errors[5m]) > 1 and rate(requests[5m]) > 1" }, at: "prometheus:" },
      { set: { "alerts:spec.groups[1].rules[0].expr": "rate(errors[5m]) > rate(errors[1h])" }, at: "prometheus:" },
      { set: { "alerts:spec.groups[1].rules[0].record": "errors", "alerts:spec.groups[1].rules[0].alert": undefined }, at: "prometheus:" },
    ],
  },
  "monitoring/dead-mans-switch": {
    scene: "monitoring",
    bad: [{ set: { "alerts:spec.groups[0].rules[2].expr": "rate(up[5m])" }, at: "prometheus:" }, { remove: ["alerts"], at: "prometheus:", also: ["monitoring/burn-rate"] }],
  },
  "monitoring/alertmanager": {
    scene: "monitoring",
    bad: [{ set: { "prometheus:spec.alerting.alertmanagers": [] } }, { set: { "prometheus:spec.alerting": undefined }, at: "prometheus:spec.alerting.alertmanagers" }],
  },
  "monitoring/critical-receiver": {
    scene: "monitoring",
    good: [
      { set: { "receivers:spec.route.routes": undefined, "receivers:spec.route.receiver": "pager" } },
      { set: { "receivers:spec.route.routes[1].matchers[0]": { name: "severity", value: "warning|critical", matchType: "=~" } } },
      { set: { "receivers:spec.route.routes[1].matchers[0]": { name: "severity", value: "info", matchType: "!=" } } },
      { set: { "receivers:spec.route.routes[1].receiver": undefined, "receivers:spec.route.receiver": "pager" } },
      { set: { "receivers:spec.route.routes[1].matchers[0].value": "1" } },
    ],
    bad: [
      { set: { "receivers:spec.route.routes[1].receiver": "quiet" }, at: "receivers:spec.receivers[0]" },
      { set: { "receivers:spec.route.routes[1].receiver": "nobody" }, at: "receivers:spec.route" },
      { set: { "receivers:spec.route": undefined } },
      { set: { "receivers:spec.route.routes[1].matchers[0].value": "warning" }, at: "receivers:spec.receivers[0]" },
      { set: { "receivers:spec.route.routes[1].matchers[0].name": "team" }, at: "receivers:spec.receivers[0]" },
      { set: { "receivers:spec.route.routes[1].matchers[1]": { name: "team", value: "shop" } }, at: "receivers:spec.receivers[0]" },
      { set: { "receivers:spec.route.routes[1].matchers[0].matchType": "!=" }, at: "receivers:spec.receivers[0]" },
      { set: { "receivers:spec.receivers[1].pagerdutyConfigs": [] }, at: "receivers:spec.receivers[1]" },
      { set: { "receivers:spec.receivers[1]": { name: "pager", people: [{ name: "ann" }] } }, at: "receivers:spec.receivers[1]" },
      { set: { "receivers:spec.route.routes[1].routes": [{ receiver: "quiet", matchers: [{ name: "severity", value: "critical" }] }] }, at: "receivers:spec.receivers[0]" },
    ],
  },
};
