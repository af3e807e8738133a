/** Samples of areas/ingressGateway.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "ingress/gateway-certificate": {
    scene: "ingress",
    good: [{ set: { "gateway:spec.listeners[0].protocol": "TLS", "gateway:spec.listeners[0].tls": { mode: "Passthrough" } } }],
    bad: [
      { set: { "gateway:spec.listeners[0].tls": undefined }, at: "gateway:spec.listeners[0]" },
      { set: { "gateway:spec.listeners[0].tls.certificateRefs": [] }, at: "gateway:spec.listeners[0]" },
      { set: { "gateway:spec.listeners[0].protocol": "TLS", "gateway:spec.listeners[0].tls.certificateRefs": undefined }, at: "gateway:spec.listeners[0]" },
    ],
  },
  "ingress/gateway-redirect": {
    scene: "ingress",
    good: [{ set: { "plain:spec.rules[0].filters": undefined, "plain:spec.parentRefs[0].sectionName": "https" } }],
    bad: [
      { set: { "route:spec.parentRefs[0].sectionName": undefined }, at: "route:spec.rules[0]" },
      { set: { "route:spec.parentRefs[0].sectionName": "http" }, at: "route:spec.rules[0]" },
      { set: { "gateway:spec.listeners[0].protocol": "HTTP" }, at: "route:spec.rules[0]" },
      { set: { "plain:spec.rules[0].filters": undefined }, at: "plain:spec.rules[0]" },
      { set: { "plain:spec.rules[0].filters[0].type": "RequestMirror" }, at: "plain:spec.rules[0]" },
      { set: { "plain:spec.rules[0].filters[0].requestRedirect.scheme": "http" }, at: "plain:spec.rules[0]" },
      { set: { "route:spec.parentRefs[0].sectionName": undefined, "route:spec.parentRefs[0].namespace": "edge" }, at: "route:spec.rules[0]" },
    ],
  },
  "ingress/transport-tls": {
    scene: "ingress",
    good: [{ set: { "mail:spec.tls": undefined, "mail:spec.listener.protocol": "TLS_PASSTHROUGH" } }],
    bad: [{ set: { "mail:spec.tls.secret": undefined } }, { set: { "mail:spec.tls.secret": "" } }],
  },
};
