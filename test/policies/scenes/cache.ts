import type { SampleResource } from "../../../policies/rule.ts";

export const cache: readonly SampleResource[] = [];
