import { describe, expect, it } from "vitest";
import { ScheduledJob } from "../../components/jobs/index.ts";
import { longestGapHours } from "../../components/jobs/schedule.ts";
import { jobs, only } from "./dataFixtures.ts";
import { declared } from "./mocks.ts";

const build = async () => await declared(() => {
  new ScheduledJob("sample", { jobs: jobs(), schedule: "0 1 * * *", description: "Sample.", scripts: { "run.sh": "true" }, entry: "run.sh", env: { A: "b" }, statements: [], reach: ["postgres"], deadlineSeconds: 600 });
});

it("runs as nobody, read-only, without token, in a restricted namespace that denies by default", async () => {
  const found = await build();
  const spec = only(found, ":CronJob", "sample")["spec"] as { jobTemplate: { spec: { template: { spec: Record<string, unknown> & { containers: Record<string, unknown>[] } } } } };
  const pod = spec.jobTemplate.spec.template.spec;
  expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } });
  expect(pod.containers[0]).toMatchObject({ securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } }, command: ["bash", "/scripts/run.sh"] });
  expect(spec).toMatchObject({ concurrencyPolicy: "Forbid", timeZone: "Etc/UTC" });
  expect(only(found, ":Namespace", "jobs-namespace")["metadata"]).toMatchObject({ name: "shop-jobs", labels: { "pod-security.kubernetes.io/enforce": "restricted" } });
  expect(only(found, ":NetworkPolicy", "jobs-deny-all")["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
});

it("opens the database's port and https, nothing else", async () => {
  const spec = only(await build(), ":NetworkPolicy", "sample-network")["spec"] as { egress: { ports: { port: number }[] }[] };
  expect(spec.egress.flatMap((rule) => rule.ports.map((port) => port.port))).toEqual([80, 443, 5432]);
});

it("alarms on failure at once and on a missing success through the watch", async () => {
  const found = await build();
  expect(only(found, ":MetricAlarm", "sample-failed")).toMatchObject({ metricName: "JobFailed", namespace: "Golive/shop-production", dimensions: { Job: "sample" }, treatMissingData: "notBreaching" });
  expect(only(found, ":MetricAlarm", "sample-overdue")).toMatchObject({ metricName: "JobOverdue", treatMissingData: "breaching" });
});

describe("the longest gap between runs", () => {
  it.each([["0 1 * * *", 24], ["0 5 * * 1", 168], ["40 * * * *", 1], ["0 2 1 * *", 744], ["0 0 * * 1-5", 72], ["*/15 9-17 * * *", 16]])("%s is %i h", (schedule, hours) => { expect(longestGapHours(schedule)).toBe(hours); });
  it.each(["0 0 31 2 *", "0 25 * * *", "0 0 * *"])("%s is refused", (schedule) => { expect(() => longestGapHours(schedule)).toThrow(schedule); });
});
