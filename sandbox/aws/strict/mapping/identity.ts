/** IAM, KMS, secrets, Systems Manager. */
import type { Mappings } from "./types.ts";

export const identity: Mappings = {
  "aws:iam/role:Role": { api: "iam", create: ["CreateRole"], update: ["UpdateRole", "UpdateAssumeRolePolicy", "PutRolePermissionsBoundary"] },
  "aws:iam/policy:Policy": { api: "iam", create: ["CreatePolicy"], update: ["CreatePolicyVersion"] },
  "aws:iam/rolePolicy:RolePolicy": { api: "iam", create: ["PutRolePolicy"], update: ["PutRolePolicy"] },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { api: "iam", create: ["AttachRolePolicy"], update: [] },
  "aws:iam/instanceProfile:InstanceProfile": { api: "iam", create: ["CreateInstanceProfile"], update: ["AddRoleToInstanceProfile"] },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": { api: "iam", create: ["CreateOpenIDConnectProvider"], update: ["UpdateOpenIDConnectProviderThumbprint", "AddClientIDToOpenIDConnectProvider"] },
  "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": { api: "iam", create: ["UpdateAccountPasswordPolicy"], update: ["UpdateAccountPasswordPolicy"] },
  "aws:iam/group:Group": { api: "iam", create: ["CreateGroup"], update: ["UpdateGroup"] },
  "aws:iam/groupPolicy:GroupPolicy": { api: "iam", create: ["PutGroupPolicy"], update: ["PutGroupPolicy"] },
  "aws:iam/samlProvider:SamlProvider": { api: "iam", create: ["CreateSAMLProvider"], update: ["UpdateSAMLProvider"] },
  "aws:kms/key:Key": { api: "kms", create: ["CreateKey", "EnableKeyRotation"], update: ["UpdateKeyDescription", "PutKeyPolicy", "EnableKeyRotation"] },
  "aws:kms/alias:Alias": { api: "kms", create: ["CreateAlias"], update: ["UpdateAlias"] },
  "aws:kms/grant:Grant": { api: "kms", create: ["CreateGrant"], update: [] },
  "aws:secretsmanager/secret:Secret": { api: "secretsmanager", create: ["CreateSecret", "PutResourcePolicy"], update: ["UpdateSecret", "PutResourcePolicy"] },
  "aws:secretsmanager/secretVersion:SecretVersion": { api: "secretsmanager", create: ["PutSecretValue"], update: ["UpdateSecretVersionStage"] },
  "aws:secretsmanager/secretRotation:SecretRotation": { api: "secretsmanager", create: ["RotateSecret"], update: ["RotateSecret"] },
  "aws:secretsmanager/secretPolicy:SecretPolicy": { api: "secretsmanager", create: ["PutResourcePolicy"], update: ["PutResourcePolicy"] },
  "aws:ssm/parameter:Parameter": { api: "ssm", create: ["PutParameter"], update: ["PutParameter"] },
  "aws:ssm/maintenanceWindow:MaintenanceWindow": { api: "ssm", create: ["CreateMaintenanceWindow"], update: ["UpdateMaintenanceWindow"] },
  "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget": { api: "ssm", create: ["RegisterTargetWithMaintenanceWindow"], update: ["UpdateMaintenanceWindowTarget"] },
  "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": { api: "ssm", create: ["RegisterTaskWithMaintenanceWindow"], update: ["UpdateMaintenanceWindowTask"] },
  "aws:ssm/patchBaseline:PatchBaseline": { api: "ssm", create: ["CreatePatchBaseline"], update: ["UpdatePatchBaseline"] },
  "aws:ssm/patchGroup:PatchGroup": { api: "ssm", create: ["RegisterPatchBaselineForPatchGroup"], update: [] },
  "aws:ssm/association:Association": { api: "ssm", create: ["CreateAssociation"], update: ["UpdateAssociation"] },
};
