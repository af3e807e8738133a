/** What "ready" means for a kind: a pure look at the object and at what belongs to it. */
import type { KubeObject } from "../json.ts";
import type { Kind } from "../api.ts";

/** What a look says. */
export type Verdict =
  | { is: "ready" }
  /** @property lookAgainMs when time alone may change the verdict */
  | { is: "waiting"; for: string; lookAgainMs?: number }
  /** It will not become ready by itself any more. */
  | { is: "failed"; why: string };

export const READY: Verdict = { is: "ready" };

export function waiting(what: string): Verdict {
  return { is: "waiting", for: what };
}

/** Objects that a look needs beside the object itself. */
export interface Related {
  kind: Kind;
  namespace: string;
  /** `labelSelector` or `fieldSelector` of a list; all of the kind in the namespace without them. */
  query: Readonly<Record<string, string>>;
}

export interface Found {
  items: readonly KubeObject[];
  /** When the list last changed, by `performance.now()`. */
  changedAt: number;
}

export interface Scene {
  object: KubeObject;
  /** The object as it was before the update; absent for a new one. */
  before?: KubeObject;
  /** By the names of {@link Readiness.related}. */
  found: Readonly<Record<string, Found>>;
  /** By `performance.now()`. */
  now: number;
}

export interface Readiness {
  related?(object: KubeObject): Record<string, Related>;
  look(scene: Scene): Verdict;
  /** Longest wait unless the resource says otherwise, seconds; 600 when absent. */
  seconds?: number;
  /** Not looked at again in a refresh (awaiters.go: kinds without `awaitRead`). */
  onceOnly?: boolean;
}
