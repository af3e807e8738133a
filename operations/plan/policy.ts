/** What the policy pack said during a preview or update. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { nameOf } from "./plan.ts";

export interface PolicyFinding {
  rule: string;
  level: "mandatory" | "warning";
  resource: string;
  message: string;
}

export interface PolicyResult {
  pack: string;
  mandatory: number;
  warnings: number;
  findings: PolicyFinding[];
}

/** Gathers the findings; `result` is null while no pack ran. */
export class PolicyCollector {
  #pack: string | null = null;
  readonly #findings: PolicyFinding[] = [];

  constructor(pack: string | null) {
    this.#pack = pack;
  }

  add(event: EngineEvent): void {
    const policy = event.policyEvent;
    if (policy === undefined) return;
    this.#pack = policy.policyPackName;
    this.#findings.push({
      rule: policy.policyName,
      level: policy.enforcementLevel === "mandatory" ? "mandatory" : "warning",
      resource: policy.resourceUrn === undefined ? "" : nameOf(policy.resourceUrn),
      message: policy.message.trim(),
    });
  }

  get result(): PolicyResult | null {
    if (this.#pack === null) return null;
    const mandatory = this.#findings.filter((f) => f.level === "mandatory").length;
    return { pack: this.#pack, mandatory, warnings: this.#findings.length - mandatory, findings: this.#findings };
  }
}
