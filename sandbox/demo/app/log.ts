/** One JSON object a line on standard output. */

const LEVELS = ["debug", "info", "warn", "error"];

export type Fields = Record<string, string | number | boolean | undefined>;

export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

/**
 * @param base fields of every line
 * @param redacted parts of field names whose values are not written, in any case
 */
export function createLog(level: string, base: Fields, redacted: readonly string[], write: (line: string) => void = (line) => process.stdout.write(line)): Log {
  const least = Math.max(0, LEVELS.indexOf(level));
  const hidden = redacted.map((name) => name.toLowerCase());
  const at = (name: string) => (message: string, fields: Fields = {}): void => {
    if (LEVELS.indexOf(name) < least) return;
    const shown = Object.entries(fields).map(([key, value]) => [key, hidden.some((part) => key.toLowerCase().includes(part)) ? "[redacted]" : value]);
    write(`${JSON.stringify({ time: new Date().toISOString(), level: name, message, ...base, ...Object.fromEntries(shown) })}\n`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
