/** A Job that an update runs and waits for. */
import type * as pulumi from "@pulumi/pulumi";

/** A run that failed is replaced by the next update; without it that update would only look at the old one again (provider documentation of Job). */
export const REPLACE_FAILED = { "pulumi.com/replaceUnready": "true" };

/** Waits until the run's own deadline has passed, and a minute for the news of it. */
export function waitedFor(deadlineSeconds: number): pulumi.CustomResourceOptions {
  const limit = `${deadlineSeconds + 60}s`;
  return { customTimeouts: { create: limit, update: limit } };
}
