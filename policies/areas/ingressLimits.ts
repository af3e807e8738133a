/** NGINX: rate limits, and whose requests they count. */
import { isEverywhere } from "../addresses.ts";
import { SERVERS } from "../kinds.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, setting } from "../rule.ts";
import type { Value } from "../value.ts";
import { annotation, CHARTS, CONFIG_MAP, hasLimit, INGRESS, isControllerChart, isNginxConfig, isNginxIngress, limitOf, namesLimit, perSecond, POLICY, policiesOf, ROUTERS, routesOf, SUBROUTES, VIRTUAL_SERVER } from "./ingressParts.ts";

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
        if (policies.length === 0) report(reference, `names the Policy ${setting(reference.at("name"))}, which is not declared`);
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
  if (each * count > RATE && scale.flag !== true) report(rate, `is ${setting(rate)} in each of ${count} replicas, which is more than ${RATE} requests a second in all`);
}

function checkTrusted(map: Resource, report: Report): void {
  const value = map.at("data").key("set-real-ip-from");
  const wide = (value.text ?? "").split(/[\s,]+/).find(isEverywhere);
  if (wide !== undefined) report(value, `trusts ${setting(value, wide)}, must name the networks of nodes and load balancer only`);
}

function checkRealIp(map: Resource, report: Report): void {
  const data = map.at("data");
  const header = data.key("real-ip-header");
  map.try(() => {
    const name = header.text?.toLowerCase();
    if (name === "proxy_protocol") return;
    if (name !== "x-forwarded-for") return report(header, `is ${setting(header)}, must be X-Forwarded-For or proxy_protocol`);
    const recursive = data.key("real-ip-recursive");
    if (recursive.flag !== true) report(recursive, `is ${setting(recursive)}, must be true, or the address is that of the nearest proxy`);
  });
  const from = data.key("set-real-ip-from");
  if ((from.text ?? "") === "") report(from, "is not set, so that the header is never believed and all clients count as one");
}

/** What the limit's parts must be, one check for Policy and Ingress. */
function limits(check: (limit: ReturnType<typeof limitOf>, report: Report, holder: Resource) => void): (holder: Resource, report: Report) => void {
  return (holder, report) => check(limitOf(holder), report, holder);
}

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
        if (each === undefined || each > RATE) report(rate, `is ${setting(rate)}, must be ${RATE}r/s at most`);
      });
      if ((burst.number ?? 0) > BURST) report(burst, `is ${setting(burst)}, must be ${BURST} at most`);
    }),
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
      if (noDelay.flag !== true) report(noDelay, `is ${setting(noDelay)}, must be true`);
      if (delay.exists) report(delay, "is set, must be left out");
    }),
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
        if ((rejectCode.number ?? (holder.is(POLICY) ? 503 : 429)) !== 429) report(rejectCode, `is ${setting(rejectCode)}, must be 429`);
      });
      if (dryRun.flag === true) report(dryRun, "is true: nothing is refused");
    }),
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
      if (!["${binary_remote_addr}", "${remote_addr}"].includes(given)) report(key, `is ${setting(key)}, must be \${binary_remote_addr}`);
    }),
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
  },
];
