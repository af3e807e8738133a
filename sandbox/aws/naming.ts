/**
 * Names for what a program does not name, as the real provider's bridge makes them: the resource's own name, a
 * dash and seven hexadecimal digits (pulumi-terraform-bridge, pkg/tfbridge/names.go, AutoName).
 */
import { hex } from "./identity.ts";
import type { NameRule } from "./types/define.ts";

const RANDOM_LENGTH = 7;
const DEFAULT_MAX = 255;

/** What the engine says of automatic names (`pulumi:autonaming` in a stack's configuration). */
export interface Autonaming {
  mode: "propose" | "enforce" | "disable";
  proposed: string;
}

/**
 * The automatic name.
 *
 * @param seed URN, and the name that it replaces
 * @param fifo the queue or topic is first-in-first-out, which its name must tell
 */
export function automaticName(rule: NameRule, logicalName: string, seed: string, fifo: boolean, autonaming?: Autonaming): string | undefined {
  if (autonaming?.mode === "disable") return undefined;
  if (autonaming?.mode === "enforce") return autonaming.proposed;
  const suffix = fifo ? ".fifo" : "";
  const proposed = autonaming?.proposed ?? "";
  if (proposed !== "") return `${rule.prefix ?? ""}${proposed}${suffix}`;
  const base = rule.lowerCase === true ? logicalName.toLowerCase() : logicalName;
  const room = (rule.max ?? DEFAULT_MAX) - RANDOM_LENGTH - 1 - suffix.length - (rule.prefix ?? "").length;
  if (base.length > room) {
    throw new Error(`no automatic name for "${logicalName}": ${rule.property} may have ${rule.max ?? DEFAULT_MAX} characters; give ${rule.property} or shorten the resource's name to ${room}`);
  }
  return `${rule.prefix ?? ""}${base}-${hex(seed, "name", RANDOM_LENGTH)}${suffix}`;
}
