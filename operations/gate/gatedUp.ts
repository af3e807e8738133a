/** Preview, refuse, and only then apply: what rules say of the stack as a whole is known only when an update is over. */
import { UserError } from "../../sandbox/errors.ts";
import type { OperationOptions, OperationResult } from "../../sandbox/workspace/operation.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import type { Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { POLICY_PACK } from "./pack.ts";

/** The policy pack refused; nothing was applied. */
export class PolicyRefusal extends UserError {
  /** What the pack said, one text a finding. */
  readonly findings: readonly string[];

  constructor(stack: string, findings: readonly string[], options?: ErrorOptions) {
    super(`The policy pack refuses the update of stack "${stack}"; nothing was applied.`, findings.join("\n\n"), 1, options);
    this.name = "PolicyRefusal";
    this.findings = findings;
  }
}

/**
 * Applies a stack as every command of ours does: with the pack, after a preview with the pack.
 *
 * @throws PolicyRefusal when the pack refuses the preview
 * @throws OperationError when the engine, the program or a provider fails
 */
export async function gatedUp(sandbox: Sandbox, options: Omit<OperationOptions, "policyPacks"> = {}, pack: string = POLICY_PACK): Promise<OperationResult> {
  const findings: string[] = [];
  try {
    await sandbox.preview({
      ...options,
      policyPacks: [pack],
      onEvent: (event) => {
        if (event.policyEvent?.enforcementLevel === "mandatory") findings.push(event.policyEvent.message.trim());
        options.onEvent?.(event);
      },
    });
  } catch (error) {
    if (error instanceof OperationError && findings.length > 0) throw new PolicyRefusal(sandbox.name, findings, { cause: error });
    throw error;
  }
  return sandbox.up({ ...options, policyPacks: [pack] });
}
