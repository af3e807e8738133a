/** Rules about the application and its releases. */
import { saysCredential } from "../../../components/application/credentialNames.ts";
import { canaryPods, nearestWeights } from "../../../components/release/canaryPods.ts";
import type { Config } from "../schema.ts";
import { duplicates, type Finding, type Rule, when } from "./rule.ts";

const replicasInOrder: Rule = {
  id: "replicas-in-order",
  title: "The application's fewest replicas are not more than its most.",
  reason: "the autoscaler refuses it",
  reads: ["app.replicas"],
  check: ({ app: { replicas } }) => when(replicas.min > replicas.max, () => ({ path: "app.replicas", given: `min ${replicas.min}, max ${replicas.max}`, allowed: "min ≤ max", mend: "put the two numbers in order" })),
};

const uploadsFit: Rule = {
  id: "uploads-fit",
  title: "The ingress lets the largest upload through.",
  reason: "the client would get 413 from NGINX for a file that the application allows",
  reads: ["app.security.uploadMaxMb", "ingress.bodyLimitMb"],
  check: ({ app, ingress }) => when(ingress.bodyLimitMb < app.security.uploadMaxMb, () => ({
    path: "ingress.bodyLimitMb", given: `${ingress.bodyLimitMb} MB, with app.security.uploadMaxMb ${app.security.uploadMaxMb}`, allowed: `${app.security.uploadMaxMb} MB or more`, mend: "raise the one or lower the other",
  })),
};

/** Seconds for requests that are under way when a pod stops serving. */
const DRAIN_SECONDS = 10;

const drainFits: Rule = {
  id: "drain-fits",
  title: `The grace period exceeds the pre-stop time by at least ${DRAIN_SECONDS} s.`,
  reason: "the pre-stop time counts into the grace period; requests under way would be cut off (Kubernetes, container lifecycle hooks)",
  reads: ["app.drain"],
  check: ({ app: { drain } }) => when(drain.gracePeriodSeconds < drain.preStopSeconds + DRAIN_SECONDS, () => ({
    path: "app.drain.gracePeriodSeconds", given: `${drain.gracePeriodSeconds} s, with preStopSeconds ${drain.preStopSeconds}`, allowed: `${drain.preStopSeconds + DRAIN_SECONDS} s or more`, mend: `set app.drain.gracePeriodSeconds to ${drain.preStopSeconds + DRAIN_SECONDS} or more`,
  })),
};

const tokensInOrder: Rule = {
  id: "tokens-in-order",
  title: "An access token lives shorter than a refresh token and no longer than the session.",
  reason: "nobody would ever refresh, or a token would outlive its session",
  reads: ["app.security.accessTokenSeconds", "app.security.refreshTokenSeconds", "app.security.sessionSeconds"],
  check: ({ app: { security } }) => {
    const { accessTokenSeconds: token, refreshTokenSeconds: refresh, sessionSeconds: session } = security;
    const path = "app.security.accessTokenSeconds";
    return [
      ...when(token >= refresh, () => ({ path, given: `${token} s, with refreshTokenSeconds ${refresh}`, allowed: `less than ${refresh} s`, mend: "shorten the access token" })),
      ...when(token > session, () => ({ path, given: `${token} s, with sessionSeconds ${session}`, allowed: `at most ${session} s`, mend: "shorten the access token" })),
    ];
  },
};

const limitsInOrder: Rule = {
  id: "limits-in-order",
  title: "The limit of an hour is not below the limit of a minute.",
  reason: "the limit of a minute could never be used",
  reads: ["app.security.requestsPerMinute", "app.security.requestsPerHour"],
  check: ({ app: { security } }) => when(security.requestsPerHour < security.requestsPerMinute, () => ({
    path: "app.security.requestsPerHour", given: `${security.requestsPerHour}, with requestsPerMinute ${security.requestsPerMinute}`, allowed: `${security.requestsPerMinute} or more`, mend: "raise the limit of the hour",
  })),
};

const deepCheckApart: Rule = {
  id: "deep-check-apart",
  title: "The deep check is neither the readiness nor the liveness probe.",
  reason: "a slow database would restart or unplug every pod at once",
  reads: ["app.health"],
  check: ({ app: { health } }) => when(health.deep === health.ready || health.deep === health.live, () => ({
    path: "app.health.deep", given: `"${health.deep}", which is also a probe`, allowed: "a path of its own", mend: "for example /health",
  })),
};

const settingsHoldNoSecrets: Rule = {
  id: "settings-hold-no-secrets",
  title: "Settings hold no credentials, and no variable is both a setting and a secret.",
  reason: "settings are in plain sight in a ConfigMap and in the state",
  reads: ["app.settings", "secrets.app"],
  check: ({ app, secrets }) => Object.keys(app.settings).flatMap((name) => [
    ...when(saysCredential(name), () => ({ path: `app.settings.${name}`, given: "a name that says credential (value not shown)", allowed: "variables that are no secrets", mend: `add ${name} to secrets.app and put its value into Secrets Manager` })),
    ...when(secrets.app.includes(name), () => ({ path: `app.settings.${name}`, given: "also in secrets.app", allowed: "one of the two", mend: `remove ${name} from app.settings` })),
  ]),
};

/** Variable that is filled from the cache's own secret (components/secrets.ts). */
const CACHE_SECRET = "REDIS_AUTH_TOKEN";

const secretsDistinct: Rule = {
  id: "secrets-distinct",
  title: "No application secret is named twice, or as the cache's, which the program brings.",
  reason: "two containers in Secrets Manager can not have one name, and a variable has one value",
  reads: ["secrets.app"],
  check: ({ secrets }) => [
    ...duplicates(secrets.app).map((name) => ({ path: "secrets.app", given: `${name} twice`, allowed: "each name once", mend: "remove one" })),
    ...when(secrets.app.includes(CACHE_SECRET), () => ({ path: "secrets.app", given: CACHE_SECRET, allowed: "any name but this", mend: `remove it: the application gets ${CACHE_SECRET} from the cache's own secret, whose value is redisAuthToken` })),
  ],
};

const canaryRises: Rule = {
  id: "canary-rises",
  title: "Canary weights rise and end at 100.",
  reason: "a step that does not rise tests nothing, and a release that does not end at 100 never ends",
  reads: ["release.canary.weights"],
  check: ({ release: { canary: { weights } } }) => when(weights.at(-1) !== 100 || weights.some((weight, index) => index > 0 && weight <= (weights[index - 1] ?? 0)), () => ({
    path: "release.canary.weights", given: `[${weights.join(", ")}]`, allowed: "rising numbers, the last 100", mend: "for example [5, 25, 50, 100]",
  })),
};

const canaryApplies: Rule = {
  id: "canary-applies",
  title: "A share of traffic goes to the idle color in a canary only, by its steps, and not while it is drained.",
  reason: "the gates of a canary know its steps, and one pod can not carry a share of all users",
  reads: ["release.strategy", "release.canary", "release.drainIdle"],
  check: ({ release: { strategy, canary: { weight, weights }, drainIdle } }) => {
    if (weight === undefined) return [];
    const steps = weights.filter((step) => step < 100);
    const path = "release.canary.weight";
    return [
      ...when(strategy !== "canary", () => ({ path, given: `${weight}, with release.strategy ${strategy}`, allowed: "nothing", mend: "remove it, or set release.strategy to canary" })),
      ...when(!steps.includes(weight), () => ({ path, given: `${weight}, with release.canary.weights [${weights.join(", ")}]`, allowed: steps.length === 0 ? "nothing" : `one of ${steps.join(", ")}`, mend: "use a step, or add it to release.canary.weights" })),
      ...when(drainIdle, () => ({ path, given: `${weight}, with release.drainIdle true`, allowed: "nothing", mend: "set release.drainIdle to false, update, and begin the canary then" })),
    ];
  },
};

const canaryOfPods: Rule = {
  id: "canary-of-pods",
  title: "By replicas, every step of a canary is a share that whole pods make exactly.",
  reason: "the share of a color is its share of the pods: another weight would be a promise that nobody keeps (components/release/canaryPods.ts)",
  reads: ["release.strategy", "release.canary", "app.replicas"],
  check: ({ release: { strategy, canary: { by, weight, weights } }, app: { replicas } }) => {
    if (strategy !== "canary" || by !== "replicas") return [];
    const impossible = (one: number) => canaryPods(one, replicas) === undefined;
    const finding = (path: string, one: number): Finding => {
      const nearest = nearestWeights(one, replicas);
      return {
        path, given: `${one}, with app.replicas ${replicas.min} to ${replicas.max}`, allowed: nearest.length === 0 ? "no weight at all" : `for example ${nearest.join(" or ")}, the nearest`,
        mend: nearest.length === 0 ? "raise app.replicas.max" : `use ${nearest.join(" or ")}, or raise app.replicas.max`,
      };
    };
    return [
      ...weights.flatMap((step, index) => when(step < 100 && impossible(step), () => finding(`release.canary.weights[${index}]`, step))),
      ...when(weight !== undefined && !weights.includes(weight) && impossible(weight), () => finding("release.canary.weight", weight ?? 0)),
    ];
  },
};

const rollingMoves: Rule = {
  id: "rolling-moves",
  title: "A rolling update may lack or add at least one replica, and never lacks all.",
  reason: "Kubernetes refuses an update that may do neither, and one that may lack all is an outage",
  reads: ["release.rolling", "app.replicas.min"],
  check: ({ release: { rolling }, app }) => [
    ...when(rolling.maxUnavailable === 0 && rolling.maxSurge === 0, () => ({ path: "release.rolling", given: "maxUnavailable 0, maxSurge 0", allowed: "at least one of them above 0", mend: "for example maxUnavailable 1, maxSurge 2" })),
    ...when(rolling.maxUnavailable >= app.replicas.min, () => ({ path: "release.rolling.maxUnavailable", given: `${rolling.maxUnavailable}, with app.replicas.min ${app.replicas.min}`, allowed: `at most ${app.replicas.min - 1}`, mend: "lower it" })),
  ],
};

/** Seconds that the gates of the chosen strategy take when all goes well until the last try. */
function gateSeconds({ release }: Config): [string, number] {
  const { attempts, intervalSeconds } = release.healthChecks;
  const steps = release.strategy === "canary" ? release.canary.weights.length * release.canary.stepSeconds : 0;
  const canary = steps === 0 ? "" : ` + ${release.canary.weights.length} steps × ${release.canary.stepSeconds} s`;
  return [`${attempts} checks × ${intervalSeconds} s + ${release.verifySeconds} s watch${canary}`, attempts * intervalSeconds + release.verifySeconds + steps];
}

const gatesFit: Rule = {
  id: "gates-fit",
  title: "All gates of a deployment fit its time budget.",
  reason: "the budget would end a deployment that is well",
  reads: ["release.strategy", "release.healthChecks", "release.verifySeconds", "release.canary", "release.budgetSeconds"],
  check: (config) => {
    const [terms, seconds] = gateSeconds(config);
    return when(seconds > config.release.budgetSeconds, () => ({
      path: "release.budgetSeconds", given: `${config.release.budgetSeconds} s, while the gates take up to ${seconds} s (${terms})`, allowed: `${seconds} s or more`, mend: "raise the budget, or check less often or shorter",
    }));
  },
};

const schemaInRange: Rule = {
  id: "schema-in-range",
  title: "An image runs on the schema that its own migrations make.",
  reason: "the migrations run before its pods, which could then never go live",
  reads: ["release.schema"],
  check: ({ release: { schema = {} } }) => Object.entries(schema).flatMap(([color, one]) => when(one !== undefined && (one.oldest > one.version || one.version > one.newest), () => ({
    path: `release.schema.${color}`, given: `version ${one?.version}, oldest ${one?.oldest}, newest ${one?.newest}`, allowed: "oldest ≤ version ≤ newest", mend: "correct the three numbers",
  }))),
};

const signalsReadable: Rule = {
  id: "signals-readable",
  title: "Signals that gates must have come from a Prometheus of the stack's own.",
  reason: "commands find it as Service prometheus in the namespace monitoring; of another one they know neither the way nor what it scrapes, and every release would hold until its budget is used up",
  reads: ["release.signals.use", "images.prometheus"],
  check: ({ release: { signals }, images }) => when(signals.use === "required" && images.prometheus === undefined, () => ({
    path: "release.signals.use", given: "required, without images.prometheus", allowed: "whenPresent or off", mend: "give images.prometheus, or set release.signals.use to whenPresent",
  })),
};

export const releaseRules = [
  replicasInOrder, uploadsFit, drainFits, tokensInOrder, limitsInOrder, deepCheckApart, settingsHoldNoSecrets, secretsDistinct, canaryRises, canaryApplies, canaryOfPods, rollingMoves, gatesFit, schemaInRange, signalsReadable,
];
