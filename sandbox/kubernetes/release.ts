/** `kubernetes:helm.sh/v3:Release` as a plain resource: checked like a chart, stored with a status that says "deployed". */
import { isObject, isUnknown, type ValueObject } from "../aws/values.ts";
import { uniqueName } from "./naming.ts";

/** Fills in the release's name as the official provider does: the resource's name and eight hex digits. */
export function releaseInputs(inputs: ValueObject, olds: ValueObject | undefined, resource: string, seed: Uint8Array): ValueObject {
  if (typeof inputs["name"] === "string" || isUnknown(inputs["name"])) return inputs;
  const name = typeof olds?.["name"] === "string" ? olds["name"] : uniqueName(`${resource}-`, seed);
  return { ...inputs, name };
}

/** Name or namespace move the release elsewhere (pulumi-kubernetes, helm_release.go, `Diff`). */
export const RELEASE_IDENTITY = ["name", "namespace"];

export function releaseId(inputs: ValueObject): string {
  return `${text(inputs["namespace"]) ?? "default"}/${text(inputs["name"]) ?? ""}`;
}

export function releaseState(inputs: ValueObject, olds?: ValueObject): ValueObject {
  const status = isObject(olds?.["status"]) ? (olds["status"]) : undefined;
  const revision = typeof status?.["revision"] === "number" ? status["revision"] + 1 : 1;
  return {
    ...inputs,
    resourceNames: {},
    status: { status: "deployed", name: inputs["name"] ?? null, namespace: inputs["namespace"] ?? null, chart: inputs["chart"] ?? null, version: inputs["version"] ?? null, revision },
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
