import type { SampleResource } from "../../../policies/rule.ts";

export const ingress: readonly SampleResource[] = [];
