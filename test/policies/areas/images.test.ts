/** Images outside of the cluster: functions, build projects, tasks. */
import { describe, expect, it } from "vitest";
import { rules } from "../../../policies/areas/images.ts";
import { Rules } from "../../../policies/evaluate.ts";
import { SETTINGS, staged } from "../scene.ts";

const HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const PINNED = `${HOST}/shop@sha256:${"0a".repeat(32)}`;

/** The ids of the image rules that a resource breaks, with the places. */
function broken(type: string, props: Record<string, unknown>, allowedRegistries = SETTINGS.allowedRegistries): string[] {
  const declared = { urn: `urn:pulumi:production::golive::${type}::it`, type, name: "it", props };
  const verdicts = new Rules(rules).judgeAlone(declared, { ...SETTINGS, allowedRegistries });
  return verdicts.flatMap((verdict) => verdict.findings).map((one) => `${one.rule.id} ${one.path}`);
}

describe("a function", () => {
  const type = "aws:lambda/function:Function";

  it("must name its image by digest", () => {
    expect(broken(type, { packageType: "Image", imageUri: `${HOST}/shop:1` })).toEqual(["images/digest imageUri"]);
    expect(broken(type, { packageType: "Image", imageUri: PINNED })).toEqual([]);
  });

  it("may be a package of code", () => {
    expect(broken(type, { packageType: "Zip", handler: "index.handler" })).toEqual([]);
  });
});

describe("a build project", () => {
  const type = "aws:codebuild/project:Project";

  it("may run an image of AWS's own", () => {
    expect(broken(type, { environment: { image: "aws/codebuild/amazonlinux-x86_64-standard:5.0" } })).toEqual([]);
  });

  it("must name any other by digest, from an allowed registry", () => {
    expect(broken(type, { environment: { image: "evil/aws/codebuild/standard:5.0" } })).toEqual(["images/digest environment.image", "images/registry environment.image"]);
    expect(broken(type, { environment: { image: PINNED } })).toEqual([]);
    expect(broken(type, {})).toEqual([]);
  });
});

describe("a task of ECS", () => {
  const type = "aws:ecs/taskDefinition:TaskDefinition";

  it("is read from its JSON text", () => {
    const containerDefinitions = JSON.stringify([{ name: "app", image: PINNED }, { name: "sidecar", image: "quay.io/tools/sidecar:1" }, { name: "none" }]);
    expect(broken(type, { containerDefinitions })).toEqual(["images/digest [1].image", "images/registry [1].image"].map((one) => one.replace("[", "containerDefinitions[")));
  });
});

it("debug containers of a pod are looked at too", () => {
  const spec = { containers: [{ name: "app", image: PINNED }], ephemeralContainers: [{ name: "debug", image: "busybox", imagePullPolicy: "Never" }] };
  expect(broken("kubernetes:core/v1:Pod", { spec })).toEqual(["images/digest spec.ephemeralContainers[0].image", "images/registry spec.ephemeralContainers[0].image", "images/pull-policy spec.ephemeralContainers[0].imagePullPolicy"]);
});

it("any of several registries will do", () => {
  expect(broken("kubernetes:core/v1:Pod", { spec: { containers: [{ image: PINNED }] } }, ["ghcr.io", HOST])).toEqual([]);
  expect(broken("kubernetes:core/v1:Pod", { spec: { containers: [{ image: PINNED }] } }, [])).toEqual(["images/registry spec.containers[0].image"]);
});

it.each([
  [["EC2", "ECR"], []],
  [["EC2"], ["images/repository-scan imageScanningConfiguration.scanOnPush"]],
])("Inspector that looks at %s scans a repository that does not: %s", (resourceTypes, expected) => {
  const declared = [
    ...staged("registry", { set: { "repository:imageScanningConfiguration.scanOnPush": false } }),
    { urn: "urn:pulumi:production::golive::aws:inspector2/enabler:Enabler::inspector", type: "aws:inspector2/enabler:Enabler", name: "inspector", props: { resourceTypes } },
  ];
  const verdicts = new Rules(rules).judgeRelations(declared, SETTINGS);
  expect(verdicts.flatMap((verdict) => verdict.findings).map((one) => `${one.rule.id} ${one.path}`)).toEqual(expected);
});
