/**
 * Turns a pattern of a service model (Java syntax) into a JavaScript one with the same meaning.
 *
 * A pattern without any anchor means the whole value: these models come from the services' own framework,
 * where patterns match in full, and most such patterns (`[\w+=,.@-]+`) would allow anything otherwise. A
 * pattern that anchors itself is left as it is.
 */
export function translatePattern(pattern: string): string | undefined {
  let text = pattern;
  let flags = "";
  if (text.startsWith("(?i)")) {
    text = text.slice(4);
    flags = "i";
  } else if (text.startsWith("(?s)")) {
    text = text.slice(4);
    flags = "s";
  }
  text = text
    .replaceAll("\\p{ASCII}", "[\\x00-\\x7F]")
    .replaceAll("\\p{Print}", "[\\x20-\\x7E]")
    .replaceAll("[[:print:]]", "[\\x20-\\x7E]")
    .replaceAll("\\p{Alnum}", "[a-zA-Z0-9]")
    .replaceAll("\\p{IsLetter}", "\\p{L}")
    .replaceAll("\\p{IsDigit}", "\\p{Nd}")
    // A hyphen after a class is itself, not a range.
    .replaceAll("}-_]", "}\\-_]")
    // A literal surrogate pair range stands for "any character beyond the first 65,536".
    .replaceAll("\\uD800\\uDC00-\\uDBFF\\uDFFF", "\\u{10000}-\\u{10FFFF}");
  if (!/[\^$]/.test(text.replace(/\\[\^$]|\[\^?[^\]]*\]/g, ""))) text = `^(?:${text})$`;
  // The unicode flag knows \p and code points but refuses needless escapes such as \- or \_ outside a class.
  // An escaped backslash is taken whole: the character after it is not escaped.
  const strict = text.replace(/\\([-_:@#%&=<>!"'`~ ,;\\])/g, (whole, char: string) => (char === "\\" ? whole : char === "-" ? "\\x2d" : char));
  for (const [source, flag] of [[strict, `${flags}u`], [text, flags]] as const) {
    if (flag === flags && /\\p\{|\\u\{/.test(source)) continue;
    try {
      new RegExp(source, flag);
      return `/${source}/${flag}`;
    } catch {
      // The other notation is tried; a pattern that fits none is reported by the caller.
    }
  }
  return undefined;
}
