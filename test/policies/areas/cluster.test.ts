/** Which version of Kubernetes is old depends on the day. */
import { expect, it } from "vitest";
import { SUPPORTED_UNTIL } from "../../../policies/areas/cluster.ts";
import { CATALOG } from "../../../policies/catalog.ts";
import { SETTINGS } from "../scene.ts";

/** What the rule says of a version on a day. */
function said(version: string, today: string): string[] {
  const cluster = { urn: "urn:x", type: "aws:eks/cluster:Cluster", name: "cluster", props: { version } };
  return CATALOG.judgeAlone(cluster, { ...SETTINGS, today }).filter((verdict) => verdict.rule.id === "cluster/version").flatMap((verdict) => verdict.findings).map((finding) => finding.message);
}

it.each([
  ["1.32", "2026-07-29", "1.33"],
  ["1.33", "2026-07-29", undefined],
  ["1.33", "2026-07-30", "1.34"],
  ["1.34", "2026-12-02", undefined],
  ["1.34", "2026-12-03", "1.35"],
  ["1.35", "2027-03-28", "1.36"],
  ["1.36", "2027-03-28", undefined],
  ["1.32", "2020-01-01", "1.33"],
])("%s on %s", (version, today, least) => {
  expect(said(version, today)).toEqual(least === undefined ? [] : [`is "${version}", must be ${least} or newer, which are in standard support on ${today}`]);
});

it("knows a version that is supported for another 30 days: add the newer ones of EKS's release calendar to policies/areas/cluster.ts", () => {
  const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  expect([...SUPPORTED_UNTIL.values()].filter((last) => last > soon)).not.toEqual([]);
});
