/** Reads the text of a stack file, Pulumi.<stack>.yaml. */
import { LineCounter, parseDocument } from "yaml";
import { isPlainObject } from "./input.ts";

/** A stack file that is no stack file; the message names line and column. */
export class StackFileError extends Error {
  override readonly name = "StackFileError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** What a stack file says, as far as this program cares. */
export interface StackFile {
  /** Configuration by full key, such as `golive:region`; encrypted values are still `{secure: …}`. */
  values: Record<string, unknown>;
  /** Mistakes outside `config`: keys that Pulumi does not know there. */
  unknown: string[];
}

/** Top-level keys of a stack file, as Pulumi reads them (workspace.ProjectStack). */
export const TOP_LEVEL: readonly string[] = ["config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"];

/**
 * @param source name of the file, for messages
 * @throws StackFileError when the text is no YAML, has a key twice, or is no stack file
 */
export function readStackFile(text: string, source: string): StackFile {
  const lines = new LineCounter();
  // Aliases are limited so that a small file can not unfold into a huge one.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new StackFileError(`${source}:${line}:${col}: this is not YAML: ${error.message.replace(/[.:]$/, "")}.`, "Mend the YAML there; a key may appear only once, and indentation must not use tabs.");
  }
  const content = unfold(document, source);
  if (content === null) throw new StackFileError(`${source} is empty.`, "It must have a section `config`.");
  if (!isPlainObject(content)) throw new StackFileError(`${source} is no stack file: its content is no section.`, "It must have a section `config`.");
  const { config } = content;
  if (config !== undefined && config !== null && !isPlainObject(config)) {
    throw new StackFileError(`${source}: \`config\` is no section.`, "Write one key a line below it, such as `golive:region: us-east-1`.");
  }
  return {
    values: isPlainObject(config) ? config : {},
    unknown: Object.keys(content).filter((name) => !TOP_LEVEL.includes(name)),
  };
}

function unfold(document: ReturnType<typeof parseDocument>, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StackFileError(`${source} can not be read: ${why}`, "Write the values out instead of using aliases.");
  }
}
