import type { SampleResource } from "../../../policies/rule.ts";

export const network: readonly SampleResource[] = [];
