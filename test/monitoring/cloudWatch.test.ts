/** The configuration of the exporter of CloudWatch, checked by the exporter. */
import { beforeAll, describe, expect, test } from "vitest";
import { cloudWatchConfig } from "../../components/monitoring/exporters/cloudWatchConfig.ts";
import { exporterProgram, verify } from "./cloudWatchRun.ts";

const BUILD_MS = 900_000;
const LISTED_AFTER = 15 * 60;

interface Asked { name: string; period: number; length: number }
interface Job { type?: string; name?: string; delay?: number; metrics: Asked[] }
interface Config { discovery: { jobs: Job[] }; static: Job[]; customNamespace: Job[] }

const configOf = (region: string) => cloudWatchConfig("shop-production", region) as unknown as Config;
const config = configOf("eu-west-1");
const jobsOf = (of: Config) => [...of.discovery.jobs, ...of.customNamespace];

let program: string;
beforeAll(async () => { program = await exporterProgram(); }, BUILD_MS);

describe("the exporter", () => {
  test.each(["us-east-1", "eu-west-1"])("starts with the configuration of a stack in %s, and has nothing to say against it", (region) => {
    expect(verify(program, configOf(region))).toEqual({ takes: true, complaints: [] });
  });

  test("would say what it passes over, and refuse what it does not know", () => {
    const [first, ...rest] = config.discovery.jobs;
    const changed = (job: unknown) => verify(program, { ...config, discovery: { jobs: [job, ...rest] } });
    expect(changed({ ...first, metrics: first?.metrics.map((metric) => ({ ...metric, delay: 120 })) }).complaints.join("\n")).toContain("delay that has been being ignored");
    expect(changed({ ...first, type: "AWS/Nothing" }).takes).toBe(false);
    expect(changed({ ...first, regions: [] }).takes).toBe(false);
  });
});

describe("values", () => {
  test("of the last two minutes are left to come, as they are not whole yet", () => {
    for (const { type, name, delay, metrics } of jobsOf(config)) {
      const isLevel = metrics.every(({ period }) => period >= 3600);
      expect(delay, type ?? name).toBe(isLevel ? undefined : 120);
    }
  });

  test("of what happens seldom are still asked for when CloudWatch has begun to list the metric", () => {
    const seldom = jobsOf(config).filter(({ type, name }) => type === "AWS/Events" || name === "jobs").flatMap(({ delay = 0, metrics }) => metrics.map((metric) => ({ ...metric, delay })));
    expect(seldom.length).toBeGreaterThan(3);
    for (const { name, delay, length } of seldom) expect(delay + length, name).toBeGreaterThan(2 * LISTED_AFTER);
  });
});
