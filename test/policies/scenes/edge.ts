import type { SampleResource } from "../../../policies/rule.ts";

export const edge: readonly SampleResource[] = [];
