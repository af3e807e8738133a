/** ECR. */
import { always, arnOf, ownerId, uniqueName, type TypeTable } from "./define.ts";

export const registry: TypeTable = {
  "aws:ecr/repository:Repository": {
    tags: true,
    holdsData: true,
    name: { property: "name", max: 256, lowerCase: true },
    defaults: { imageTagMutability: "MUTABLE" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `RepositoryAlreadyExistsException: The repository with name '${name}' already exists in the registry`),
    replaceOn: ["encryptionConfigurations"],
    outputs: {
      arn: arnOf("ecr", (draft) => `repository/${draft.name}`), registryId: ownerId,
      repositoryUrl: (draft) => `${draft.account}.dkr.ecr.${draft.region}.amazonaws.com/${draft.name}`,
    },
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { id: (draft) => draft.text("repository"), replaceOn: ["repository"], outputs: { registryId: ownerId } },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": { id: (draft) => draft.text("repository"), replaceOn: ["repository"], outputs: { registryId: ownerId } },
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": { id: (draft) => draft.account, outputs: { registryId: ownerId } },
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {
    id: (draft) => draft.text("ecrRepositoryPrefix"),
    unique: { key: (draft) => draft.text("ecrRepositoryPrefix"), error: (draft) => `PullThroughCacheRuleAlreadyExistsException: a rule with the prefix ${draft.text("ecrRepositoryPrefix")} already exists` },
    replaceOn: ["ecrRepositoryPrefix", "upstreamRegistryUrl"],
    outputs: { registryId: ownerId, upstreamRepositoryPrefix: always("ROOT") },
  },
  "aws:ecr/replicationConfiguration:ReplicationConfiguration": { id: (draft) => draft.account, outputs: { registryId: ownerId } },
};
