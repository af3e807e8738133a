/** Credentials in plain sight on the side of AWS. */
import type { Resource } from "../resource.ts";
import { absent, type Report, type Rule, where } from "../rule.ts";
import type { Value } from "../value.ts";
import { credential, credentialIn, decoded, reportArguments, reportNamed } from "./secretsPatterns.ts";

/** Reports the values of a map, or of a list of `{name, value}`. */
function reportEach(variables: Value, report: Report): void {
  for (const [name, value] of variables.entries) variables.try(() => reportNamed(name, value, report));
  if (Array.isArray(variables.raw)) variables.each((variable) => reportNamed(variable.key("name"), variable.key("value"), report));
}

/** What a task's or a job's container is started with. */
function reportContainer(container: Value, report: Report): void {
  container.try(() => reportEach(container.key("environment"), report));
  for (const part of ["command", "entryPoint", "healthCheck.command"]) container.try(() => reportArguments(container.at(part), report));
}

/** Where each kind keeps what its program finds in the environment. */
const ENVIRONMENTS: Readonly<Record<string, (resource: Resource, report: Report) => void>> = {
  "aws:lambda:Function": (resource, report) => reportEach(resource.at("environment.variables"), report),
  "aws:ecs:TaskDefinition": (resource, report) => resource.at("containerDefinitions").json.each((container) => reportContainer(container, report)),
  "aws:batch:JobDefinition": (resource, report) => reportContainer(resource.at("containerProperties").json, report),
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

/** What a machine runs at its first start: as text, or in base64 where the kind or the property wants it so. */
function noCredentialsInUserData(machine: Resource, report: Report): void {
  for (const part of ["userData", "userDataBase64"]) {
    machine.try(() => {
      const place = machine.at(part);
      const text = place.text ?? "";
      const found = credentialIn(/^[A-Za-z0-9+/=\s]+$/.test(text) ? decoded(text) : text);
      if (found !== undefined) report(place, `holds ${found}, must be fetched from Secrets Manager by the machine's role`);
    });
  }
}

/** Keys that by custom hold the name of a Secret of the cluster. */
const SECRET_NAMES = /^secret$|(?:existing|pull|tls|ca|cert|certificate|root|registry)[_-]?secret$/i;

/** What a chart is told, as deep as it goes: by key, and by name in lists of `{name, value}`. */
function reportValues(place: Value, key: string, report: Report): void {
  if (!SECRET_NAMES.test(key)) reportNamed(key, place, report);
  for (const [below, value] of place.entries) place.try(() => reportValues(value, below, report));
  if (!Array.isArray(place.raw)) return;
  place.each((item) => {
    if (item.key("value").exists) reportNamed(item.key("name"), item.key("value"), report);
    reportValues(item, key, report);
  });
}

function noPlainVersion(version: Resource, report: Report): void {
  for (const part of ["secretString", "secretBinary"]) {
    version.try(() => {
      const place = version.at(part);
      if (!place.secret && place.exists) report(place, "is in plain text in the program's state, must be secretStringWo, or marked as a secret");
    });
  }
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
    id: "secrets/chart-values",
    title: "No credential stands in the values of a chart",
    items: ["secrets"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 8.6.2"],
    why: "Values are in the repository, in the state, and with a Release in a Secret of the cluster that every `helm get values` prints.",
    mend: "Name a Secret that External Secrets fills; most charts have a value such as `existingSecret` for it.",
    kinds: ["k8s:helm.sh:Chart", "k8s:helm.sh:Release"],
    check: (chart, report) => reportValues(chart.at("values"), "", report),
  },
  {
    id: "secrets/versions",
    title: "A secret's value is in the state encrypted, or not at all",
    items: ["secrets"],
    severity: "critical",
    frameworks: [],
    why: "What is not marked as a secret stands in the state, in every preview and in every log of the update as it is.",
    mend: "Set `secretStringWo` with `secretStringWoVersion`, or give `secretString` by pulumi.secret().",
    kinds: ["aws:secretsmanager:SecretVersion"],
    check: noPlainVersion,
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
