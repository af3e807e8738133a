/** Secrets Manager. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

const SECRET = "aws:secretsmanager/secret:Secret";

/** Days in which a deleted secret can be restored (Secrets Manager API, DeleteSecret: 7–30, 30 by default; 0 deletes at once). */
const RECOVERY_DAYS = 30;

function admitPart(draft: Draft): void {
  const secret = draft.text("secretId");
  if (draft.world.isGone(secret)) throw new CloudError(`ResourceNotFoundException: Secrets Manager can't find the specified secret: ${secret}`);
}

export const secrets: TypeTable = {
  [SECRET]: {
    tags: true,
    holdsData: true,
    name: { property: "name", max: 512, prefixProperty: "namePrefix" },
    defaults: { forceOverwriteReplicaSecret: false, recoveryWindowInDays: RECOVERY_DAYS },
    id: (draft) => draft.arn("secretsmanager", `secret:${draft.name}-${draft.mixed(6)}`),
    unique: uniqueName((name) => `ResourceExistsException: The operation failed because the secret ${name} already exists.`),
    admit: (draft) => {
      const days = draft.number("recoveryWindowInDays", RECOVERY_DAYS);
      if (days !== 0 && (days < 7 || days > RECOVERY_DAYS)) {
        throw new CloudError(`InvalidParameterException: recoveryWindowInDays is ${days}; give 0 (no recovery) or 7 to ${RECOVERY_DAYS} days`);
      }
    },
    leaves: (known, world) => {
      if (known.state.recoveryWindowInDays === 0) return;
      world.reserve(`${SECRET} ${textOf(known.state.name)}`, `InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion: ${textOf(known.state.name)}`);
    },
    outputs: { arn: (draft) => draft.id, namePrefix: always(""), policy: always(""), replicas: always([]) },
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    holdsData: true,
    id: (draft) => `${draft.text("secretId")}|${draft.uuid()}`,
    admit: admitPart,
    secrets: ["secretString", "secretBinary"],
    replaceOn: ["secretId", "secretString", "secretBinary"],
    outputs: {
      arn: (draft) => draft.text("secretId"), secretArn: (draft) => draft.text("secretId"),
      hasSecretStringWo: (draft) => draft.value("secretStringWo") !== undefined,
      versionId: (draft) => draft.id.split("|")[1] ?? "",
      versionStages: always(["AWSCURRENT"]),
    },
  },
  "aws:secretsmanager/secretRotation:SecretRotation": {
    defaults: { rotateImmediately: true },
    id: (draft) => draft.text("secretId"),
    admit: admitPart,
    replaceOn: ["secretId"],
    outputs: { rotationEnabled: always(true) },
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": {
    id: (draft) => draft.text("secretArn"),
    replaceOn: ["secretArn"],
  },
};
