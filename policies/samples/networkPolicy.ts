/** Samples of areas/networkPolicy.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "network-policy/policy-types": {
    scene: "namespace",
    good: [{ set: { "web:spec.policyTypes": ["Ingress"], "web:spec.egress": [] } }],
    bad: [{ set: { "deny:spec.policyTypes": undefined }, also: ["network-policy/default-deny"] }, { set: { "web:spec.policyTypes": undefined } }, { set: { "web:spec.policyTypes": [] } }, { set: { "web:spec.policyTypes": ["Ingress"] } }, { set: { "web:spec.policyTypes": ["Egress"] } }],
  },
  "network-policy/peers": {
    scene: "namespace",
    bad: [{ set: { "web:spec.ingress[0].from": undefined } }, { set: { "web:spec.ingress[0].from": [] } }, { set: { "web:spec.egress[0].to": undefined } }, { set: { "web:spec.egress[1].to": [] } }],
  },
  "network-policy/any-namespace": {
    scene: "namespace",
    good: [
      { set: { "web:spec.ingress[0].from[0]": { podSelector: {} } } },
      { set: { "web:spec.ingress[0].from[0].namespaceSelector": { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["ingress"] }] } } },
      { set: { "web:spec.ingress[0].from[0].namespaceSelector": { matchExpressions: [{ key: "shared", operator: "Exists" }, { key: "shop", operator: "DoesNotExist" }] } } },
      { set: { "dns:spec.egress[0].to[0].namespaceSelector": {} } },
      { set: { "dns:spec.egress[0].to[0].namespaceSelector": { matchExpressions: [{ key: "shop", operator: "DoesNotExist" }] } } },
    ],
    bad: [
      { set: { "web:spec.ingress[0].from[0].namespaceSelector": {} } },
      { set: { "web:spec.ingress[0].from[0].namespaceSelector": { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "Exists" }] } } },
      { set: { "web:spec.ingress[0].from[0].namespaceSelector": { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system"] }] } } },
      { set: { "web:spec.ingress[0].from[0]": { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] } } }, at: "web:spec.ingress[0].from[0].namespaceSelector" },
      { set: { "web:spec.ingress[0].from[0].namespaceSelector": { matchLabels: {} } } },
      { set: { "web:spec.egress[0].to": [{ namespaceSelector: {}, podSelector: {} }] }, at: "web:spec.egress[0].to[0].namespaceSelector" },
    ],
  },
  "network-policy/ingress-addresses": {
    scene: "namespace",
    good: [{ set: { "web:spec.ingress[1].from[0].ipBlock.cidr": "10.0.0.0/8" } }, { set: { "web:spec.ingress[1].from[0].ipBlock.cidr": "fc00::/7" } }],
    bad: [
      { set: { "web:spec.ingress[0].from": [{ ipBlock: { cidr: "0.0.0.0/0" } }] }, at: "web:spec.ingress[0].from[0].ipBlock.cidr" },
      { set: { "web:spec.ingress[1].from[0].ipBlock.cidr": "0.0.0.0/1" } },
      { set: { "web:spec.ingress[1].from[0].ipBlock.cidr": "8.0.0.0/7" } },
      { set: { "web:spec.ingress[1].from[0].ipBlock.cidr": "::/0" } },
      { set: { "web:spec.ingress[1].from[0].ipBlock.cidr": "2000::/3" } },
    ],
  },
  "network-policy/ports": {
    scene: "namespace",
    good: [{ set: { "web:spec.egress[0].ports[0]": { port: 5432, endPort: 6431 } } }, { set: { "web:spec.ingress[0].ports[0].port": "http" } }],
    bad: [
      { set: { "web:spec.ingress[0].ports": undefined } },
      { set: { "web:spec.egress[0].ports": [] } },
      { set: { "web:spec.egress[1].ports[0].port": undefined } },
      { set: { "web:spec.egress[0].ports[0].port": undefined } },
      { set: { "web:spec.egress[0].ports[0]": { port: 1, endPort: 65535 } }, at: "web:spec.egress[0].ports[0].endPort" },
      { set: { "web:spec.egress[0].ports[0]": { port: 5432, endPort: 6432 } }, at: "web:spec.egress[0].ports[0].endPort" },
    ],
  },
  "network-policy/metadata": {
    scene: "namespace",
    good: [
      { set: { "web:spec.egress[1].to[0].ipBlock.except[3]": "169.254.169.254/32" } },
      { set: { "web:spec.egress[0].to[0].ipBlock.cidr": "169.254.170.23/32" } },
      { set: { "web:spec.egress[1].to[0].ipBlock": { cidr: "::/0", except: ["fc00::/7"] } } },
      { set: { "web:spec.ingress[1].from[0].ipBlock.cidr": "169.254.0.0/16" } },
    ],
    bad: [
      { set: { "web:spec.egress[1].to[0].ipBlock.except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] }, at: "web:spec.egress[1].to[0].ipBlock.cidr" },
      { set: { "web:spec.egress[1].to[0].ipBlock.except[3]": "169.254.170.0/24" }, at: "web:spec.egress[1].to[0].ipBlock.cidr" },
      { set: { "web:spec.egress[0].to[0].ipBlock.cidr": "169.254.169.254/32" } },
      { set: { "web:spec.egress[0].to[0].ipBlock.cidr": "169.254.0.0/16" } },
      { set: { "web:spec.egress[1].to[0].ipBlock": { cidr: "::/0", except: ["fc00::/8", "fe80::/10"] } }, at: "web:spec.egress[1].to[0].ipBlock.cidr", also: ["network-policy/internet-egress"] },
    ],
  },
  "network-policy/internet-egress": {
    scene: "namespace",
    good: [{ set: { "web:spec.egress[1].to[0].ipBlock": { cidr: "64.0.0.0/2" } } }, { set: { "web:spec.egress[1].to[0].ipBlock": { cidr: "10.0.0.0/8" } } }],
    bad: [
      { set: { "web:spec.egress[1].to[0].ipBlock.except": ["169.254.0.0/16"] }, at: "web:spec.egress[1].to[0].ipBlock.cidr" },
      { set: { "web:spec.egress[1].to[0].ipBlock.except[0]": "10.0.0.0/9" }, at: "web:spec.egress[1].to[0].ipBlock.cidr" },
      { set: { "web:spec.egress[1].to[0].ipBlock.except[1]": "172.16.0.0/13" }, at: "web:spec.egress[1].to[0].ipBlock.cidr" },
      { set: { "web:spec.egress[1].to[0].ipBlock.except[2]": "192.168.0.0/17" }, at: "web:spec.egress[1].to[0].ipBlock.cidr" },
      { set: { "web:spec.egress[1].to[0].ipBlock": { cidr: "::/0", except: ["fd00::/8"] } }, at: "web:spec.egress[1].to[0].ipBlock.cidr" },
    ],
  },
};
