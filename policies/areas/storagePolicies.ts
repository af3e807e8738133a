/** Policies of resources, such as buckets, keys and queues: whom they let in, and what they refuse. */
import { all, any, type Value } from "../value.ts";

/** Statements of a document; IAM takes one alone as well as a list. @throws Undecided */
export function statements(document: Value): Value[] {
  return document.json.at("Statement").items;
}

/** Keys of conditions that leave only callers whom somebody has named. */
const NARROWING = new Set([
  "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip",
  "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid", "kms:calleraccount", "s3:dataaccesspointaccount",
]);
/** Operators under which such a key must be there and match. */
const MATCHING = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/;
/** Values that match every caller. */
const ANYTHING = new Set(["*", "0.0.0.0/0", "::/0"]);

/** Whether a statement allows what it says to whoever comes. @throws Undecided */
export function isOpen(statement: Value): boolean {
  return all([
    () => statement.at("Effect").text === "Allow",
    () => statement.at("NotPrincipal").exists || isEverybody(statement.at("Principal")),
    () => !isNarrowed(statement),
  ]);
}

function isEverybody(principal: Value): boolean {
  return any([principal, principal.at("AWS"), principal.at("*")].map((value) => () => value.texts.some((one) => one.text === "*")));
}

function isNarrowed(statement: Value): boolean {
  return statement.at("Condition").entries.some(([operator, tests]) => MATCHING.test(operator) && tests.entries.some(([key, values]) => NARROWING.has(key.toLowerCase()) && !values.texts.some((one) => ANYTHING.has(one.text ?? ""))));
}

/** Whether a statement refuses these actions to whoever comes without TLS, and no other condition takes some of them out. @throws Undecided */
export function refusesPlain(statement: Value, actions: readonly string[]): boolean {
  return all([
    () => statement.at("Effect").text === "Deny",
    () => isEverybody(statement.at("Principal")),
    () => isWithoutTls(statement.at("Condition")),
    () => actions.every((action) => statement.at("Action").texts.some((pattern) => matches(pattern.text ?? "", action))),
  ]);
}

function isWithoutTls(condition: Value): boolean {
  const [[operator, tests] = [], ...others] = condition.entries;
  const [[key, value] = [], ...more] = tests?.entries ?? [];
  return others.length === 0 && more.length === 0 && operator === "Bool" && key?.toLowerCase() === "aws:securetransport" && [value?.flag, value?.at("[0]").flag].includes(false);
}

/** Whether a pattern of IAM covers a name: `*` is any text, `?` any character, case is all the same in actions. */
export function matches(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
  let [at, star, resume] = [0, -1, 0];
  // In one go and back to the last star only: a pattern of many stars must not take longer than its length times the name's.
  for (let place = 0; place < given.length;) {
    const sign = wanted[at];
    if (sign === "*") [star, resume, at] = [at, place, at + 1];
    else if (sign === "?" || sign === given[place]) [at, place] = [at + 1, place + 1];
    else if (star >= 0) [at, resume, place] = [star + 1, resume + 1, resume + 1];
    else return false;
  }
  return /^\**$/.test(wanted.slice(at));
}
