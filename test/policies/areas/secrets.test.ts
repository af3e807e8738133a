/** Every place in which a credential can stand in plain sight. */
import { describe, expect, it } from "vitest";
import { pathsOf } from "./judge.ts";

const PAIR = [{ name: "DB_PASSWORD", value: "hunter2" }];
const MAP = { DB_PASSWORD: "hunter2" };

describe("environments", () => {
  it.each<[type: string, props: Record<string, unknown>, paths: string[]]>([
    ["aws:lambda/function:Function", { environment: { variables: MAP } }, ["environment.variables.DB_PASSWORD"]],
    ["aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: JSON.stringify([{ name: "first" }, { name: "app", environment: PAIR }]) }, ["containerDefinitions[1].environment[0].value"]],
    ["aws:batch/jobDefinition:JobDefinition", { containerProperties: JSON.stringify({ environment: PAIR }) }, ["containerProperties.environment[0].value"]],
    ["aws:ecs/taskDefinition:TaskDefinition", { containerDefinitions: JSON.stringify([{ command: ["serve", "--password=hunter2"], entryPoint: ["postgres://app:hunter2@db"], healthCheck: { command: ["CMD", "--token=hunter2"] } }]) }, ["containerDefinitions[0].command[1]", "containerDefinitions[0].entryPoint[0]", "containerDefinitions[0].healthCheck.command[1]"]],
    ["aws:batch/jobDefinition:JobDefinition", { containerProperties: JSON.stringify({ command: ["--password=hunter2"] }) }, ["containerProperties.command[0]"]],
    ["aws:amplify/app:App", { environmentVariables: MAP }, ["environmentVariables.DB_PASSWORD"]],
    ["aws:apprunner/service:Service", { sourceConfiguration: { imageRepository: { imageConfiguration: { runtimeEnvironmentVariables: MAP } } } }, ["sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables.DB_PASSWORD"]],
    ["aws:apprunner/service:Service", { sourceConfiguration: { codeRepository: { codeConfiguration: { codeConfigurationValues: { runtimeEnvironmentVariables: MAP } } } } }, ["sourceConfiguration.codeRepository.codeConfiguration.codeConfigurationValues.runtimeEnvironmentVariables.DB_PASSWORD"]],
    ["aws:codebuild/project:Project", { environment: { environmentVariables: [{ ...PAIR[0], type: "PARAMETER_STORE" }, PAIR[0], { ...PAIR[0], type: "PLAINTEXT" }] } }, ["environment.environmentVariables[1].value", "environment.environmentVariables[2].value"]],
  ])("%s", (type, props, paths) => {
    expect(pathsOf("secrets/environments", type, props)).toEqual(paths);
  });
});

it.each([["aws:ec2/instance:Instance"], ["aws:ec2/spotInstanceRequest:SpotInstanceRequest"], ["aws:ec2/launchTemplate:LaunchTemplate"], ["aws:ec2/launchConfiguration:LaunchConfiguration"]])("user data of %s", (type) => {
  expect(pathsOf("secrets/user-data", type, { userData: "DB_PASSWORD=hunter2; serve" })).toEqual(["userData"]);
});

it.each([["aws:ec2/instance:Instance"], ["aws:ec2/spotInstanceRequest:SpotInstanceRequest"], ["aws:ec2/launchConfiguration:LaunchConfiguration"]])("user data in base64 of %s", (type) => {
  expect(pathsOf("secrets/user-data", type, { userDataBase64: btoa("DB_PASSWORD=hunter2; serve") })).toEqual(["userDataBase64"]);
});

it.each([["kubernetes:helm.sh/v4:Chart"], ["kubernetes:helm.sh/v3:Release"]])("values of %s", (type) => {
  expect(pathsOf("secrets/chart-values", type, { values: { auth: { password: "hunter2" } } })).toEqual(["values.auth.password"]);
});

it("a secret in a saved state is encrypted, and right", () => {
  const version = { secretString: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "xyz" } };
  expect(pathsOf("secrets/versions", "aws:secretsmanager/secretVersion:SecretVersion", version)).toEqual([]);
});

it.each([["aws:rds/instance:Instance", "password"], ["aws:rds/cluster:Cluster", "masterPassword"], ["aws:docdb/cluster:Cluster", "masterPassword"], ["aws:redshift/cluster:Cluster", "masterPassword"], ["aws:redshiftserverless/namespace:Namespace", "adminUserPassword"]])("password of %s as %s", (type, property) => {
  expect(pathsOf("secrets/database-passwords", type, { [property]: "hunter2" })).toEqual([property]);
});

it.each([["SecretStore"], ["ClusterSecretStore"]])("static login of a %s", (kind) => {
  expect(pathsOf("secrets/store-identity", `kubernetes:external-secrets.io/v1:${kind}`, { spec: { provider: { aws: { auth: { secretRef: {} } } } } })).toEqual(["spec.provider.aws.auth.secretRef"]);
});
