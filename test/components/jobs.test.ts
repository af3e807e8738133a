import { beforeAll, describe, expect, it } from "vitest";
import { Jobs, ScheduledJob, type ScheduledJobArgs } from "../../components/jobs/index.ts";
import { longestGapHours } from "../../components/jobs/schedule.ts";
import { readScripts, scriptsHash } from "../../components/jobs/scripts.ts";
import { cronJob, IDENTITY, IMAGE, jobs, only, openPorts, PLACE, statements, wildcardActions } from "./dataFixtures.ts";
import { declared, type Declared } from "./mocks.ts";

const args = (): ScheduledJobArgs => ({
  jobs: jobs(), schedule: "0 1 * * *", description: "Sample.", scripts: { "run.sh": "true" }, entry: "run.sh", env: { A: "b" }, reach: ["postgres"], deadlineSeconds: 600,
  statements: [{ Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }],
});

let found: Declared[];
beforeAll(async () => { found = await declared(() => { new ScheduledJob("sample", args()); }); });

it("runs as nobody, read-only, without token", () => {
  const { pod } = cronJob(found, "sample");
  expect(pod).toMatchObject({
    automountServiceAccountToken: false, enableServiceLinks: false, restartPolicy: "Never", serviceAccountName: "sample",
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
  });
  expect(pod.containers).toMatchObject([{
    image: IMAGE, command: ["bash", "/scripts/run.sh"],
    securityContext: { allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
    resources: { requests: { cpu: "100m", memory: "256Mi", "ephemeral-storage": "1Gi" }, limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "1Gi" } },
  }]);
  expect(cronJob(found, "sample").env).toMatchObject({ A: "b", JOB_NAME: "sample", METRIC_NAMESPACE: "Golive/shop-production", AWS_REGION: "us-east-1" });
});

it("runs one at a time, in UTC, with a deadline and one more try", () => {
  expect(only(found, ":CronJob", "sample")["spec"]).toMatchObject({
    schedule: "0 1 * * *", timeZone: "Etc/UTC", concurrencyPolicy: "Forbid", startingDeadlineSeconds: 3600,
    jobTemplate: { spec: { activeDeadlineSeconds: 600, backoffLimit: 1 } },
  });
});

it("lives in a restricted namespace with a quota that denies traffic by default", () => {
  expect(only(found, ":Namespace", "jobs-namespace")["metadata"]).toMatchObject({ name: "shop-jobs", labels: { "pod-security.kubernetes.io/enforce": "restricted", "app.kubernetes.io/managed-by": "pulumi" } });
  expect(only(found, ":ResourceQuota", "jobs-quota")["spec"]).toMatchObject({ hard: { "requests.cpu": "2", "requests.memory": "4Gi", pods: "30" } });
  expect(only(found, ":LimitRange", "jobs-limits")["spec"]).toMatchObject({ limits: [{ type: "Container", max: { cpu: "2", memory: "2Gi" } }] });
  expect(only(found, ":NetworkPolicy", "jobs-default-deny")["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
});

it("opens the database's port and https, never the nodes' credentials", () => {
  expect(openPorts(found, "sample")).toEqual([80, 443, 5432]);
  const spec = only(found, ":NetworkPolicy", "sample-network")["spec"] as { egress: { to: unknown[] }[] };
  expect(spec.egress.map((rule) => rule.to)).toEqual([
    [{ ipBlock: { cidr: "169.254.170.23/32" } }],
    [{ ipBlock: { cidr: "10.20.0.0/16" } }, { ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"] } }],
    [{ ipBlock: { cidr: "10.20.0.0/16" } }],
  ]);
});

it("has a service account and a role of its own that may write its own metrics", () => {
  expect(only(found, ":ServiceAccount", "sample-account")).toMatchObject({ automountServiceAccountToken: false, metadata: { name: "sample" } });
  expect(only(found, ":PodIdentityAssociation", "sample-association")).toMatchObject({ namespace: "shop-jobs", serviceAccount: "sample", clusterName: "shop-production" });
  expect(statements(only(found, ":RolePolicy", "sample-policy")["policy"])["WriteOwnMetrics"]).toMatchObject({ Action: "cloudwatch:PutMetricData", Condition: { StringEquals: { "cloudwatch:namespace": "Golive/shop-production" } } });
  expect(wildcardActions(found)).toEqual([]);
});

it("alarms on failure at once and on a missing success through the watch", () => {
  expect(only(found, ":MetricAlarm", "sample-failed")).toMatchObject({ metricName: "JobFailed", namespace: "Golive/shop-production", dimensions: { Job: "sample" }, period: 300, treatMissingData: "notBreaching", alarmActions: ["arn:topic:alarms"] });
  expect(only(found, ":MetricAlarm", "sample-overdue")).toMatchObject({ metricName: "JobOverdue", dimensions: { Job: "sample" }, treatMissingData: "breaching", alarmDescription: expect.stringContaining("26 hours") as string });
});

it("mounts the scripts as they lie beside the component; a change is another ConfigMap", () => {
  const folder = new URL("../../components/maintenance/scripts/", import.meta.url);
  const scripts = readScripts(folder, ["vacuum.sh"]);
  expect(Object.keys(scripts)).toEqual(["lib.sh", "vacuum.sh"]);
  expect(scripts["vacuum.sh"]).toContain("vacuumdb");
  expect(only(found, ":ConfigMap", "sample-scripts")).toMatchObject({ immutable: true, data: { "run.sh": "true" }, metadata: { name: `sample-${scriptsHash({ "run.sh": "true" })}` } });
  expect(scriptsHash({ "run.sh": "false" })).not.toBe(scriptsHash({ "run.sh": "true" }));
});

it.each<[Partial<ScheduledJobArgs>, string]>([
  [{ entry: "other.sh" }, "entry other.sh is none of its scripts"],
  [{ schedule: "0 25 * * *" }, "25 is not a value between 0 and 23"],
  [{ statements: [{ Sid: "All", Effect: "Allow", Action: "s3:*", Resource: "*" }] }, "allows every action of a service"],
])("refuses %j", async (change, message) => {
  await expect(declared(() => { new ScheduledJob("sample", { ...args(), ...change }); })).rejects.toThrow(message);
});

it("refuses a name that a CronJob can not have, and an image by tag", async () => {
  await expect(declared(() => { new ScheduledJob("s".repeat(53), args()); })).rejects.toThrow("a CronJob's may have 52");
  await expect(declared(() => { new Jobs("jobs", { ...PLACE, app: "shop", image: "jobs:latest", identity: IDENTITY, vpcCidr: "10.20.0.0/16", alarmTopicArn: "arn:topic:alarms" }); })).rejects.toThrow("is not named by digest");
});

it("runs at once in the update as well where that is asked for, after the network rules, and waits for its end", async () => {
  const made = await declared(() => { new ScheduledJob("sample", { ...args(), atOnce: { after: [] } }); });
  const run = only(made, ":Job", "sample-first-run");
  expect(run).toMatchObject({ metadata: { name: `sample-${scriptsHash({ "run.sh": "true" })}`, namespace: "shop-jobs" }, spec: { activeDeadlineSeconds: 600, backoffLimit: 3 } });
  expect(run["spec"]).not.toHaveProperty("ttlSecondsAfterFinished");
  const dependencies = made.find((r) => r.name === "sample-first-run")?.dependencies ?? [];
  for (const guard of ["jobs-default-deny", "jobs-allow-dns", "sample-network", "sample-association"]) expect(dependencies.some((urn) => urn.endsWith(`::${guard}`)), guard).toBe(true);
  expect(found.filter((r) => r.type.endsWith(":Job"))).toEqual([]);
});

describe("the longest gap between runs", () => {
  it.each([["0 1 * * *", 24], ["0 5 * * 1", 168], ["40 * * * *", 1], ["0 2 1 * *", 744], ["0 0 * * 1-5", 72], ["*/15 9-17 * * *", 16]])("%s is %i h", (schedule, hours) => { expect(longestGapHours(schedule)).toBe(hours); });
  it.each(["0 0 31 2 *", "0 25 * * *", "0 0 * *"])("%s is refused", (schedule) => { expect(() => longestGapHours(schedule)).toThrow(schedule); });
});
