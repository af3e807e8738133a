/** What releases leave behind in the cluster: who did what, and which images were rejected (the program's guard reads it). */
import { z } from "zod";
import type { Api, KubeObject } from "../cluster/api.ts";
import { UserError } from "../../sandbox/errors.ts";
import { COLORS, RECORDS } from "./names.ts";
import { operator } from "./operator.ts";

/** Years of releases by a busy team; a ConfigMap holds 1 MiB. */
const KEPT = 500;
/** Others write it too, one at a time. */
const ATTEMPTS = 20;

const REJECTION = z.object({ digest: z.string(), reason: z.string(), at: z.string().optional() });
const EVENT = z.object({
  action: z.enum(["deploy", "flip", "rollback", "drain"]),
  /** Color that it was about: deployed, made live, drained. */
  color: z.enum(COLORS),
  image: z.string().optional(),
  serial: z.number(),
  at: z.string(),
  by: z.string(),
  reason: z.string().optional(),
});

export type Rejection = z.infer<typeof REJECTION>;
export type ReleaseEvent = z.infer<typeof EVENT>;

export interface Records {
  rejected: Rejection[];
  /** Oldest first. */
  history: ReleaseEvent[];
}

/** @throws UserError when somebody has left something there that is no record */
export async function readRecords(api: Api, namespace: string): Promise<Records> {
  return contentOf(await api.get(`${collection(namespace)}/${RECORDS}`), namespace);
}

/**
 * Changes the records; done anew when somebody else has changed them in between.
 *
 * @param labels of the ConfigMap, where it is not there yet
 */
export async function changeRecords(api: Api, namespace: string, labels: Record<string, string>, change: (records: Records) => Records): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await api.get(`${collection(namespace)}/${RECORDS}`);
    const { rejected, history } = change(contentOf(before, namespace));
    const data = { ...dataOf(before), rejected: JSON.stringify(rejected), history: JSON.stringify(history.slice(-KEPT)) };
    const metadata = before?.metadata ?? { name: RECORDS, namespace, labels };
    if (await api.write(collection(namespace), { apiVersion: "v1", kind: "ConfigMap", metadata, data })) return;
  }
  throw new UserError(`ConfigMap ${namespace}/${RECORDS} changed ${ATTEMPTS} times while it was written.`, "See who writes to it all the time, then run the command again.");
}

/** The records with one more event, of now and of whoever runs this. */
export function withEvent(records: Records, event: Omit<ReleaseEvent, "at" | "by">): Records {
  return { ...records, history: [...records.history, { ...event, at: new Date().toISOString(), by: operator() }] };
}

/** The event that made a color live, newest first. */
export function liveSince(records: Records, color: string): ReleaseEvent | undefined {
  return records.history.findLast((event) => event.color === color && (event.action === "flip" || event.action === "rollback"));
}

function contentOf(map: KubeObject | undefined, namespace: string): Records {
  const data = dataOf(map);
  const read = <T>(key: string, schema: z.ZodType<T[]>): T[] => {
    const text = data[key];
    if (text === undefined || text === "") return [];
    const parsed = schema.safeParse(jsonOf(text));
    if (!parsed.success) throw new UserError(`data.${key} of ConfigMap ${namespace}/${RECORDS} is no list of records: nobody can tell what it says.`, "Correct it, or set it to [] when nothing of it matters any more.", 1, { cause: parsed.error });
    return parsed.data;
  };
  return { rejected: read("rejected", z.array(REJECTION)), history: read("history", z.array(EVENT)) };
}

function dataOf(map: KubeObject | undefined): Record<string, string> {
  return (map?.["data"] as Record<string, string> | undefined) ?? {};
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function collection(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps`;
}
