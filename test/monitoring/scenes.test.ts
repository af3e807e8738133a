/** Days on which an alert that only compares a number would be wrong. */
import { beforeAll, describe, expect, test } from "vitest";
import { idOf } from "../../components/monitoring/alerts/alert.ts";
import { alertGroups } from "../../components/monitoring/alerts/index.ts";
import { traffic } from "./cases/slo.ts";
import { groupsFor, type Suite, testRules } from "./promtool.ts";
import { ago, gauge, type Phase, rate, type Series } from "./series.ts";
import { MAX_AGE_HOURS, SCOPE } from "./stack.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Scene {
  says: string;
  alert: string;
  phases: Phase[];
  /** Labels by the seconds at which the alert is asked for; none means quiet. */
  expected: Record<number, Record<string, string>[]>;
  sample?: number;
}

const lasting = (seconds: number, series: Series): Phase => ({ seconds, series });
const started = (pod: string, seconds: number): Series => ({ [`process_start_time_seconds{namespace="shop",color="blue",pod="${pod}"}`]: ago(seconds) });
const errors = traffic(10, 0.2, 0);
const good = traffic(10, 0, 0);
const day = { long: 'namespace="shop",color="blue",route="page"', other: 'namespace="shop",color="green",route="page"' };
const pod = (owner: string): Series => ({ 'kube_pod_status_phase{namespace="shop",pod="p",phase="Failed"}': gauge(1), [`kube_pod_owner{namespace="shop",pod="p",owner_kind="${owner}"}`]: gauge(1) });
const scaler = (min: number): Series => Object.fromEntries([["status_current_replicas", 3], ["spec_max_replicas", 3], ["spec_min_replicas", min]].map(([metric, value]) => [`kube_horizontalpodautoscaler_${String(metric)}{namespace="shop",horizontalpodautoscaler="app-green"}`, gauge(Number(value))]));
const node = (cordoned: number): Series => ({ 'kube_node_status_condition{node="n",condition="Ready",status="true"}': gauge(0), 'kube_node_spec_unschedulable{node="n"}': gauge(cordoned) });
const disk = (mount: string): Series => ({ [`node_filesystem_avail_bytes{instance="n",device="/dev/a",fstype="xfs",mountpoint="${mount}"}`]: gauge(5), [`node_filesystem_size_bytes{instance="n",device="/dev/a",fstype="xfs",mountpoint="${mount}"}`]: gauge(100) });

const certificate: Series = { 'probe_ssl_earliest_cert_expiry{instance="https://a.example",probe="public"}': { at: () => 5 * DAY } };

const SCENES: Scene[] = [
  {
    says: "a probe that fails does not begin the hour of a certificate anew", alert: "CertificateExpiring/1",
    phases: [lasting(40 * MINUTE, certificate), lasting(15 * MINUTE, {}), lasting(30 * MINUTE, certificate)], expected: { [58 * MINUTE]: [], [63 * MINUTE]: [{ instance: "https://a.example" }], [80 * MINUTE]: [{ instance: "https://a.example" }] },
  },
  {
    says: "a certificate that nobody has seen for an hour is told no more", alert: "CertificateExpiring/1",
    phases: [lasting(80 * MINUTE, certificate), lasting(100 * MINUTE, {})], expected: { [75 * MINUTE]: [{ instance: "https://a.example" }], [130 * MINUTE]: [{ instance: "https://a.example" }], [150 * MINUTE]: [] },
  },
  {
    says: "a certificate that was renewed is told no more at once", alert: "CertificateExpiring/1",
    phases: [lasting(80 * MINUTE, certificate), lasting(20 * MINUTE, { 'probe_ssl_earliest_cert_expiry{instance="https://a.example",probe="public"}': gauge(90 * DAY) })], expected: { [75 * MINUTE]: [{ instance: "https://a.example" }], [85 * MINUTE]: [] },
  },
  {
    says: "a burst that is over does not page, though the hour still has it", alert: "AvailabilityBurnFast/1/1h",
    phases: [lasting(HOUR, good), lasting(10 * MINUTE, errors), lasting(30 * MINUTE, good)], expected: { [HOUR + 9 * MINUTE]: [{}], [HOUR + 25 * MINUTE]: [] },
  },
  {
    says: "a blip in a good hour does not page", alert: "AvailabilityBurnFast/1/1h",
    phases: [lasting(HOUR, good), lasting(3 * MINUTE, errors), lasting(10 * MINUTE, good)], expected: Object.fromEntries([1, 3, 5, 7, 9].map((minutes) => [HOUR + minutes * MINUTE, []])),
  },
  {
    says: "one failed request of a quiet night is no incident", alert: "AppErrors/1",
    phases: [lasting(10 * MINUTE, { ...traffic(0.05, 0, 0), 'http_requests_total{namespace="shop",color="blue",route="page",code="500"}': gauge(0) }), lasting(10 * MINUTE, { ...traffic(0.05, 0, 0), 'http_requests_total{namespace="shop",color="blue",route="page",code="500"}': gauge(1) })],
    expected: Object.fromEntries([12, 14, 16, 18].map((minutes) => [minutes * MINUTE, []])),
  },
  {
    says: "failures that begin without any series of their own are seen", alert: "AppErrors/1",
    phases: [lasting(20 * MINUTE, { 'http_requests_total{namespace="shop",color="blue",route="page",code="200"}': rate(9) }), lasting(20 * MINUTE, { 'http_requests_total{namespace="shop",color="blue",route="page",code="200"}': rate(9), 'http_requests_total{namespace="shop",color="blue",route="page",code="503"}': rate(1) })],
    expected: { [19 * MINUTE]: [], [35 * MINUTE]: [{ color: "blue" }] },
  },
  {
    says: "a restarted pod among old ones makes a bad day no release", alert: "ReleaseErrors/1",
    phases: [lasting(20 * MINUTE, { ...errors, ...started("old", 5 * HOUR), ...started("new", 60) })], expected: { [15 * MINUTE]: [] },
  },
  {
    says: "a day that is bad for both colors is no canary's fault", alert: "CanaryWorse/2",
    phases: [lasting(20 * MINUTE, { ...traffic(10, 0.2, 0, day.long), ...traffic(10, 0.15, 0, day.other) })], expected: { [15 * MINUTE]: [] },
  },
  {
    says: "a color without traffic is not compared", alert: "CanaryWorse/2",
    phases: [lasting(20 * MINUTE, { ...traffic(10, 0.2, 0, day.long), ...traffic(0.01, 0, 0, day.other) })], expected: { [15 * MINUTE]: [] },
  },
  { says: "a node that is drained on purpose is not told", alert: "NodeNotReady/2", phases: [lasting(20 * MINUTE, node(1))], expected: { [15 * MINUTE]: [] } },
  { says: "a failed pod of a job is the job's", alert: "PodNotReady/3", phases: [lasting(40 * MINUTE, pod("Job"))], expected: { [30 * MINUTE]: [] } },
  { says: "a failed pod of a Deployment is told", alert: "PodNotReady/3", phases: [lasting(40 * MINUTE, pod("ReplicaSet"))], expected: { [30 * MINUTE]: [{ namespace: "shop", pod: "p" }] } },
  { says: "an autoscaler that may not scale is not at its limit", alert: "AutoscalerAtMaximum/3", phases: [lasting(40 * MINUTE, scaler(3))], expected: { [30 * MINUTE]: [] } },
  { says: "a disk that is mounted twice is told once", alert: "NodeDiskFilling/2", phases: [lasting(20 * MINUTE, { ...disk("/"), ...disk("/var/lib/kubelet") })], expected: { [15 * MINUTE]: [{ instance: "n", device: "/dev/a" }] } },
  {
    says: "a job that has never succeeded counts from its making", alert: "BackupMissing/2", sample: 240,
    phases: [lasting((MAX_AGE_HOURS + 2) * HOUR, { 'kube_cronjob_created{namespace="shop-jobs",cronjob="database-dump"}': gauge(0) })],
    expected: { [(MAX_AGE_HOURS - 1) * HOUR]: [], [(MAX_AGE_HOURS + 1) * HOUR]: [{ namespace: "shop-jobs", cronjob: "database-dump" }] },
  },
  {
    says: "a failed run that was looked at yesterday is no news", alert: "JobFailed/3",
    phases: [lasting(20 * MINUTE, { 'kube_job_failed{namespace="shop-jobs",job_name="j",condition="true"}': gauge(1), 'kube_job_status_start_time{namespace="shop-jobs",job_name="j"}': ago(DAY + HOUR) })], expected: { [15 * MINUTE]: [] },
  },
  {
    says: "a node that has just started is not mistaken for a busy one", alert: "NodeCpu/3",
    phases: [lasting(10 * MINUTE, { 'node_cpu_seconds_total{instance="n",cpu="0",mode="idle"}': rate(0.6), 'node_cpu_seconds_total{instance="n",cpu="0",mode="user"}': rate(0.4) })],
    expected: Object.fromEntries([1, 2, 4, 6, 8].map((minutes) => [minutes * MINUTE, []])),
  },
  {
    says: "the turn of the month is no jump of the bill", alert: "CostJump/4", sample: 240,
    phases: [lasting(3 * DAY, { 'aws_billing_estimated_charges_maximum{dimension_ServiceName=""}': { at: (now) => 900 + (30 * now) / DAY } }), lasting(DAY, { 'aws_billing_estimated_charges_maximum{dimension_ServiceName=""}': { at: (now) => (30 * (now - 3 * DAY)) / DAY } })],
    expected: { [3 * DAY + 8 * HOUR]: [], [3 * DAY + 20 * HOUR]: [] },
  },
];

const groups = alertGroups(SCOPE);
const alerts = groups.flatMap((group) => group.alerts);

describe("a scene", () => {
  let verdicts = new Map<string, string>();
  beforeAll(async () => {
    verdicts = await testRules(SCENES.map((scene): Suite => {
      const alert = alerts.find((one) => idOf(one) === scene.alert);
      if (alert === undefined) throw new Error(`there is no alert ${scene.alert}`);
      const expectations = Object.entries(scene.expected).map(([at, labels]) => ({ alert, at: Number(at), labels }));
      return { name: scene.says, groups: groupsFor(groups, alert), tests: [{ name: scene.says, step: 60, sample: scene.sample ?? 30, phases: scene.phases, expectations }] };
    }));
  }, 120_000);

  test.each(SCENES.map(({ says }) => says))("%s", (says) => {
    expect(verdicts.get(says)).toBe("");
  });
});
