/** Resources, probes, replicas, spread, disruption budgets. */
import type { Rule } from "../rule.ts";
import { containerRules } from "./workloadContainers.ts";
import { jobRules } from "./workloadJobs.ts";
import { placementRules } from "./workloadPlacement.ts";
import { replicaRules } from "./workloadReplicas.ts";

export const rules: Rule[] = [...containerRules, ...replicaRules, ...placementRules, ...jobRules];
