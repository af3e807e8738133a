/** One error for everything that is wrong with a configuration, so that it can be mended in one go. */

/** One thing that is wrong, with all that is needed to put it right. Never holds the value of a secret. */
export interface Mistake {
  /** Key path, such as `postgres.storageGib` or `nodes.general.max`. */
  path: string;
  /** What the configuration says there. */
  given: string;
  /** What it may say. */
  allowed: string;
  example?: string;
  /** Why the rule is there; set for rules between keys. */
  reason?: string;
  /** What to do, often a command to copy. */
  mend?: string;
}

/** Most mistakes that the message spells out; `mistakes` always holds all of them. */
const SHOWN = 100;

/**
 * A configuration that can not be used. The message lists every mistake.
 *
 * Pulumi prints an error that carries `__pulumiRunError` as a plain message, without a stack trace
 * (`RunError.isInstance` in @pulumi/pulumi/errors), so that this module need not load Pulumi.
 */
export class ConfigError extends Error {
  readonly mistakes: readonly Mistake[];
  readonly __pulumiRunError = true;

  constructor(mistakes: readonly Mistake[], stack: string, source?: string) {
    super(report(mistakes, stack, source));
    this.name = "ConfigError";
    this.mistakes = mistakes;
  }
}

function report(mistakes: readonly Mistake[], stack: string, source: string | undefined): string {
  const where = source === undefined ? `stack ${stack}` : `stack ${stack} (${source})`;
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  const lines = [`The configuration of ${where} has ${count}:`];
  for (const mistake of mistakes.slice(0, SHOWN)) lines.push("", ...mistakeLines(mistake));
  if (mistakes.length > SHOWN) lines.push("", `  … and ${mistakes.length - SHOWN} more; mend these first.`);
  return lines.join("\n");
}

function mistakeLines(mistake: Mistake): string[] {
  const lines = [`  ${mistake.path}`, `    given:   ${mistake.given}`, `    allowed: ${mistake.allowed}`];
  if (mistake.example !== undefined) lines.push(`    example: ${mistake.example}`);
  if (mistake.reason !== undefined) lines.push(`    why:     ${mistake.reason}`);
  if (mistake.mend !== undefined) lines.push(`    mend:    ${mistake.mend}`);
  return lines;
}
