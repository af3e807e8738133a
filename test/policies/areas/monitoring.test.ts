/** Runbooks where nobody can list those that exist. */
import { expect, it } from "vitest";
import { CATALOG } from "../../../policies/catalog.ts";
import { SETTINGS, staged } from "../scene.ts";

it.each([
  ["docs/runbooks/any.md", 0],
  ["any.md", 1],
])("%s, with no list of runbooks", (runbook, count) => {
  const resources = staged("monitoring", { set: { "alerts:spec.groups[0].rules[0].annotations.runbook_url": runbook } });
  const verdicts = resources.flatMap((one) => CATALOG.judgeAlone(one, { ...SETTINGS, runbooks: undefined })).filter((verdict) => verdict.rule.id === "monitoring/alert-runbook");
  expect(verdicts.flatMap((verdict) => verdict.findings)).toHaveLength(count);
});
