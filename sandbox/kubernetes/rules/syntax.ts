/** The small syntaxes of the API server; each returns what is wrong, or nothing. */

/** Source of the patterns and limits: k8s.io/apimachinery v0.36.3, pkg/util/validation/validation.go. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const ENV_NAME = /^[ -<>-~]+$/;
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;
/** k8s.io/apimachinery v0.36.3, pkg/api/resource/quantity.go: the grammar above `type Quantity`. */
const QUANTITY = /^[+-]?(\d+(\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;

export function dnsLabel(text: string): string | undefined {
  return text.length <= 63 && DNS_LABEL.test(text) ? undefined : "must be at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit (DNS-1123 label)";
}

export function dns1035Label(text: string): string | undefined {
  return text.length <= 63 && DNS_1035_LABEL.test(text) ? undefined : "must be at most 63 lower-case letters, digits and '-', beginning with a letter and ending with a letter or digit (DNS-1035 label)";
}

export function dnsSubdomain(text: string): string | undefined {
  const good = text.length <= 253 && text.split(".").every((part) => DNS_LABEL.test(part));
  return good ? undefined : "must be at most 253 lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit (DNS-1123 subdomain)";
}

/** The key of a label or annotation: `name` or `dns.prefix/name`. */
export function qualifiedName(text: string): string | undefined {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? dnsSubdomain(parts[0] ?? "") : undefined;
  if (parts.length > 2 || prefix !== undefined) return "must be a name, or a DNS subdomain, '/' and a name";
  return name.length <= 63 && QUALIFIED.test(name) ? undefined : "the name must be at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";
}

export function labelValue(text: string): string | undefined {
  return text === "" || (text.length <= 63 && QUALIFIED.test(text)) ? undefined : "must be empty, or at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";
}

/** Names of roles and bindings end up in paths only (k8s.io/apimachinery, pkg/api/validation/path/name.go). */
export function pathSegment(text: string): string | undefined {
  return text === "." || text === ".." || /[/%]/.test(text) ? "must not be '.' or '..' and must not hold '/' or '%'" : undefined;
}

export function envName(text: string): string | undefined {
  return ENV_NAME.test(text) ? undefined : "must be printable ASCII without '='";
}

export function configKey(text: string): string | undefined {
  return text.length <= 253 && CONFIG_KEY.test(text) && text !== "." && !text.startsWith("..") ? undefined : "must be at most 253 letters, digits, '-', '_' and '.'";
}

export function port(value: number): string | undefined {
  return Number.isInteger(value) && value >= 1 && value <= 65535 ? undefined : "must be a port between 1 and 65535";
}

/** A named port (RFC 6335 service name). */
export function portName(text: string): string | undefined {
  const good = text.length <= 15 && DNS_LABEL.test(text) && /[a-z]/.test(text) && !text.includes("--");
  return good ? undefined : "must be at most 15 lower-case letters, digits and single '-', with at least one letter";
}

export function quantity(text: string): string | undefined {
  return QUANTITY.test(text) ? undefined : `"${text}" is no quantity; write 250m, 2, 512Mi or 10Gi`;
}

const SCALE: Record<string, number> = { n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 };

/** The number that a valid quantity stands for. */
export function quantityValue(text: string): number {
  const [, digits = "", suffix = ""] = /^([+-]?[\d.]+)(.*)$/.exec(text) ?? [];
  return /^[eE][+-]?\d+$/.test(suffix) ? Number(`${digits}${suffix}`) : Number(digits) * (SCALE[suffix] ?? 1);
}

/** Field names, lowest, highest and names of each cron field (robfig/cron v3.0.1, parser.go, spec.go). */
const CRON_FIELDS: readonly { name: string; low: number; high: number; words: readonly string[] }[] = [
  { name: "minute", low: 0, high: 59, words: [] },
  { name: "hour", low: 0, high: 23, words: [] },
  { name: "day of month", low: 1, high: 31, words: [] },
  { name: "month", low: 1, high: 12, words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] },
  { name: "day of week", low: 0, high: 6, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];
const CRON_WORDS = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)$/;

/** The schedule of a CronJob, as the controller's parser reads it. */
export function cron(text: string): string | undefined {
  if (/TZ=/.test(text)) return "a time zone goes into spec.timeZone, not into the schedule";
  if (CRON_WORDS.test(text)) return undefined;
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5) return `"${text}" has ${parts.length} fields; a schedule has five: minute, hour, day of month, month, day of week`;
  for (const [i, field] of CRON_FIELDS.entries()) {
    const wrong = (parts[i] ?? "").split(",").find((part) => !cronPart(part, field));
    if (wrong !== undefined) return `"${wrong}" is no ${field.name}; it goes from ${field.low} to ${field.high}`;
  }
  return undefined;
}

function cronPart(part: string, field: (typeof CRON_FIELDS)[number]): boolean {
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === "*" || range === "?") return true;
  const ends = range.split("-").map((end) => {
    const word = field.words.indexOf(end.toLowerCase());
    return word >= 0 ? word + field.low : /^\d+$/.test(end) ? Number(end) : Number.NaN;
  });
  const [low = Number.NaN, high = low] = ends;
  return ends.length <= 2 && low >= field.low && high <= field.high && low <= high;
}
