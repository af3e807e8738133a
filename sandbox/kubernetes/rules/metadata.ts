/** Names, labels and annotations (k8s.io/apimachinery v0.36.3, pkg/api/validation/objectmeta.go). */
import type { PlainObject } from "../../aws/values.ts";
import { join, type Report } from "../schema/check.ts";
import type { Gvk } from "../token.ts";
import { dns1035Label, dnsLabel, dnsSubdomain, labelValue, pathSegment, qualifiedName } from "./syntax.ts";
import { record, syntax, text } from "./view.ts";

/** Annotations of one object, keys and values, may take 256 KiB (objectmeta.go, TotalAnnotationSizeLimitB). */
const ANNOTATIONS_BYTES = 256 * 1024;
const CRON_JOB_NAME = 52;

export function checkMetadata(gvk: Gvk, metadata: PlainObject, path: string, report: Report): void {
  syntax(metadata["name"], join(path, "name"), nameRule(gvk), report);
  syntax(metadata["namespace"], join(path, "namespace"), dnsLabel, report);
  checkLabels(metadata, path, report);
}

/** Labels and annotations alone: all that a pod template has. */
export function checkLabels(metadata: PlainObject, path: string, report: Report): void {
  for (const [key, value] of Object.entries(record(metadata["labels"]))) {
    const where = join(join(path, "labels"), key);
    syntax(key, where, qualifiedName, report);
    syntax(value, where, labelValue, report);
  }
  let bytes = 0;
  for (const [key, value] of Object.entries(record(metadata["annotations"]))) {
    syntax(key.toLowerCase(), join(join(path, "annotations"), key), qualifiedName, report);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(text(value) ?? "");
  }
  if (bytes > ANNOTATIONS_BYTES) report(join(path, "annotations"), `${bytes} bytes; all annotations of an object may take ${ANNOTATIONS_BYTES}`);
}

/** Which syntax a kind's name has (k8s.io/kubernetes v1.36.3, pkg/apis/…/validation: Validate…Name). */
function nameRule(gvk: Gvk): (name: string) => string | undefined {
  if (gvk.group === "rbac.authorization.k8s.io") return pathSegment;
  switch (gvk.custom ? "" : gvk.kind) {
    case "Service":
      return dns1035Label;
    case "Namespace":
      return dnsLabel;
    case "CronJob":
      // 11 characters are kept for the suffix of the jobs (pkg/apis/batch/validation).
      return (name) => dnsSubdomain(name) ?? (name.length > CRON_JOB_NAME ? `must be at most ${CRON_JOB_NAME} characters` : undefined);
    default:
      return dnsSubdomain;
  }
}
