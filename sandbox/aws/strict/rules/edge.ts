/** WAF, Route 53, CloudFront, ACM. */
import { isObject, isUnknown } from "../../values.ts";
import { absent, block, blocks, items, number, text, type Fail, type Props, type Rule, type Rules } from "./rule.ts";

/** WAF API, Rule: unique names and priorities; RateBasedStatement Limit: 10 to 2,000,000,000. */
const wafRules: Rule = (props, fail) => {
  const seen = { name: new Set<unknown>(), priority: new Set<unknown>() };
  for (const [index, rule] of blocks(props.rules)) {
    for (const property of ["name", "priority"] as const) {
      const value = rule[property];
      if (absent(value) || isUnknown(value)) continue;
      if (seen[property].has(value)) fail(`rules[${index}].${property}`, `${String(value)} is used by another rule; it must be unique.`);
      seen[property].add(value);
    }
    checkAction(rule, `rules[${index}]`, fail);
    checkStatement(block(rule.statement), `rules[${index}].statement`, fail);
  }
};

/** WAF API, Rule: rule-group statements take overrideAction, all others action. */
function checkAction(rule: Props, at: string, fail: Fail): void {
  if (absent(rule.statement) || isUnknown(rule.statement)) return;
  const statement = block(rule.statement);
  const group = !absent(statement.managedRuleGroupStatement) || !absent(statement.ruleGroupReferenceStatement);
  const [needed, wrong] = group ? ["overrideAction", "action"] : ["action", "overrideAction"];
  if (absent(rule[needed])) fail(`${at}.${needed}`, `Needed for ${group ? "a rule group" : "this statement"}.`);
  if (!absent(rule[wrong])) fail(`${at}.${wrong}`, `Not for ${group ? "a rule group" : "this statement"}; use ${needed}.`);
}

/** A statement is of exactly one kind; nested ones are looked into. */
function checkStatement(statement: Props, at: string, fail: Fail): void {
  const kinds = Object.keys(statement).filter((kind) => !absent(statement[kind]));
  if (kinds.length > 1) fail(at, `A statement is of one kind; ${kinds.join(" and ")} are given.`);
  const rate = block(statement.rateBasedStatement);
  const limit = number(rate.limit);
  if (limit !== undefined && (limit < 10 || limit > 2_000_000_000)) fail(`${at}.rateBasedStatement.limit`, `${limit} requests is outside 10 to 2,000,000,000.`);
  for (const kind of kinds) {
    const inner = block(statement[kind]);
    for (const name of ["scopeDownStatement", "statement"]) if (isObject(inner[name])) checkStatement(block(inner[name]), `${at}.${kind}.${name}`, fail);
    const parts = blocks(inner.statements);
    if (["andStatement", "orStatement"].includes(kind) && Array.isArray(inner.statements) && inner.statements.length < 2) fail(`${at}.${kind}.statements`, "Needs at least two statements.");
    for (const [index, part] of parts) checkStatement(part, `${at}.${kind}.statements[${index}]`, fail);
  }
}

/** WAF API, DefaultAction: allow or block. */
const wafDefault: Rule = (props, fail) => {
  if (absent(props.defaultAction) || isUnknown(props.defaultAction)) return;
  const given = ["allow", "block"].filter((action) => block(props.defaultAction)[action] !== undefined);
  if (given.length !== 1) fail("defaultAction", "Exactly one of allow and block must be given.");
};

/** WAF Developer Guide, "Logging destinations": names of all of them begin with aws-waf-logs-. */
const wafLogs: Rule = (props, fail) => {
  for (const [index, value] of items(props.logDestinationConfigs)) {
    const name = typeof value === "string" ? /:(?:log-group:|deliverystream\/|s3:::)([^:]+)/.exec(value)?.[1] ?? /^arn:[^:]+:s3:::(.+)$/.exec(value)?.[1] : undefined;
    if (name !== undefined && !name.startsWith("aws-waf-logs-")) fail(`logDestinationConfigs[${index}]`, `${name}: a WAF log destination's name must begin with aws-waf-logs-.`);
  }
};

/** Route 53 API, ResourceRecordSet: an alias, or records with a TTL. */
const recordKind: Rule = (props, fail) => {
  const alias = !absent(props.aliases);
  if (alias && !absent(props.records)) fail("records", "A record has either aliases or records.");
  if (!alias && absent(props.records)) fail("records", "A record needs records, or aliases.");
  if (alias && !absent(props.ttl)) fail("ttl", "An alias has no TTL of its own.");
  if (!alias && absent(props.ttl)) fail("ttl", "Needed with records.");
};

/** CloudFront API, ViewerCertificate: the default certificate, or one with a way to serve it. */
const viewerCertificate: Rule = (props, fail) => {
  if (absent(props.viewerCertificate) || isUnknown(props.viewerCertificate)) return;
  const certificate = block(props.viewerCertificate);
  const own = !absent(certificate.acmCertificateArn) || !absent(certificate.iamCertificateId);
  if (!own && !absent(props.aliases)) fail("viewerCertificate", "Aliases need a certificate of their own (acmCertificateArn).");
  if (own && absent(certificate.sslSupportMethod)) fail("viewerCertificate.sslSupportMethod", "Needed with a certificate of one's own, normally sni-only.");
  const arn = text(certificate.acmCertificateArn);
  // CloudFront Developer Guide, "Requirements for using SSL/TLS certificates": the certificate lives in us-east-1.
  if (arn !== undefined && !/^arn:aws[a-z-]*:acm:us-east-1:/.test(arn)) fail("viewerCertificate.acmCertificateArn", "CloudFront takes certificates of us-east-1 only.");
};

/** CloudFront API: every behavior's target is one of the origins or origin groups. */
const targets: Rule = (props, fail) => {
  if (![props.origins, props.originGroups].every((list) => absent(list) || (Array.isArray(list) && !list.some(isUnknown)))) return;
  const ids = [...blocks(props.origins), ...blocks(props.originGroups)].map(([, origin]) => origin.originId);
  if (ids.some((id) => isUnknown(id))) return;
  const behaviors = [["defaultCacheBehavior", block(props.defaultCacheBehavior)] as const, ...blocks(props.orderedCacheBehaviors).map(([index, one]) => [`orderedCacheBehaviors[${index}]`, one] as const)];
  for (const [at, behavior] of behaviors) {
    const target = text(behavior.targetOriginId);
    if (target !== undefined && !ids.includes(target)) fail(`${at}.targetOriginId`, `There is no origin ${target}; there are ${ids.join(", ")}.`);
  }
};

/** ACM API: a requested certificate names a domain and how it is validated; an imported one brings its text. */
const certificate: Rule = (props, fail) => {
  const imported = !absent(props.privateKey) || !absent(props.privateKeyWo);
  if (!imported && absent(props.domainName)) fail("domainName", "Needed for a certificate that ACM issues.");
  if (!imported && absent(props.validationMethod) && absent(props.certificateAuthorityArn)) fail("validationMethod", "Needed: DNS or EMAIL.");
};

export const edgeRules: Rules = {
  "aws:wafv2/webAcl:WebAcl": [wafRules, wafDefault],
  "aws:wafv2/ruleGroup:RuleGroup": [wafRules],
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": [wafLogs],
  "aws:route53/record:Record": [recordKind],
  "aws:cloudfront/distribution:Distribution": [viewerCertificate, targets],
  "aws:acm/certificate:Certificate": [certificate],
};
