/** The stack files of a checkout: which there are, and what one says. */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { UserError, systemCode } from "../sandbox/errors.ts";
import { type Config, ConfigError, parseConfig } from "../stacks/config.ts";
import { nearest } from "../stacks/config/mistakes.ts";
import { type StackFile, StackFileError, TOP_LEVEL, readStackFile } from "../stacks/config/stackFile.ts";

/** Root of the checkout that this program runs from. */
export const ROOT = path.join(import.meta.dirname, "..");

/** Names of the stacks that have a file in the folder. */
export function stackNames(folder: string = ROOT): string[] {
  return readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}

/**
 * The content of a stack's file.
 *
 * @throws UserError when there is no such stack, or its file can not be read
 */
export function stackFile(stack: string, folder: string = ROOT): StackFile {
  const file = `Pulumi.${stack}.yaml`;
  try {
    return readStackFile(text(stack, file, folder), file);
  } catch (error) {
    if (error instanceof StackFileError) throw new UserError(error.message, error.hint, 1, { cause: error });
    throw error;
  }
}

function text(stack: string, file: string, folder: string): string {
  const names = stackNames(folder);
  // Checked against what is there, so that a name can never lead out of the folder.
  if (!names.includes(stack)) {
    const near = nearest(stack, names);
    const hint = names.length === 0 ? `There is no Pulumi.<stack>.yaml in ${folder}.` : `${near === undefined ? "" : `Did you mean ${near}? `}There are: ${names.join(", ")}. A new stack is a new file ${file}.`;
    throw new UserError(`There is no stack ${JSON.stringify(stack.slice(0, 80))}.`, hint);
  }
  try {
    return readFileSync(path.join(folder, file), "utf8");
  } catch (error) {
    throw new UserError(`${file} can not be read (${systemCode(error)}).`, "Look at its permissions.", 1, { cause: error });
  }
}

function withNearest(name: string): string {
  const near = nearest(name, TOP_LEVEL);
  return near === undefined ? name : `${name} (did you mean ${near}?)`;
}

/**
 * A stack's configuration, complete and checked. Secrets are placeholders: nothing is decrypted.
 *
 * @throws UserError with every mistake
 */
export function stackConfig(stack: string, folder: string = ROOT): Config {
  const { values, unknown } = stackFile(stack, folder);
  const source = `Pulumi.${stack}.yaml`;
  const outside = unknown.length === 0 ? "" : `${source} has keys that Pulumi does not know: ${unknown.map(withNearest).join(", ")}.`;
  try {
    const config = parseConfig({ values, stack, source });
    if (outside === "") return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // A misspelt `config` is why everything below it seems to be absent: it is said first.
    const message = outside === "" ? error.message : `${outside}\n\n${error.message}`;
    throw new UserError(message, "Documentation of a key: ./golive config explain KEY", 1, { cause: error });
  }
  throw new UserError(outside, "Configuration belongs below `config:`, as `golive:KEY`.");
}
