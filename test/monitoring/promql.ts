/** Metrics that an expression of PromQL names. */

const WORDS = new Set(["and", "or", "unless", "on", "ignoring", "by", "without", "group_left", "group_right", "offset", "bool"]);

/** What is left without strings, labels, ranges and lists of labels are numbers, functions, words and metrics. */
export function metricsOf(expr: string): string[] {
  const bare = expr
    .replaceAll(/"(\\.|[^"\\])*"/g, "")
    .replaceAll(/\{[^}]*\}/g, "")
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ")
    .replaceAll(/\boffset\s+\w+/g, " ");
  const names = Array.from(bare.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)(\s*\()?/g), ([, name, call]) => ({ name: name ?? "", isFunction: call !== undefined }));
  return [...new Set(names.filter(({ name, isFunction }) => !isFunction && !WORDS.has(name) && !/^(e\d+|Inf|NaN)$/i.test(name)).map(({ name }) => name))];
}

/** Labels that a text names, such as `{{ $labels.color }}`. */
export function labelsIn(text: string): string[] {
  return Array.from(text.matchAll(/\$labels\.(\w+)/g), ([, label]) => label ?? "");
}
