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

/** The variable by which SDKs of error tracking know where to send. */
const DSN = "SENTRY_DSN";

const errorsLeadThere: Rule = {
  id: "errors-lead-there",
  title: "Error tracking has its DSN among the secrets of the application, and the DSN leads to the named host.",
  reason: "errors hold what users typed, and whoever has the DSN of somebody else's project sends them there",
  reads: ["monitoring.errorTracking", "secrets.app", "appSecrets"],
  check: ({ monitoring: { errorTracking }, secrets, appSecrets }) => {
    const isNamed = secrets.app.includes(DSN);
    const leadsTo = hostOf(appSecrets?.[DSN]);
    return [
      ...when(errorTracking !== undefined && !isNamed, () => ({ path: "secrets.app", given: `no ${DSN}, while monitoring.errorTracking is set`, allowed: `a list with ${DSN}`, mend: `add ${DSN} to secrets.app, and pulumi config set --path --secret appSecrets.${DSN} --stack <stack>` })),
      ...when(errorTracking === undefined && isNamed, () => ({ path: "monitoring.errorTracking", given: `nothing, while secrets.app has ${DSN}`, allowed: "the host of that DSN", mend: "set monitoring.errorTracking.host" })),
      ...when(errorTracking !== undefined && leadsTo !== undefined && leadsTo !== errorTracking.host, () => ({ path: `appSecrets.${DSN}`, given: "a DSN of another host (not shown)", allowed: `one of ${errorTracking?.host}`, mend: "correct the DSN or monitoring.errorTracking.host" })),
    ];
  },
};

/** A DSN is an https address with a key in it; what is none, such as a placeholder, is not judged. */
function hostOf(dsn: string | undefined): string | undefined {
  return dsn !== undefined && URL.canParse(dsn) ? new URL(dsn).hostname : undefined;
}

export const observabilityRules = [grafanaWhole, tracesTaken, errorsLeadThere];
