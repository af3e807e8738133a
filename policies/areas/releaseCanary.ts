/** Releases: canaries by the splits of NGINX. */
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import type { Value } from "../value.ts";
import { ROUTERS, routesOf } from "./ingressParts.ts";
import { SERVICE } from "./releaseParts.ts";

/** Weights of the steps 5, 25, 50 and 100, of the canary and of the rest; 0 is a canary that waits. */
const STEPS = [0, 5, 25, 50, 75, 95, 100];

/** Every list of splits: of routes and of their matches. */
function eachSplits(router: Resource, look: (splits: Value) => void): void {
  const consider = (holder: Value): void => holder.try(() => {
    const splits = holder.at("splits");
    if (splits.items.length > 0) look(splits);
  });
  routesOf(router).each((route) => {
    consider(route);
    route.try(() => route.at("matches").each(consider));
  });
}

/** Names of the upstreams to which splits send. */
function upstreamOf(split: Value): Value {
  const pass = split.at("action.pass");
  return pass.exists ? pass : split.at("action.proxy.upstream");
}

/** The Service behind an upstream's name. */
function serviceOf(upstream: Value, router: Resource): string {
  return router.at("spec.upstreams").items.find((one) => one.at("name").text === upstream.text)?.at("service").text ?? "";
}

function selectedColor(service: string, router: Resource, stack: Stack): string | undefined {
  return stack.inNamespace(router.namespace, SERVICE).find((one) => one.objectName === service)?.at("spec.selector.color").text;
}

/** The live Service moves with a flip; a canary behind it would send both shares to one color. */
function relateColors(router: Resource, stack: Stack, report: Report): void {
  eachSplits(router, (splits) => {
    const services = splits.items.map((split) => serviceOf(upstreamOf(split), router));
    const colors = services.map((service) => selectedColor(service, router, stack));
    if (colors.every((color) => color === undefined)) return;
    const apart = services.every((service) => /-(blue|green)$/.test(service)) && new Set(colors).size === colors.length;
    if (!apart) report(splits, "does not divide between the fixed Services of two colors");
  });
}

export const canaryRules: Rule[] = [
  {
    id: "release/canary-sum",
    title: "The shares of a canary make a whole",
    items: ["strategy-bounds"],
    severity: "high",
    frameworks: [],
    why: "NGINX Ingress Controller takes a VirtualServer whose weights do not sum to 100 for invalid, and serves none of its routes.",
    mend: "Make the `weight` of all splits of a route sum to 100.",
    kinds: ROUTERS,
    check: (router, report) => eachSplits(router, (splits) => {
      const sum = splits.items.reduce((all, split) => all + (split.at("weight").number ?? 0), 0);
      if (sum !== 100) report(splits, `sums to ${sum}, must be 100`);
    }),
  },
  {
    id: "release/canary-steps",
    title: "A canary goes by the steps that were measured",
    items: ["strategy-bounds"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "Gates between the steps 5, 25, 50 and 100 have their baselines; a share of 40 is compared with nothing.",
    mend: "Use the weights 5, 25, 50 or 100, and the rest for the other color.",
    kinds: ROUTERS,
    check: (router, report) => eachSplits(router, (splits) => splits.each((split) => {
      const weight = split.at("weight");
      if (!STEPS.includes(weight.number ?? 0)) report(weight, `is ${shown(weight)}, must be one of ${STEPS.join(", ")}`);
    })),
  },
  {
    id: "release/canary-colors",
    title: "A canary divides between the two colors",
    items: ["strategy-bounds", "selectors-distinct"],
    severity: "high",
    frameworks: [],
    why: "A split to the live Service, or twice to one color, looks like a canary and is none: the gates compare the old version with itself.",
    mend: "Let the upstreams of the splits name the Services `app-blue` and `app-green`.",
    kinds: ROUTERS,
    relate: relateColors,
  },
];
