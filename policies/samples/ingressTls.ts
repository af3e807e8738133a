/** Samples of areas/ingressTls.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "ingress/settings-declared": {
    scene: "ingress",
    good: [{ set: { "nginx:metadata.name": "shop-nginx" } }, { remove: ["stack", "nginx"] }],
    bad: [{ remove: ["nginx"], at: "app:" }],
  },
  "ingress/tls-protocols": {
    scene: "ingress",
    good: [{ set: { "nginx:data.ssl-protocols": "TLSv1.3" } }, { set: { "nginx:data.ssl-protocols": " TLSv1.3  TLSv1.2 " } }, { add: [{ type: "kubernetes:core/v1:ConfigMap", name: "other", props: { metadata: { name: "other", namespace: "shop", labels: { "app.kubernetes.io/name": "other", "app.kubernetes.io/part-of": "shop" } }, data: { theme: "dark" } } }] }],
    bad: [
      { set: { "nginx:data.ssl-protocols": "TLSv1.1 TLSv1.2 TLSv1.3" } },
      { set: { "nginx:data.ssl-protocols": "TLSv1.2 TLSv1.3 SSLv3", "nginx:metadata.name": "shop-nginx" } },
      { set: { "nginx:data.ssl-protocols": undefined } },
      { set: { "nginx:data.ssl-protocols": " " } },
    ],
  },
  "ingress/ciphers": {
    scene: "ingress",
    good: [
      { set: { "nginx:data.ssl-ciphers": "TLS_AES_128_GCM_SHA256:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-CCM8:ECDHE-ARIA256-GCM-SHA384" } },
      { set: { "nginx:data.ssl-ciphers": "ECDHE+AESGCM:EECDH+CHACHA20:!aNULL:-SHA1:@STRENGTH" } },
      { set: { "nginx:data.ssl-ciphers": ", ECDHE-RSA-AES128-GCM-SHA256, ECDHE-ECDSA-AES256-GCM-SHA384" } },
      { set: { 'blog:metadata.annotations["nginx.org/ssl-ciphers"]': "ECDHE-RSA-AES128-GCM-SHA256" } },
    ],
    bad: [
      { set: { "nginx:data.ssl-ciphers": "ECDHE-RSA-AES128-GCM-SHA256:RC4-SHA" } },
      { set: { "nginx:data.ssl-ciphers": "ECDHE-RSA-DES-CBC3-SHA" } },
      { set: { "nginx:data.ssl-ciphers": "ECDHE-RSA-AES128-SHA256" } },
      { set: { "nginx:data.ssl-ciphers": "AES128-GCM-SHA256" } },
      { set: { "nginx:data.ssl-ciphers": "ADH-AES256-GCM-SHA384" } },
      { set: { "nginx:data.ssl-ciphers": "XECDHE-RSA-AES128-GCM-SHA256" } },
      { set: { "nginx:data.ssl-ciphers": "ECDHE-RSA-AES128-GCM-SHA256-OLD" } },
      { set: { "nginx:data.ssl-ciphers": "EXP-RC4-MD5" } },
      { set: { "nginx:data.ssl-ciphers": "NULL" } },
      { set: { "nginx:data.ssl-ciphers": "HIGH:!aNULL:!MD5" } },
      { set: { "nginx:data.ssl-ciphers": "kRSA+AESGCM" } },
      { set: { "nginx:data.ssl-ciphers": "ECDHE+AES" } },
      { set: { "nginx:data.ssl-ciphers": "!aNULL" } },
      { set: { "nginx:data.ssl-ciphers": undefined } },
      { set: { 'blog:metadata.annotations["nginx.org/ssl-ciphers"]': "DEFAULT" } },
    ],
  },
  "ingress/tls-terminated": {
    scene: "ingress",
    good: [{ set: { "blog:spec.tls[0].hosts[1]": "www.example.com" } }],
    bad: [
      { set: { "app:spec.tls.secret": "" } },
      { set: { "app:spec.tls.secret": undefined } },
      { set: { "blog:spec.tls": undefined } },
      { set: { "blog:spec.tls[0].secretName": "" } },
      { set: { "blog:spec.tls[0].secretName": undefined } },
      { set: { "blog:spec.tls[0].hosts[0]": "other.example.com" }, at: "blog:spec.rules[0].host" },
      { set: { "blog:spec.rules[1]": { host: "shop.example.com" } }, at: "blog:spec.rules[1].host" },
    ],
  },
  "ingress/https-redirect": {
    scene: "ingress",
    good: [{ set: { "app:spec.tls.redirect.code": 308 } }, { set: { "app:spec.tls.redirect.code": undefined } }],
    bad: [
      { set: { "app:spec.tls.redirect.enable": false } },
      { set: { "app:spec.tls.redirect.enable": undefined } },
      { set: { "app:spec.tls.redirect": undefined }, at: "app:spec.tls.redirect.enable" },
      { set: { "app:spec.tls.redirect.code": 302 } },
    ],
  },
  "ingress/https-redirect-of-ingress": {
    scene: "ingress",
    good: [
      { set: { "nginx:data.ssl-redirect": "false", "nginx:data.redirect-to-https": "true" } },
      { set: { "nginx:data.ssl-redirect": "false", 'blog:metadata.annotations["nginx.org/ssl-redirect"]': "true" } },
      { set: { "nginx:data.ssl-redirect": undefined } },
      { set: { "nginx:data.ssl-redirect": "false", 'blog:metadata.annotations["nginx.org/redirect-to-https"]': "true" } },
      { set: { "nginx:data.ssl-redirect": "false", "blog:spec.ingressClassName": "internal" } },
    ],
    bad: [
      { set: { "nginx:data.ssl-redirect": "false" }, at: "blog:" },
      { set: { "nginx:data.ssl-redirect": "false", "nginx:data.redirect-to-https": "true", 'blog:metadata.annotations["nginx.org/redirect-to-https"]': "false" }, at: "blog:" },
      { set: { 'blog:metadata.annotations["nginx.org/ssl-redirect"]': "false" }, at: "blog:" },
      { set: { 'blog:metadata.annotations["ingress.kubernetes.io/ssl-redirect"]': "false" }, at: "blog:" },
    ],
  },
  "ingress/redirect-code": {
    scene: "ingress",
    good: [{ set: { "nginx:data.http-redirect-code": "308" } }, { set: { 'blog:metadata.annotations["nginx.org/http-redirect-code"]': "301" } }],
    bad: [{ set: { "nginx:data.http-redirect-code": "302" } }, { set: { 'blog:metadata.annotations["nginx.org/http-redirect-code"]': "307" } }],
  },
  "ingress/hsts-defaults": {
    scene: "ingress",
    good: [{ set: { "nginx:data.hsts-max-age": "63072000" } }, { set: { 'blog:metadata.annotations["nginx.org/hsts-max-age"]': "31536000" } }],
    bad: [
      { set: { "nginx:data.hsts": undefined } },
      { set: { "nginx:data.hsts": "false" } },
      { set: { "nginx:data.hsts-max-age": "31535999" } },
      { set: { "nginx:data.hsts-max-age": undefined } },
      { set: { "nginx:data.hsts-include-subdomains": "false" } },
      { set: { 'blog:metadata.annotations["nginx.org/hsts"]': "false" } },
      { set: { 'blog:metadata.annotations["nginx.org/hsts-max-age"]': "300" } },
      { set: { 'blog:metadata.annotations["nginx.org/hsts-include-subdomains"]': "false" } },
    ],
  },
  "ingress/server-tokens": {
    scene: "ingress",
    good: [{ set: { 'blog:metadata.annotations["nginx.org/server-tokens"]': "false" } }],
    bad: [
      { set: { "nginx:data.server-tokens": "true" } },
      { set: { "nginx:data.server-tokens": undefined } },
      { set: { 'blog:metadata.annotations["nginx.org/server-tokens"]': "true" } },
    ],
  },
};
