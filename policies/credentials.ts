/** What a credential looks like, whatever it is called. Nothing here returns a value. */
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
