import type { SampleResource } from "../../../policies/rule.ts";

export const bucket: readonly SampleResource[] = [];
