/** Samples of areas/ingressHeaders.ts. */
import type { RuleSamples, Sample, Samples } from "./sample.ts";

const ADD = "app:spec.routes[0].action.proxy.responseHeaders.add";

const ACTION = "app:spec.routes[0].action";

/** Another header in the place of the one at `index`, and that one with each wrong value. */
function headerSamples(index: number, wrong: readonly string[], good: readonly Sample[] = []): RuleSamples {
  return {
    scene: "ingress",
    good,
    bad: [{ set: { [`${ADD}[${index}].name`]: "X-Other" }, at: ACTION }, ...wrong.map((value) => ({ set: { [`${ADD}[${index}].value`]: value } }))],
  };
}

export const samples: Samples = {
  "ingress/hsts": headerSamples(0, ["max-age=31535999; includeSubDomains", "max-age=31536000", "includeSubDomains", "xmax-age=31536000; includeSubDomains", "max-age=31536000s; includeSubDomains"], [
    { set: { [`${ADD}[0].value`]: "max-age=63072000;includeSubDomains; preload" } },
    { set: { [`${ADD}[0].value`]: 'includeSubdomains; max-age="31536000"' } },
    { set: { [`${ADD}[0].name`]: "strict-transport-security" } },
    { set: { "app:spec.routes[1]": { path: "/old", action: { redirect: { url: "https://shop.example.com/", code: 301 } } } } },
    { set: { "app:spec.routes[1]": { path: "/empty", action: { return: { code: 404, body: "no" } } } } },
  ]),
  "ingress/frame-options": {
    scene: "ingress",
    good: [{ set: { [`${ADD}[1].value`]: "deny" } }],
    bad: [
      { set: { [`${ADD}[1].name`]: "X-Other" }, at: ACTION },
      { set: { [`${ADD}[1].value`]: "SAMEORIGIN" } },
      { set: { [`${ADD}[6]`]: { name: "X-Frame-Options", value: "SAMEORIGIN", always: true } }, at: `${ADD}[6].value` },
      { set: { "more:spec.subroutes[0].action.proxy.responseHeaders.add[1].name": "X-Other" }, at: "more:spec.subroutes[0].action" },
      { set: { "app:spec.routes[2].matches[0].action.proxy.responseHeaders.add[1].name": "X-Other" }, at: "app:spec.routes[2].matches[0].action" },
      { set: { "app:spec.routes[2].matches[0].splits[1].action.proxy.responseHeaders.add[1].name": "X-Other" }, at: "app:spec.routes[2].matches[0].splits[1].action" },
      { set: { "app:spec.routes[2].splits[0].action.proxy.responseHeaders.add[1].name": "X-Other" }, at: "app:spec.routes[2].splits[0].action" },
      {
        set: { [ACTION]: { pass: "app" } },
        also: ["ingress/content-type-options", "ingress/csp-default", "ingress/hsts", "ingress/referrer-policy", "ingress/upstream-headers", "ingress/xss-protection"],
      },
    ],
  },
  "ingress/content-type-options": headerSamples(2, ["sniff"]),
  "ingress/xss-protection": headerSamples(3, ["1", "0"]),
  "ingress/csp-default": headerSamples(4, ["default-src *", "default-src 'self' https:", "default-src 'self' 'unsafe-inline'", "script-src 'self'", "default-src", "default-src https:; default-src 'self'"], [
    { set: { [`${ADD}[4].value`]: "default-src 'none'; script-src 'self'" } },
    { set: { [`${ADD}[4].value`]: "img-src 'self' data: ;  Default-Src  'Self' ; object-src 'none'" } },
  ]),
  "ingress/csp-scripts": {
    scene: "ingress",
    good: [
      { set: { [`${ADD}[4].value`]: "default-src 'self'; script-src 'self' 'nonce-abc' https://cdn.example.com *.example.com" } },
      { set: { [`${ADD}[4].value`]: "default-src 'self'; style-src 'unsafe-inline'; img-src * data:" } },
      { set: { [`${ADD}[4].value`]: "default-src 'self'; script-src 'self' 'unsafe-inline-not'; script-src-attr 'x-unsafe-eval'" } },
    ],
    bad: [
      { set: { [`${ADD}[4].value`]: "default-src 'self'; script-src 'self' 'unsafe-inline'" } },
      ...["script-src 'unsafe-eval'", "script-src *", "script-src https:", "script-src http://*", "script-src data:", "script-src blob:", "script-src ws:", "script-src https://*.com", "script-src *.com", "script-src-elem *", "script-src-attr 'unsafe-inline'"]
        .map((directive) => ({ set: { [`${ADD}[4].value`]: `default-src 'self'; ${directive}` } })),
    ],
  },
  "ingress/referrer-policy": headerSamples(5, ["unsafe-url", "origin"], [...["no-referrer", "same-origin", " Strict-Origin "].map((value) => ({ set: { [`${ADD}[5].value`]: value } }))]),
  "ingress/headers-always": {
    scene: "ingress",
    good: [{ set: { [`${ADD}[6]`]: { name: "X-Request-Id", value: "${request_id}" } } }],
    bad: [{ set: { [`${ADD}[0].always`]: undefined } }, ...[1, 2, 3, 4, 5].map((index) => ({ set: { [`${ADD}[${index}].always`]: false } }))],
  },
  "ingress/upstream-headers": {
    scene: "ingress",
    good: [{ set: { "app:spec.routes[0].action.proxy.responseHeaders.hide": ["x-powered-by"] } }, { set: { "app:spec.routes[0].action.proxy.responseHeaders.pass": ["Date"] } }],
    bad: [
      { set: { "app:spec.routes[0].action.proxy.responseHeaders.hide": undefined } },
      { set: { "app:spec.routes[0].action.proxy.responseHeaders.hide": ["Server"] } },
      { set: { "app:spec.routes[0].action.proxy.responseHeaders.pass": ["Server"] }, at: "app:spec.routes[0].action.proxy.responseHeaders.pass[0]" },
    ],
  },
  "ingress/proxy-headers": {
    scene: "ingress",
    good: [
      { set: { "app:spec.routes[0].action.proxy.requestHeaders": undefined } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[2].value": "${proxy_add_x_forwarded_for}" } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[0].value": "${http_host}" } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[3].value": "https" } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[4]": { name: "X-Tenant", value: "${http_x_tenant}" } } },
    ],
    bad: [
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[0].value": "${http_x_host}" } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[1].value": "${http_x_real_ip}" } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[2].value": "${http_x_forwarded_for}" } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[3].value": "http" } },
      { set: { "app:spec.routes[0].action.proxy.requestHeaders.set[2]": { name: "x-forwarded-for", value: "${http_x_client}" } }, at: "app:spec.routes[0].action.proxy.requestHeaders.set[2].value" },
    ],
  },
};
