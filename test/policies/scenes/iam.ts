import type { SampleResource } from "../../../policies/rule.ts";

export const iam: readonly SampleResource[] = [];
