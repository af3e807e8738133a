import type { SampleResource } from "../../../policies/rule.ts";

export const monitoring: readonly SampleResource[] = [];
