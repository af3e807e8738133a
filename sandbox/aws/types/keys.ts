/** KMS keys, aliases and grants. */
import { CloudError } from "../failures.ts";
import { always, arnOf, ownId, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

/** Days until a deleted key is gone when the program does not say (KMS API reference, ScheduleKeyDeletion: 7–30, 30 by default). */
const DELETION_WINDOW = { shortest: 7, longest: 30 };

/** KMS refuses a policy by which nobody could change the policy again (KMS API reference, CreateKey and PutKeyPolicy). */
function canBeChanged(policy: string): boolean {
  if (policy === "") return true;
  const { Statement } = JSON.parse(policy) as { Statement?: unknown };
  return [Statement].flat().some((statement) => {
    const { Effect, Action, Principal, Condition } = statement as { Effect?: string; Action?: string | string[]; Principal?: unknown; Condition?: unknown };
    const actions = [Action].flat();
    return Effect === "Allow" && Principal !== undefined && Condition === undefined && ["*", "kms:*", "kms:Put*", "kms:PutKeyPolicy"].some((action) => actions.includes(action));
  });
}

export const keys: TypeTable = {
  "aws:kms/key:Key": {
    tags: true,
    holdsData: true,
    defaults: {
      bypassPolicyLockoutSafetyCheck: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT", enableKeyRotation: false,
      isEnabled: true, keyUsage: "ENCRYPT_DECRYPT",
    },
    id: (draft) => draft.uuid(),
    admit: (draft) => {
      const days = draft.number("deletionWindowInDays", DELETION_WINDOW.longest);
      if (days < DELETION_WINDOW.shortest || days > DELETION_WINDOW.longest) {
        throw new CloudError(`ValidationException: deletionWindowInDays is ${days}; a key waits ${DELETION_WINDOW.shortest} to ${DELETION_WINDOW.longest} days`);
      }
      if (!draft.flag("bypassPolicyLockoutSafetyCheck") && !canBeChanged(draft.text("policy"))) {
        throw new CloudError("MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.");
      }
    },
    leaves: (known, world) => world.reserve(`pending key ${known.id}`, `${textOf(known.state.arn)} is pending deletion.`),
    replaceOn: ["customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId"],
    outputs: {
      arn: arnOf("kms", (draft) => `key/${draft.id}`),
      keyId: ownId,
      description: always(""), multiRegion: always(false),
      rotationPeriodInDays: (draft) => (draft.flag("enableKeyRotation") ? 365 : null),
      policy: (draft) => JSON.stringify({
        Id: "key-default-1",
        Statement: [{ Action: "kms:*", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${draft.account}:root` }, Resource: "*", Sid: "Enable IAM User Permissions" }],
        Version: "2012-10-17",
      }),
    },
  },
  "aws:kms/alias:Alias": {
    name: { property: "name", max: 256, prefix: "alias/", prefixProperty: "namePrefix" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `AlreadyExistsException: An alias with the name ${name} already exists`),
    outputs: {
      arn: arnOf("kms", (draft) => draft.name), namePrefix: always(""),
      targetKeyArn: (draft) => (draft.text("targetKeyId").startsWith("arn:") ? draft.text("targetKeyId") : draft.arn("kms", `key/${draft.text("targetKeyId")}`)),
    },
  },
  "aws:kms/grant:Grant": {
    name: { property: "name" },
    defaults: { retireOnDelete: false },
    id: (draft) => `${draft.text("keyId")}:${draft.hex(64)}`,
    replaceOn: ["keyId", "granteePrincipal", "operations", "constraints", "retiringPrincipal", "grantCreationTokens", "retireOnDelete"],
    outputs: { grantId: (draft) => draft.hex(64), grantToken: (draft) => draft.mixed(120, "token") },
  },
};
