/** Rules about people, the way in and what watches. */
import { ecrRepository } from "../../../components/maintenance/ecr.ts";
import { ALERT_NAMES } from "../../../components/monitoring/alerts/names.ts";
import { type Rule, when } from "./rule.ts";

const pagerHasUrl: Rule = {
  id: "pager-has-url",
  title: "The pager's URL is given exactly when the pager is on.",
  reason: "a pager without a URL pages nobody",
  reads: ["notifications.pager", "pagerUrl"],
  check: ({ notifications, pagerUrl }) => [
    ...when(notifications.pager && pagerUrl === undefined, () => ({ path: "pagerUrl", given: "nothing, while notifications.pager is true", allowed: "a Pulumi secret", mend: "pulumi config set --secret pagerUrl --stack <stack> \"$PAGER_URL\", or set notifications.pager: false" })),
    ...when(!notifications.pager && pagerUrl !== undefined, () => ({ path: "notifications.pager", given: "false, while the secret pagerUrl is set", allowed: "true", mend: "set notifications.pager: true, or pulumi config rm pagerUrl --stack <stack>" })),
  ],
};

const dastTargetSaid: Rule = {
  id: "dast-target-said",
  title: "In production the target of the penetration test is said.",
  reason: "without a target it attacks the stack's own domain, which nobody should do to production by accident",
  reads: ["environment", "maintenance.dastTarget", "edge.domain"],
  check: ({ environment, maintenance, edge }) => when(environment === "production" && maintenance.dastTarget === undefined, () => ({
    path: "maintenance.dastTarget", given: `nothing, so ${edge.domain}`, allowed: "a host, best a staging host", mend: `for example maintenance.dastTarget: staging.${edge.domain}; to attack production say so: maintenance.dastTarget: ${edge.domain}`,
  })),
};

const breakGlassApart: Rule = {
  id: "break-glass-apart",
  title: "Who may break the glass is not who may come in every day.",
  reason: "a lost everyday identity would open everything",
  reads: ["access.peopleTrust", "access.breakGlassTrust"],
  check: ({ access }) => access.breakGlassTrust.flatMap((arn, index) => when(access.peopleTrust.includes(arn), () => ({
    path: `access.breakGlassTrust[${index}]`, given: `"${arn}", also in access.peopleTrust`, allowed: "principals of its own", mend: "make a principal for emergencies only",
  }))),
};

const trustExact: Rule = {
  id: "trust-exact",
  title: "Roles trust exact principals: no wildcards, no whole account.",
  reason: "IAM takes no wildcard inside a principal, and :root trusts everybody whom that account allows",
  reads: ["access.peopleTrust", "access.breakGlassTrust"],
  check: ({ access }) => (["peopleTrust", "breakGlassTrust"] as const).flatMap((list) => access[list].flatMap((arn, index) =>
    when(arn.includes("*") || arn.endsWith(":root"), () => ({ path: `access.${list}[${index}]`, given: `"${arn}"`, allowed: "the ARN of a role, user or SAML provider", mend: "name the principal itself" })))),
};

const imagesScanned: Rule = {
  id: "images-scanned",
  title: "Outside of development every image is in ECR.",
  reason: "the weekly vulnerability scan reads the findings that ECR keeps, and no other registry's",
  reads: ["environment", "images"],
  check: ({ environment, images }) => (environment === "development" ? [] : Object.entries(images).flatMap(([name, image]) => when(image !== undefined && ecrRepository(image) === undefined, () => ({
    path: `images.${name}`, given: `"${image}"`, allowed: `an image of <account>.dkr.ecr.<region>.amazonaws.com in ${environment}`, mend: "mirror it to ECR (or use a pull-through cache) and name it there, by the same digest",
  })))),
};

const delegationsBelow: Rule = {
  id: "delegations-below",
  title: "Only names below the domain are delegated.",
  reason: "a zone answers for its own names; another name is delegated where its parent is",
  reads: ["edge.delegations", "edge.domain"],
  check: ({ edge }) => Object.keys(edge.delegations ?? {}).flatMap((host) => when(!host.endsWith(`.${edge.domain}`), () => ({
    path: `edge.delegations.${host}`, given: `"${host}"`, allowed: `names that end with .${edge.domain}`, mend: "delegate it in the zone of its own parent",
  }))),
};

/** The part of a path pattern before its first wildcard. */
function fixedPart(pattern: string): string {
  return pattern.split("*")[0] ?? "";
}

const pathsApart: Rule = {
  id: "edge-paths-apart",
  title: "Static paths, files and uploads do not overlap.",
  reason: "CloudFront takes the first path that matches: uploads would be refused by a cached path, files served from the wrong origin",
  reads: ["edge.staticPaths", "edge.filesPath", "edge.uploadPath"],
  check: ({ edge }) => {
    const paths: [string, string][] = [
      ...edge.staticPaths.map((pattern, index): [string, string] => [`edge.staticPaths[${index}]`, pattern]),
      ["edge.filesPath", edge.filesPath], ["edge.uploadPath", edge.uploadPath],
    ];
    const covers = (outer: string, other: string) => outer === other || (outer.includes("*") && fixedPart(other).startsWith(fixedPart(outer)));
    return paths.flatMap(([path, pattern], index) => paths.slice(0, index).filter(([, other]) => covers(pattern, other) || covers(other, pattern)).map(([otherPath, other]) => ({
      path, given: `"${pattern}", which overlaps ${otherPath} "${other}"`, allowed: "paths apart from each other", mend: "give it a path of its own",
    })));
  },
};

const wafAboveIngress: Rule = {
  id: "healthy-burst",
  title: "The ingress burst is not above what the WAF lets through in five minutes.",
  reason: "the WAF would block a client for a burst that the ingress serves",
  reads: ["edge.rateLimitPer5Minutes", "ingress.burst"],
  check: ({ edge, ingress }) => when(ingress.burst > edge.rateLimitPer5Minutes, () => ({
    path: "ingress.burst", given: `${ingress.burst}, with edge.rateLimitPer5Minutes ${edge.rateLimitPer5Minutes}`, allowed: `at most ${edge.rateLimitPer5Minutes}`, mend: "lower the burst, or raise the WAF's limit",
  })),
};

const sessionsNotCleaned: Rule = {
  id: "sessions-not-cleaned",
  title: "The cache cleanup touches no sessions.",
  reason: "everybody would be logged out",
  reads: ["maintenance.cachePrefixes"],
  check: ({ maintenance }) => maintenance.cachePrefixes.flatMap((prefix, index) => when(/^sess/i.test(prefix) || "session:".startsWith(prefix) || /[*?[\]]/.test(prefix), () => ({
    path: `maintenance.cachePrefixes[${index}]`, given: JSON.stringify(prefix), allowed: "a plain prefix that sessions do not have", mend: "for example cache:",
  }))),
};

const alertNamesApart: Rule = {
  id: "alert-names-apart",
  title: "An alert rule of the team does not take the name of one that the program brings.",
  reason: "alerts of one name are grouped, silenced and explained together: the page would lead to the wrong runbook",
  reads: ["monitoring.alertRules"],
  check: ({ monitoring }) => Object.keys(monitoring.alertRules).filter((name) => ALERT_NAMES.has(name)).map((name) => ({
    path: `monitoring.alertRules.${name}`, given: `the name "${name}"`, allowed: "any name that has no runbook in docs/runbooks", mend: "choose another name",
  })),
};

export const operationsRules = [imagesScanned, delegationsBelow, pagerHasUrl, dastTargetSaid, breakGlassApart, trustExact, pathsApart, wafAboveIngress, sessionsNotCleaned, alertNamesApart];
