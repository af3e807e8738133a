/** Samples of areas/workloadJobs.ts. */
import type { Samples } from "./sample.ts";

const JOB = "spec.jobTemplate.spec";

export const samples: Samples = {
  "workload/job-bounds": {
    scene: "workload",
    good: [{ set: { "migrate:spec.backoffLimit": 6 } }, { set: { "migrate:spec.backoffLimit": undefined } }, { set: { "migrate:spec.backoffLimit": 0 } }],
    bad: [
      { set: { "migrate:spec.activeDeadlineSeconds": undefined } },
      { set: { "migrate:spec.backoffLimit": 7 } },
      { set: { [`nightly:${JOB}.activeDeadlineSeconds`]: undefined } },
      { set: { [`nightly:${JOB}.backoffLimit`]: 100 } },
    ],
  },
  "workload/cronjob-concurrency": {
    scene: "workload",
    good: [{ set: { "nightly:spec.concurrencyPolicy": "Replace" } }],
    bad: [{ set: { "nightly:spec.concurrencyPolicy": "Allow" } }, { set: { "nightly:spec.concurrencyPolicy": undefined } }],
  },
  "workload/cronjob-history": {
    scene: "workload",
    good: [
      { set: { "nightly:spec.failedJobsHistoryLimit": undefined, "nightly:spec.successfulJobsHistoryLimit": undefined } },
      { set: { "nightly:spec.failedJobsHistoryLimit": 10, "nightly:spec.successfulJobsHistoryLimit": 10 } },
      { set: { "nightly:spec.failedJobsHistoryLimit": 1, "nightly:spec.successfulJobsHistoryLimit": 0 } },
    ],
    bad: [{ set: { "nightly:spec.failedJobsHistoryLimit": 0 } }, { set: { "nightly:spec.failedJobsHistoryLimit": 11 } }, { set: { "nightly:spec.successfulJobsHistoryLimit": 11 } }],
  },
  "workload/cronjob-deadline": {
    scene: "workload",
    good: [{ set: { "nightly:spec.startingDeadlineSeconds": 10 } }],
    bad: [{ set: { "nightly:spec.startingDeadlineSeconds": undefined } }, { set: { "nightly:spec.startingDeadlineSeconds": 9 } }],
  },
  "workload/namespace-bounds": {
    scene: "namespace",
    good: [{ set: { "ns:$type": "kubernetes:core/v1:NamespacePatch" }, remove: ["quota", "limits"] }],
    bad: [{ remove: ["quota"], at: "ns:" }, { remove: ["limits"], at: "ns:" }, { set: { "limits:metadata.namespace": "other" }, at: "ns:" }],
  },
};
