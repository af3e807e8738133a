/** Releases: two colors that stay apart, and strategies with bounds. */
import { picks } from "../labels.ts";
import { podTemplate } from "../pods.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import { any, matching } from "../search.ts";
import type { Value } from "../value.ts";
import { boundRules } from "./releaseBounds.ts";
import { canaryRules } from "./releaseCanary.ts";
import { BUDGET, colored, colorOf, COLORS, DEPLOYMENT, HPA, isLive, openFor, podColor, SERVICE, STRATEGY } from "./releaseParts.ts";
import { relateShares } from "./releaseShares.ts";
import { podLabels } from "./workloadParts.ts";

function selectorColor(service: Resource): Value {
  return service.at("spec.selector.color");
}

/** Whether a color is meant to be there: the strategy says so, or a part of it is declared. */
function isMeant(service: Resource, color: string, stack: Stack): boolean {
  if (service.at("metadata.annotations").key(STRATEGY).text === "blueGreen") return true;
  return any(stack.inNamespace(service.namespace, SERVICE, HPA, BUDGET), (one) => one.objectName === `${service.objectName}-${color}`);
}

function relateBoth(service: Resource, stack: Stack, report: Report): void {
  const declared = stack.inNamespace(service.namespace, DEPLOYMENT);
  for (const color of COLORS) {
    service.try(() => {
      const isThere = any(declared, (deployment) => podColor(deployment).text === color);
      if (!isThere && isMeant(service, color, stack)) report(service, `has no Deployment for ${color}, so there is nothing to release into or to go back to`);
    });
  }
}

/** A selector without a color takes the pods of both; a canary that says so may, with pods that make its share. */
function relateNamesColor(service: Resource, stack: Stack, report: Report): void {
  const selector = service.at("spec.selector");
  if (selectorColor(service).exists) return;
  const taken = matching(stack.inNamespace(service.namespace, DEPLOYMENT), (deployment) => podColor(deployment).exists && picks(selector, podLabels(deployment)));
  const canary = openFor(service);
  if (canary !== undefined) relateShares(service, canary, taken, stack, report);
  else if (taken.length > 0) report(selector, `names no color, and takes the pods of ${taken.map((one) => one.objectName).join(" and ")}`);
}

/** Where no Deployment has a color at all, the selector is of something else. */
function relateLive(service: Resource, stack: Stack, report: Report): void {
  const color = selectorColor(service);
  const colors = stack.inNamespace(service.namespace, DEPLOYMENT).map(podColor);
  if (any(colors, (one) => one.exists) && !any(colors, (one) => one.text === color.text)) report(color, `is ${shown(color)}, which no Deployment of the namespace has`);
}

/** Fields that make a color behave otherwise under the same traffic. */
const ALIKE = ["ports", "startupProbe", "readinessProbe", "livenessProbe", "resources", "securityContext", "lifecycle"];

/** Whether two places hold the same. @throws Undecided */
function same(one: Value, other: Value): boolean {
  const [a, b] = [one.entries, other.entries];
  const [c, d] = [one.items, other.items];
  if (Array.isArray(one.raw)) return c.length === d.length && c.every((item, index) => same(item, other.key(index)));
  if (a.length > 0) return a.length === b.length && a.every(([key, value]) => same(value, other.key(key)));
  return one.raw === other.raw;
}

function relateAlike(deployment: Resource, stack: Stack, report: Report): void {
  const stem = deployment.objectName.replace(/-green$/, "");
  const blue = stack.inNamespace(deployment.namespace, DEPLOYMENT).find((one) => one.objectName === `${stem}-blue`);
  if (blue === undefined) return;
  const containers = (one: Resource): Value => podTemplate(one).at("spec.containers");
  containers(deployment).each((container, index) => {
    for (const field of ALIKE) {
      container.try(() => {
        if (!same(container.key(field), containers(blue).key(index).key(field))) report(container.key(field), `differs from that of ${blue.objectName}`);
      });
    }
  });
}

const colorRules: Rule[] = [
  {
    id: "release/both-colors",
    title: "Both colors are declared",
    items: ["colors-declared"],
    severity: "critical",
    frameworks: [],
    why: "A flip to a color without pods takes the application down; without the other color there is nothing to go back to.",
    mend: "Declare a Deployment for each of blue and green in the namespace of the live Service, with the label `color` on its pods.",
    closed: true,
    kinds: [SERVICE],
    applies: (service) => isLive(service) || openFor(service) !== undefined,
    relate: relateBoth,
  },
  {
    id: "release/selector-names-color",
    title: "No Service takes the pods of both colors",
    items: ["selectors-distinct"],
    severity: "critical",
    frameworks: [],
    why: "A Service that selects by the application's name alone sends users to the old and the new version at once, and a flip changes nothing.",
    mend: "Add `color` to `spec.selector`; or, for a canary by replicas, let its annotation `golive.dev/canary` name color and percent, and the autoscalers hold both colors at numbers that make it.",
    closed: true,
    kinds: [SERVICE],
    // Without a selector somebody else writes the endpoints.
    applies: (service) => service.at("spec.selector").entries.length > 0,
    relate: relateNamesColor,
  },
  {
    id: "release/live-selector",
    title: "The color that a Service names is one that is declared",
    items: ["live-selector"],
    severity: "critical",
    frameworks: [],
    why: "Traffic that is flipped to a color that does not exist is answered by nobody: the outage starts with the update and ends with the rollback.",
    mend: "Set `spec.selector.color` to the color of a Deployment in the same namespace.",
    closed: true,
    kinds: [SERVICE],
    applies: (service) => selectorColor(service).exists,
    relate: relateLive,
  },
  {
    id: "release/fixed-service",
    title: "The Service of a color selects that color",
    items: ["selectors-distinct"],
    severity: "high",
    frameworks: [],
    why: "Checks and smoke tests look at `app-green` to judge green; when it selects blue they pass on the old version, and the new one goes live unseen.",
    mend: "Set `spec.selector.color` of a Service named `…-blue` to blue, of `…-green` to green.",
    kinds: [SERVICE],
    applies: (service) => colorOf(service) !== undefined,
    check: (service, report) => {
      const color = selectorColor(service);
      const named = colorOf(service);
      if (color.text !== named) report(color, `is ${shown(color)}, must be "${named ?? ""}" as its name says`);
    },
  },
  {
    id: "release/color-label",
    title: "The pods of a color carry its label",
    items: ["selectors-distinct"],
    severity: "high",
    frameworks: [],
    why: "Services, budgets and dashboards tell the colors by the label `color`; pods that carry the other one get its traffic and its blame.",
    mend: "Set the label `color` of the pods' template, and of the selector, to the color in the Deployment's name.",
    kinds: [DEPLOYMENT],
    applies: (deployment) => colorOf(deployment) !== undefined,
    check: (deployment, report) => {
      const color = podColor(deployment);
      const named = colorOf(deployment);
      if (color.text !== named) report(color, `is ${shown(color)}, must be "${named ?? ""}" as its name says`);
    },
  },
  {
    id: "release/own-service",
    title: "Each color has a Service of its own",
    items: ["colors-declared"],
    severity: "medium",
    frameworks: [],
    why: "The idle color is tested on its own Service before it gets traffic; without one nobody can look at it but users.",
    mend: "Declare a Service named as the Deployment, with the color in its selector.",
    kinds: [DEPLOYMENT],
    applies: colored,
    relate: (deployment, stack, report) => {
      const name = deployment.objectName;
      const found = any(stack.inNamespace(deployment.namespace, SERVICE), (service) => service.objectName === name && picks(service.at("spec.selector"), podLabels(deployment)));
      if (!found) report(deployment, `has no Service ${name} that selects its pods`);
    },
  },
  {
    id: "release/own-autoscaler",
    title: "Each color scales by itself",
    items: ["colors-declared", "replicas"],
    severity: "medium",
    frameworks: [],
    why: "A color without an autoscaler meets the traffic of all users with the pods that it was tested with.",
    mend: "Declare a HorizontalPodAutoscaler for each color's Deployment.",
    kinds: [DEPLOYMENT],
    applies: colored,
    relate: (deployment, stack, report) => {
      const found = any(stack.inNamespace(deployment.namespace, HPA), (hpa) => hpa.at("spec.scaleTargetRef.name").text === deployment.objectName);
      if (!found) report(deployment, "has no HorizontalPodAutoscaler");
    },
  },
  {
    id: "release/colors-alike",
    title: "The colors differ in image and configuration only",
    items: ["strategy-bounds"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "What was tested on the idle color under other probes or limits says little of how it behaves when it is live.",
    mend: "Give both colors the same ports, probes, resources, lifecycle and security context.",
    kinds: [DEPLOYMENT],
    applies: (deployment) => colorOf(deployment) === "green",
    relate: relateAlike,
  },
];

export const rules: Rule[] = [...colorRules, ...boundRules, ...canaryRules];
