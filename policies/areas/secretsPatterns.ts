/** What a credential looks like, by its name and by its shape. Nothing here returns a value. */
import type { Report } from "../rule.ts";
import type { Value } from "../value.ts";

/** Names that end in what they hold; `PASSWORD_FILE`, `SECRET_ARN` and `TOKEN_SECONDS` hold something else. */
const NAMES = /(?:password|passwd|passphrase|secret|token|api[_-]?key|credentials?)$|(?:^|[^a-z])(?:pass|pwd|(?:access|secret|private|encryption|signing|master|auth|session)[_-]?key|connection[_-]?string)$/i;

/** Values that are no credential themselves: switches, references, paths, addresses, ARNs, templates. */
const NO_LITERAL = /^(?:|true|false|yes|no|none|null|enabled|disabled)$|^(?:\$[({\w]|\{\{|<|\/|\.\/|file:|arn:|https?:\/\/)/i;

const SHAPES: readonly (readonly [what: string, shape: RegExp])[] = [
  ["an access key of AWS", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ["a signed token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/],
  ["a token of a code host", /\b(?:gh[pousr]_\w{36}|github_pat_\w{22,}|glpat-[\w-]{20})/],
  ["a token or address of a chat service", /\bxox[abeprs]-[\w-]{10,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/],
  ["a live key of a payment service", /\b[rs]k_live_\w{16,}/],
  ["an address with a password", /(?<![\w+.-])[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:@/]{0,200}:(?![$<{%*])[^\s@/]{1,500}@/i],
];

/** What kind of credential a text holds by its shape alone. */
export function shapeOf(text: string): string | undefined {
  return SHAPES.find(([, shape]) => shape.test(text))?.[0];
}

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

/** Reports a named value that is a credential, without repeating it. */
export function reportNamed(name: string, value: Value, report: Report): void {
  const found = credential(name, value.text ?? "");
  if (found !== undefined) report(value, `(${name}) holds ${found}, must come from a secret`);
}
