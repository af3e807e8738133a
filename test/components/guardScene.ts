/** A cluster as the guards see it: blue live and green ready, unless told otherwise. */
import type { Color } from "../../components/application/labels.ts";
import type { Cluster, LiveService, Pods, Records, Wanted } from "../../components/release/seen.ts";
import { image } from "./releaseFixtures.ts";

export interface Scene {
  live?: LiveService;
  blue?: Partial<Pods> | "absent";
  green?: Partial<Pods> | "absent";
  endpoints?: Record<string, number>;
  rejected?: Records["rejected"];
  schemaVersion?: number;
}

export const WANTED: Wanted = { color: "green", image: image("1"), serial: 3 };
const READY: Pods = { image: image("1"), schema: "13-15", desired: 3, updated: 3, available: 3, isObserved: true };

/** @param asked gets what the guard asks for */
export function cluster({ live = { color: "blue", serial: 3 }, blue = {}, green = {}, endpoints = {}, rejected = [], schemaVersion = 14 }: Scene, asked: string[] = []): Cluster {
  const answer = <T>(what: string, value: T): Promise<T> => {
    asked.push(what);
    return Promise.resolve(value);
  };
  const colors = { blue: blue === "absent" ? undefined : { ...READY, image: image("0"), ...blue }, green: green === "absent" ? undefined : { ...READY, ...green } };
  return {
    liveService: () => answer("live", live),
    pods: (color: Color) => answer(`pods ${color}`, colors[color]),
    readyEndpoints: (service) => answer(`endpoints ${service}`, { app: 3, "app-blue": 3, "app-green": 3, ...endpoints }[service] ?? 0),
    records: () => answer("records", { rejected }),
    schemaVersion: () => answer("schema", schemaVersion),
    remember: (left) => answer(`remember ${left.join(", ")}`, undefined),
  };
}
