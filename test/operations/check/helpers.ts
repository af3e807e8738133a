/** Checks texts as files with rules of the test's own, so that the catalog may change. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { check, type Checked } from "../../../operations/check/check.ts";
import { Rules } from "../../../policies/evaluate.ts";
import { is, type Rule, where } from "../../../policies/rule.ts";
import { stackSettings } from "../../../policies/settings.ts";

const data = { title: "t", items: ["pod-security"], severity: "high", frameworks: [], why: "w", mend: "m", scene: "s", bad: [{}] } as const;

export const RULES: Rule[] = [
  { ...data, id: "test/host-network", kinds: ["k8s:core:Pod"], check: where({ "spec.hostNetwork": (value) => (value.flag === true ? "is true, must be false" : undefined) }) },
  { ...data, id: "test/paused", kinds: ["k8s:apps:Deployment"], severity: "low", enforcement: "advisory", check: where({ "spec.paused": (value) => (value.flag === true ? "is true" : undefined) }) },
  { ...data, id: "test/versioned", kinds: ["aws:s3:Bucket"], check: where({ "versioning.enabled": is(true) }) },
  { ...data, id: "test/service", kinds: ["k8s:core:Pod"], enforcement: "advisory", relate: (pod, stack, report) => { if (stack.inNamespace(pod.namespace, "k8s:core:Service").length === 0) report(pod, "has no Service"); } },
  { ...data, id: "test/label", kinds: ["k8s:core:ConfigMap"], check: (object, report) => { if (!object.at('metadata.labels["example.com/owner"]').exists) report(object.at('metadata.labels["example.com/owner"]'), "is not set"); } },
];
const CATALOG = new Rules(RULES);

/** A folder with these files; the caller removes it. */
export function folderOf(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "golive-check-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  return folder;
}

export function checkPaths(paths: readonly string[], stdin = ""): Promise<Checked> {
  return check(paths, { rules: CATALOG, catalog: CATALOG, stack: "files", settings: stackSettings(undefined, undefined, RULES), exemptions: { all: [], problems: [], mistakes: [] }, stdin: Readable.from([Buffer.from(stdin)]) });
}

/** What came of it, in short: `rule resource file:line:column`, and what was not read; the folder's name is left out. */
export interface Outcome { found: string[]; unread: string[]; checked: Checked }

export async function checkFiles(files: Record<string, string | Buffer>, stdin?: string): Promise<Outcome> {
  const folder = folderOf(files);
  try {
    return outcome(await checkPaths(stdin === undefined ? Object.keys(files).map((name) => path.join(folder, name)) : ["-"], stdin), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function outcome(checked: Checked, folder: string): Outcome {
  const short = (parts: readonly (string | number | undefined)[]): string => parts.filter((part) => part !== undefined).join(":").replaceAll(`${folder}/`, "");
  return {
    found: checked.report.results.rules.flatMap((rule) => rule.issues).map((issue) => {
      const place = checked.place(issue);
      return `${issue.rule.replace("test/", "")} ${issue.resource} ${short([place?.file, place?.line, place?.column])}`;
    }),
    unread: checked.report.unread.map((one) => short([one.file, one.line, one.column, ` ${one.message}`])),
    checked,
  };
}

/** A Pod that breaks `test/host-network` at its line 4. */
export const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {hostNetwork: true}\n`;
