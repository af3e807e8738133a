import type { SampleResource } from "../../../policies/rule.ts";

export const cluster: readonly SampleResource[] = [];
