/** `iam.getPolicyDocument`: statements in, the JSON of an IAM policy out. */
import { isObject, type PlainObject, type ValueObject, textOf } from "../values.ts";

interface Statement { [key: string]: unknown }

/** Renders the document as the provider does: single values bare, several sorted, later sources overriding by `sid`. */
export function policyDocument(args: PlainObject): ValueObject {
  const sources = documents(args.sourcePolicyDocuments);
  const own = objects(args.statements).map((statement) => render(statement));
  const overrides = documents(args.overridePolicyDocuments);
  const twice = duplicateSid([...sources, own]);
  if (twice !== undefined) throw new Error(`duplicate Sid (${twice}) in the statements of a policy document: give every statement a sid of its own`);
  let statements = [...sources.flat(), ...own];
  for (const statement of overrides.flat()) {
    const index = statements.findIndex((other) => statement.Sid !== undefined && other.Sid === statement.Sid);
    statements = index < 0 ? [...statements, statement] : statements.with(index, statement);
  }
  const document = {
    Version: typeof args.version === "string" ? args.version : "2012-10-17",
    ...(typeof args.policyId === "string" ? { Id: args.policyId } : {}),
    Statement: statements,
  };
  const json = JSON.stringify(document, null, 2);
  return { ...args, id: checksum(json), json, minifiedJson: JSON.stringify(document) };
}

function render(statement: Record<string, unknown>): Statement {
  return {
    ...(typeof statement.sid === "string" && statement.sid !== "" ? { Sid: statement.sid } : {}),
    Effect: typeof statement.effect === "string" ? statement.effect : "Allow",
    ...listed("Action", statement.actions),
    ...listed("NotAction", statement.notActions),
    ...listed("Resource", statement.resources),
    ...listed("NotResource", statement.notResources),
    ...principals("Principal", statement.principals),
    ...principals("NotPrincipal", statement.notPrincipals),
    ...conditions(statement.conditions),
  };
}

function listed(key: string, value: unknown): Statement {
  const values = texts(value);
  return values.length === 0 ? {} : { [key]: oneOrMany(values) };
}

function principals(key: string, value: unknown): Statement {
  const given = objects(value);
  if (given.length === 0) return {};
  const only = given[0];
  if (given.length === 1 && only?.type === "*" && texts(only.identifiers).join() === "*") return { [key]: "*" };
  const byType: Record<string, string[]> = {};
  for (const principal of given) (byType[textOf(principal.type)] ??= []).push(...texts(principal.identifiers));
  return { [key]: Object.fromEntries(Object.entries(byType).map(([type, identifiers]) => [type, oneOrMany(identifiers)])) };
}

function conditions(value: unknown): Statement {
  const given = objects(value);
  if (given.length === 0) return {};
  const byTest: Record<string, Record<string, string | string[]>> = {};
  for (const condition of given) {
    const values = texts(condition.values);
    (byTest[textOf(condition.test)] ??= {})[textOf(condition.variable)] = values.length === 1 ? values[0] ?? "" : values;
  }
  return { Condition: byTest };
}

function oneOrMany(values: string[]): string | string[] {
  const sorted = [...new Set(values)].sort().reverse();
  return sorted.length === 1 ? sorted[0] ?? "" : sorted;
}

function documents(value: unknown): Statement[][] {
  return texts(value).map((text) => {
    const parsed = JSON.parse(text) as { Statement?: unknown };
    return Array.isArray(parsed.Statement) ? parsed.Statement.filter(isObject) : isObject(parsed.Statement) ? [parsed.Statement] : [];
  });
}

function duplicateSid(groups: readonly Statement[][]): string | undefined {
  const sids = groups.flat().map((statement) => statement.Sid).filter((sid) => typeof sid === "string");
  return sids.find((sid, index) => sids.indexOf(sid) !== index);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function checksum(text: string): string {
  let sum = 0;
  for (const character of text) sum = (Math.imul(sum, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return textOf(sum);
}
