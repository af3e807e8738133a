/** Where a command's result goes: standard output, or a file that is never half-written. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError, systemCode, writeError } from "../sandbox/errors.ts";

/**
 * Writes in one go, so that an interruption leaves the old file or the new one.
 *
 * @param file path, or `-` for standard output
 * @param what the thing that is written, as a person would call it
 * @throws UserError when it can not be written
 */
export function writeOutput(text: string, file: string, what: string): void {
  if (file === "-") {
    process.stdout.write(text);
    return;
  }
  const part = `${file}.${process.pid}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    if (systemCode(error) === "ENOENT") throw new UserError(`${what} could not be written: the folder ${path.dirname(file)} does not exist.`, "Make the folder, or name another file with --output.", 1, { cause: error });
    if (systemCode(error) === "EISDIR") throw new UserError(`${what} could not be written: ${file} is a folder.`, "Name a file with --output.", 1, { cause: error });
    throw writeError(error, what, path.dirname(file), "Or name another file with --output.");
  }
}

/** {@link writeOutput}, and says which file was written. */
export function written(text: string, file: string, what: string): void {
  writeOutput(text, file, what);
  if (file !== "-") process.stdout.write(`${path.relative(process.cwd(), path.resolve(file))}\n`);
}
