/** Rules about what people look at, and what is collected for them. */
import type { Config } from "../schema.ts";
import { type Rule, when } from "./rule.ts";

const grafanaWhole: Rule = {
  id: "grafana-whole",
  title: "Grafana has its image, its address, its single sign-on and the client secret of it, or none of the last two.",
  reason: "single sign-on is the only way in, and the identity provider sends people back to that address",
  reads: ["images", "monitoring.grafana", "monitoring.links", "grafanaClientSecret"],
  check: (config) => {
    const isOurs = config.images.grafana !== undefined;
    return Object.entries(partsOfGrafana(config)).flatMap(([path, { isGiven, isOnlyOurs, mend }]) => [
      ...when(isOurs && !isGiven, () => ({ path, given: "nothing, while images.grafana is set", allowed: "a value", mend })),
      ...when(!isOurs && isGiven && isOnlyOurs, () => ({ path, given: "a value, while images.grafana is not set", allowed: "nothing", mend: `set images.grafana, or remove ${path}` })),
    ]);
  },
};

function partsOfGrafana({ monitoring, grafanaClientSecret }: Config): Record<string, { isGiven: boolean; isOnlyOurs: boolean; mend: string }> {
  return {
    "monitoring.grafana": { isGiven: monitoring.grafana !== undefined, isOnlyOurs: true, mend: "set the addresses of the identity provider, clientId and groups" },
    // Alerts may lead to a Grafana that is somebody else's.
    "monitoring.links.grafana": { isGiven: monitoring.links?.grafana !== undefined, isOnlyOurs: false, mend: "set monitoring.links.grafana: https://localhost:3000, where people come by port-forward" },
    grafanaClientSecret: { isGiven: grafanaClientSecret !== undefined, isOnlyOurs: true, mend: "pulumi config set --secret grafanaClientSecret --stack <stack>" },
  };
}

const tracesTaken: Rule = {
  id: "traces-taken",
  title: "An address for traces is given where a collector sends there.",
  reason: "without images.otelCollector no traces are made, and nobody would see why that address stays empty",
  reads: ["images", "monitoring.traces"],
  check: ({ images, monitoring: { traces } }) => when(traces?.endpoint !== undefined && images.otelCollector === undefined, () => ({
    path: "monitoring.traces.endpoint", given: "an address, while images.otelCollector is not set", allowed: "nothing", mend: "set images.otelCollector, or remove monitoring.traces",
  })),
};

export const observabilityRules = [grafanaWhole, tracesTaken];
