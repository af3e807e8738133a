import type { SampleResource } from "../../../policies/rule.ts";

export const keys: readonly SampleResource[] = [];
