import type { SampleResource } from "../../../policies/rule.ts";

export const release: readonly SampleResource[] = [];
