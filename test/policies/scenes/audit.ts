import type { SampleResource } from "../../../policies/rule.ts";

export const audit: readonly SampleResource[] = [];
