/** Releases: how fast pods are replaced, what a rollback needs, migrations. */
import { selects } from "../labels.ts";
import { podTemplate } from "../pods.ts";
import type { Resource, Stack } from "../resource.ts";
import { atMost, type Report, type Rule, shown } from "../rule.ts";
import { any, matching } from "../search.ts";
import type { Value } from "../value.ts";
import { BUDGET, colored, DEPLOYMENT } from "./releaseParts.ts";
import { podLabels } from "./workloadParts.ts";

/** Gates of one release share ten minutes; a rollout that takes longer has used them up. */
const BUDGET_SECONDS = 600;
const MOST = { maxUnavailable: { pods: 1, percent: 25 }, maxSurge: { pods: 2, percent: 34 } };

/** A count, or a share in percent, within bounds; 25 % is what Kubernetes takes for nothing. */
function within(value: Value, bound: { pods: number; percent: number }): boolean {
  const percent = /^(\d+)%$/.exec(value.text ?? "25%")?.[1];
  return percent === undefined ? (value.number ?? Infinity) <= bound.pods : Number(percent) <= bound.percent;
}

function checkRolling(deployment: Resource, report: Report): void {
  for (const [field, bound] of Object.entries(MOST)) {
    deployment.try(() => {
      const value = deployment.at("spec.strategy.rollingUpdate").key(field);
      if (!within(value, bound)) report(value, `is ${shown(value)}, must be ${bound.pods} at most, or ${bound.percent}%`);
    });
  }
}

/** The ConfigMaps that a pod names; unknown names are found by the engine's record of dependencies. */
function uses(deployment: Resource, map: Resource): boolean {
  if (deployment.declared.references?.["spec"]?.includes(map.urn) === true) return true;
  const spec = podTemplate(deployment).at("spec");
  const ofContainer = (container: Value): Value[] => [
    ...container.at("envFrom").items.map((source) => source.at("configMapRef.name")),
    ...container.at("env").items.map((variable) => variable.at("valueFrom.configMapKeyRef.name")),
  ];
  const names = [...spec.at("containers").items.flatMap(ofContainer), ...spec.at("volumes").items.map((volume) => volume.at("configMap.name"))];
  return deployment.namespace === map.namespace && any(names, (name) => name.text === map.objectName);
}

function relateImmutable(map: Resource, stack: Stack, report: Report): void {
  const immutable = map.at("immutable");
  if (immutable.flag === true) return;
  const users = matching(stack.of(DEPLOYMENT), (deployment) => colored(deployment) && uses(deployment, map));
  if (users.length > 0) report(immutable, `is ${shown(immutable)}, must be true: ${users.map((one) => one.objectName).join(" and ")} would be changed while running`);
}

function isMigration(job: Resource): boolean {
  return job.at("metadata.labels").key("app.kubernetes.io/component").text === "migrations" || job.objectName.includes("migrat");
}

export const boundRules: Rule[] = [
  {
    id: "release/own-budget",
    title: "A disruption budget is about one color",
    items: ["selectors-distinct", "pdb"],
    severity: "medium",
    frameworks: [],
    why: "A budget over both colors counts the idle pods as well: a node drain may take the live ones, as long as idle ones are there.",
    mend: "Name the color in `spec.selector`, one budget for each.",
    kinds: [BUDGET],
    relate: (budget, stack, report) => {
      const selector = budget.at("spec.selector");
      const covered = stack.inNamespace(budget.namespace, DEPLOYMENT).filter((deployment) => colored(deployment) && selects(selector, podLabels(deployment)));
      if (covered.length > 1) report(selector, `covers the pods of ${covered.map((one) => one.objectName).join(" and ")}`);
    },
  },
  {
    id: "release/config-immutable",
    title: "The configuration of a color does not change under its pods",
    items: ["strategy-bounds"],
    severity: "medium",
    frameworks: [],
    why: "Pods that restart read the new content of a ConfigMap with the old image; and a rollback of pods brings the old configuration back only when it is still there.",
    mend: "Set `immutable: true` on the ConfigMap, and put a hash of its content into its name.",
    kinds: ["k8s:core:ConfigMap"],
    relate: relateImmutable,
  },
  {
    id: "release/rolling-bounds",
    title: "A rolling update takes one pod away and adds two at most",
    items: ["strategy-bounds"],
    severity: "high",
    frameworks: [],
    why: "Each pod that is taken away before its successor is ready is capacity that users miss; too many new ones at once find no node and no database connection.",
    mend: "Set `strategy.rollingUpdate` to `maxUnavailable: 0` or 1 and `maxSurge: 1` or 2.",
    kinds: [DEPLOYMENT],
    check: checkRolling,
  },
  {
    id: "release/progress-deadline",
    title: "A rollout that does not get on is given up within the release's time",
    items: ["strategy-bounds"],
    severity: "medium",
    frameworks: [],
    why: "All gates of a release share 600 seconds; a Deployment that waits longer is noticed when the whole budget is gone.",
    mend: `Set \`progressDeadlineSeconds\` to ${BUDGET_SECONDS} or less, or leave it out.`,
    kinds: [DEPLOYMENT],
    check: (deployment, report) => {
      const deadline = deployment.at("spec.progressDeadlineSeconds");
      const wrong = deadline.exists ? atMost(BUDGET_SECONDS, " seconds")(deadline) : undefined;
      if (wrong !== undefined) report(deadline, wrong);
    },
  },
  {
    id: "release/revision-history",
    title: "The last version of a Deployment is kept",
    items: ["strategy-bounds"],
    severity: "medium",
    frameworks: [],
    why: "With a history of 0 the old ReplicaSet is deleted at once, and `kubectl rollout undo` at night finds nothing to go back to.",
    mend: "Set `revisionHistoryLimit` to 1 or more, or leave it out.",
    kinds: [DEPLOYMENT],
    check: (deployment, report) => {
      const limit = deployment.at("spec.revisionHistoryLimit");
      if ((limit.number ?? 10) < 1) report(limit, "is 0, must be 1 at least");
    },
  },
  {
    id: "release/min-ready",
    title: "A new pod proves itself before the next one is replaced",
    items: ["strategy-bounds"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "A pod that is ready for a second and then crashes counts as a success, and the rollout goes on until no good pod is left.",
    mend: "Set `minReadySeconds`, such as 10.",
    kinds: [DEPLOYMENT],
    applies: colored,
    check: (deployment, report) => {
      const seconds = deployment.at("spec.minReadySeconds");
      if ((seconds.number ?? 0) < 1) report(seconds, `is ${shown(seconds)}, must be 1 at least`);
    },
  },
  {
    id: "release/drain",
    title: "Pods of a color go on serving while they are taken out",
    items: ["strategy-bounds"],
    severity: "high",
    frameworks: [],
    why: "A pod is told to stop and taken out of the Service at the same time; what arrives until every node and NGINX know is refused, so each release fails some requests.",
    mend: "Set `lifecycle.preStop.sleep.seconds` (15, say) on every container with a port.",
    kinds: [DEPLOYMENT],
    applies: colored,
    check: (deployment, report) => podTemplate(deployment).at("spec.containers").each((container) => {
      const hook = container.at("lifecycle.preStop");
      if (container.at("ports").items.length > 0 && !hook.exists) report(hook, "is not set");
    }),
  },
  {
    id: "release/migration-once",
    title: "A migration runs once, in one pod",
    items: ["strategy-bounds"],
    severity: "high",
    frameworks: [],
    why: "Two migrations at once lock each other out, or apply one step twice.",
    mend: "Leave `parallelism` and `completions` out of the Job, or set both to 1.",
    kinds: ["k8s:batch:Job"],
    applies: isMigration,
    check: (job, report) => {
      for (const field of ["parallelism", "completions"]) {
        job.try(() => {
          const value = job.at("spec").key(field);
          if ((value.number ?? 1) > 1) report(value, `is ${shown(value)}, must be 1`);
        });
      }
    },
  },
];
