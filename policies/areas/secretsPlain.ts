/** Credentials in plain sight on the side of AWS. */
import type { Resource } from "../resource.ts";
import { absent, type Report, type Rule, where } from "../rule.ts";
import type { Value } from "../value.ts";
import { credential, credentialIn, reportNamed } from "./secretsPatterns.ts";

/** Reports the values of a map, or of a list of `{name, value}`. */
function reportEach(variables: Value, report: Report): void {
  for (const [name, value] of variables.entries) variables.try(() => reportNamed(name, value, report));
  if (Array.isArray(variables.raw)) variables.each((variable) => reportNamed(variable.key("name"), variable.key("value"), report));
}

/** Where each kind keeps what its program finds in the environment. */
const ENVIRONMENTS: Readonly<Record<string, (resource: Resource, report: Report) => void>> = {
  "aws:lambda:Function": (resource, report) => reportEach(resource.at("environment.variables"), report),
  "aws:ecs:TaskDefinition": (resource, report) => resource.at("containerDefinitions").json.each((container) => reportEach(container.key("environment"), report)),
  "aws:batch:JobDefinition": (resource, report) => reportEach(resource.at("containerProperties").json.key("environment"), report),
  "aws:amplify:App": (resource, report) => reportEach(resource.at("environmentVariables"), report),
  "aws:apprunner:Service": (resource, report) => {
    for (const part of ["imageRepository.imageConfiguration", "codeRepository.codeConfiguration.codeConfigurationValues"]) {
      resource.try(() => reportEach(resource.at(`sourceConfiguration.${part}.runtimeEnvironmentVariables`), report));
    }
  },
  // Of the other types, the value is the name of a parameter or a secret.
  "aws:codebuild:Project": (resource, report) => resource.at("environment.environmentVariables").each((variable) => {
    if (["PLAINTEXT", undefined].includes(variable.key("type").text)) reportNamed(variable.key("name"), variable.key("value"), report);
  }),
};

/** What a machine runs at its first start: as text, or in base64 where the kind wants it so. */
function decoded(text: string): string {
  return /^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : text;
}

function noCredentialsInUserData(machine: Resource, report: Report): void {
  const place = machine.at("userData");
  const found = credentialIn(decoded(place.text ?? ""));
  if (found !== undefined) report(place, `holds ${found}, must be fetched from Secrets Manager by the machine's role`);
}

function noPlainParameter(parameter: Resource, report: Report): void {
  for (const part of ["value", "insecureValue"]) {
    parameter.try(() => {
      const found = credential(parameter.at("name").text ?? parameter.name, parameter.at(part).text ?? "");
      if (found !== undefined) report(parameter.at(part), `holds ${found} in a parameter that is not encrypted, must be of type SecureString`);
    });
  }
}

/** Arguments that take a password as it is, and keep it in the state; the others beside them do not. */
const PASSWORDS: Readonly<Record<string, string>> = {
  "aws:rds:Instance": "password",
  "aws:rds:Cluster": "masterPassword",
  "aws:docdb:Cluster": "masterPassword",
  "aws:redshift:Cluster": "masterPassword",
  "aws:redshiftserverless:Namespace": "adminUserPassword",
};

export const plainRules: Rule[] = [
  {
    id: "secrets/environments",
    title: "No credential stands in the environment of a function, task or build",
    items: ["secrets"],
    severity: "critical",
    frameworks: ["FSBP: CodeBuild.2", "FSBP: ECS.8", "PCI DSS 4.0.1: 8.6.2"],
    why: "Environments are shown in the console to everybody who may look, and are in the state and in every log of a describe call.",
    mend: "Name a secret instead: `secrets` in ECS and Batch, `type: \"SECRETS_MANAGER\"` in CodeBuild, `runtimeEnvironmentSecrets` in App Runner; a function fetches it by its role.",
    kinds: Object.keys(ENVIRONMENTS),
    check: (resource, report) => ENVIRONMENTS[resource.kind.kind]?.(resource, report),
  },
  {
    id: "secrets/user-data",
    title: "No credential stands in the user data of a machine",
    items: ["secrets"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 8.6.2"],
    why: "User data is readable by every process on the machine, and by whoever may describe instances.",
    mend: "Let the machine fetch what it needs from Secrets Manager by its instance profile.",
    kinds: ["aws:ec2:Instance", "aws:ec2:SpotInstanceRequest", "aws:ec2:LaunchTemplate", "aws:ec2:LaunchConfiguration"],
    check: noCredentialsInUserData,
  },
  {
    id: "secrets/parameters",
    title: "No credential stands in a plain parameter",
    items: ["secrets"],
    severity: "high",
    frameworks: [],
    why: "A parameter of type String is not encrypted, and readable with ssm:GetParameter, which many roles have for configuration.",
    mend: "Use Secrets Manager, or `type: \"SecureString\"` with a customer key and `valueWo`.",
    kinds: ["aws:ssm:Parameter"],
    applies: (parameter) => parameter.at("type").text !== "SecureString",
    check: noPlainParameter,
  },
  {
    id: "secrets/database-passwords",
    title: "A database's password is not an argument",
    items: ["secrets", "database"],
    severity: "high",
    frameworks: [],
    why: "The password stays in the state, in every copy of it, and no rotation can change it without the program putting the old one back.",
    mend: "Use the write-only argument (`passwordWo`, `masterPasswordWo`, `adminUserPasswordWo`) or the managed one (`manageMasterUserPassword`).",
    kinds: Object.keys(PASSWORDS),
    check: (database, report) => where({ [PASSWORDS[database.kind.kind] ?? ""]: absent("the password must be write-only or managed") })(database, report),
  },
];
