/** Images. */
import { isPinned, liesIn, locationOf } from "../imageNames.ts";
import { POD_CARRIERS } from "../kinds.ts";
import { eachContainer, podSpec } from "../pods.ts";
import type { Resource } from "../resource.ts";
import { oneOf, type Rule, shown, where } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { charts } from "./imagesCharts.ts";

/** Kinds that run images. */
const RUNNERS = [...POD_CARRIERS, "aws:ecs:TaskDefinition", "aws:lambda:Function", "aws:codebuild:Project", "aws:batch:JobDefinition", "aws:apprunner:Service", "aws:sagemaker:Model"];
const REPOSITORY = ["aws:ecr:Repository"];

/** Images that AWS itself keeps for CodeBuild; they have no digest and no other registry. */
const CODEBUILD_OWN = "aws/codebuild/";

/** Where a batch job, or a group of its nodes, has its only container, and where its tasks or pods. */
const BATCH = { alone: ["containerProperties", "container"], several: [["ecsProperties", "taskProperties[0]"], ["eksProperties", "podProperties"]] } as const;

/** Looks at each container of a batch job, of each group of its nodes. */
function batchContainers(job: Value, look: (container: Value) => void): void {
  for (const name of BATCH.alone) job.try(() => look(job.at(name).json));
  for (const [holder, path] of BATCH.several) {
    job.try(() => {
      const pod = job.at(holder).json.at(path);
      for (const list of ["initContainers", "containers"]) pod.try(() => pod.at(list).each(look));
    });
  }
  job.try(() => job.at("nodeProperties").json.at("nodeRangeProperties").each((group) => batchContainers(group, look)));
}

/** Looks at the name of each image that a resource runs or mounts. */
function eachImage(resource: Resource, look: (image: Value) => void): void {
  const given = (image: Value): void => {
    if (image.exists) look(image);
  };
  if (resource.is("aws:ecs:TaskDefinition")) return resource.at("containerDefinitions").json.each((container) => given(container.key("image")));
  if (resource.is("aws:batch:JobDefinition")) return batchContainers(resource, (container) => given(container.key("image")));
  if (resource.is("aws:apprunner:Service")) return given(resource.at("sourceConfiguration.imageRepository.imageIdentifier"));
  if (resource.is("aws:sagemaker:Model")) {
    resource.try(() => given(resource.at("primaryContainer.image")));
    return resource.at("containers").each((container) => given(container.key("image")));
  }
  if (resource.is("aws:lambda:Function")) return given(resource.at("imageUri"));
  if (resource.is("aws:codebuild:Project")) {
    const image = resource.at("environment.image");
    if (image.text?.startsWith(CODEBUILD_OWN) !== true) given(image);
    return;
  }
  eachContainer(podSpec(resource), (container) => given(container.key("image")));
  podSpec(resource).key("volumes").each((volume) => given(volume.at("image.reference")));
}

/** Whether a repository's name is one of those that a registry's rule of scanning is about: `*` is any text. */
function isScanned(name: string, rule: Value): boolean {
  const frequency = rule.at("scanFrequency").text;
  if (frequency !== "SCAN_ON_PUSH" && frequency !== "CONTINUOUS_SCAN") return false;
  return any(rule.at("repositoryFilters").items.map((filter) => () => {
    const pattern = (filter.at("filter").text ?? "").split("*").map((part) => part.replace(/[^\w/-]/g, "\\$&")).join(".*");
    // ECR finds a filter without a star anywhere in the name.
    return new RegExp(pattern.includes("*") ? `^${pattern}$` : pattern).test(name);
  }));
}

export const rules: Rule[] = [
  {
    id: "images/digest",
    title: "Each image is named by its digest",
    items: ["image-digests"],
    severity: "high",
    frameworks: [],
    why: "A tag means another image tomorrow: pods of one release then run different code, a rollback brings back what was pushed since, and what was scanned is not what runs.",
    mend: "Write `registry/repository@sha256:<64 hex digits>`, as the pipeline printed it when it pushed the image.",
    kinds: RUNNERS,
    check: (resource, report) => eachImage(resource, (image) => {
      if (!isPinned(image.text ?? "")) report(image, `is ${shown(image)}, must end in @sha256: and the image's digest`);
    }),
  },
  {
    id: "images/registry",
    title: "Images come from the registries that the stack allows",
    items: ["image-registries"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 5.1.4"],
    why: "An image of a registry that is not one's own can disappear, be limited in downloads in the middle of a scale-up, or be exchanged by whoever takes over its account.",
    mend: "Copy the image into a registry of the stack's `policies.allowedRegistries`, and name it there.",
    kinds: RUNNERS,
    check: (resource, report) => eachImage(resource, (image) => {
      const location = locationOf(image.text ?? "");
      if (!resource.settings.allowedRegistries.some((registry) => liesIn(location, registry))) {
        report(image, `comes from ${location.split("/")[0] ?? ""}, must come from ${resource.settings.allowedRegistries.join(" or ")}`);
      }
    }),
  },
  {
    id: "images/pull-policy",
    title: "No container relies on an image that happens to be on its node",
    items: ["image-digests"],
    severity: "low",
    frameworks: [],
    why: "With `Never` a pod starts only on nodes to which somebody once copied the image: the replacement of a node is an outage.",
    mend: "Set `imagePullPolicy` to `IfNotPresent` (an image named by digest can not change), or to `Always` where the pull secret must be proven each time.",
    kinds: POD_CARRIERS,
    check: (resource, report) => eachContainer(podSpec(resource), (container) => {
      const policy = container.key("imagePullPolicy");
      if (policy.text === "Never") report(policy, `is ${shown(policy)}, must be "IfNotPresent" or "Always"`);
    }),
  },
  ...charts,
  {
    id: "images/repository-immutable",
    title: "A pushed tag keeps its image",
    items: ["image-digests"],
    severity: "medium",
    frameworks: ["FSBP: ECR.2"],
    why: "Where tags can be pushed again, who reaches the pipeline replaces a release by its own image under the same name, and nobody can tell what a tag was when it was tested.",
    mend: "Set `imageTagMutability: \"IMMUTABLE\"`.",
    kinds: [...REPOSITORY, "aws:ecr:RepositoryCreationTemplate"],
    check: where({ imageTagMutability: oneOf("IMMUTABLE") }),
  },
  {
    id: "images/repository-scan",
    title: "Images are scanned for known weaknesses when they are pushed",
    items: ["image-registries"],
    severity: "medium",
    frameworks: ["CIS EKS 1.7: 5.1.1", "FSBP: ECR.1"],
    why: "Nobody looks for weaknesses in an image after it runs: without a scan at the push the first to find one is somebody else.",
    mend: "Set `imageScanningConfiguration.scanOnPush: true`, or declare a RegistryScanningConfiguration or an Inspector Enabler for ECR that covers the repository.",
    kinds: REPOSITORY,
    relate: (repository, stack, report) => {
      const own = repository.at("imageScanningConfiguration.scanOnPush");
      if (own.flag === true) return;
      const name = repository.at("name").text ?? repository.name;
      const covered = any([
        ...stack.of("aws:ecr:RegistryScanningConfiguration").map((one) => () => any(one.at("rules").items.map((rule) => () => isScanned(name, rule)))),
        ...stack.of("aws:inspector2:Enabler").map((one) => () => any(one.at("resourceTypes").texts.map((type) => () => type.text === "ECR"))),
      ]);
      if (!covered) report(own, `is ${shown(own)}, and nothing else scans the repository`);
    },
  },
  {
    id: "images/repository-lifecycle",
    title: "Old images leave the repository by themselves",
    items: ["image-registries"],
    severity: "low",
    frameworks: ["FSBP: ECR.3"],
    why: "Without an end to them, images with weaknesses of years ago stay there to be started again, and the bill for them grows with each build.",
    mend: "Declare an `aws.ecr.LifecyclePolicy` for the repository that expires untagged images and keeps those of the last releases.",
    kinds: REPOSITORY,
    relate: (repository, stack, report) => {
      if (stack.pointing("aws:ecr:LifecyclePolicy", "repository", repository).length === 0) report(repository, "has no LifecyclePolicy");
    },
  },
];
