/** Samples of areas/networkBalancers.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "network/internal-load-balancer": {
    scene: "edge",
    good: [{ set: { "balancer:loadBalancerType": "network", "balancer:connectionLogs": undefined } }],
    bad: [
      { set: { "balancer:internal": false } },
      { set: { "balancer:internal": undefined } },
      { set: { "balancer:internal": false, "balancer:$type": "aws:alb/loadBalancer:LoadBalancer" } },
      { set: { "balancer:internal": false, "balancer:$type": "aws:elb/loadBalancer:LoadBalancer" } },
    ],
  },
  "network/cluster-load-balancer": {
    scene: "ingress",
    good: [
      { set: { "app-service:spec.type": "LoadBalancer", 'app-service:metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"]': "internal" } },
      { set: { "app-service:spec.type": "LoadBalancer", 'app-service:metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-internal"]': "true" } },
      { set: { 'blog:metadata.annotations["alb.ingress.kubernetes.io/scheme"]': "internal" } },
    ],
    bad: [
      { set: { "app-service:spec.type": "LoadBalancer" } },
      { set: { "app-service:spec.type": "LoadBalancer", 'app-service:metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"]': "internet-facing" } },
      { set: { "app-service:spec.type": "LoadBalancer", 'app-service:metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-internal"]': "false" } },
      { set: { 'blog:metadata.annotations["alb.ingress.kubernetes.io/scheme"]': "internet-facing" } },
    ],
  },
  "network/function-url": {
    scene: "network",
    bad: [{ set: { "url:authorizationType": "NONE" } }],
  },
  "network/load-balancer-deletion": {
    scene: "edge",
    bad: [{ set: { "balancer:enableDeletionProtection": false } }, { set: { "balancer:enableDeletionProtection": undefined } }],
  },
  "network/load-balancer-logs": {
    scene: "edge",
    good: [
      { set: { "balancer:connectionLogs": undefined, "balancer:loadBalancerType": "network" } },
      { set: { "balancer:connectionLogs": undefined, "balancer:$type": "aws:elb/loadBalancer:LoadBalancer", "balancer:accessLogs.enabled": undefined } },
    ],
    bad: [
      { set: { "balancer:accessLogs.enabled": false } },
      { set: { "balancer:accessLogs.enabled": undefined } },
      { set: { "balancer:accessLogs": undefined }, at: "balancer:accessLogs.enabled" },
      { set: { "balancer:connectionLogs.enabled": false } },
      { set: { "balancer:connectionLogs.enabled": false, "balancer:loadBalancerType": undefined } },
      { set: { "balancer:accessLogs.enabled": false, "balancer:$type": "aws:elb/loadBalancer:LoadBalancer" } },
      { set: { "balancer:accessLogs": undefined, "balancer:$type": "aws:elb/loadBalancer:LoadBalancer" }, at: "balancer:accessLogs.enabled" },
    ],
  },
  "network/load-balancer-headers": {
    scene: "edge",
    good: [{ set: { "balancer:dropInvalidHeaderFields": undefined, "balancer:loadBalancerType": "network" } }],
    bad: [
      { set: { "balancer:dropInvalidHeaderFields": false } },
      { set: { "balancer:dropInvalidHeaderFields": undefined } },
      { set: { "balancer:dropInvalidHeaderFields": false, "balancer:loadBalancerType": undefined } },
    ],
  },
  "network/load-balancer-desync": {
    scene: "edge",
    good: [{ set: { "balancer:desyncMitigationMode": undefined } }, { set: { "balancer:desyncMitigationMode": "strictest" } }],
    bad: [{ set: { "balancer:desyncMitigationMode": "monitor" } }, { set: { "balancer:desyncMitigationMode": "monitor", "balancer:$type": "aws:elb/loadBalancer:LoadBalancer" } }],
  },
};
