/**
 * An error that a person caused or can mend: printed as message and hint, never as a stack trace.
 *
 * `exitCode` is 1 for "refused or failed" and 2 for "the command was used wrongly" (DESIGN.md, "Code").
 */
export class UserError extends Error {
  readonly hint: string;
  readonly exitCode: 1 | 2;

  /**
   * @param message what happened, to what
   * @param hint what to do next; may have several lines
   */
  constructor(message: string, hint = "", exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.name = "UserError";
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** The code of a failed system call (`ENOENT`, `ENOSPC`, …), or "" for any other error. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/**
 * Turns the failures of writing a file that a person can mend (disk full, not writable, a file where a folder
 * should be) into one `UserError`; any other error comes back as it was.
 *
 * @param what the thing that was being written, as a person would call it
 */
export function writeError(error: unknown, what: string, folder: string, mend: string): unknown {
  switch (systemCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new UserError(`The disk is full: ${what} could not be written to ${folder}.`, `Free some room there, then run the command again. ${mend}`.trim(), 1, { cause: error });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new UserError(`No permission to write ${what} to ${folder}.`, `Make the folder writable. ${mend}`.trim(), 1, { cause: error });
    case "ENOTDIR":
    case "EEXIST":
      return new UserError(`${folder} can not be used for ${what}: a file is in the way.`, `Move the file away. ${mend}`.trim(), 1, { cause: error });
    case "ENOENT":
      // What a recursive mkdir says where the disk is read-only or a link on the way leads nowhere.
      if (!(error instanceof Error && "syscall" in error && error.syscall === "mkdir")) return error;
      return new UserError(`${folder} can not be made for ${what}: its disk is read-only, or a link on the way leads nowhere.`, mend, 1, { cause: error });
    default:
      return error;
  }
}
