import type { SampleResource } from "../../../policies/rule.ts";

export const namespace: readonly SampleResource[] = [];
