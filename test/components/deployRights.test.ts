/** Rights of the deploy role: each can match a resource, and each is of a service that the program uses. */
import { readFileSync, globSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { deployPolicies } from "../../components/access/deployPolicies.ts";
import { AUTHORIZATION } from "./authorization.ts";

const COMPONENTS = path.resolve(import.meta.dirname, "../../components");

const scope = (region: string, copyRegion: string) => ({
  prefix: "shop-production", accountId: "123456789012", region, copyRegion,
  connectionArn: "arn:aws:codeconnections:us-east-1:123456789012:connection/7d1f0c2e-6a43-4c1b-9d5e-2f8b6a90c3d4",
  state: { bucket: "example-pulumi-state", keyArn: "arn:aws:kms:us-east-1:123456789012:key/state", project: "golive", stack: "production" },
});

interface Right { sid: string; service: string; action: string; resources: string[]; conditioned: boolean }

function rights(region: string, copyRegion: string): Right[] {
  return Object.values(deployPolicies(scope(region, copyRegion))).flat().filter(({ Effect }) => Effect === "Allow").flatMap(({ Sid, Action, Resource, Condition }) =>
    [Action ?? []].flat().map((full) => {
      const [service = "", action = ""] = full.split(":");
      return { sid: Sid, service, action, resources: [Resource].flat().map(String), conditioned: Condition !== undefined };
    }));
}

/** The macro of AWS that the rotation's template uses; the reference lists it in the user guide alone (CloudFormation user guide, "Transforms"). */
const MACRO = "RotationTransform";
/** One of a kind in the account, without anything to limit it by: the region is no matter of IAM's, and the bill is the account's. */
const GLOBAL = ["BackupStorage", "Anomalies", "Chat", "PasswordPolicy", "AccountDefaults", "MakeNames"];

function forms(service: string, action: string): string[] {
  return Object.entries(AUTHORIZATION[service] ?? {}).filter(([, actions]) => actions.split(" ").includes(action)).map(([form]) => form);
}

describe.each([["us-east-1", "us-west-2"], ["eu-west-1", "eu-central-1"]])("in %s", (region, copyRegion) => {
  it("allows no action on a resource that the action does not know", () => {
    const dead = rights(region, copyRegion)
      .filter(({ sid, resources }) => sid !== MACRO && !resources.includes("*"))
      .filter(({ service, action, resources }) => !forms(service, action).some((form) => form !== "" && resources.some((arn) => overlap(`arn:aws:${form}`, arn))))
      .map(({ sid, service, action }) => `${sid} ${service}:${action}`);
    expect(dead).toEqual([]);
  });

  it("names no resource that none of the statement's actions knows", () => {
    const statements = Object.values(deployPolicies(scope(region, copyRegion))).flat().filter(({ Effect, Sid }) => Effect === "Allow" && Sid !== MACRO);
    const useless = statements.flatMap(({ Sid, Action, Resource }) => [Resource].flat().map(String).filter((arn) => arn !== "*").filter((arn) =>
      ![Action ?? []].flat().some((full) => forms(...split(full)).some((form) => form !== "" && overlap(`arn:aws:${form}`, arn)))).map((arn) => `${Sid} ${arn}`));
    expect(useless).toEqual([]);
  });

  it("allows what knows no resource on every one, within the stack's regions", () => {
    const free = rights(region, copyRegion).filter(({ service, action }) => forms(service, action).includes(""));
    expect(free.length).toBeGreaterThan(20);
    expect(free.filter(({ resources }) => !resources.includes("*")).map(({ service, action }) => `${service}:${action}`)).toEqual([]);
    expect([...new Set(free.filter(({ conditioned, sid }) => !conditioned && !GLOBAL.includes(sid)).map(({ sid }) => sid))]).toEqual([]);
  });
});

/** Modules of the AWS provider and the service that IAM knows them by, where the two are called differently. */
const IAM_SERVICES: Record<string, string[]> = {
  accessanalyzer: ["access-analyzer"], backup: ["backup", "backup-storage"], cfg: ["config"], cloudwatch: ["cloudwatch", "logs", "events"], costexplorer: ["ce"], ebs: ["ec2"],
  ec2clientvpn: ["ec2"], lb: ["elasticloadbalancing"], serverlessrepository: ["serverlessrepo", "cloudformation", "lambda"], vpc: ["ec2"],
};

it("has rights in the services of what the components declare, and in no other", () => {
  const sources = globSync("**/*.ts", { cwd: COMPONENTS }).map((file) => readFileSync(path.join(COMPONENTS, file), "utf8")).join("\n");
  const declared = new Set([...sources.matchAll(/new aws\.([a-z0-9]+)\./g)].flatMap(([, module = ""]) => IAM_SERVICES[module] ?? [module]));
  // Of the repository's connection only the use is allowed; it is made by people.
  expect([...new Set(rights("us-east-1", "us-west-2").map(({ service }) => service))].sort()).toEqual([...declared, "codeconnections"].sort());
});

it("tells ARNs apart that have no text in common", () => {
  expect([
    overlap("arn:aws:kms:*:*:key/*", "arn:aws:kms:*:123456789012:key/state"), overlap("arn:aws:kms:*:*:key/*", "arn:aws:kms:us-east-1:123456789012:alias/state"),
    overlap("arn:aws:s3:::*/*", "arn:aws:s3:::bucket"), overlap("arn:aws:eks:*:*:addon/*/*/*", "arn:aws:eks:us-east-1:123456789012:addon/shop/*/*"),
  ]).toEqual([true, false, false, true]);
});

function split(full: string): [string, string] {
  const [service = "", action = ""] = full.split(":");
  return [service, action];
}

/** True when some ARN matches both patterns. Stars stay within the first five parts of an ARN, and go over everything in the last. */
function overlap(a: string, b: string): boolean {
  const [first, second] = [parts(a), parts(b)];
  return first.every((part, index) => meet(part, second[index] ?? ""));
}

function parts(arn: string): string[] {
  const all = arn.split(":");
  return [...all.slice(0, 5), all.slice(5).join(":")];
}

function meet(a: string, b: string): boolean {
  if (a === "" || b === "") return /^\**$/.test(a + b);
  if (a.startsWith("*")) return meet(a.slice(1), b) || meet(a, b.slice(1));
  if (b.startsWith("*")) return meet(b, a);
  return a[0] === b[0] && meet(a.slice(1), b.slice(1));
}
