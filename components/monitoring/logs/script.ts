/** The script by which the collector redacts, with the words that make a field's value a secret. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { REDACTED_FIELDS } from "../../release/configMap.ts";

/** Words beside those of which the application is told: other spellings of the same. */
const FURTHER = ["passwd", "passphrase", "pwd", "credential"];

/** Parts of names of fields whose values go nowhere, in lower case; traces are redacted by the same. */
export function sensitiveWords(): string[] {
  return [...REDACTED_FIELDS, ...FURTHER];
}

/** The script's files; each uses what the ones before it define. */
const FILES = ["text.lua", "json.lua", "line.lua"];

/** The program that Fluent Bit runs for each line. */
export function redactionScript(): string {
  const words = sensitiveWords().map((word) => JSON.stringify(word)).join(", ");
  const script = FILES.map((file) => readFileSync(path.join(import.meta.dirname, file), "utf8")).join("\n");
  return script.replace("local WORDS = REDACTED_FIELDS", `local WORDS = { ${words} }`);
}
