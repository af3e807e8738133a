/** Why the pods of a new image do not get ready, as the pods say. */
import { setTimeout as delay } from "node:timers/promises";
import type { Api, KubeObject } from "../cluster/api.ts";
import type { Color } from "./names.ts";

const LOOK_MS = 1000;
/** The kubelet asks a registry again after ten seconds: what fails for longer has failed twice. */
const PULL_MS = 15_000;
/** Ends of one container that are no accident any more: half a minute of starts, by the kubelet's growing pauses. */
const CRASHES = 3;
const LOG_LINES = 3;
const LINE_LENGTH = 200;

export interface StartTrouble {
  kind: "image pull" | "crash" | "configuration" | "no node" | "not ready";
  /** What it is, in one line, with the pod's name. */
  text: string;
  /** The last that the container logged, where it did; for people, not for records, because a log may say anything. */
  log?: string;
  /** More starts of the container do not help. */
  isFinal: boolean;
}

/** Pods of the job that brings the database's schema to what the image needs (components/release). */
export const MIGRATIONS = "app.kubernetes.io/component=migrations";

interface ContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: { waiting?: Reason; terminated?: Ended; running?: object };
  lastState?: { terminated?: Ended };
}

interface Reason {
  reason?: string;
  message?: string;
}

interface Ended extends Reason {
  exitCode?: number;
}

interface Pod extends KubeObject {
  spec?: { containers?: { name: string; image?: string }[] };
  status?: { containerStatuses?: ContainerStatus[]; initContainerStatuses?: ContainerStatus[]; conditions?: { type: string; status: string; reason?: string; message?: string }[] };
}

const PULL = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)$/;
const NEVER_PULLED = /^(InvalidImageName|ErrImageNeverPull)$/;
const CONFIGURATION = /^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

/**
 * The worst that a pod of this image says; undefined when none has anything to say, or there is none. Its migrations
 * come first: an image that is not there is not there for them either. (That they fail, their job tells.)
 */
export async function startTrouble(api: Api, namespace: string, color: Color, image: string): Promise<StartTrouble | undefined> {
  const [pods, migrations] = await Promise.all([`color=${color}`, MIGRATIONS].map(async (labels) => {
    const all = (await api.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(labels)}`)) as Pod[];
    return all.filter(({ spec, metadata }) => metadata.deletionTimestamp === undefined && spec?.containers?.some((one) => one.image === image)).flatMap((pod) => troubleOf(pod) ?? []);
  }));
  const found = [...(pods ?? []), ...(migrations ?? []).filter(({ kind }) => kind === "image pull")];
  const [worst] = found.filter(({ isFinal }) => isFinal).concat(found);
  return worst === undefined ? undefined : withLog(api, namespace, worst);
}

interface Found extends StartTrouble {
  pod: string;
  container?: ContainerStatus;
}

function troubleOf({ metadata: { name: pod }, spec, status }: Pod): Found | undefined {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  for (const container of containers) {
    const { state, lastState, restartCount = 0 } = container;
    const waiting = state?.waiting;
    // What is said of an image names it again and again, and why at the very end.
    const message = spec?.containers?.reduce((text, { image = "" }) => text?.replaceAll(`"${image}"`, image).replaceAll(image, "…"), waiting?.message);
    const said = `${waiting?.reason ?? ""}${message === undefined ? "" : `: ${short(message)}`} (pod ${pod})`;
    if (PULL.test(waiting?.reason ?? "")) return { kind: "image pull", text: `its image can not be pulled: ${said}`, isFinal: NEVER_PULLED.test(waiting?.reason ?? ""), pod };
    if (CONFIGURATION.test(waiting?.reason ?? "")) return { kind: waiting?.reason === "RunContainerError" ? "crash" : "configuration", text: `its container can not start: ${said}`, isFinal: false, pod };
    const ended = state?.terminated ?? lastState?.terminated;
    if (ended !== undefined && container.ready !== true) {
      const crashes = restartCount + (state?.running === undefined ? 1 : 0);
      const why = ended.reason === undefined || ended.reason === "Error" ? "" : `, ${ended.reason}`;
      return { kind: "crash", text: `it ends with exit code ${ended.exitCode ?? "unknown"}${why}, started ${restartCount === 0 ? "once" : `${restartCount + 1} times`} (pod ${pod})`, isFinal: crashes >= CRASHES, pod, container };
    }
  }
  const unplaced = status?.conditions?.find(({ type, status: is, reason }) => type === "PodScheduled" && is === "False" && reason === "Unschedulable");
  if (unplaced !== undefined) return { kind: "no node", text: `no node has room: ${short(unplaced.message ?? "")} (pod ${pod})`, isFinal: false, pod };
  const waiting = containers.find(({ ready }) => ready !== true);
  if (waiting === undefined) return undefined;
  if (waiting.state?.running === undefined) return { kind: "not ready", text: `its container is not started yet: ${waiting.state?.waiting?.reason ?? "nobody says why"} (pod ${pod})`, isFinal: false, pod };
  return { kind: "not ready", text: `it runs and does not get ready (pod ${pod})`, isFinal: false, pod, container: waiting };
}

async function withLog(api: Api, namespace: string, { pod, container, ...trouble }: Found): Promise<StartTrouble> {
  if (container === undefined) return trouble;
  const isOver = container.state?.running === undefined;
  const log = isOver ? (container.state?.terminated ?? container.lastState?.terminated)?.message : undefined;
  // Its probe's answer, or what it logged, is a hint: that nobody may read it hides nothing else.
  const asked = log ?? (await api.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log?container=${container.name}&tailLines=${LOG_LINES}${isOver ? "&previous=true" : ""}`).catch(() => undefined));
  const lines = (asked ?? "").trim().split("\n").filter((line) => line !== "").slice(-LOG_LINES).map(short);
  return lines.length === 0 ? trouble : { ...trouble, log: lines.join("\n") };
}

interface Waiting {
  signal: AbortSignal;
  /** Told what pods say meanwhile. */
  said: (text: string) => void;
  /** How long a pull may fail, and how often it is looked. */
  pullMs?: number;
  lookMs?: number;
}

/**
 * Looks until waiting longer does not help: an image that is not there, or that crashes each time it is started.
 *
 * @returns that; undefined when the signal ended it
 */
export async function hopeless(look: () => Promise<StartTrouble | undefined>, { signal, said, pullMs = PULL_MS, lookMs = LOOK_MS }: Waiting): Promise<StartTrouble | undefined> {
  let since: number | undefined;
  while (!signal.aborted) {
    // Who can not look now looks again: nothing is decided by it.
    const trouble = await look().catch(() => undefined);
    since = trouble?.kind === "image pull" ? (since ?? Date.now()) : undefined;
    if (trouble !== undefined) said(trouble.text);
    if (trouble !== undefined && (trouble.isFinal || (since !== undefined && Date.now() - since >= pullMs))) return trouble;
    await delay(lookMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line;
}
