/** The web ACL: what it must hold, that it blocks, and what it logs. */
import type { Resource, Stack } from "../resource.ts";
import { is, type Report, type Rule, shown } from "../rule.ts";
import type { Value } from "../value.ts";

const ACL = "aws:wafv2:WebAcl";
const RULE = "aws:wafv2:WebAclRule";
const ASSOCIATION = "aws:wafv2:WebAclRuleGroupAssociation";

const COMMON = "AWSManagedRulesCommonRuleSet";
const GROUPS = [COMMON, "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesSQLiRuleSet"];

/**
 * Rules that may count, because uploads of 50 MB and of SVG or XML break them, and the label by which a rule of our own
 * blocks all the same on every other route (WAF developer guide, baseline rule groups).
 */
const BODY_RULES: Readonly<Record<string, string>> = {
  SizeRestrictions_BODY: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body",
  CrossSiteScripting_BODY: "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body",
};

/** Cloud and hosting addresses carry partners, monitors and load tests. */
const MAY_COUNT = "HostingProviderIPList";

/** The ingress allows one client 10 requests a second; over a longer time nobody needs more. */
const REQUESTS_PER_SECOND = 10;
/** Default of `evaluationWindowSec`. */
const WINDOW = 300;

function rulesOf(acl: Resource, stack: Stack): Value[] {
  return [...acl.at("rules").items, ...stack.pointing(RULE, "webAclArn", acl)];
}

/** Managed groups of a web ACL, wherever they are declared. */
function managedOf(acl: Resource, stack: Stack): Value[] {
  const inRules = rulesOf(acl, stack).map((rule) => rule.at("statement.managedRuleGroupStatement"));
  const apart = stack.pointing(ASSOCIATION, "webAclArn", acl).map((association) => association.at("managedRuleGroup"));
  return [...inRules, ...apart];
}

/** A group that looks at part of the requests only does not count; the common one may leave out a route. */
function covers(group: Value, name: string): boolean {
  const scope = group.at("scopeDownStatement");
  return group.at("name").text === name && group.at("vendorName").text === "AWS"
    && (!scope.exists || (name === COMMON && exceptsRoute(scope)));
}

/** Requests of a route that is named. */
function isRoute(statement: Value): boolean {
  const match = statement.at("byteMatchStatement");
  return match.at("fieldToMatch.uriPath").exists && (match.at("searchString").text?.length ?? 0) > 1;
}

/** Everything but a route that is named. */
function exceptsRoute(statement: Value): boolean {
  return isRoute(statement.at("notStatement.statement"));
}

/** Whether all requests that a statement matches are of routes that are named as a whole or by their beginning. */
function onlyRoutes(statement: Value): boolean {
  const either = statement.at("orStatement.statements").items;
  if (either.length > 0) return either.every(onlyRoutes);
  return statement.at("andStatement.statements").items.some(onlyRoutes)
    || (isRoute(statement) && ["EXACTLY", "STARTS_WITH"].includes(statement.at("byteMatchStatement.positionalConstraint").text ?? ""));
}

/** Whether a statement matches all requests with a label, except on named routes. */
function catches(statement: Value, label: string): boolean {
  if (statement.at("labelMatchStatement.key").text === label) return true;
  if (statement.at("orStatement.statements").items.some((one) => catches(one, label))) return true;
  const parts = statement.at("andStatement.statements").items;
  return parts.some((one) => catches(one, label)) && parts.every((one) => catches(one, label) || exceptsRoute(one));
}

function managedGroups(acl: Resource, stack: Stack, report: Report): void {
  const groups = managedOf(acl, stack);
  for (const name of GROUPS) {
    if (!groups.some((group) => covers(group, name))) report(acl.at("rules"), `does not put every request through ${name}`);
  }
}

/** What looks at requests: managed groups, and limits of rates. */
function isGuard(rule: Value): boolean {
  return ["managedRuleGroupStatement", "rateBasedStatement"].some((kind) => rule.at("statement").key(kind).exists);
}

/** The first rule that allows a request is the last that sees it. */
function allowedUnseen(acl: Resource, stack: Stack, report: Report): void {
  const rules = rulesOf(acl, stack);
  const guards = [...rules.filter(isGuard), ...stack.pointing(ASSOCIATION, "webAclArn", acl)];
  const last = Math.max(...guards.map((rule) => rule.at("priority").number ?? Infinity));
  for (const rule of rules.filter((one) => one.at("action.allow").exists)) {
    acl.try(() => {
      if ((rule.at("priority").number ?? 0) < last && !onlyRoutes(rule.at("statement"))) report(rule, "allows requests before every managed group and rate limit saw them, and names no route");
    });
  }
}

function overrides(acl: Resource, stack: Stack, report: Report): void {
  const statements = rulesOf(acl, stack).filter((rule) => rule.at("action.block").exists).map((rule) => rule.at("statement"));
  for (const group of managedOf(acl, stack)) {
    group.at("ruleActionOverrides").each((override) => {
      const name = String(override.at("name").text);
      const label = BODY_RULES[name];
      const replaced = label !== undefined && statements.some((statement) => catches(statement, label));
      const counts = override.at("actionToUse.count").exists;
      if (override.at("actionToUse.allow").exists || (counts && name !== MAY_COUNT && !replaced)) {
        report(override, `keeps ${shown(override.at("name"))} from blocking${label === undefined ? "" : "; a rule of the web ACL must block its label on every route but the upload"}`);
      }
    });
  }
}

/** What keeps a rate-based rule from being the limit for every client. */
function weakness(rule: Value): string | undefined {
  const limit = rule.at("statement.rateBasedStatement");
  if (!rule.at("action.block").exists) return "does not block";
  if (limit.at("scopeDownStatement").exists) return "counts part of the requests only";
  if ((limit.at("aggregateKeyType").text ?? "IP") !== "IP") return `counts by ${shown(limit.at("aggregateKeyType"))}, not by the address that a client can not choose`;
  const most = REQUESTS_PER_SECOND * (limit.at("evaluationWindowSec").number ?? WINDOW);
  return (limit.at("limit").number ?? Infinity) <= most ? undefined : `allows ${shown(limit.at("limit"))} requests, must be at most ${most}`;
}

function rateLimit(acl: Resource, stack: Stack, report: Report): void {
  const limits = rulesOf(acl, stack).filter((rule) => rule.at("statement.rateBasedStatement").exists);
  if (limits.length === 0) report(acl.at("rules"), "has no rate-based rule");
  const weak = limits.map(weakness);
  if (weak.every((one) => one !== undefined)) limits.forEach((rule, index) => report(rule, `${weak[index] ?? ""}; one rate-based rule must block each client`));
}

/** The group's own decision is kept, not turned into counting. */
function blocking(holder: Resource, report: Report): void {
  for (const rule of holder.is(ACL) ? holder.at("rules").items : [holder]) {
    holder.try(() => {
      if (rule.at("overrideAction").text === "count" || rule.at("overrideAction.count").exists) report(rule.at("overrideAction"), "is count, must be none: the group would block nothing");
    });
  }
}

function redaction(logging: Resource, report: Report): void {
  const redacted = logging.at("redactedFields").items.map((field) => field.at("singleHeader.name").text?.toLowerCase());
  for (const header of ["authorization", "cookie"]) {
    if (!redacted.includes(header)) report(logging.at("redactedFields"), `does not redact the header ${header}`);
  }
}

export const waf: Rule[] = [
  {
    id: "edge/waf-managed-groups",
    title: "The web ACL puts every request through AWS's managed rule groups",
    items: ["waf"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 6.4.2"],
    why: "The groups hold what is known of attacks, kept up to date by AWS: without them the web ACL stops nothing but floods.",
    mend: `Add rules with \`managedRuleGroupStatement\` for ${GROUPS.join(", ")}; only the common one may leave out a route.`,
    kinds: [ACL],
    relate: managedGroups,
  },
  {
    id: "edge/waf-allow",
    title: "No rule of the web ACL lets requests past the managed groups and rate limits, but on named routes",
    items: ["waf", "edge-rate-limits"],
    severity: "high",
    frameworks: [],
    why: "WAF asks its rules in the order of their priority and stops at the first that allows: whatever such a rule matches, a country or a header, is seen by no rule behind it.",
    mend: "Give the rule a `priority` behind the groups and limits, or let its statement name a path by a `byteMatchStatement` on `uriPath` that is EXACTLY or STARTS_WITH.",
    kinds: [ACL],
    relate: allowedUnseen,
  },
  {
    id: "edge/waf-blocking",
    title: "Managed rule groups block instead of counting",
    items: ["waf"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 6.4.2"],
    why: "Counting is how a new group is tried out; left so, the attack is in the metrics and in the database.",
    mend: "Set `overrideAction: { none: {} }`.",
    kinds: [ACL, RULE, ASSOCIATION],
    check: blocking,
  },
  {
    id: "edge/waf-overrides",
    title: "No managed rule is kept from blocking, but the body rules on the upload route",
    items: ["waf"],
    severity: "high",
    frameworks: [],
    why: "A rule switched to counting because of one false alarm is off for every route and for ever; the reason is forgotten, the hole stays.",
    mend: "Remove the entry of `ruleActionOverrides`; for SizeRestrictions_BODY and CrossSiteScripting_BODY add a rule that blocks their labels except on the upload path.",
    kinds: [ACL],
    relate: overrides,
  },
  {
    id: "edge/waf-rate-limit",
    title: "A rate-based rule blocks every client that asks too much",
    items: ["edge-rate-limits", "waf"],
    severity: "high",
    frameworks: [],
    why: "A flood that only NGINX refuses still passes CloudFront, the load balancer and its connections, and is paid for; password guessing has no other brake.",
    mend: `Add a rule with \`rateBasedStatement\` and \`action: { block }\` for all requests and \`aggregateKeyType: "IP"\`, at most ${REQUESTS_PER_SECOND} requests a second over \`evaluationWindowSec\`.`,
    kinds: [ACL],
    relate: rateLimit,
  },
  {
    id: "edge/waf-metrics",
    title: "The web ACL and its rules have metrics",
    items: ["waf", "monitoring-coverage"],
    severity: "low",
    frameworks: ["FSBP: WAF.12"],
    why: "Without metrics no alarm tells of an attack, nor of a rule that suddenly blocks customers.",
    mend: "Set `visibilityConfig.cloudwatchMetricsEnabled: true` on the web ACL and on each rule.",
    kinds: [ACL, RULE, ASSOCIATION],
    check: (holder, report) => {
      for (const place of [holder, ...(holder.is(ACL) ? holder.at("rules").items : [])]) {
        holder.try(() => {
          const metrics = place.at("visibilityConfig.cloudwatchMetricsEnabled");
          const wrong = is(true)(metrics);
          if (wrong !== undefined) report(metrics, wrong);
        });
      }
    },
  },
  {
    id: "edge/waf-log",
    title: "Every web ACL logs what it sees",
    items: ["waf", "audit-trail"],
    severity: "medium",
    frameworks: [],
    why: "Without the log a block can not be told from a false alarm, and after an intrusion nobody sees which requests came through.",
    mend: "Declare a `WebAclLoggingConfiguration` with the ARN of the web ACL and a log group whose name begins with `aws-waf-logs-`.",
    kinds: [ACL],
    relate: (acl, stack, report) => {
      if (stack.pointing("aws:wafv2:WebAclLoggingConfiguration", "resourceArn", acl).length === 0) report(acl, "has no logging configuration");
    },
  },
  {
    id: "edge/waf-log-redaction",
    title: "The log of the web ACL leaves out what could log somebody in",
    items: ["waf", "secrets"],
    severity: "high",
    frameworks: [],
    why: "The log holds every header: with `Authorization` and `Cookie` in it, whoever may read logs may act as any user of the last hour.",
    mend: "List `singleHeader` `authorization` and `cookie` in `redactedFields`.",
    kinds: ["aws:wafv2:WebAclLoggingConfiguration"],
    check: redaction,
  },
];
