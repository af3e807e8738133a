/**
 * Shape of policy documents, after "Grammar of the IAM JSON policy language" and the element pages of the IAM User
 * Guide. Only the shape is judged; whether a policy is wise is the policy pack's matter.
 */
import { closest } from "fastest-levenshtein";
import { isObject, isUnknown } from "../../values.ts";
import { asList, jsonObject } from "./json.ts";
import { servicePrefixes } from "./prefixes.ts";
import type { Fail } from "./rule.ts";

/** What a policy is attached to decides which elements it needs. */
export type PolicyKind =
  /** Attached to a role or group: says what its bearer may do. No Principal. */
  | "identity"
  /** Attached to a resource: says who may do what with it. */
  | "resource"
  /** Attached to a resource that is meant by itself (ECR repositories): no Resource. */
  | "resourceWithoutResource"
  /** Who may assume a role. */
  | "trust";

const TOP = ["Version", "Id", "Statement"];
const ELEMENTS = ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
/** IAM User Guide, "AWS JSON policy elements: Principal". */
const PRINCIPALS = ["AWS", "Service", "Federated", "CanonicalUser"];
/** STS actions that a trust policy can allow (Service Authorization Reference, AWS Security Token Service). */
const TRUST_ACTION = /^(\*|sts:(\*|AssumeRole\*?|AssumeRoleWithSAML|AssumeRoleWithWebIdentity|TagSession|SetSourceIdentity|SetContext))$/;
/** IAM User Guide, "IAM JSON policy elements: Condition operators". */
const OPERATOR =
  /^((ForAllValues|ForAnyValue):)?(String(Not)?(Equals(IgnoreCase)?|Like)|Numeric(Not)?Equals|NumericLessThan(Equals)?|NumericGreaterThan(Equals)?|Date(Not)?Equals|DateLessThan(Equals)?|DateGreaterThan(Equals)?|Bool|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?$|^Null$/;
const ARN = /^arn:(aws[a-z-]*|\*|\$\{[^}]+\}):[^:\s]*:[^:\s]*:[^:\s]*:\S.*$/;

/** Checks one policy: JSON text, or the object that the SDK takes instead. Unknown and absent policies pass. */
export function checkPolicy(value: unknown, property: string, kind: PolicyKind, fail: Fail): void {
  const policy = jsonObject(value, property, fail);
  if (policy === undefined) return;
  for (const key of Object.keys(policy)) if (!TOP.includes(key)) fail(property, `A policy has no element ${key}; ${nearest(key, TOP)}`);
  if (!isUnknown(policy.Version) && policy.Version !== "2012-10-17") fail(property, 'The policy\'s Version must be "2012-10-17", the current version of the language.');
  if (isUnknown(policy.Statement)) return;
  const statements = asList(policy.Statement);
  if (statements.length === 0) fail(property, "The policy has no Statement.");
  const sids = new Set<string>();
  statements.forEach((statement, index) => {
    const at = `Statement ${index + 1}`;
    if (isUnknown(statement)) return;
    if (!isObject(statement)) return fail(property, `${at} must be an object.`);
    checkStatement(statement, kind, (reason) => fail(property, `${at}${typeof statement.Sid === "string" ? ` (${statement.Sid})` : ""}: ${reason}`));
    if (typeof statement.Sid !== "string") return;
    if (sids.has(statement.Sid)) fail(property, `${at}: the Sid ${statement.Sid} is used twice; Sids must be unique in a policy.`);
    sids.add(statement.Sid);
  });
}

type Say = (reason: string) => void;

function checkStatement(statement: Record<string, unknown>, kind: PolicyKind, say: Say): void {
  for (const key of Object.keys(statement)) if (!ELEMENTS.includes(key)) say(`there is no element ${key}; ${nearest(key, ELEMENTS)}`);
  const { Sid, Effect } = statement;
  if (!isUnknown(Effect) && Effect !== "Allow" && Effect !== "Deny") say('Effect must be "Allow" or "Deny".');
  // IAM User Guide, "AWS JSON policy elements: Sid": for IAM policies letters and digits only.
  if (kind === "identity" && typeof Sid === "string" && !/^[A-Za-z0-9]*$/.test(Sid)) say(`the Sid ${Sid} may hold letters and digits only.`);
  exactlyOne(statement, "Action", "NotAction", true, say);
  exactlyOne(statement, "Resource", "NotResource", kind === "identity" || kind === "resource", say);
  if (kind === "identity") {
    if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) say("a policy attached to an identity has no Principal; it is the identity itself.");
  } else {
    exactlyOne(statement, "Principal", "NotPrincipal", true, say);
  }
  if (kind === "trust" && (statement.Resource !== undefined || statement.NotResource !== undefined)) say("a trust policy has no Resource; it is the role itself.");
  checkPrincipal(statement.Principal ?? statement.NotPrincipal, say);
  for (const action of asList(statement.Action ?? statement.NotAction)) checkAction(action, kind, say);
  for (const resource of asList(statement.Resource ?? statement.NotResource)) checkResource(resource, say);
  checkCondition(statement.Condition, say);
}

function exactlyOne(statement: Record<string, unknown>, one: string, other: string, needed: boolean, say: Say): void {
  const [first, second] = [statement[one], statement[other]];
  if (first !== undefined && second !== undefined) say(`${one} and ${other} exclude each other.`);
  if (needed && first === undefined && second === undefined) say(`${one} (or ${other}) is missing.`);
  for (const [name, value] of [[one, first], [other, second]] as const) if (Array.isArray(value) && value.length === 0) say(`${name} is an empty list.`);
}

function checkPrincipal(principal: unknown, say: Say): void {
  if (principal === undefined || principal === "*" || isUnknown(principal)) return;
  if (!isObject(principal) || Object.keys(principal).length === 0) return say('Principal must be "*" or an object such as {"Service": "lambda.amazonaws.com"}.');
  for (const [type, value] of Object.entries(principal)) {
    if (!PRINCIPALS.includes(type)) say(`there is no principal type ${type}; ${nearest(type, PRINCIPALS)}`);
    for (const one of asList(value)) {
      if (isUnknown(one)) continue;
      if (typeof one !== "string" || one === "") say(`a principal of type ${type} must be a text.`);
      else if (type === "Service" && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(one)) say(`${one} is no service principal; they look like logs.us-east-1.amazonaws.com.`);
      // An account, a role or user, or the unique id that IAM leaves where one was deleted.
      else if (type === "AWS" && one !== "*" && !/^\d{12}$/.test(one) && !ARN.test(one) && !/^A[A-Z0-9]{15,127}$/.test(one)) say(`${one} is no account, user or role.`);
    }
  }
}

function checkAction(action: unknown, kind: PolicyKind, say: Say): void {
  if (isUnknown(action) || action === "*") return;
  const match = typeof action === "string" ? /^([A-Za-z0-9-]+):([A-Za-z0-9*?]+)$/.exec(action) : null;
  const prefix = match?.[1]?.toLowerCase();
  if (prefix === undefined) return say(`${JSON.stringify(action)} is no action; actions look like s3:GetObject.`);
  if (!servicePrefixes().has(prefix)) return say(`no service has the prefix of ${String(action)}; ${nearest(prefix, [...servicePrefixes()])}`);
  if (kind === "trust" && !TRUST_ACTION.test(String(action))) say(`${String(action)} is no action that a trust policy can allow; use sts:AssumeRole or one of its variants.`);
}

function checkResource(resource: unknown, say: Say): void {
  if (isUnknown(resource) || resource === "*") return;
  if (typeof resource !== "string" || !ARN.test(resource)) say(`${JSON.stringify(resource)} is no ARN; they look like arn:aws:s3:::bucket/*.`);
}

function checkCondition(condition: unknown, say: Say): void {
  if (condition === undefined || isUnknown(condition)) return;
  if (!isObject(condition)) return say("Condition must be an object.");
  for (const [operator, keys] of Object.entries(condition)) {
    if (!OPERATOR.test(operator)) say(`there is no condition operator ${operator}.`);
    if (isUnknown(keys)) continue;
    if (!isObject(keys) || Object.keys(keys).length === 0) {
      say(`the condition ${operator} must name keys and values.`);
      continue;
    }
    for (const [key, value] of Object.entries(keys)) {
      if (!/^[A-Za-z0-9-]+[:.][^\s]+$|^\S+:(aud|sub|amr|iss)$/.test(key)) say(`${key} is no condition key; they look like aws:SourceAccount.`);
      if (isObject(value) || value === null) say(`the condition key ${key} must have a value or a list of values.`);
    }
  }
}

function nearest(given: string, known: readonly string[]): string {
  return `did you mean ${closest(given, known)}?`;
}
