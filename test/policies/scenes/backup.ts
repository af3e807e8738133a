import type { SampleResource } from "../../../policies/rule.ts";

export const backup: readonly SampleResource[] = [];
