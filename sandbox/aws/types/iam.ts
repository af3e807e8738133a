/** IAM: roles, policies, groups, identity providers. Global: the account's, not a region's. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, createdAt, globalArn, uniqueName, type ResourceType, type TypeTable } from "./define.ts";

const ROLE = "aws:iam/role:Role";

/** Policy documents are JSON; a policy that is not is refused as the service refuses it. */
function admitDocument(property: string): (draft: Draft) => void {
  return (draft) => {
    const text = draft.text(property);
    try {
      JSON.parse(text);
    } catch {
      throw new CloudError(`MalformedPolicyDocument: ${property} is not JSON: ${text.slice(0, 60)}`);
    }
  };
}

function admitRole(draft: Draft): void {
  if (draft.world.isGone(draft.text("role"), ROLE)) throw new CloudError(`NoSuchEntity: The role with name ${draft.text("role")} cannot be found.`);
}

const exists = (kind: string): ResourceType["unique"] => uniqueName((name) => `EntityAlreadyExists: ${kind} with name ${name} already exists.`);

export const iam: TypeTable = {
  [ROLE]: {
    global: true,
    tags: true,
    name: { property: "name", max: 64, prefixProperty: "namePrefix" },
    defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
    id: (draft) => draft.name,
    unique: exists("Role"),
    admit: admitDocument("assumeRolePolicy"),
    replaceOn: ["path"],
    outputs: {
      arn: globalArn("iam", (draft) => `role${draft.text("path", "/")}${draft.name}`),
      createDate: createdAt("createDate"),
      inlinePolicies: always([]), managedPolicyArns: always([]), namePrefix: always(""),
      uniqueId: (draft) => `AROA${draft.upper(17)}`,
    },
  },
  "aws:iam/policy:Policy": {
    global: true,
    tags: true,
    name: { property: "name", max: 128, prefixProperty: "namePrefix" },
    defaults: { path: "/" },
    id: globalArn("iam", (draft) => `policy${draft.text("path", "/")}${draft.name}`),
    unique: exists("Policy"),
    admit: admitDocument("policy"),
    replaceOn: ["path", "description"],
    outputs: {
      arn: (draft) => draft.id, attachmentCount: always(0), namePrefix: always(""),
      policyId: (draft) => `ANPA${draft.upper(17)}`,
    },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    global: true,
    name: { property: "name", max: 128, prefixProperty: "namePrefix" },
    id: (draft) => `${draft.text("role")}:${draft.name}`,
    admit: (draft) => { admitRole(draft); admitDocument("policy")(draft); },
    replaceOn: ["role"],
    outputs: { namePrefix: always("") },
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    global: true,
    id: (draft) => `${draft.text("role")}/${draft.text("policyArn")}`,
    admit: admitRole,
    replaceOn: ["role", "policyArn"],
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    global: true,
    tags: true,
    name: { property: "name", max: 128, prefixProperty: "namePrefix" },
    defaults: { path: "/" },
    id: (draft) => draft.name,
    unique: exists("Instance Profile"),
    outputs: {
      arn: globalArn("iam", (draft) => `instance-profile${draft.text("path", "/")}${draft.name}`),
      createDate: createdAt("createDate"), namePrefix: always(""),
      uniqueId: (draft) => `AIPA${draft.upper(17)}`,
    },
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    global: true,
    tags: true,
    id: globalArn("iam", (draft) => `oidc-provider/${draft.text("url").replace(/^https:\/\//, "")}`),
    unique: {
      key: (draft) => draft.text("url"),
      error: (draft) => `EntityAlreadyExists: Provider with url ${draft.text("url")} already exists.`,
    },
    replaceOn: ["url"],
    outputs: { arn: (draft) => draft.id, thumbprintLists: (draft) => [draft.hex(40, "thumbprint")] },
  },
  "aws:iam/samlProvider:SamlProvider": {
    global: true,
    tags: true,
    name: { property: "name", max: 128 },
    id: globalArn("iam", (draft) => `saml-provider/${draft.name}`),
    unique: exists("Provider"),
    outputs: { arn: (draft) => draft.id, samlProviderUuid: (draft) => draft.hex(32, "provider"), validUntil: always("2126-01-01T00:00:00Z") },
  },
  "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": {
    global: true,
    defaults: { allowUsersToChangePassword: true, minimumPasswordLength: 6 },
    id: () => "iam-account-password-policy",
    outputs: {
      expirePasswords: (draft) => draft.number("maxPasswordAge") > 0,
      hardExpiry: always(false), maxPasswordAge: always(0), passwordReusePrevention: always(0),
      requireLowercaseCharacters: always(false), requireNumbers: always(false), requireSymbols: always(false), requireUppercaseCharacters: always(false),
    },
  },
  "aws:iam/group:Group": {
    global: true,
    name: { property: "name", max: 128, renames: true },
    defaults: { path: "/" },
    id: (draft) => draft.name,
    unique: exists("Group"),
    outputs: { arn: globalArn("iam", (draft) => `group${draft.text("path", "/")}${draft.name}`), uniqueId: (draft) => `AGPA${draft.upper(17)}` },
  },
  "aws:iam/groupPolicy:GroupPolicy": {
    global: true,
    name: { property: "name", max: 128, prefixProperty: "namePrefix" },
    id: (draft) => `${draft.text("group")}:${draft.name}`,
    admit: admitDocument("policy"),
    replaceOn: ["group"],
    outputs: { namePrefix: always("") },
  },
};
