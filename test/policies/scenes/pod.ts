import type { SampleResource } from "../../../policies/rule.ts";

export const pod: readonly SampleResource[] = [];
