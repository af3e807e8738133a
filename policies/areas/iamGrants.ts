/** What policies allow, in every place where one can be written. */
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { actions, actionsAmong, conditions, demands, eachAllow, GRANTING, isOpen, matches, narrows, SHARING } from "./iamDocuments.ts";

const POLICY = "aws:iam:Policy";

/** `ec2:Describe*`: services name what only looks so, and most of it knows no resources. */
const READS_BY_PREFIX = /^[\w-]+:(batchget|describe|get|list|lookup|search|view)\w*\*$/i;

function noWildcardActions(resource: Resource, report: Report): void {
  eachAllow(resource, (statement) => {
    for (const action of actions(statement)) {
      const text = action.text ?? "";
      if (/[*?]/.test(text) && !READS_BY_PREFIX.test(text)) report(action, `allows ${shown(action)}, must name each action that is needed`);
    }
  });
}

/** Where a policy is attached, by the property that says which. */
const ATTACHMENTS: Readonly<Record<string, string>> = {
  "aws:iam:RolePolicyAttachment": "policyArn",
  "aws:iam:UserPolicyAttachment": "policyArn",
  "aws:iam:GroupPolicyAttachment": "policyArn",
  "aws:iam:PolicyAttachment": "policyArn",
  "aws:iam:RolePolicyAttachmentsExclusive": "policyArns",
  "aws:iam:Role": "managedPolicyArns",
};

/** A permissions boundary grants nothing; unless somebody attaches it as well. */
function isBoundaryOnly(policy: Resource, stack: Stack): boolean {
  const bounds = any(["aws:iam:Role", "aws:iam:User"].map((kind) => () => stack.pointing(kind, "permissionsBoundary", policy).length > 0));
  return bounds && !any(Object.entries(ATTACHMENTS).map(([kind, property]) => () => stack.pointing(kind, property, policy).length > 0));
}

function noExclusions(resource: Resource, report: Report): void {
  eachAllow(resource, (statement) => {
    for (const part of ["NotAction", "NotResource"]) {
      const place = statement.key(part);
      if (place.exists) report(place, `allows everything but what is listed, must list what is needed in ${part.slice("Not".length)}`);
    }
  });
}

/** Nothing but wildcards where account and resource stand: `*`, `arn:aws:s3:::*`, `arn:aws:sqs:*:*:*`. */
function isEverything(resource: string): boolean {
  return /^[*:?]+$|^arn:[*?]+$|^arn:[^:]*:[^:]*:[^:]*:[*?]*:[*?:/]+$/.test(resource);
}

/** Services whose ARNs say a name where others say a type: `arn:aws:s3:::files/*` is one bucket, `…:sns:…:alerts:*` one topic. */
const NAME_FIRST = /^arn:[^:]*:(s3:::|(sns|execute-api):)/;

/** Whatever there is of a type, in one account or in all: `…:secret:*`, `…:function/*`, `arn:aws:sqs:us-east-1:123456789012:*`. */
function isWholeType(resource: string): boolean {
  const type = NAME_FIRST.test(resource) ? "" : "([\\w-]+[/:])?";
  return new RegExp(`^arn:[^:]*:[^:]*:[^:]*:[^:]*:${type}[*?][*?:/]*$`).test(resource);
}

/** Where AWS chooses the ids, which nobody can write down before they are made; the account is written out. */
const IDS_OF_AWS = /^arn:[^:]*:((acm|cloudfront|ec2|guardduty|route53|securityhub|shield):[^:]*:[^:*?]*:|backup:[^:]*:[^:*?]+:backup-plan:|kms:[^:]*:[^:*?]+:key\/|iam::[^:*?]+:oidc-provider\/)/;

/** What only looks: may be allowed on everything. */
const LOOKS = /^[\w-]+:(batch(get|check|describe)|check|describe|estimate|filter|get|list|lookup|search|simulate|test|validate|view)/;
/** What looks into data, code or credentials. */
const LOOKS_INTO = [
  "athena:getqueryresults*", "codecommit:get*", "dynamodb:batchget*", "dynamodb:get*", "ec2:getpassworddata", "ecr:getdownloadurl*", "kinesis:getrecords", "kms:decrypt", "kms:reencryptfrom", "lambda:getfunction",
  "logs:filterlogevents", "logs:getlog*", "redshift:getclustercredentials*", "s3:getobject*", "secretsmanager:batchgetsecretvalue", "secretsmanager:getsecretvalue", "ssm:getparameter*",
  "sts:getfederationtoken", "sts:getsessiontoken",
];
/** What changes something, and knows no resource: on an ARN it would never match (service authorization reference). */
const KNOWS_NO_RESOURCE = new RegExp(`^(${[
  "acm:requestcertificate|ce:\\w+|chatbot:\\w+|cloudfront:create\\w+|cloudwatch:putmetricdata|config:\\w+|ec2messages:\\w+|eks:createcluster|guardduty:createdetector|inspector2:\\w+",
  "iam:(create|delete)accountalias|iam:(update|delete)accountpasswordpolicy|kms:(createkey|generaterandom)|lambda:createeventsourcemapping|logs:((create|update|delete)logdelivery|(put|delete)resourcepolicy|stopquery)",
  "route53:create(healthcheck|hostedzone)|s3:putaccountpublicaccessblock|securityhub:\\w+|shield:\\w+|ssm:updateinstanceinformation|ssmmessages:\\w+|xray:put\\w+",
].join("|")})$`);

const PASS_ROLE = new Set(["iam:passrole"]);

/** Actions by which who holds them gives themselves or a friend any right at all, on an identity or policy that exists. */
const ESCALATING = new Set([
  "iam:createpolicyversion", "iam:setdefaultpolicyversion", "iam:updateassumerolepolicy", "iam:attachuserpolicy", "iam:putuserpolicy", "iam:attachgrouppolicy", "iam:putgrouppolicy", "iam:addusertogroup",
  "iam:createaccesskey", "iam:createloginprofile", "iam:updateloginprofile", "iam:deactivatemfadevice", "sts:assumerole",
]);

/** Actions that make a role, or give one rights: harmless only as long as the role stays inside a boundary. */
const ROLE_MAKING = new Set(["iam:createrole", "iam:putrolepolicy", "iam:attachrolepolicy", "iam:putrolepermissionsboundary", "iam:createuser", "iam:putuserpermissionsboundary"]);

/** Conditions that say who, when or how, but not on what. */
const OF_THE_CALLER = /^aws:(multifactorauth|securetransport|current|epoch|token|source|principal|useragent|userid|username|viaawsservice|calledvia)/;
const REGION = "aws:requestedregion";

function noWildcardResources(resource: Resource, report: Report): void {
  eachAllow(resource, (statement) => {
    const limits = conditions(statement).filter((one) => !OF_THE_CALLER.test(one.key) && narrows(one));
    // A region is a limit for what is changed, as good as its ARN would be; it keeps nobody from reading all that is there.
    const [limited, hidden] = [limits.length > 0, limits.some(({ key }) => key !== REGION)];
    const wide = actions(statement).filter((action) => (looksInto(lower(action)) ? !hidden : !limited && needsResource(lower(action))));
    for (const one of statement.key("Resource").texts) {
      const [first] = wide.filter((action) => !isNamed(one.text ?? "", lower(action)));
      if (first !== undefined) return report(one, `allows ${shown(first)} on everything, must name resources or limit the statement by a condition`);
    }
  });
}

function lower(action: Value): string {
  return action.text?.toLowerCase() ?? "";
}

/** Whether a resource is named as well as an action needs it. */
function isNamed(resource: string, action: string): boolean {
  if (isEverything(resource)) return false;
  return !isWholeType(resource) || (IDS_OF_AWS.test(resource) && !looksInto(action));
}

/** Whether an action, or any of those that a wildcard at its end stands for, reads data. Other wildcards have a rule of their own. */
function looksInto(action: string): boolean {
  if (/[*?]/.test(action) && !READS_BY_PREFIX.test(action)) return false;
  return LOOKS_INTO.some((data) => matches(data, action.replace(/\*$/, "")) || matches(action, data.replace(/\*$/, "")));
}

function needsResource(action: string): boolean {
  // Wildcards, handing on roles and taking rights have rules of their own.
  if (/[*?]/.test(action) || PASS_ROLE.has(action) || ESCALATING.has(action) || ROLE_MAKING.has(action)) return false;
  return !(LOOKS.test(action) || KNOWS_NO_RESOURCE.test(action));
}

/** ARNs of resources whose name begins with a wildcard: whatever there is of their kind. */
function isUnnamed(resource: string): boolean {
  return isEverything(resource) || /^arn:[^:]*:iam:[^:]*:[^:]*:(([\w-]+\/)?[*?]|[\w-]*\*)/.test(resource);
}

/** Reports statements that allow some actions on resources without a name. */
function onNamed(wanted: ReadonlySet<string>, message: string): (resource: Resource, report: Report) => void {
  return (resource, report) => eachAllow(resource, (statement) => {
    if (actionsAmong(statement, wanted).length === 0) return;
    for (const one of statement.key("Resource").texts) if (isUnnamed(one.text ?? "")) report(one, message);
  });
}

function insideBoundary(resource: Resource, report: Report): void {
  eachAllow(resource, (statement) => {
    const [making] = actionsAmong(statement, ROLE_MAKING);
    if (making !== undefined && !demands(statement, "iam:permissionsboundary")) report(making, `allows ${shown(making)} without a boundary, must demand iam:PermissionsBoundary`);
  });
}

export const grantRules: Rule[] = [
  {
    id: "iam/no-wildcard-actions",
    title: "Rights are named one by one",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: ["CIS AWS 3.0: 1.16", "PCI DSS 4.0.1: 7.2.2"],
    why: "With `s3:*` a program that uploads files may also empty the bucket and make it public; and the next action that AWS invents comes along unasked.",
    mend: "List the actions in `Action`. A wildcard may only end the name of what looks, such as `ec2:Describe*`.",
    kinds: [...GRANTING.filter((kind) => kind !== POLICY), ...SHARING],
    check: noWildcardActions,
  },
  {
    id: "iam/no-wildcard-policies",
    title: "Managed policies name rights one by one",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: ["FSBP: IAM.1", "FSBP: IAM.21", "CIS AWS 3.0: 1.16", "PCI DSS 4.0.1: 7.2.2"],
    why: "A managed policy can be attached by whoever may attach it, next year too: what it allows by wildcard, it allows to all of them. A permissions boundary allows nothing by itself, and may be wide.",
    mend: "List the actions in `Action`. A policy that is meant as boundary is named in `permissionsBoundary` and attached to nobody.",
    kinds: [POLICY],
    applies: (policy, stack) => !isBoundaryOnly(policy, stack),
    relate: (policy, _stack, report) => noWildcardActions(policy, report),
  },
  {
    id: "iam/no-exclusions",
    title: "Rights are given by naming, not by leaving out",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 7.2.2"],
    why: "`NotAction` and `NotResource` allow whatever somebody forgot to list: every new service, every new bucket.",
    mend: "Write `Action` and `Resource` with what is needed; keep the exclusion in a statement of its own with `Effect: Deny`.",
    kinds: [...GRANTING, ...SHARING],
    check: noExclusions,
  },
  {
    id: "iam/no-wildcard-resources",
    title: "What changes or reads data is allowed on named resources",
    items: ["iam-wildcards"],
    severity: "high",
    frameworks: ["FSBP: KMS.1", "FSBP: KMS.2", "PCI DSS 4.0.1: 7.2.2"],
    why: "On `*`, or on `secret:*`, the role of one program reads the secrets and deletes the queues of all the others in the account; `secretsmanager:Get*` is such a reading, too.",
    mend: "Write ARNs with names in `Resource`, not `secret:*` or `function:*`. Where AWS chooses the ids, limit by a condition whose value is written out, such as `aws:ResourceTag/…`, `kms:ViaService` or, for what only changes, `aws:RequestedRegion`. What only describes, and actions that know no resource, may stand on `*`, in a statement of their own.",
    kinds: GRANTING,
    check: noWildcardResources,
  },
  {
    id: "iam/pass-role",
    title: "Only named roles can be handed to services",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: [],
    why: "Who may pass any role starts a function or an instance with the administrator's, and is administrator.",
    mend: "Allow `iam:PassRole` on ARNs with the name or prefix of the roles meant, best with the condition `iam:PassedToService`.",
    kinds: GRANTING,
    check: onNamed(PASS_ROLE, "lets any role be handed to a service, must name the roles"),
  },
  {
    id: "iam/escalation",
    title: "Nobody can make any identity their own",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 7.2.2"],
    why: "Who may write a new version of any policy, a new trust of any role, or a key for any user, has all rights of the account within a minute.",
    mend: "Allow such actions only on ARNs with a name or prefix, and deny them on the identities that guard the others; for people's own credentials use `user/${aws:username}`.",
    kinds: GRANTING,
    check: onNamed(ESCALATING, "lets rights be taken from any identity or policy, must name which"),
  },
  {
    id: "iam/role-makers-bounded",
    title: "Whoever makes roles makes them inside a boundary",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: [],
    why: "A pipeline that may create roles gives itself, by way of a role it makes, everything that it was not given.",
    mend: "Put `Condition: {StringEquals: {\"iam:PermissionsBoundary\": \"<ARN of the boundary>\"}}` on statements that allow creating roles or users and writing or attaching their policies.",
    kinds: GRANTING,
    check: insideBoundary,
  },
  {
    id: "iam/public-resource-policies",
    title: "No queue, topic, secret or repository is open to everybody",
    items: ["iam-wildcards", "network-exposure"],
    severity: "critical",
    frameworks: ["FSBP: SNS.4", "FSBP: SQS.3"],
    why: "`Principal: \"*\"` is every AWS account, and for some services everybody without one: messages are read and forged, images pulled, secrets fetched.",
    mend: "Name accounts, roles or services in `Principal`, or narrow the statement by aws:PrincipalOrgID, aws:SourceArn or aws:SourceAccount with a value that is no wildcard.",
    // Buckets and keys have areas of their own.
    kinds: SHARING.filter((kind) => !["aws:s3:Bucket", "aws:s3:BucketPolicy"].includes(kind)),
    check: (resource, report) => eachAllow(resource, (open) => {
      if (isOpen(open)) report(open, "allows everybody, must name principals or demand an account, an organization or a source");
    }),
  },
];
