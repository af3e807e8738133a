/** Building blocks of the configuration schema: formats that several sections share. */
import { z } from "zod";

/** What documentation, the JSON Schema and error messages know of a key beside its type. */
export interface KeyMeta {
  /** One or two sentences: what the value does and why the default is what it is. */
  description: string;
  unit?: string;
  example?: unknown;
  /** Where a limit or default comes from. */
  source?: string;
  [key: string]: unknown;
}

/** Attaches documentation to a key; every key of the schema goes through here. */
export function key<T extends z.ZodType>(schema: T, meta: KeyMeta): T {
  return schema.meta(meta);
}

export const name = z.string().regex(/^[a-z][a-z0-9-]{0,29}[a-z0-9]$/, "2 to 31 characters: lower-case letters, digits and hyphens, starting with a letter");
export const resourceKey = z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, "1 to 20 characters: lower-case letters, digits and hyphens, starting with a letter");
export const accountId = z.string().regex(/^\d{12}$/, "12 digits, quoted so that YAML keeps a leading zero");
export const region = z.string().regex(/^[a-z]{2}(-gov)?-[a-z]+-\d$/, "an AWS region such as us-east-1");
export const arn = z.string().regex(/^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+$/, "an ARN: arn:aws:service:region:account:resource");
export const email = z.email("an e-mail address");
export const host = z.string().regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/, "a DNS name such as shop.example.com");
export const urlPath = z.string().regex(/^\/[A-Za-z0-9._~/*-]*$/, "a path that starts with /");
export const imageDigest = z.string().regex(
  /^[a-z0-9]+(?:[._-][a-z0-9]+)*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+@sha256:[a-f0-9]{64}$/,
  "an image by digest: registry/repository@sha256:<64 hex digits>; a tag can be moved, a digest can not",
);
export const cidr = z.string().regex(
  /^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)\/(3[0-2]|[12]?\d)$/,
  "an IPv4 CIDR such as 10.20.0.0/16",
);
export const address = z.string().regex(/^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)$/, "an IPv4 address such as 10.20.0.10");
/** Kubernetes CronJob and EventBridge Scheduler differ in syntax; all schedules here are five-field cron, in UTC. */
export const cron = z.string().regex(
  /^(\*|[\d,\-*/]+) (\*|[\d,\-*/]+) (\*|[\d,\-*/]+) (\*|[\d,\-*/]+) (\*|[\d,\-*/]+)$/,
  "five-field cron in UTC, such as 0 2 * * *",
);
export const cpu = z.string().regex(/^(\d+m|\d+(\.\d{1,3})?)$/, "a Kubernetes CPU quantity such as 250m");
export const memory = z.string().regex(/^\d+(Ki|Mi|Gi)$/, "a Kubernetes memory quantity such as 512Mi");
export const maintenanceWindow = z.string().regex(
  /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$/,
  "a weekly window in UTC such as sun:03:00-sun:04:00",
);
export const dailyWindow = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "a daily window in UTC such as 02:00-03:00");
export const version = z.string().regex(/^v?\d+(\.\d+)*([.-][A-Za-z0-9.-]+)?$/, "a version such as 1.2.3");

/** Days for which CloudWatch Logs keeps events; the service takes only these (PutRetentionPolicy, API reference). */
export const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;
export const logRetention = z.union(LOG_RETENTION_DAYS.map((d) => z.literal(d)));

/** Requests of one container, used by the capacity check as well as by the object itself. */
export const requests = z.strictObject({
  cpu: key(cpu, { description: "CPU request of one replica.", example: "250m" }),
  memory: key(memory, { description: "Memory request of one replica; the limit is the same.", example: "512Mi" }),
});
