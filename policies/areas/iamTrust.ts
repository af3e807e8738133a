/** Who may take a role, and for how long. */
import type { Resource } from "../resource.ts";
import { type Report, type Rule, shown } from "../rule.ts";
import type { Value } from "../value.ts";
import { accountOf, conditions, demands, eachAllowOf, type Principal, principals } from "./iamDocuments.ts";

const ROLE = ["aws:iam:Role"];

/** Looks at each principal that a role trusts. */
function eachTrusted(role: Resource, look: (principal: Principal, statement: Value) => void): void {
  eachAllowOf(role.at("assumeRolePolicy"), (statement) => principals(statement).forEach((principal) => look(principal, statement)));
}

/** Whether a second factor must have been given; `BoolIfExists` lets pass whoever has none to tell of. */
function demandsFactor(statement: Value): boolean {
  return conditions(statement).some(({ operator, key, values }) => operator === "bool" && key === "aws:multifactorauthpresent" && values.every((value) => value === "true"));
}

/** A user by ARN or by id, or an account as a whole: whoever its administrators choose. */
function isPerson({ type, name }: Principal): boolean {
  return type === "AWS" && (/^\d{12}$|:root$/.test(name) || isUser(name));
}

function isUser(name: string): boolean {
  return /:user\/|^AIDA/.test(name);
}

function wantFactor(role: Resource, report: Report): void {
  eachTrusted(role, (principal, statement) => {
    if (!isPerson(principal) || demandsFactor(statement)) return;
    // Software of other accounts, and roles pinned by name, have no second factor to give.
    const pinned = !isUser(principal.name) && (demands(statement, "sts:externalid") || demands(statement, "aws:principalarn"));
    if (!pinned) report(principal.place, `trusts ${shown(principal.place)} without a second factor, must demand Bool aws:MultiFactorAuthPresent "true"`);
  });
}

/** The account that a role is made in, as far as its declaration tells. */
function ownAccounts(role: Resource): string[] {
  const boundary = accountOf(role.at("permissionsBoundary").text ?? "");
  const allowed = role.provider.at("allowedAccountIds").json.texts.map((account) => account.text ?? "");
  return boundary === undefined ? allowed : [boundary, ...allowed];
}

function wantExternalId(role: Resource, report: Report): void {
  const own = ownAccounts(role);
  if (own.length === 0) return;
  eachTrusted(role, ({ type, name, place }, statement) => {
    const account = type === "AWS" && name.includes(":role/") ? accountOf(name) : undefined;
    if (account === undefined || own.includes(account)) return;
    if (demands(statement, "sts:externalid") || demandsFactor(statement) || demands(statement, /^aws:principalorg(id|paths)$/)) return;
    report(place, `trusts a role of account ${account}, must demand sts:ExternalId, a second factor or aws:PrincipalOrgID`);
  });
}

/** AWS's own sign-in endpoints: all SAML assertions for the console and the API are meant for one of them. */
const SIGN_IN = /^https:\/\/([a-z0-9-]+\.)?signin\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)\/saml(\/acs\/[^/*?]+)?$/;

function wantSamlAudience(role: Resource, report: Report): void {
  eachTrusted(role, ({ name, place }, statement) => {
    if (!name.includes(":saml-provider/")) return;
    const pinned = conditions(statement).some(({ operator, key, values }) => operator === "stringequals" && key === "saml:aud" && values.every((value) => SIGN_IN.test(value)));
    if (!pinned) report(place, "trusts assertions for any audience, must demand StringEquals SAML:aud of the AWS sign-in endpoint");
  });
}

/** Whether nobody but pipelines takes a role: all whom it trusts come with a token of an issuer outside of clusters. */
export function isPipeline(role: Resource): boolean {
  const trusted: Principal[] = [];
  eachTrusted(role, (principal) => trusted.push(principal));
  return trusted.length > 0 && trusted.every(({ name }) => name.includes(":oidc-provider/") && !isCluster(name));
}

/** Looks at each principal whose tokens an OIDC issuer signs; the issuer's name starts the keys of conditions. */
function eachIssuer(role: Resource, look: (issuer: string, place: Value, statement: Value) => void): void {
  eachTrusted(role, ({ type, name, place }, statement) => {
    if (type === "Federated" && !name.includes(":saml-provider/")) look(name.replace(/^.*:oidc-provider\//, "").toLowerCase(), place, statement);
  });
}

function wantOidcAudience(role: Resource, report: Report): void {
  eachIssuer(role, (issuer, place, statement) => {
    if (!demands(statement, `${issuer}:aud`)) report(place, `takes tokens of ${issuer} that were made for others, must demand ${issuer}:aud`);
  });
}

const isCluster = (issuer: string): boolean => /(^|\/)oidc\.eks\.|\.eks\./.test(issuer);

/** A CI's subject names organization and repository in its first two parts; a service account is named in full. */
function isOpen(subject: string, issuer: string): boolean {
  const decisive = isCluster(issuer) ? subject : subject.split(":").slice(0, 2).join(":");
  return /[*?]/.test(decisive);
}

function subjects(issuer: string, statement: Value): string[] | undefined {
  return demands(statement, `${issuer}:sub`) ? conditions(statement).filter(({ key }) => key === `${issuer}:sub`).flatMap(({ values }) => values) : undefined;
}

/** Kubernetes' issuers sign for service accounts; all others for pipelines. */
function wantSubject(clusters: boolean, what: string): (role: Resource, report: Report) => void {
  return (role, report) => eachIssuer(role, (issuer, place, statement) => {
    // Users of an identity pool have subjects that nobody can list; its audience is the pool.
    if (isCluster(issuer) !== clusters || issuer === "cognito-identity.amazonaws.com") return;
    const given = subjects(issuer, statement);
    if (given === undefined) report(place, `takes a token of any subject of ${issuer}, must demand ${issuer}:sub of ${what}`);
    else if (given.some((subject) => isOpen(subject, issuer))) report(place, `takes tokens whose subject is not one ${what}, must name it in ${issuer}:sub without wildcards`);
  });
}

function wantPod(role: Resource, report: Report): void {
  eachTrusted(role, ({ name, place }, statement) => {
    if (name !== "pods.eks.amazonaws.com") return;
    const missing = ["kubernetes-namespace", "kubernetes-service-account"].filter((tag) => !demands(statement, `aws:requesttag/${tag}`));
    if (missing.length > 0) report(place, `lets any pod with an association take the role, must demand ${missing.map((tag) => `aws:RequestTag/${tag}`).join(" and ")}`);
  });
}

/** 8 hours: requirements, "access". */
const LONGEST_SESSION_SECONDS = 28_800;

/** PT8H, PT1H30M in seconds. */
function seconds(duration: string): number {
  const [, hours = 0, minutes = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(duration) ?? [undefined, Infinity];
  return Number(hours) * 3600 + Number(minutes) * 60;
}

/** Where the length of a session is said. */
const LENGTHS: Readonly<Record<string, string>> = { "aws:iam:Role": "maxSessionDuration", "aws:ssoadmin:PermissionSet": "sessionDuration", "aws:rolesanywhere:Profile": "durationSeconds" };

function limitSession(resource: Resource, report: Report): void {
  const place = resource.at(LENGTHS[resource.kind.kind] ?? "");
  // All are one hour where nothing is said.
  if (!place.exists) return;
  const length = place.number ?? seconds(place.text ?? "");
  if (!(length <= LONGEST_SESSION_SECONDS)) report(place, `is ${shown(place)}, must be at most 8 hours (${LONGEST_SESSION_SECONDS} s)`);
}

export const trustRules: Rule[] = [
  {
    id: "iam/trust-no-wildcard",
    title: "A role says who may take it",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: [],
    why: "A role that trusts \"*\" can be tried from every AWS account in the world; a condition that is loosened later, or that was wrong, is then all there was.",
    mend: "Name the accounts, roles, providers or services in `Principal` of assumeRolePolicy; allow with `Principal`, never with `NotPrincipal`.",
    kinds: ROLE,
    check: (role, report) => eachAllowOf(role.at("assumeRolePolicy"), (statement) => {
      const excluded = statement.key("NotPrincipal");
      if (excluded.exists) report(excluded, "trusts everybody but some, must name who is trusted in Principal");
      for (const { name, place } of principals(statement)) if (name === "*") report(place, "trusts everybody, must name who is trusted");
    }),
  },
  {
    id: "iam/trust-people-mfa",
    title: "People take a role with a second factor",
    items: ["iam-mfa"],
    severity: "critical",
    frameworks: [],
    why: "A user's access key that leaked in a log or a laptop backup is enough to take the role; with a second factor it is not.",
    mend: "In assumeRolePolicy, put `Condition: {Bool: {\"aws:MultiFactorAuthPresent\": \"true\"}}` on statements that trust users or a whole account (`BoolIfExists` lets static keys pass). For software of another account demand `sts:ExternalId`, for known roles `aws:PrincipalArn`.",
    kinds: ROLE,
    check: wantFactor,
  },
  {
    id: "iam/trust-saml-audience",
    title: "Single sign-on takes assertions made for AWS only",
    items: ["iam-mfa"],
    severity: "high",
    frameworks: [],
    why: "The identity provider asks for the second factor before it signs for AWS. Without the audience, an assertion that was signed for some other application, perhaps without a second factor, opens the role too.",
    mend: "Put `Condition: {StringEquals: {\"SAML:aud\": \"https://signin.aws.amazon.com/saml\"}}` on statements that trust a SAML provider.",
    kinds: ROLE,
    check: wantSamlAudience,
  },
  {
    id: "iam/trust-oidc-audience",
    title: "A role takes tokens that were made for AWS only",
    items: ["iam-wildcards"],
    severity: "high",
    frameworks: [],
    why: "A token that a pipeline or a pod got for another service can be handed on by that service to take the role.",
    mend: "Demand `<issuer>:aud` (sts.amazonaws.com, or the identity pool) with StringEquals in assumeRolePolicy.",
    kinds: ROLE,
    check: wantOidcAudience,
  },
  {
    id: "iam/trust-pipeline-subject",
    title: "A pipeline's role is for one repository",
    items: ["iam-wildcards"],
    severity: "critical",
    frameworks: [],
    why: "A CI service signs tokens for all of its customers. Without a subject, or with a wildcard where the repository stands, somebody else's workflow takes the role.",
    mend: "Demand `<issuer>:sub` in assumeRolePolicy with organization and repository written out, best with branch or environment: `repo:example/shop:environment:production`.",
    kinds: ROLE,
    check: wantSubject(false, "repository"),
  },
  {
    id: "iam/trust-service-account",
    title: "A cluster's role for web identity is for one service account",
    items: ["iam-wildcards", "service-account-tokens"],
    severity: "high",
    frameworks: [],
    why: "Every pod of the cluster has a token of the same issuer. Without namespace and service account in the subject, any of them takes the role.",
    mend: "Demand `<issuer>:sub` with StringEquals: `system:serviceaccount:<namespace>:<name>`.",
    kinds: ROLE,
    check: wantSubject(true, "service account"),
  },
  {
    id: "iam/trust-pod-identity",
    title: "A pod's role is for one service account",
    items: ["iam-wildcards", "service-account-tokens"],
    severity: "medium",
    // The association names the service account as well; the trust holds when somebody makes another association.
    enforcement: "advisory",
    frameworks: [],
    why: "Whoever may make an association gives the role to a pod of their choice; the trust policy is what the role itself has to say to it.",
    mend: "Demand `aws:RequestTag/kubernetes-namespace` and `aws:RequestTag/kubernetes-service-account` with StringEquals in assumeRolePolicy.",
    kinds: ROLE,
    check: wantPod,
  },
  {
    id: "iam/trust-other-accounts",
    title: "A role of another account proves whom it acts for",
    items: ["iam-wildcards"],
    severity: "high",
    frameworks: [],
    why: "A vendor's role serves all of its customers. Without an external id, another customer can have the vendor act here in their name.",
    mend: "Demand `sts:ExternalId` in assumeRolePolicy, or `aws:PrincipalOrgID` for accounts of the same organization.",
    kinds: ROLE,
    check: wantExternalId,
  },
  {
    id: "iam/session-length",
    title: "A session ends after 8 hours",
    items: ["iam-session"],
    severity: "medium",
    frameworks: [],
    why: "Credentials of a session can not be taken back one by one: what was stolen in the morning works until the session ends.",
    mend: "Set `maxSessionDuration` to at most 28800 on roles, `sessionDuration` to at most PT8H on permission sets, `durationSeconds` to at most 28800 on profiles of Roles Anywhere.",
    kinds: Object.keys(LENGTHS),
    check: limitSession,
  },
];
