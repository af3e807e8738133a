/** Policy documents, of roles as of buckets, keys and queues: where they are written, and what their statements say. */
import { isEverywhere, isRange } from "../addresses.ts";
import type { Resource } from "../resource.ts";
import { all, type Value } from "../value.ts";

/** Documents that give rights to who bears them. A role's inline policies are a list. */
const GRANTS: Readonly<Record<string, string>> = {
  "aws:iam:Role": "inlinePolicies",
  "aws:iam:RolePolicy": "policy",
  "aws:iam:UserPolicy": "policy",
  "aws:iam:GroupPolicy": "policy",
  "aws:iam:Policy": "policy",
  "aws:ssoadmin:PermissionSetInlinePolicy": "inlinePolicy",
};

/** Documents that say who may use a resource; keys have an area of their own. */
const SHARES: Readonly<Record<string, string>> = {
  "aws:s3:Bucket": "policy",
  "aws:s3:BucketPolicy": "policy",
  "aws:s3:AccessPoint": "policy",
  "aws:s3control:AccessPointPolicy": "policy",
  "aws:sqs:Queue": "policy",
  "aws:sqs:QueuePolicy": "policy",
  "aws:sns:Topic": "policy",
  "aws:sns:TopicPolicy": "policy",
  "aws:secretsmanager:Secret": "policy",
  "aws:secretsmanager:SecretPolicy": "policy",
  "aws:ecr:RepositoryPolicy": "policy",
  "aws:ecr:RegistryPolicy": "policy",
  "aws:cloudwatch:EventBusPolicy": "policy",
  "aws:cloudwatch:LogResourcePolicy": "policyDocument",
  "aws:backup:VaultPolicy": "policy",
  "aws:efs:FileSystemPolicy": "policy",
  "aws:dynamodb:ResourcePolicy": "policy",
  "aws:kinesis:ResourcePolicy": "policy",
  "aws:glue:ResourcePolicy": "policy",
  "aws:opensearch:Domain": "accessPolicies",
  "aws:opensearch:DomainPolicy": "accessPolicies",
  "aws:elasticsearch:Domain": "accessPolicies",
  "aws:elasticsearch:DomainPolicy": "accessPolicies",
  "aws:codeartifact:DomainPermissions": "policyDocument",
  "aws:codeartifact:RepositoryPermissionsPolicy": "policyDocument",
  "aws:s3control:BucketPolicy": "policy",
  "aws:s3control:MultiRegionAccessPointPolicy": "details.policy",
  "aws:s3control:ObjectLambdaAccessPointPolicy": "policy",
  "aws:s3tables:TableBucketPolicy": "resourcePolicy",
  "aws:s3tables:TablePolicy": "resourcePolicy",
  "aws:glacier:Vault": "accessPolicy",
  "aws:cloudwatch:LogDestinationPolicy": "accessPolicy",
  "aws:acmpca:Policy": "policy",
  "aws:vpclattice:AuthPolicy": "policy",
  "aws:vpclattice:ResourcePolicy": "policy",
  "aws:networkfirewall:ResourcePolicy": "policy",
};

const PLACES: Readonly<Record<string, string>> = { ...GRANTS, ...SHARES };

/** Kinds whose documents give rights to who bears them. */
export const GRANTING: readonly string[] = Object.keys(GRANTS);
/** Kinds whose documents say who may use a resource. */
export const SHARING: readonly string[] = Object.keys(SHARES);

/** Looks at each statement of a resource's documents that allows something. */
export function eachAllow(resource: Resource, look: (statement: Value) => void): void {
  const place = resource.at(PLACES[resource.kind.kind] ?? "");
  if (resource.is("aws:iam:Role")) place.each((inline) => eachAllowOf(inline.key("policy"), look));
  else eachAllowOf(place, look);
}

/** Statements of a document; IAM takes one alone as well as a list. @throws Undecided */
export function statements(document: Value): Value[] {
  return document.json.key("Statement").items;
}

/** Looks at each statement of one document that allows something. */
export function eachAllowOf(document: Value, look: (statement: Value) => void): void {
  document.json.key("Statement").each((statement) => {
    if (statement.key("Effect").text === "Allow") look(statement);
  });
}

/** The actions that a statement names. */
export function actions(statement: Value): Value[] {
  return statement.key("Action").texts;
}

/** Places of a statement's actions that are among these, written in lower case; IAM takes either. */
export function actionsAmong(statement: Value, names: ReadonlySet<string>): Value[] {
  return actions(statement).filter((action) => names.has(action.text?.toLowerCase() ?? ""));
}

/** A principal as the statement writes it; `type` is empty for the bare text "*". */
export interface Principal {
  type: string;
  name: string;
  place: Value;
}

/** The principals of a statement. */
export function principals(statement: Value): Principal[] {
  const principal = statement.key("Principal");
  const of = (type: string, place: Value): Principal => ({ type, name: place.text ?? "", place });
  return [...principal.texts.map((place) => of("", place)), ...principal.entries.flatMap(([type, names]) => names.texts.map((place) => of(type, place)))];
}

/** One line of a statement's `Condition`, operator and key in lower case. */
export interface Condition {
  operator: string;
  key: string;
  values: readonly string[];
}

/** The conditions of a statement, all of which must hold. */
export function conditions(statement: Value): Condition[] {
  return statement.key("Condition").entries.flatMap(([operator, keys]) => keys.entries.map(([key, value]) => ({
    operator: operator.toLowerCase(),
    key: key.toLowerCase(),
    values: (Array.isArray(value.raw) ? value.items : [value]).map((one) => String(one.raw)),
  })));
}

/** Operators that hold only when the key is there and has one of the values. */
const DEMANDING = /^(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress)$/;

/**
 * Whether a condition holds only for what somebody has written out: the one opinion on it, for whoever is let in as for
 * whatever is reached. A value that refers to its own key holds always.
 */
export function narrows({ operator, key, values }: Condition): boolean {
  return DEMANDING.test(operator) && values.every((value) => !value.toLowerCase().includes(`\${${key}}`) && isWrittenOut(value, key, operator));
}

/** With the account, or the bucket, without wildcards. Texts are compared as a whole, ARNs field by field: only there a wildcard ends with its field. */
const NAMED_ARN = { text: /^arn:([^:*?]*:){3}\d{12}:|^arn:[^:*?]*:s3:::[^/*?]+\//, arn: /^arn:([^:]*:){3}\d{12}:|^arn:[^:]*:s3:::[^/*?]+\// };

function isWrittenOut(value: string, key: string, operator: string): boolean {
  if (key.endsWith("sourceip")) return isRange(value) && !isEverywhere(value);
  if (value.startsWith("arn:")) return !/[*?]/.test(value) || NAMED_ARN[operator.includes("arn") ? "arn" : "text"].test(value);
  // Tags and regions are of our own choosing or few: half a name is enough there.
  if (/tag\/|:requestedregion$/.test(key)) return !/^[*?]/.test(value);
  // Accounts, organizations, networks and ids: the first part as a whole.
  return /^(?!alias\/[*?])[^*?/:.]+([/:.]|$)/.test(value);
}

/** Whether a statement demands one of some values of a key, each written out. */
export function demands(statement: Value, key: string | RegExp): boolean {
  return conditions(statement).some((one) => (typeof key === "string" ? one.key === key : key.test(one.key)) && narrows(one));
}

/** Keys of conditions that say who calls, or for whom. */
const CALLER = new RegExp(`^(${[
  "aws:principal(account|arn|orgid|orgpaths)", "aws:source(account|arn|ip|orgid|orgpaths|owner|vpc|vpce)", "aws:userid", "kms:calleraccount", "s3:dataaccesspointaccount",
].join("|")})$`);

/** Whether a statement that allows something allows it to whoever comes. @throws Undecided */
export function isOpen(statement: Value): boolean {
  return all([
    () => statement.key("NotPrincipal").exists || isForEverybody(statement),
    () => !demands(statement, CALLER),
  ]);
}

function isForEverybody(statement: Value): boolean {
  return principals(statement).some(({ type, name }) => name === "*" && ["", "AWS", "*"].includes(type));
}

/** Whether a statement refuses these actions to whoever comes without TLS, and no other condition takes some of them out. @throws Undecided */
export function refusesPlain(statement: Value, names: readonly string[]): boolean {
  return all([
    () => statement.key("Effect").text === "Deny",
    () => isForEverybody(statement),
    () => isWithoutTls(conditions(statement)),
    () => names.every((name) => actions(statement).some((pattern) => matches(pattern.text ?? "", name))),
  ]);
}

function isWithoutTls([first, ...others]: Condition[]): boolean {
  return others.length === 0 && first?.operator === "bool" && first.key === "aws:securetransport" && first.values.includes("false");
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

/** The account in an ARN. */
export function accountOf(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}
