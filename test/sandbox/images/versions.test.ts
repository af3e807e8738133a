/** The sandbox runs what the components declare. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { OPERATOR_VERSION } from "../../../components/monitoring/operator.ts";
import { PROMETHEUS_VERSION as DECLARED } from "../../../components/monitoring/prometheus.ts";
import { PROMETHEUS_OPERATOR, PROMETHEUS_TOOL, PROMETHEUS_VERSION } from "../../../sandbox/cluster/tools.ts";

it("the operator and Prometheus of the sandbox have the versions of the components", () => {
  expect(PROMETHEUS_OPERATOR.version).toBe(`v${OPERATOR_VERSION}`);
  expect(PROMETHEUS_VERSION).toBe(DECLARED);
});

it("Prometheus's module counts its version as one number of three digits", () => {
  const [major = "", minor = "", patch = ""] = PROMETHEUS_VERSION.split(".");
  expect(PROMETHEUS_TOOL.version).toBe(`v0.${major}${minor.padStart(2, "0")}.${patch}`);
  expect(PROMETHEUS_TOOL.ldflags).toContain(`github.com/prometheus/common/version.Version=${PROMETHEUS_VERSION}`);
});

it("the exporters that the sandbox runs are among the packages that CI installs", () => {
  const packages = readFileSync(path.join(import.meta.dirname, "../../../.ci/packages.txt"), "utf8").split("\n");
  for (const of of ["blackbox", "postgres", "redis"]) expect(packages).toContain(`prometheus-${of}-exporter`);
});
