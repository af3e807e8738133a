/** IAM policy documents, wherever they are written, and what their statements say. */
import type { Resource } from "../resource.ts";
import type { Value } from "../value.ts";

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
    values: [value.raw].flat().map(String),
  })));
}

/** Operators that hold only when the key is there and has one of the values. */
const DEMANDING = /^(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like))$/;

/** Whether a statement demands one of some values of a key, none of which stands for everything. */
export function demands(statement: Value, key: string | RegExp): boolean {
  return conditions(statement).some((one) => (typeof key === "string" ? one.key === key : key.test(one.key)) && DEMANDING.test(one.operator) && !one.values.includes("*"));
}

/** The account in an ARN. */
export function accountOf(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}
