/** Work that ends, and the bounds of a namespace. */
import { atMost, type ResourceRule, type Rule, shown, where } from "../rule.ts";

const CRON = ["k8s:batch:CronJob"];
/** Retries that Kubernetes makes by itself where nothing is said. */
const MOST_RETRIES = 6;
/** Ended jobs that anybody looks at. */
const MOST_KEPT = 10;
/** The controller looks every ten seconds, and may miss a start that must be sooner (Kubernetes, "CronJob"). */
const SHORTEST_DEADLINE = 10;

/** Where a Job, or a CronJob, says how its jobs run. */
function jobSpec(kind: string): string {
  return kind === "k8s:batch:CronJob" ? "spec.jobTemplate.spec" : "spec";
}

function bounds(): ResourceRule["check"] {
  return (job, report) => {
    const spec = job.at(jobSpec(job.kind.kind));
    job.try(() => {
      const deadline = spec.key("activeDeadlineSeconds");
      if (!deadline.exists) report(deadline, "is not set, so that a job that hangs runs forever");
    });
    const retries = spec.key("backoffLimit");
    const wrong = retries.exists ? atMost(MOST_RETRIES)(retries) : undefined;
    if (wrong !== undefined) report(retries, wrong);
  };
}

export const jobRules: Rule[] = [
  {
    id: "workload/job-bounds",
    title: "A job has an end: in time, and in tries",
    items: ["resources"],
    severity: "medium",
    frameworks: [],
    why: "A job that waits for a lock or a host that is gone holds its connection, its memory and, by `concurrencyPolicy`, every run after it, for days.",
    mend: `Set \`activeDeadlineSeconds\` to a multiple of the longest run, and \`backoffLimit\` to ${MOST_RETRIES} or less, in the Job's \`spec\` or the CronJob's \`spec.jobTemplate.spec\`.`,
    kinds: ["k8s:batch:Job", ...CRON],
    check: bounds(),
  },
  {
    id: "workload/cronjob-concurrency",
    title: "A scheduled job does not run beside itself",
    items: ["resources"],
    severity: "medium",
    frameworks: [],
    why: "By default the next run starts while the last one still works: two dumps or two migrations at once, and with a job that is stuck one more each hour.",
    mend: "Set `spec.concurrencyPolicy` to `Forbid`, or to `Replace` where only the newest run matters.",
    kinds: CRON,
    check: (job, report) => {
      const policy = job.at("spec.concurrencyPolicy");
      if (policy.text !== "Forbid" && policy.text !== "Replace") report(policy, `is ${shown(policy)}, must be Forbid or Replace`);
    },
  },
  {
    id: "workload/cronjob-history",
    title: "A scheduled job keeps its last failure, and not all of them",
    items: ["resources"],
    severity: "low",
    frameworks: [],
    why: "With no failed job kept its log is gone before anybody is awake; with hundreds kept, their pods slow down everything that lists them.",
    mend: `Set \`failedJobsHistoryLimit\` from 1 to ${MOST_KEPT} and \`successfulJobsHistoryLimit\` to ${MOST_KEPT} at most, or leave them out (1 and 3).`,
    kinds: CRON,
    check: (job, report) => {
      const failed = job.at("spec.failedJobsHistoryLimit");
      job.try(() => {
        const kept = failed.number ?? 1;
        if (kept < 1 || kept > MOST_KEPT) report(failed, `is ${shown(failed)}, must be 1 to ${MOST_KEPT}`);
      });
      const succeeded = job.at("spec.successfulJobsHistoryLimit");
      if ((succeeded.number ?? 0) > MOST_KEPT) report(succeeded, `is ${shown(succeeded)}, must be at most ${MOST_KEPT}`);
    },
  },
  {
    id: "workload/cronjob-deadline",
    title: "A scheduled job that was missed starts late, or not at all",
    items: ["resources"],
    severity: "medium",
    frameworks: [],
    why: "Without a deadline the controller counts every missed start since the last one, and after a hundred of them never starts the job again.",
    mend: `Set \`spec.startingDeadlineSeconds\` to how late a run is still of use, ${SHORTEST_DEADLINE} at least.`,
    kinds: CRON,
    check: where({ "spec.startingDeadlineSeconds": (deadline) => ((deadline.number ?? 0) >= SHORTEST_DEADLINE ? undefined : `is ${shown(deadline)}, must be at least ${SHORTEST_DEADLINE} seconds`) }),
  },
  {
    id: "workload/namespace-bounds",
    title: "A namespace bounds what its pods may take",
    items: ["resources"],
    severity: "low",
    enforcement: "advisory",
    frameworks: ["NSA Kubernetes 1.2: Resource policies"],
    why: "Without a quota one namespace scales into all nodes; without a LimitRange the container that forgot its limits has none.",
    mend: "Declare a ResourceQuota and a LimitRange in the namespace.",
    kinds: ["k8s:core:Namespace"],
    applies: (namespace) => !namespace.kind.patch,
    relate: (namespace, stack, report) => {
      for (const kind of ["ResourceQuota", "LimitRange"]) {
        namespace.try(() => {
          if (stack.inNamespace(namespace.objectName, `k8s:core:${kind}`).length === 0) report(namespace, `has no ${kind}`);
        });
      }
    },
  },
];
