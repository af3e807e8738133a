/** `golive config …`: check a stack's configuration, explain a key, write the editors' schema and the reference. */
import path from "node:path";
import type { Command } from "commander";
import { UserError } from "../../sandbox/errors.ts";
import { explain, explanationText } from "../../stacks/config/explain.ts";
import { stackFileSchema } from "../../stacks/config/jsonSchema.ts";
import { referencePage } from "../../stacks/config/reference.ts";
import { ConfigError } from "../../stacks/config.ts";
import { written } from "../output.ts";
import { ROOT, stackConfig, stackNames } from "../stacks.ts";

/** Where editors find the schema; the first line of every stack file names it. */
export const SCHEMA_FILE = path.join("docs", "pulumi-config.schema.json");
export const REFERENCE_FILE = path.join("docs", "configuration.md");

export function register(program: Command): void {
  const config = program.command("config").description("check a stack's configuration, explain a key, write schema and reference");
  config.command("check")
    .argument("[stacks...]", "names of stacks; all of them when left out")
    .description("list every mistake in the configuration of stacks; decrypts nothing")
    .option("--json", "print the result as JSON")
    .action(check);
  config.command("explain")
    .argument("<key>", "key or section, such as postgres.storageGib or nodes")
    .description("print the documentation of a key")
    .option("--json", "print it as JSON")
    .action(explainKey);
  config.command("schema")
    .description("write the JSON Schema of the stack files, by which editors complete and check them")
    .option("--output <file>", "file to write, - for standard output", path.join(ROOT, SCHEMA_FILE))
    .action((options: { output: string }) => written(`${JSON.stringify(stackFileSchema(), null, 2)}\n`, options.output, "the schema"));
  config.command("reference")
    .description("write the reference of every key")
    .option("--output <file>", "file to write, - for standard output", path.join(ROOT, REFERENCE_FILE))
    .action((options: { output: string }) => written(referencePage(), options.output, "the reference"));
}

function check(given: string[], options: { json?: boolean }): void {
  const stacks = given.length > 0 ? given : stackNames();
  const results = stacks.map((stack) => ({ stack, problem: problemOf(stack) }));
  const failed = results.filter((result) => result.problem !== undefined);
  if (options.json === true) process.stdout.write(`${JSON.stringify(results.map(asJson), null, 2)}\n`);
  else {
    for (const { stack, problem } of results) {
      if (problem === undefined) process.stdout.write(`${stack}: no mistakes\n`);
      else process.stderr.write(`${problem.message}\n${problem.hint === "" ? "" : `\n${problem.hint}\n`}`);
    }
  }
  if (failed.length > 0) process.exitCode = 1;
}

function problemOf(stack: string): UserError | undefined {
  try {
    stackConfig(stack);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function asJson({ stack, problem }: { stack: string; problem: UserError | undefined }): object {
  if (problem === undefined) return { stack, ok: true, mistakes: [] };
  const { cause } = problem;
  return { stack, ok: false, mistakes: cause instanceof ConfigError ? cause.mistakes : [{ given: problem.message, mend: problem.hint }] };
}

function explainKey(key: string, options: { json?: boolean }): void {
  const found = explain(key);
  if ("there" in found) {
    const near = found.nearest === undefined ? "" : `Did you mean ${found.nearest}? `;
    throw new UserError(`There is no key ${JSON.stringify(key.slice(0, 80))}.`, `${near}There are: ${found.there.join(", ")}.`);
  }
  process.stdout.write(`${options.json === true ? JSON.stringify(found, null, 2) : explanationText(found)}\n`);
}
