import type { SampleResource } from "../../../policies/rule.ts";

export const workload: readonly SampleResource[] = [];
