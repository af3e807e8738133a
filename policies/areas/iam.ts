/** Access: rights, trust, and how people and keys are held. */
import type { Resource, Stack } from "../resource.ts";
import { atLeast, atMost, is, type Report, type Rule, where } from "../rule.ts";
import type { Value } from "../value.ts";
import { conditions } from "./iamDocuments.ts";
import { grantRules } from "./iamGrants.ts";
import { permissionRules } from "./iamPermissions.ts";
import { trustRules } from "./iamTrust.ts";

/** Where managed policies are given to somebody, by the property that names them. */
const MANAGED: Readonly<Record<string, string>> = {
  "aws:iam:Role": "managedPolicyArns",
  "aws:iam:RolePolicyAttachment": "policyArn",
  "aws:iam:RolePolicyAttachmentsExclusive": "policyArns",
  "aws:iam:UserPolicyAttachment": "policyArn",
  "aws:iam:UserPolicyAttachmentsExclusive": "policyArns",
  "aws:iam:GroupPolicyAttachment": "policyArn",
  "aws:iam:GroupPolicyAttachmentsExclusive": "policyArns",
  "aws:iam:PolicyAttachment": "policyArn",
  "aws:ssoadmin:ManagedPolicyAttachment": "managedPolicyArn",
};

function managedPolicies(resource: Resource): Value[] {
  return resource.at(MANAGED[resource.kind.kind] ?? "").texts;
}

/** Policies of AWS that allow all that a service can do; AdministratorAccess has a rule of its own. */
const FULL = /^arn:[^:]*:iam::aws:policy\/(?:[\w-]+\/)*(\w*FullAccess(?:V\d)?|PowerUserAccess|SystemAdministrator|DatabaseAdministrator|NetworkAdministrator|AmazonEC2RoleforSSM)$/;
const ADMINISTRATOR = /^arn:[^:]*:iam::aws:policy\/AdministratorAccess(-Amplify|-AWSElasticBeanstalk)?$/;

function noFullAccess(resource: Resource, report: Report): void {
  for (const arn of managedPolicies(resource)) {
    const [, name] = FULL.exec(arn.text ?? "") ?? [];
    if (name !== undefined) report(arn, `gives ${name}, must be a policy with the actions and resources that are needed`);
  }
}

/** The property by which an attachment says which role it is for; none for attachments to users, groups and permission sets. */
const ROLE_OF: Readonly<Record<string, string>> = { "aws:iam:Role": "name", "aws:iam:RolePolicyAttachment": "role", "aws:iam:RolePolicyAttachmentsExclusive": "roleName" };

/** Only events of this state's rules tell of AssumeRole, which only reads in CloudTrail's words (EventBridge user guide). */
const ALL_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

/** Whether somebody is told when a role, by its name or ARN, is taken. */
export function isAlarmed(role: string, stack: Stack): boolean {
  return stack.which(["aws:cloudwatch:EventRule"], (rule) => {
    const pattern = rule.at("eventPattern").json;
    const roles = pattern.at("detail.requestParameters.roleArn").texts;
    return rule.at("state").text === ALL_EVENTS
      && pattern.at("detail.eventName").texts.some((event) => event.text === "AssumeRole")
      && roles.some((arn) => arn.text === role || arn.text?.endsWith(`:role/${role}`))
      && stack.pointing("aws:cloudwatch:EventTarget", "rule", rule).length > 0;
  }).length > 0;
}

function alarmAdministrators(resource: Resource, stack: Stack, report: Report): void {
  const [arn] = managedPolicies(resource).filter((one) => ADMINISTRATOR.test(one.text ?? ""));
  if (arn === undefined) return;
  const property = ROLE_OF[resource.kind.kind];
  if (property === undefined) report(arn, "gives AdministratorAccess to users or groups, must be a role whose use is alarmed");
  else if (!isAlarmed(nameOf(resource, property, stack), stack)) report(arn, "gives AdministratorAccess to a role whose use nobody is told of, must have an event rule on AssumeRole with a target");
}

/** Name of the role that an attachment is for, also where it is a reference. */
function nameOf(resource: Resource, property: string, stack: Stack): string {
  if (resource.is("aws:iam:Role")) return resource.at("name").text ?? resource.name;
  const [role] = stack.named("aws:iam:Role", resource, property);
  return role?.at("name").text ?? resource.at(property).text ?? "";
}

function noPoliciesOfUsers(resource: Resource, report: Report): void {
  const place = resource.at(resource.is("aws:iam:PolicyAttachment") ? "users" : resource.is("aws:iam:UserPoliciesExclusive") ? "policyNames" : "policyArns");
  if (resource.is("aws:iam:UserPolicy", "aws:iam:UserPolicyAttachment")) report(resource.at("user"), "gives rights to one user, must be a role or a group");
  else if (place.texts.length > 0) report(place, "gives rights to users one by one, must be a role or a group");
}

function noStaticKeys(credential: Resource, report: Report): void {
  const status = credential.at("status");
  if (status.text !== "Inactive") report(status, "is a static credential in use, must be a role");
}

/** Whether a document refuses what is done without a second factor. */
function refusesWithoutFactor(document: Value): boolean {
  return document.json.key("Statement").items.some((statement) => statement.key("Effect").text === "Deny" && conditions(statement).some(({ operator, key, values }) => (
    operator === "boolifexists" && key === "aws:multifactorauthpresent" && values.includes("false"))));
}

function wantLoginFactor(login: Resource, stack: Stack, report: Report): void {
  const user = login.at("user").text ?? "";
  const memberships = stack.which(["aws:iam:UserGroupMembership"], (one) => one.at("user").text === user);
  const groups = new Set(memberships.flatMap((one) => one.at("groups").texts.map((group) => group.text ?? "")));
  const inline = stack.which(["aws:iam:GroupPolicy"], (one) => groups.has(one.at("group").text ?? "") && refusesWithoutFactor(one.at("policy")));
  const attached = stack.which(["aws:iam:GroupPolicyAttachment"], (one) => groups.has(one.at("group").text ?? "") && stack.named("aws:iam:Policy", one, "policyArn").some((policy) => refusesWithoutFactor(policy.at("policy"))));
  if (inline.length + attached.length === 0) report(login.at("user"), "has a password, and no group whose policy denies what is done without a second factor");
}

export const rules: Rule[] = [
  ...grantRules,
  ...permissionRules,
  ...trustRules,
  {
    id: "iam/no-full-access",
    title: "No policy of AWS with all rights of a service is attached",
    items: ["iam-wildcards"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 7.2.2"],
    why: "AmazonS3FullAccess is `s3:*` on `*` under a friendly name: the program that was to read one bucket deletes all of them.",
    mend: "Attach or write a policy that names actions and resources; policies of AWS for one purpose (service-role/…, ReadOnlyAccess) may stay.",
    kinds: Object.keys(MANAGED),
    check: noFullAccess,
  },
  {
    id: "iam/administrators-alarmed",
    title: "Administrators break glass, and somebody is told",
    items: ["iam-wildcards", "audit-trail"],
    severity: "critical",
    frameworks: ["CIS AWS 3.0: 1.16"],
    why: "All rights are needed once a year, at night, and are what an intruder looks for on all other days. Who takes them unannounced must be seen within minutes.",
    mend: "Attach AdministratorAccess to one role only, and declare an EventRule (state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS) on AssumeRole of its ARN with a target that pages.",
    kinds: Object.keys(MANAGED),
    relate: alarmAdministrators,
  },
  {
    id: "iam/no-user-policies",
    title: "Users have no rights of their own",
    items: ["iam-wildcards"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 1.15", "FSBP: IAM.2"],
    why: "Rights that hang on persons stay when the person changes teams; nobody finds them all on the day somebody leaves.",
    mend: "Give rights to roles that people take, or to groups (`GroupPolicyAttachment`, `UserGroupMembership`). `UserPoliciesExclusive` with no names takes away what was added by hand.",
    kinds: ["aws:iam:UserPolicy", "aws:iam:UserPolicyAttachment", "aws:iam:UserPoliciesExclusive", "aws:iam:UserPolicyAttachmentsExclusive", "aws:iam:PolicyAttachment"],
    check: noPoliciesOfUsers,
  },
  {
    id: "iam/no-static-keys",
    title: "No credential lives longer than a session",
    items: ["iam-session", "secrets"],
    severity: "critical",
    frameworks: [],
    why: "An access key works from anywhere until somebody deletes it; it is what is found in repositories, laptops and build logs.",
    mend: "Use a role: OIDC for pipelines, Pod Identity for pods, instance profiles for machines, single sign-on for people. Set `status: Inactive` on a key that is being retired.",
    kinds: ["aws:iam:AccessKey", "aws:iam:ServiceSpecificCredential", "aws:iam:SigningCertificate"],
    check: noStaticKeys,
  },
  {
    id: "iam/console-login-mfa",
    title: "A password alone opens nothing",
    items: ["iam-mfa"],
    severity: "critical",
    frameworks: ["CIS AWS 3.0: 1.10", "FSBP: IAM.5", "PCI DSS 4.0.1: 8.4.2"],
    why: "A password that was used elsewhere too, or was typed into the wrong page, is enough to sign in to the console.",
    mend: "Leave out UserLoginProfile and use single sign-on; or put the user into a group (`UserGroupMembership`) whose policy denies everything with `BoolIfExists: {\"aws:MultiFactorAuthPresent\": \"false\"}`.",
    closed: true,
    kinds: ["aws:iam:UserLoginProfile"],
    relate: wantLoginFactor,
  },
  {
    id: "iam/password-policy",
    title: "Passwords are long, mixed, new and changed",
    items: ["iam-mfa"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 1.8", "CIS AWS 3.0: 1.9", "FSBP: IAM.7", "PCI DSS 4.0.1: 8.3.6", "PCI DSS 4.0.1: 8.3.7", "PCI DSS 4.0.1: 8.3.9"],
    why: "Without a policy IAM takes eight letters. Break-glass users have passwords even where everybody else signs in elsewhere.",
    mend: "Set minimumPasswordLength 14, passwordReusePrevention 24, maxPasswordAge 90 and all four require… properties on AccountPasswordPolicy.",
    kinds: ["aws:iam:AccountPasswordPolicy"],
    check: where({
      minimumPasswordLength: atLeast(14, " characters"),
      passwordReusePrevention: atLeast(24, " passwords"),
      maxPasswordAge: (age) => (age.number === 0 ? "is 0, which means for ever, must be at most 90 days" : atMost(90, " days")(age)),
      requireLowercaseCharacters: is(true),
      requireUppercaseCharacters: is(true),
      requireNumbers: is(true),
      requireSymbols: is(true),
    }),
  },
];
