/** What a credential looks like by its name. Nothing here returns a value. */
import { shapeOf } from "../credentials.ts";
import { type Report, setting } from "../rule.ts";
import type { Value } from "../value.ts";

/** Names that end in what they hold; `PASSWORD_FILE`, `SECRET_ARN` and `TOKEN_SECONDS` hold something else. */
const NAMES = /(?:password|passwd|passphrase|secret|token|api[_-]?key|credentials?)$|(?:^|[^a-z])(?:pass|pwd|(?:access|secret|private|encryption|signing|master|auth|session)[_-]?key|connection[_-]?string)$/i;

/** Values that are no credential themselves: switches, references, paths, addresses, ARNs, templates. */
const NO_LITERAL = /^(?:|true|false|yes|no|none|null|enabled|disabled)$|^(?:\$[({\w]|\{\{|<|\/|\.\/|file:|arn:|https?:\/\/)/i;

/** Whether a name says that its value is a credential; `apiKey` and `API_KEY` alike. */
export function isNamed(name: string): boolean {
  return NAMES.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2"));
}

/** What kind of credential a named value holds. */
export function credential(name: string, text: string): string | undefined {
  return shapeOf(text) ?? (isNamed(name) && !NO_LITERAL.test(text.trim()) ? "a credential by its name" : undefined);
}

/** `export DB_PASSWORD=…`, `"token": "…"`: what is assigned in a script or a configuration file, line by line. */
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?["']?([\w.-]+)["']?[ \t]*[=:][ \t]*["']?([^\s"'#;,]*)/gm;

/** What kind of credential a script or a configuration file holds. */
export function credentialIn(text: string): string | undefined {
  return shapeOf(text) ?? Array.from(text.matchAll(ASSIGNMENT)).map(([, name = "", value = ""]) => credential(name, value)).find((found) => found !== undefined);
}

/** `--db-password=…` as an argument. */
const FLAG = /^--?([\w.-]+)=(.*)$/s;

/** Reports each argument of a command line that holds a credential. */
export function reportArguments(command: Value, report: Report): void {
  for (const argument of command.texts) {
    command.try(() => {
      const text = argument.text ?? "";
      const [, name = "", value = text] = FLAG.exec(text) ?? [];
      const found = credential(name, value) ?? shapeOf(text);
      if (found !== undefined) report(argument, `holds ${found}, must come from a secret`);
    });
  }
}

/** Headers whose value is a credential, or holds one. */
const HEADERS = /^(?:proxy-authorization|authorization|cookie)$/i;

/** Reports each header of a list of `{name, value}` that holds a credential. */
export function reportHeaders(headers: Value, report: Report): void {
  headers.each((header) => {
    if (HEADERS.test(header.key("name").text ?? "")) report(header.key("value"), "holds a credential by its header, must be left out");
    else reportNamed(header.key("name"), header.key("value"), report);
  });
}

/** What is written in base64, as text. */
export function decoded(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}

/** Reports a named value that is a credential, without repeating it; a name that is not in the place's path is told. */
export function reportNamed(name: string | Value, value: Value, report: Report): void {
  const found = credential(typeof name === "string" ? name : (name.text ?? ""), value.text ?? "");
  if (found !== undefined) report(value, `${typeof name === "string" ? "" : `(${setting(name)}) `}holds ${found}, must come from a secret`);
}
