/** The engine's state as it exports it (Automation API: `Deployment`, which leaves its content untyped). */
import type { Deployment } from "@pulumi/pulumi/automation/index.js";

/** One resource in state; only what somebody here asks for. */
export interface StateResource {
  urn: string;
  type: string;
  /** Made by a provider, not a component of the program. */
  custom?: boolean;
  protect?: boolean;
  retainOnDelete?: boolean;
  ignoreChanges?: string[];
  /** Replaced, but the old one is still to be deleted. */
  delete?: boolean;
  /** Made, but not ready. */
  initErrors?: string[];
  /** URNs. */
  dependencies?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** Everything in state, the stack and its providers included, in the order of creation. */
export function resourcesOf(deployment: Deployment): StateResource[] {
  return (deployment.deployment as { resources?: StateResource[] }).resources ?? [];
}
