/** What releases leave behind in the cluster: who did what, and which images were rejected (the program's guard reads it). */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Api, KubeObject } from "../cluster/api.ts";
import { UserError } from "../../sandbox/errors.ts";
import { clusterId } from "./identity.ts";
import { type Color, COLORS, MANAGER, RECORDS } from "./names.ts";
import { operator } from "./operator.ts";

/** Years of releases by a busy team; a ConfigMap holds 1 MiB. */
const KEPT = 500;
/** Others write it too, one at a time. */
const ATTEMPTS = 20;

const REJECTION = z.object({ digest: z.string(), reason: z.string(), at: z.string().optional() });
const EVENT = z.object({
  /** Tells it from others: a request that is sent twice records it once. */
  id: z.string().optional(),
  action: z.enum(["deploy", "keep", "flip", "rollback", "drain"]),
  /** Color that it was about: deployed, given what users have to keep it, made live, drained. */
  color: z.enum(COLORS),
  image: z.string().optional(),
  serial: z.number(),
  at: z.string(),
  by: z.string(),
  reason: z.string().optional(),
  /** Of a flip, or of a deployment to the live color: whether its watch came to a good end. */
  verified: z.boolean().optional(),
});

export type Rejection = z.infer<typeof REJECTION>;
export type ReleaseEvent = z.infer<typeof EVENT>;

export interface Records {
  rejected: Rejection[];
  /** Oldest first. */
  history: ReleaseEvent[];
  /** Newest version of the database's schema that migrations have made; the program's guard reads it. */
  schemaVersion?: number;
}

/** @throws UserError when somebody has left something there that is no record */
export async function readRecords(api: Api, namespace: string): Promise<Records> {
  return contentOf(await api.get(`${collection(namespace)}/${RECORDS}`), namespace);
}

/**
 * Changes the records; done anew when somebody else has changed them in between, so `change` may be called several times.
 * Keeps beside them of which cluster they are.
 *
 * @param labels of the ConfigMap, where it is not there yet
 */
export async function changeRecords(api: Api, namespace: string, labels: Record<string, string>, change: (records: Records) => Records): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const [before, cluster] = await Promise.all([api.get(`${collection(namespace)}/${RECORDS}`), clusterId(api)]);
    const { rejected, history, schemaVersion } = change(contentOf(before, namespace));
    const kept = { ...(cluster === undefined ? {} : { cluster }), ...dataOf(before) };
    const data = { ...kept, rejected: JSON.stringify(rejected), history: JSON.stringify(history.slice(-KEPT)), ...(schemaVersion === undefined ? {} : { schemaVersion: String(schemaVersion) }) };
    const metadata = before?.metadata ?? { name: RECORDS, namespace, labels };
    if (await api.write(collection(namespace), { apiVersion: "v1", kind: "ConfigMap", metadata, data })) return;
  }
  throw new UserError(`ConfigMap ${namespace}/${RECORDS} changed ${ATTEMPTS} times while it was written.`, "See who writes to it all the time, then run the command again.");
}

/** An event of now and of whoever runs this, for {@link withEvent}. */
export function eventOf(event: Omit<ReleaseEvent, "at" | "by" | "id">): ReleaseEvent {
  return { id: randomUUID(), ...event, at: new Date().toISOString(), by: operator() };
}

/** The records with one more event; as they are when they have it already. */
export function withEvent(records: Records, event: ReleaseEvent): Records {
  if (event.id !== undefined && records.history.some(({ id }) => id === event.id)) return records;
  return { ...records, history: [...records.history, event] };
}

/** The records with a rejection; the newest one of an image counts. */
export function withRejection(records: Records, rejection: Rejection): Records {
  return { ...records, rejected: [...records.rejected.filter(({ digest }) => digest !== rejection.digest), rejection] };
}

/** Whether an image has passed its gates, or users have had it. */
export function isProven({ history }: Records, image: string): boolean {
  return history.some((event) => event.image === image && (event.action !== "deploy" || event.reason === undefined));
}

/**
 * Whether users have had what a color runs, as far as commands know. A flip by configuration alone leaves no event of its
 * own: that the color had the traffic is told by what came after, because a deployment goes to the color without traffic
 * (a rolling one says that it was verified), and a flip takes it from the other one.
 */
export function hadUsers({ history }: Records, color: Color): boolean {
  const at = history.findLastIndex((event) => event.color === color && event.action !== "drain");
  const last = history[at];
  if (last?.action !== "deploy" || last.verified === true) return true;
  return history.slice(at + 1).some((event) => event.color !== color && (event.action === "flip" || (event.action === "deploy" && event.verified === undefined && event.reason === undefined)));
}

/** What somebody did to where traffic goes, newest first. */
export function lastMove({ history }: Records): ReleaseEvent | undefined {
  return history.findLast(({ action }) => action === "flip" || action === "rollback");
}

/** Since when a color is live, and by whom. */
export interface Since {
  at: string;
  by?: string;
}

/**
 * By the newest event, where it is about this color. Otherwise (a flip by configuration, a command that was killed) by
 * the last change of the live Service under our name: it moved then, or before.
 */
export function liveSince(records: Records, live: { color: string; service: KubeObject }): Since | undefined {
  const last = lastMove(records);
  if (last?.color === live.color) return { at: last.at, by: last.by };
  const at = live.service.metadata.managedFields?.findLast(({ manager }) => manager === MANAGER)?.time;
  return at === undefined ? undefined : { at };
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
  const version = data["schemaVersion"];
  return { rejected: read("rejected", z.array(REJECTION)), history: read("history", z.array(EVENT)), ...(version !== undefined && /^\d+$/.test(version) ? { schemaVersion: Number(version) } : {}) };
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
