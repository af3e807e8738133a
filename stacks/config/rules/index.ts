/** Every rule between keys, in the order of the reference. */
import { alertingRules } from "./alerting.ts";
import { capacity } from "./capacity.ts";
import { clusterRules } from "./cluster.ts";
import { dataRules } from "./data.ts";
import { generalRules } from "./general.ts";
import { networkRules } from "./network.ts";
import { operationsRules } from "./operations.ts";
import { observabilityRules } from "./observability.ts";
import { releaseRules } from "./release.ts";
import type { Rule } from "./rule.ts";

export const rules: readonly Rule[] = [...generalRules, ...networkRules, ...clusterRules, capacity, ...dataRules, ...releaseRules, ...operationsRules, ...alertingRules, ...observabilityRules];
