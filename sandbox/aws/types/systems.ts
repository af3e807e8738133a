/** Systems Manager: parameters, maintenance windows, patches. */
import { always, arnOf, revision, uniqueName, type TypeTable } from "./define.ts";

export const systems: TypeTable = {
  "aws:ssm/parameter:Parameter": {
    tags: true,
    name: { property: "name", max: 2048 },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option in the request to true: ${name}`),
    secrets: ["value"],
    outputs: {
      arn: arnOf("ssm", (draft) => `parameter${draft.name.startsWith("/") ? "" : "/"}${draft.name}`),
      dataType: always("text"), hasValueWo: (draft) => draft.value("valueWo") !== undefined, insecureValue: always(""),
      keyId: (draft) => (draft.text("type") === "SecureString" ? "alias/aws/ssm" : ""), tier: always("Standard"),
      value: (draft) => draft.text("insecureValue"), version: revision("version"),
    },
  },
  "aws:ssm/maintenanceWindow:MaintenanceWindow": {
    tags: true,
    name: { property: "name", max: 128, renames: true },
    defaults: { allowUnassociatedTargets: false, enabled: true },
    id: (draft) => draft.ec2Id("mw"),
  },
  "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": {
    name: { property: "name", max: 128, renames: true },
    id: (draft) => draft.uuid(),
    replaceOn: ["windowId", "resourceType"],
  },
  "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": {
    name: { property: "name", max: 128, renames: true },
    id: (draft) => draft.uuid(),
    replaceOn: ["windowId", "taskType"],
    outputs: {
      arn: arnOf("ssm", (draft) => `windowtask/${draft.id}`), windowTaskId: (draft) => draft.id,
      maxConcurrency: always("1"), maxErrors: always("1"),
      serviceRoleArn: (draft) => draft.arn("iam", "role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM", { region: "" }),
    },
  },
  "aws:ssm/patchBaseline:PatchBaseline": {
    tags: true,
    name: { property: "name", max: 128, renames: true },
    defaults: { approvedPatchesComplianceLevel: "UNSPECIFIED", approvedPatchesEnableNonSecurity: false, operatingSystem: "WINDOWS" },
    id: (draft) => draft.ec2Id("pb"),
    replaceOn: ["operatingSystem"],
    outputs: {
      arn: arnOf("ssm", (draft) => `patchbaseline/${draft.id}`), rejectedPatchesAction: always("ALLOW_AS_DEPENDENCY"),
      json: (draft) => JSON.stringify({ BaselineId: draft.id, Name: draft.name, OperatingSystem: draft.text("operatingSystem") }),
    },
  },
  "aws:ssm/patchGroup:PatchGroup": {
    id: (draft) => `${draft.text("patchGroup")},${draft.text("baselineId")}`,
    replaceOn: ["patchGroup", "baselineId"],
  },
  "aws:ssm/association:Association": {
    tags: true,
    defaults: { applyOnlyAtCronInterval: false },
    id: (draft) => draft.uuid(),
    replaceOn: ["name"],
    outputs: { arn: arnOf("ssm", (draft) => `association/${draft.id}`), associationId: (draft) => draft.id, documentVersion: always("$DEFAULT"), parameters: always({}), targets: always([]) },
  },
};
