/** Preview, refuse, and only then apply: what rules say of the stack as a whole is known only when an update is over. */
import { CATALOG } from "../../policies/catalog.ts";
import { issueText, problemText, refused, type Results } from "../../policies/judge.ts";
import { UserError } from "../../sandbox/errors.ts";
import type { OperationResult } from "../../sandbox/workspace/operation.ts";
import { type JudgedOptions, type JudgedSandbox, NoVerdict } from "./judgedSandbox.ts";

/** How far an update had come when the pack refused it. */
export type Applied = "nothing" | "a part" | "unjudged" | "everything";

const SAID: Readonly<Record<Applied, (stack: string) => string>> = {
  nothing: (stack) => `The policy pack refuses the update of stack "${stack}"; nothing was applied.`,
  "a part": (stack) => `The policy pack stopped the update of stack "${stack}"; what came before is applied.`,
  unjudged: (stack) => `Stack "${stack}" is applied, and the policy pack gave no verdict on it.`,
  everything: (stack) => `Stack "${stack}" is applied, and broken: the policy pack refuses what could not be decided before the end of the update.`,
};

/** The policy pack refused. */
export class PolicyRefusal extends UserError {
  /** What the pack said, one text a finding. */
  readonly findings: readonly string[];
  readonly applied: Applied;

  constructor(stack: string, applied: Applied, findings: readonly string[], options?: ErrorOptions) {
    super(SAID[applied](stack), findings.join("\n\n"), 1, options);
    this.name = "PolicyRefusal";
    this.findings = findings;
    this.applied = applied;
  }
}

/**
 * Applies a stack as every command of ours does: with the pack, after a preview with the pack, and with a look at what
 * the pack says at the end.
 *
 * @throws PolicyRefusal when the pack refuses the preview, a step, or what has been applied
 * @throws NoVerdict when the pack judged nothing in the preview
 * @throws OperationError when the engine, the program or a provider fails
 */
export async function gatedUp(sandbox: Pick<JudgedSandbox, "name" | "preview" | "up">, options: JudgedOptions = {}): Promise<OperationResult> {
  await gatedPreview(sandbox, options);
  return judgedUp(sandbox, options);
}

/** The first half of {@link gatedUp}, for commands that look at the plan before they apply it. @throws as it does */
export async function gatedPreview(sandbox: Pick<JudgedSandbox, "name" | "preview">, options: JudgedOptions = {}): Promise<void> {
  const { results } = await sandbox.preview(options);
  if (refused(results)) throw new PolicyRefusal(sandbox.name, "nothing", refusals(results));
}

/** The second half of {@link gatedUp}: nobody calls it without the first. @throws as it does */
export async function judgedUp(sandbox: Pick<JudgedSandbox, "name" | "up">, options: JudgedOptions = {}): Promise<OperationResult> {
  const { results: applied, operation } = await sandbox.up(options).catch((error: unknown) => {
    if (!(error instanceof NoVerdict)) throw error;
    throw new PolicyRefusal(sandbox.name, error.findings.length > 0 ? "a part" : "unjudged", error.findings, { cause: error });
  });
  if (operation === undefined || refused(applied)) throw new PolicyRefusal(sandbox.name, "everything", refusals(applied));
  return operation;
}

function refusals({ problems, rules }: Results): string[] {
  return [
    ...problems.map(problemText),
    ...rules.flatMap((result) => {
      const rule = CATALOG.all.find((one) => one.id === result.rule);
      return result.issues.filter((issue) => issue.refuses).map((issue) => (rule === undefined ? issue.message : issueText(issue, rule)));
    }),
  ];
}
