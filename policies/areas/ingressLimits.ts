/** NGINX: rate limits, and whose requests they count. */
import { isPublicRange } from "../addresses.ts";
import { SERVERS } from "../kinds.ts";
import type { Resource, Stack } from "../resource.ts";
import type { Report, Rule } from "../rule.ts";
import type { Value } from "../value.ts";
import { annotation, CHARTS, CONFIG_MAP, hasLimit, INGRESS, isControllerChart, isNginxConfig, isNginxIngress, limitOf, namesLimit, perSecond, POLICY, policiesOf, ROUTERS, routesOf, said, SUBROUTES, VIRTUAL_SERVER } from "./ingressParts.ts";

const RATE = 10;
const BURST = 20;
const LIMITED = [POLICY, INGRESS];

/** Every route of a VirtualServer is limited by the server's policies or by its own; a delegated one by those of its subroutes. */
function relateLimit(router: Resource, stack: Stack, report: Report): void {
  if (router.is(INGRESS)) {
    if (!hasLimit(router)) report(annotation(router, "nginx.org/limit-req-rate"), "is not set, so nothing limits a client's requests");
    return;
  }
  if (namesLimit(router.at("spec.policies"), router, stack)) return;
  routesOf(router).each((route) => {
    if (!namesLimit(route.at("policies"), router, stack) && !subroutesLimited(route, router, stack)) report(route, "has no policy with a rate limit, nor has its server");
  });
}

/** `route: namespace/name` hands a path to a VirtualServerRoute, whose subroutes may bring policies of their own. */
function subroutesLimited(route: Value, server: Resource, stack: Stack): boolean {
  const [name, namespace] = (route.at("route").text ?? "").split("/").reverse();
  const target = stack.of(SUBROUTES).find((one) => one.objectName === name && one.namespace === (namespace ?? server.namespace));
  return target !== undefined && routesOf(target).items.every((subroute) => namesLimit(subroute.at("policies"), target, stack));
}

function relateDeclared(router: Resource, stack: Stack, report: Report): void {
  const lists = [router.at("spec.policies"), ...routesOf(router).items.map((route) => route.at("policies"))];
  for (const list of lists) {
    router.try(() => {
      for (const { reference, policies } of policiesOf(list, router, stack)) {
        if (policies.length === 0) report(reference, `names the Policy ${reference.at("name").text ?? "without a name"}, which is not declared`);
      }
    });
  }
}

/** Replicas of the controller, as its chart or its Deployment says; 1 where nothing does. */
function replicas(stack: Stack): number {
  const charts = stack.of(...CHARTS).filter(isControllerChart).map((chart) => chart.at("values.controller.replicaCount").number ?? 1);
  const pods = stack.of(...SERVERS).filter(isController).map((server) => server.at("spec.replicas").number ?? 1);
  return Math.max(1, ...charts, ...pods);
}

function isController(server: Resource): boolean {
  return server.at("spec.template.metadata.labels").key("app.kubernetes.io/name").text === "nginx-ingress";
}

/** Each replica counts for itself; with `scale` the controller divides the rate (NGINX Ingress Controller, RateLimit.scale). */
function relateScaled(holder: Resource, stack: Stack, report: Report): void {
  const { rate, scale } = limitOf(holder);
  const each = perSecond(rate.text ?? "");
  if (each === undefined || each > RATE) return;
  const count = replicas(stack);
  if (each * count > RATE && scale.flag !== true) report(rate, `${said(rate)} in each of ${count} replicas, which is more than ${RATE} requests a second in all`);
}

function checkTrusted(map: Resource, report: Report): void {
  const value = map.at("data").key("set-real-ip-from");
  const wide = (value.text ?? "").split(/[\s,]+/).find(isPublicRange);
  if (wide !== undefined) report(value, `trusts ${wide}, must name the networks of nodes and load balancer only`);
}

function checkRealIp(map: Resource, report: Report): void {
  const data = map.at("data");
  const header = data.key("real-ip-header");
  map.try(() => {
    const name = header.text?.toLowerCase();
    if (name === "proxy_protocol") return;
    if (name !== "x-forwarded-for") return report(header, `${said(header)}, must be X-Forwarded-For or proxy_protocol`);
    const recursive = data.key("real-ip-recursive");
    if (recursive.flag !== true) report(recursive, `${said(recursive)}, must be true, or the address is that of the nearest proxy`);
  });
  const from = data.key("set-real-ip-from");
  if ((from.text ?? "") === "") report(from, "is not set, so that the header is never believed and all clients count as one");
}

/** What the limit's parts must be, one check for Policy and Ingress. */
function limits(check: (limit: ReturnType<typeof limitOf>, report: Report, holder: Resource) => void): (holder: Resource, report: Report) => void {
  return (holder, report) => check(limitOf(holder), report, holder);
}

const ANNOTATION = 'blog:metadata.annotations["nginx.org/limit-req-';

export const limitRules: Rule[] = [
  {
    id: "ingress/rate-limit",
    title: "Every route has a rate limit",
    items: ["ingress-rate-limits"],
    severity: "high",
    frameworks: [],
    why: "One client with a loop, or one who tries passwords, takes the capacity of all others.",
    mend: "Name a Policy with `rateLimit` under `spec.policies` of the VirtualServer, or set the `nginx.org/limit-req-rate` annotation of the Ingress.",
    kinds: [VIRTUAL_SERVER, INGRESS],
    applies: (router) => router.is(VIRTUAL_SERVER) || isNginxIngress(router),
    relate: relateLimit,
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
  {
    id: "ingress/policy-declared",
    title: "Every policy that a route names is declared",
    items: ["ingress-rate-limits"],
    severity: "high",
    frameworks: [],
    why: "NGINX Ingress Controller answers 500 on every route whose policy it does not find; the first to notice are users.",
    mend: "Declare the Policy in the namespace that the reference names (by default the route's own), or drop the reference.",
    kinds: ROUTERS,
    relate: relateDeclared,
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
  {
    id: "ingress/rate-limit-bounds",
    title: "A client gets 10 requests a second, and 20 at once",
    items: ["ingress-rate-limits"],
    severity: "medium",
    frameworks: [],
    why: "A limit that no real client reaches and no attacker fears protects nothing.",
    mend: "Set `rate` to 10r/s at most (200r/m for each of three replicas) and `burst` to 20 at most.",
    kinds: LIMITED,
    applies: hasLimit,
    check: limits(({ rate, burst }, report, holder) => {
      holder.try(() => {
        const each = perSecond(rate.text ?? "");
        if (each === undefined || each > RATE) report(rate, `${said(rate)}, must be ${RATE}r/s at most`);
      });
      if ((burst.number ?? 0) > BURST) report(burst, `${said(burst)}, must be ${BURST} at most`);
    }),
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
  {
    id: "ingress/rate-limit-no-delay",
    title: "A burst is served at once",
    items: ["ingress-rate-limits"],
    severity: "low",
    frameworks: [],
    why: "Without `noDelay` NGINX holds the requests of a burst back one by one: a page with twenty pictures takes two seconds more.",
    mend: "Set `noDelay: true`, and no `delay`.",
    kinds: LIMITED,
    applies: hasLimit,
    check: limits(({ noDelay, delay }, report) => {
      if (noDelay.flag !== true) report(noDelay, `${said(noDelay)}, must be true`);
      if (delay.exists) report(delay, "is set, must be left out");
    }),
    scene: "ingress",
    bad: [
      { set: { "limit:spec.rateLimit.noDelay": false } },
      { set: { "limit:spec.rateLimit.noDelay": undefined } },
      { set: { "limit:spec.rateLimit.delay": 5 } },
      { set: { [`${ANNOTATION}no-delay"]`]: undefined } },
      { set: { [`${ANNOTATION}delay"]`]: "5" } },
    ],
  },
  {
    id: "ingress/rate-limit-rejects",
    title: "What exceeds the limit is answered with 429",
    items: ["ingress-rate-limits"],
    severity: "medium",
    frameworks: [],
    why: "A Policy's default of 503 looks like an outage to clients, monitors and the edge; a dry run lets everything pass.",
    mend: "Set `rejectCode: 429` and leave `dryRun` out.",
    kinds: LIMITED,
    applies: hasLimit,
    check: limits(({ rejectCode, dryRun }, report, holder) => {
      holder.try(() => {
        if ((rejectCode.number ?? (holder.is(POLICY) ? 503 : 429)) !== 429) report(rejectCode, `${said(rejectCode)}, must be 429`);
      });
      if (dryRun.flag === true) report(dryRun, "is true: nothing is refused");
    }),
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
  {
    id: "ingress/rate-limit-key",
    title: "Requests are counted by the client's address",
    items: ["ingress-rate-limits"],
    severity: "high",
    frameworks: [],
    why: "A key that the client writes himself, such as a header, gives him a new limit with each request; one that all share lets one client use up everybody's.",
    mend: "Set `key: ${binary_remote_addr}`.",
    kinds: LIMITED,
    applies: hasLimit,
    check: limits(({ key }, report, holder) => {
      const given = key.text ?? (holder.is(POLICY) ? "" : "${binary_remote_addr}");
      if (!["${binary_remote_addr}", "${remote_addr}"].includes(given)) report(key, `${said(key)}, must be \${binary_remote_addr}`);
    }),
    scene: "ingress",
    good: [{ set: { "limit:spec.rateLimit.key": "${remote_addr}" } }, { set: { [`${ANNOTATION}key"]`]: "${binary_remote_addr}" } }],
    bad: [
      { set: { "limit:spec.rateLimit.key": "${http_x_forwarded_for}" } },
      { set: { "limit:spec.rateLimit.key": undefined } },
      { set: { [`${ANNOTATION}key"]`]: "${request_uri}" } },
    ],
  },
  {
    id: "ingress/rate-limit-scaled",
    title: "The limit counts over all replicas of NGINX",
    items: ["ingress-rate-limits"],
    severity: "medium",
    frameworks: [],
    why: "Each replica counts for itself: with three of them a client gets three times what the limit says.",
    mend: "Divide `rate` by the number of replicas (200r/m for three), or set `scale: true`.",
    kinds: LIMITED,
    applies: hasLimit,
    relate: relateScaled,
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
  {
    id: "ingress/real-ip",
    title: "NGINX knows the viewer's address behind the edge",
    items: ["ingress-rate-limits"],
    severity: "high",
    frameworks: [],
    why: "Behind a load balancer every connection comes from it: without the address in the header all viewers share one limit, and logs name the balancer.",
    mend: "Set `real-ip-header: X-Forwarded-For`, `real-ip-recursive: \"true\"` and `set-real-ip-from` in the ConfigMap.",
    kinds: [CONFIG_MAP],
    applies: isNginxConfig,
    check: checkRealIp,
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
  {
    id: "ingress/real-ip-trusted",
    title: "Only the proxies in front of NGINX may name a client's address",
    items: ["ingress-rate-limits"],
    severity: "critical",
    frameworks: [],
    why: "Where everybody is trusted, a client writes any address into X-Forwarded-For and has a fresh limit with each request.",
    mend: "Name the networks of nodes and load balancer in `set-real-ip-from`.",
    kinds: [CONFIG_MAP],
    applies: isNginxConfig,
    check: checkTrusted,
    scene: "ingress",
    good: [{ set: { "nginx:data.set-real-ip-from": "10.0.0.0/8 fc00::/7,192.0.2.1" } }],
    bad: [{ set: { "nginx:data.set-real-ip-from": "0.0.0.0/0" } }, ...["10.0.0.0/16,::/0", "128.0.0.0/7", "10.0.0.0/16 fc00::/6"].map((text) => ({ set: { "nginx:data.set-real-ip-from": text } }))],
  },
];
