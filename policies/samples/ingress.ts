/** Samples of areas/ingress.ts. */
import { SNIPPET_KEYS } from "../areas/ingress.ts";
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "ingress/body-limit": {
    scene: "ingress",
    good: [
      { set: { "nginx:data.client-max-body-size": "51200K" } },
      { set: { "nginx:data.client-max-body-size": "52428800" } },
      { set: { "nginx:data.client-max-body-size": undefined } },
      { set: { 'blog:metadata.annotations["nginx.org/client-max-body-size"]': "2m" } },
    ],
    bad: [
      { set: { "nginx:data.client-max-body-size": "51m" } },
      { set: { "nginx:data.client-max-body-size": "0" } },
      { set: { "nginx:data.client-max-body-size": "51201k" } },
      { set: { "nginx:data.client-max-body-size": "1G" } },
      { set: { "nginx:data.client-max-body-size": "52428801" } },
      { set: { "nginx:data.client-max-body-size": "x5m" } },
      { set: { "nginx:data.client-max-body-size": "5mb" } },
      { set: { "app:spec.upstreams[0].client-max-body-size": "100m" } },
      { set: { "more:spec.upstreams[0].client-max-body-size": "100m" } },
      { set: { 'blog:metadata.annotations["nginx.org/client-max-body-size"]': "0m" } },
    ],
  },
  "ingress/no-snippets": {
    scene: "ingress",
    bad: [
      { set: { "app:spec.http-snippets": "limit_req_zone off;" } },
      { set: { "app:spec.server-snippets": "ssl_protocols TLSv1;" } },
      { set: { "app:spec.routes[0].location-snippets": "add_header X-Frame-Options ALLOW;" } },
      { set: { "more:spec.subroutes[0].location-snippets": "limit_req off;" } },
      { set: { 'blog:metadata.annotations["nginx.org/server-snippets"]': "server_tokens on;" } },
      { set: { 'blog:metadata.annotations["nginx.org/location-snippets"]': "server_tokens on;" } },
      ...SNIPPET_KEYS.map((key) => ({ set: { [`nginx:data.${key}`]: "server_tokens on;" } })),
      { set: { "mail:spec.serverSnippets": "ssl_protocols TLSv1;" } },
      { set: { "mail:spec.streamSnippets": "ssl_protocols TLSv1;" } },
    ],
  },
  "ingress/snippets-off": {
    scene: "ingress",
    good: [
      { set: { "controller:values.controller.enableSnippets": undefined } },
      { set: { "controller:values.controller.enableSnippets": true, "controller:chart": "oci://example.com/other" } },
      { set: { "controller:chart": undefined } },
      { set: { "proxy:spec.template.spec.containers[0].args[1]": "-enable-snippets=false" } },
    ],
    bad: [
      { set: { "controller:values.controller.enableSnippets": true } },
      { set: { "controller:$type": "kubernetes:helm.sh/v3:Release", "controller:values.controller.enableSnippets": true }, at: "controller:values.controller.enableSnippets", also: ["images/packages-seen"] },
      { set: { "proxy:spec.template.spec.containers[0].args[1]": "-enable-snippets" } },
      { set: { "proxy:spec.template.spec.containers[0].args[1]": "--enable-snippets=true" } },
    ],
  },
  "ingress/host": {
    scene: "ingress",
    bad: [
      { set: { "app:spec.host": "*.example.com" } },
      { set: { "app:spec.host": "" } },
      { set: { "app:spec.host": undefined } },
      { set: { "blog:spec.rules[0].host": "*.example.com", "blog:spec.tls[0].hosts[0]": "*.example.com" } },
      { set: { "blog:spec.rules[0].host": undefined } },
      { set: { "blog:spec.defaultBackend": { service: { name: "blog", port: { number: 80 } } } } },
    ],
  },
  "ingress/class": {
    scene: "ingress",
    bad: [
      { set: { "app:spec.ingressClassName": undefined } },
      { set: { "app:spec.ingressClassName": "" } },
      { set: { "more:spec.ingressClassName": undefined } },
      { set: { "blog:spec.ingressClassName": undefined } },
      { set: { "mail:spec.ingressClassName": undefined } },
    ],
  },
  "ingress/upstream-service": {
    scene: "ingress",
    good: [{ remove: ["stack", "app-service"] }],
    bad: [
      { set: { "app:spec.upstreams[0].service": "shop" } },
      { set: { "app-service:metadata.namespace": "ingress" }, at: "app:spec.upstreams[0].service" },
      { set: { "app-service:metadata.name": "other" }, at: "app:spec.upstreams[0].service" },
    ],
  },
  "ingress/no-bypass": {
    scene: "ingress",
    good: [{ set: { "app-service:spec.externalIPs": [] } }, { set: { "app-service:spec.type": undefined } }],
    bad: [{ set: { "app-service:spec.type": "NodePort" } }, { set: { "app-service:spec.externalIPs": ["192.0.2.1"] } }],
  },
  "ingress/retired-controller": {
    scene: "ingress",
    good: [{ set: { 'blog:metadata.annotations["example.com/nginx.ingress.kubernetes.io/x"]': "y" } }],
    bad: [
      { set: { 'blog:metadata.annotations["nginx.ingress.kubernetes.io/limit-rps"]': "10", 'blog:metadata.annotations["example.com/y"]': "z" } },
      { set: { "class:spec.controller": "k8s.io/ingress-nginx" } },
    ],
  },
};
