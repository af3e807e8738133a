/** AWS Backup. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, arnOf, createdAt, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

const VAULT = "aws:backup/vault:Vault";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";

/** Days that a lock in compliance mode can still be taken back (AWS Backup developer guide, "AWS Backup Vault Lock"). */
const SHORTEST_GRACE_DAYS = 3;

function vaultArn(draft: Draft): string {
  return draft.arn("backup", `backup-vault:${draft.text("backupVaultName")}`);
}

export const backup: TypeTable = {
  [VAULT]: {
    tags: true,
    holdsData: true,
    name: { property: "name", max: 50 },
    defaults: { forceDestroy: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `AlreadyExistsException: Backup vault with the same name already exists: ${name}`),
    keeps: (known, world) => ((world.inUse || Number(known.state.recoveryPoints ?? 0) > 0) && known.state.forceDestroy !== true
      ? `InvalidRequestException: Backup vault cannot be deleted because it contains recovery points: ${known.id}`
      : undefined),
    replaceOn: ["kmsKeyArn"],
    outputs: { arn: arnOf("backup", (draft) => `backup-vault:${draft.name}`), kmsKeyArn: (draft) => draft.arn("kms", `key/${draft.uuid("aws/backup")}`), recoveryPoints: always(0) },
  },
  "aws:backup/vaultPolicy:VaultPolicy": {
    id: (draft) => draft.text("backupVaultName"),
    replaceOn: ["backupVaultName"],
    outputs: { backupVaultArn: vaultArn },
  },
  [LOCK]: {
    id: (draft) => draft.text("backupVaultName"),
    admit: (draft) => {
      const grace = draft.number("changeableForDays");
      if (draft.value("changeableForDays") !== undefined && grace < SHORTEST_GRACE_DAYS) {
        throw new CloudError(`InvalidParameterValueException: changeableForDays is ${grace}; a lock in compliance mode can be changed for ${SHORTEST_GRACE_DAYS} days or more`);
      }
      const [least, most] = [draft.number("minRetentionDays", 1), draft.number("maxRetentionDays", Infinity)];
      if (least > most) throw new CloudError(`InvalidParameterValueException: minRetentionDays (${least}) is more than maxRetentionDays (${most})`);
    },
    replaceOn: ["backupVaultName", "changeableForDays", "minRetentionDays", "maxRetentionDays"],
    deleteFirst: true,
    outputs: { backupVaultArn: vaultArn },
  },
  "aws:backup/vaultNotifications:VaultNotifications": {
    id: (draft) => draft.text("backupVaultName"),
    replaceOn: ["backupVaultName", "snsTopicArn", "backupVaultEvents"],
    deleteFirst: true,
    outputs: { backupVaultArn: vaultArn },
  },
  "aws:backup/plan:Plan": {
    tags: true,
    name: { property: "name", max: 50 },
    id: (draft) => draft.uuid(),
    keeps: (known, world) => {
      const selection = world.find("aws:backup/selection:Selection", (other) => other.state.planId === known.id);
      return selection === undefined ? undefined : `InvalidRequestException: Related backup plan selections must be deleted prior to backup plan deletion: ${selection.id}`;
    },
    outputs: { arn: arnOf("backup", (draft) => `backup-plan:${draft.id}`), version: (draft) => Buffer.from(draft.hex(36, `version ${textOf(draft.previous?.version ?? "")}`)).toString("base64") },
  },
  "aws:backup/selection:Selection": {
    name: { property: "name", max: 50 },
    id: (draft) => draft.uuid(),
    replaceOn: ["planId", "iamRoleArn", "resources", "notResources", "selectionTags", "conditions"],
    deleteFirst: true,
    outputs: { conditions: always([]), notResources: always([]) },
  },
  "aws:backup/framework:Framework": {
    tags: true,
    name: { property: "name", max: 256 },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `AlreadyExistsException: Framework already exists: ${name}`),
    outputs: { arn: arnOf("backup", (draft) => `framework:${draft.name}-${draft.uuid()}`), creationTime: createdAt("creationTime"), deploymentStatus: always("COMPLETED"), status: always("ACTIVE") },
  },
  "aws:backup/reportPlan:ReportPlan": {
    tags: true,
    name: { property: "name", max: 256 },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `AlreadyExistsException: Report plan already exists: ${name}`),
    outputs: { arn: arnOf("backup", (draft) => `report-plan:${draft.name}-${draft.uuid()}`), creationTime: createdAt("creationTime"), deploymentStatus: always("COMPLETED") },
  },
};
