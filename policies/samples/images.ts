/** Samples of areas/images.ts. */
import type { SampleResource, Samples } from "./sample.ts";

const HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

const DIGEST = "sha256:2626fa35271ccabad5a78f5287618e2cf2b7cccb5c69a3253db747206ac045bf";

const TAGS = { environment: "production", owner: "platform@example.com", "cost-center": "shop" };

const IMAGE = "app:spec.template.spec.containers[0].image";

const INIT = "app:spec.template.spec.initContainers[0].image";

const NIGHTLY = "nightly:spec.jobTemplate.spec.template.spec.containers[0].image";

/** A registry's configuration of scanning, with one rule. */
function scanning(change: Record<string, unknown>, filter = "*") {
  const rule = { scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "nothing-like-it", filterType: "WILDCARD" }, { filter, filterType: "WILDCARD" }], ...change };
  return { type: "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", name: "scanning", props: { scanType: "BASIC", rules: [rule] } };
}

/** Things of AWS that run an image, and where they name it. */
function running(image: string): { add: [SampleResource]; at: string }[] {
  const one = (type: string, props: Record<string, unknown>, at: string): { add: [SampleResource]; at: string } => ({ add: [{ type, name: "runner", props: { tags: TAGS, ...props } }], at: `runner:${at}` });
  const batch = (props: Record<string, unknown>, at: string) => one("aws:batch/jobDefinition:JobDefinition", { name: "runner", type: "container", ...props }, at);
  return [
    batch({ containerProperties: JSON.stringify({ image }) }, "containerProperties.image"),
    batch({ ecsProperties: JSON.stringify({ taskProperties: [{ containers: [{ image }] }] }) }, "ecsProperties.taskProperties[0].containers[0].image"),
    batch({ eksProperties: { podProperties: { containers: [], initContainers: [{ image }] } } }, "eksProperties.podProperties.initContainers[0].image"),
    batch({ nodeProperties: JSON.stringify({ nodeRangeProperties: [{ container: { image } }] }) }, "nodeProperties.nodeRangeProperties[0].container.image"),
    one("aws:apprunner/service:Service", { sourceConfiguration: { imageRepository: { imageIdentifier: image, imageRepositoryType: "ECR" } }, networkConfiguration: { ingressConfiguration: { isPubliclyAccessible: false } } }, "sourceConfiguration.imageRepository.imageIdentifier"),
    one("aws:sagemaker/model:Model", { enableNetworkIsolation: true, primaryContainer: { image } }, "primaryContainer.image"),
    one("aws:sagemaker/model:Model", { enableNetworkIsolation: true, containers: [{}, { image }] }, "containers[1].image"),
  ];
}

export const samples: Samples = {
  "images/digest": {
    scene: "workload",
    good: [
      { set: { [IMAGE]: `${HOST}/shop:1.4.2@${DIGEST}` } },
      { set: { "migrate:spec.template.spec.volumes": [{ name: "model", image: { reference: `${HOST}/model@${DIGEST}` } }] } },
      { set: { [IMAGE]: undefined } },
      ...running(`${HOST}/shop@${DIGEST}`).map(({ add }) => ({ add })),
    ],
    bad: [
      { set: { [IMAGE]: `${HOST}/shop:1.4.2` } },
      { set: { [IMAGE]: `${HOST}/shop` } },
      { set: { [IMAGE]: `${HOST}/shop@${DIGEST.slice(0, -1)}` } },
      { set: { [IMAGE]: `${HOST}/shop@${DIGEST}0` } },
      { set: { [IMAGE]: `${HOST}/shop@${DIGEST.replace("f", "F")}` } },
      { set: { [IMAGE]: `${HOST}/shop@sha512:${"0".repeat(128)}` } },
      { set: { [INIT]: `${HOST}/shop:1.4.2` } },
      { set: { [NIGHTLY]: `${HOST}/shop:latest` } },
      { set: { "migrate:spec.template.spec.containers[0].image": `${HOST}/shop:latest` } },
      { set: { "store:spec.template.spec.containers[0].image": `${HOST}/shop:latest` } },
      { set: { "migrate:spec.template.spec.volumes": [{ name: "model", image: { reference: `${HOST}/model:7` } }] }, at: "migrate:spec.template.spec.volumes[0].image.reference" },
      ...running(`${HOST}/shop:latest`),
    ],
  },
  "images/registry": {
    scene: "workload",
    good: [{ set: { [IMAGE]: `${HOST.toUpperCase()}/shop/app:1.4.2@${DIGEST}` } }],
    bad: [
      { set: { [IMAGE]: `docker.io/library/nginx@${DIGEST}` } },
      { set: { [IMAGE]: `nginx@${DIGEST}` } },
      { set: { [IMAGE]: `${HOST}.evil.example/shop@${DIGEST}` } },
      { set: { [IMAGE]: `${HOST}:5000/shop@${DIGEST}` } },
      { set: { [IMAGE]: `${HOST}@${DIGEST}` } },
      { set: { [IMAGE]: `evil/${HOST}/shop@${DIGEST}` } },
      { set: { [IMAGE]: `210987654321.dkr.ecr.us-east-1.amazonaws.com/shop@${DIGEST}` } },
      { set: { [INIT]: `quay.io/tools/wait@${DIGEST}` } },
      { set: { [NIGHTLY]: `localhost/shop@${DIGEST}` } },
    ],
  },
  "images/pull-policy": {
    scene: "workload",
    good: [{ set: { "app:spec.template.spec.containers[0].imagePullPolicy": "Always" } }, { set: { "app:spec.template.spec.containers[0].imagePullPolicy": undefined } }],
    bad: [
      { set: { "app:spec.template.spec.containers[0].imagePullPolicy": "Never" } },
      { set: { "app:spec.template.spec.initContainers[0].imagePullPolicy": "Never" } },
      { set: { "nightly:spec.jobTemplate.spec.template.spec.containers[0].imagePullPolicy": "Never" } },
    ],
  },
  "images/repository-immutable": {
    scene: "registry",
    bad: [
      { set: { "repository:imageTagMutability": "MUTABLE" } },
      { set: { "repository:imageTagMutability": undefined } },
      { set: { "repository:imageTagMutability": "IMMUTABLE_WITH_EXCLUSION" } },
      { add: [{ type: "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", name: "template", props: { prefix: "cache", appliedFors: ["PULL_THROUGH_CACHE"], resourceTags: { environment: "production", owner: "platform@example.com", "cost-center": "shop" }, encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: "arn:aws:kms:us-east-1:123456789012:key/fa912903-309c-40ed-ae7d-80d16d39c754" }] } }], at: "template:imageTagMutability" },
    ],
  },
  "images/repository-scan": {
    scene: "registry",
    good: [
      ...[scanning({}), scanning({ scanFrequency: "CONTINUOUS_SCAN" }), scanning({}, "my-*"), scanning({}, "shop/app")].map((one) => ({ set: { "repository:imageScanningConfiguration.scanOnPush": false }, add: [one] })),
      { set: { "repository:imageScanningConfiguration.scanOnPush": false, "repository:name": undefined, "lifecycle:repository": "repository" }, add: [scanning({}, "repository")] },
    ],
    bad: [
      { set: { "repository:imageScanningConfiguration.scanOnPush": false } },
      { set: { "repository:imageScanningConfiguration": undefined }, at: "repository:imageScanningConfiguration.scanOnPush" },
      ...[scanning({ scanFrequency: "MANUAL" }), scanning({}, "other"), scanning({}, "shop*"), scanning({}, "sh.p/app"), scanning({}, "my-shop(*")].map((one) => ({ set: { "repository:imageScanningConfiguration.scanOnPush": false }, add: [one] })),
    ],
  },
  "images/repository-lifecycle": {
    scene: "registry",
    bad: [{ remove: ["lifecycle"], at: "repository:" }, { set: { "lifecycle:repository": "other" }, at: "repository:" }],
  },
};
