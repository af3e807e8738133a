/** The reports, by the name of their format. */
import pc from "picocolors";
import { RULE_TEXTS } from "../../policies/catalog.ts";
import { reportEnvironment } from "./environment.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import type { RenderOptions, StackReport } from "./report.ts";
import { sarifReport } from "./sarif.ts";
import { textReport } from "./text.ts";

const REPORTS = { text: textReport, sarif: sarifReport, junit: junitReport, json: jsonReport, markdown: markdownReport } as const;

export type Format = keyof typeof REPORTS;

/** Names of the formats, in the order of the help. */
export const FORMATS = Object.keys(REPORTS) as Format[];

/**
 * What one format says of the stacks; ends with a line break.
 *
 * @param options what is left out is read from the environment; colors are used where standard output shows them
 */
export function render(format: Format, reports: readonly StackReport[], options: Partial<RenderOptions> = {}): string {
  return REPORTS[format](reports, { rules: RULE_TEXTS, ...reportEnvironment(process.env), ...options, color: options.color !== false && pc.isColorSupported });
}
