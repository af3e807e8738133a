/** What a rollback must know of a stack file, from a file that may be broken: traffic does not wait for a typing mistake. */
import path from "node:path";
import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { UserError } from "../../sandbox/errors.ts";
import { stackConfig } from "../stacks.ts";
import { type Color, COLORS, isColor } from "./names.ts";

export interface Brief {
  /** Name of the application, which is that of its namespace; absent where the file does not tell. */
  app?: string;
  activeColor?: Color;
  serial: number;
  strategy?: string;
  /** Share of traffic that a canary gives to the idle color, in percent. */
  canaryWeight?: number;
  drainIdle: boolean;
  /** Of which cluster it is, as {@link clusterId} tells it, once something has been released. */
  cluster?: string;
  images: Partial<Record<Color, string>>;
  /** Which servers of monitoring are the stack's own. */
  servers: { prometheus: boolean; alertmanager: boolean };
  /** How long planned work may take at most, and how long a judgement looks back, in seconds. */
  budgetSeconds?: number;
  windowSeconds?: number;
  /** Pods of a color that is not drained. */
  replicas?: { min: number; max: number };
  /** What is wrong with the file; absent when all of it is right. */
  mistake?: string;
}

/** @throws UserError when there is no such stack */
export function briefOf(folder: string, stack: string): Brief {
  try {
    const { app, activeColor, release, images } = stackConfig(stack, folder);
    const { weight } = release.canary;
    return { app: app.name, activeColor, serial: release.serial, strategy: release.strategy, drainIdle: release.drainIdle, images: colorsOf(images), servers: serversOf(images), budgetSeconds: release.budgetSeconds, windowSeconds: release.signals.windowSeconds, replicas: app.replicas, ...(release.cluster === undefined ? {} : { cluster: release.cluster }), ...(weight === undefined ? {} : { canaryWeight: weight }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...lenient(textOf(folder, stack, error)), mistake: error.message };
  }
}

function textOf(folder: string, stack: string, cause: UserError): string {
  try {
    return readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), "utf8");
  } catch {
    // There is no file at all: that is no mistake in it.
    throw cause;
  }
}

/** What can be told apart, each part by itself. */
function lenient(text: string): Brief {
  const [app, release, images] = ["golive:app", "golive:release", "golive:images"].map((key) => sectionOf(valuesOf(text)[key]));
  const activeColor = valuesOf(text)["golive:activeColor"];
  const [name, serial, cluster, weight] = [app?.["name"], release?.["serial"], release?.["cluster"], sectionOf(release?.["canary"])["weight"]];
  const { min, max } = sectionOf(app?.["replicas"]);
  return {
    serial: typeof serial === "number" ? serial : 0,
    drainIdle: release?.["drainIdle"] === true,
    images: colorsOf(images ?? {}),
    servers: serversOf(images ?? {}),
    ...(typeof name === "string" ? { app: name } : {}),
    ...(typeof activeColor === "string" && isColor(activeColor) ? { activeColor } : {}),
    ...(typeof cluster === "string" ? { cluster } : {}),
    ...(typeof weight === "number" ? { canaryWeight: weight } : {}),
    ...(typeof min === "number" && typeof max === "number" ? { replicas: { min, max } } : {}),
  };
}

function valuesOf(text: string): Record<string, unknown> {
  try {
    return sectionOf((parseDocument(text).toJS({ maxAliasCount: 100 }) as Record<string, unknown> | null)?.["config"]);
  } catch {
    return {};
  }
}

function sectionOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function serversOf(images: { prometheus?: unknown; alertmanager?: unknown }): Brief["servers"] {
  return { prometheus: typeof images.prometheus === "string", alertmanager: typeof images.alertmanager === "string" };
}

function colorsOf(images: object): Brief["images"] {
  return Object.fromEntries(COLORS.flatMap((color) => {
    const image: unknown = Reflect.get(images, color);
    return typeof image === "string" ? [[color, image]] : [];
  }));
}
