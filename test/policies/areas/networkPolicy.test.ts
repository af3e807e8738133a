/** Rules on who may resolve names, where the rule on ports has its say as well. */
import { expect, it } from "vitest";
import { rules } from "../../../policies/areas/networkPolicy.ts";
import { Rules } from "../../../policies/evaluate.ts";
import { SETTINGS, staged } from "../scene.ts";

const DNS = new Rules(rules.filter((rule) => rule.id === "network-policy/dns"));

it.each([
  ["no ports are named", undefined],
  ["an entry names no port", [{ protocol: "UDP" }, { protocol: "TCP" }]],
])("names are resolved where %s", (_name, ports) => {
  const resources = staged("workload", { set: { "dns:spec.egress[0].ports": ports } });
  expect(DNS.judgeRelations(resources, SETTINGS).flatMap((verdict) => verdict.findings)).toEqual([]);
});
