import type { SampleResource } from "../../../policies/rule.ts";

export const secrets: readonly SampleResource[] = [];
