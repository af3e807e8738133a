/** What the guard is told: what the configuration wants, and what the cluster says. */
import type { Color } from "../application/labels.ts";
import type { ReplicaCanary } from "./canaryPods.ts";

/** What the live Service is to become. */
export interface Wanted {
  color: Color;
  /** Image of that color, by digest. */
  image: string;
  serial: number;
  /** The other color, where it is to have a share by its number of pods. */
  canary?: ReplicaCanary & { image: string };
}

/** The live Service as it is. */
export interface LiveService {
  /** Color of its selector, whatever wrote it there; while it is open for a canary, the color that is no canary. */
  color: string | undefined;
  serial: number | undefined;
  /** The canary for which it is open to both colors. */
  canary?: Pick<ReplicaCanary, "color" | "weight">;
  /** What it sent traffic to before, under this serial (left.ts). */
  left?: readonly string[];
}

/** A color's Deployment as it is. */
export interface Pods {
  /** Image of the application's container. */
  image: string | undefined;
  /** Versions of the schema that it runs on, such as `12-15`. */
  schema: string | undefined;
  /** Pods that are wanted, have the newest template, and are available. */
  desired: number;
  updated: number;
  available: number;
  /** Whether the controller has seen the newest specification; until then the counts are of the one before. */
  isObserved: boolean;
}

/** What releases have left behind: the ConfigMap `app-releases`, which commands write. */
export interface Records {
  rejected: { digest: string; reason: string; at?: string }[];
}

/** Reads the application's namespace; all methods fail when the cluster does not answer. */
export interface ClusterReader {
  /** Undefined when there is none. */
  liveService(): Promise<LiveService | undefined>;
  pods(color: Color): Promise<Pods | undefined>;
  /** Ready endpoints of a Service of the namespace. */
  readyEndpoints(service: string): Promise<number>;
  records(): Promise<Records>;
  /** Version of the database's schema that the migrations have made, as far as the cluster knows. */
  schemaVersion(): Promise<number | undefined>;
}

/** The cluster of the guard's hooks. */
export interface Cluster extends ClusterReader {
  /** Keeps what the live Service has left, in an annotation of it. Fails when the cluster does not take it. */
  remember(left: readonly string[]): Promise<void>;
}
