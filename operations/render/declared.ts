/** The resources of an applied stack as plain data, read from the exported state of the sandbox. */
import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { resourcesOf } from "../../sandbox/workspace/state.ts";

/** One declared resource with everything that became known when the sandbox applied it. */
export interface DeclaredResource {
  urn: string;
  type: string;
  name: string;
  protect: boolean;
  /** Properties that the program sets once and then leaves to others, such as a size that an autoscaler moves. */
  ignoreChanges: string[];
  /** Stays in the cloud when the program gives it up. */
  retainOnDelete: boolean;
  props: Record<string, unknown>;
}

/** Marks of the engine's serialisation for special values (sdk/go/common/resource/sig). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const HIDDEN_TYPES = /^pulumi:/;
/** Bookkeeping that providers keep among the inputs. */
const HIDDEN_KEYS = new Set(["__defaults", "__internal", "__fieldManager", "__initialApiVersion"]);

/** Custom resources of the state and unexpanded charts, in the order of creation; components and providers are left out. */
export function declaredResources(deployment: Deployment): DeclaredResource[] {
  return resourcesOf(deployment)
    .filter((r) => r.delete !== true && !HIDDEN_TYPES.test(r.type) && (r.custom === true || isChart(r.type)))
    .map((r) => ({
      urn: r.urn,
      type: r.type,
      name: r.urn.slice(r.urn.lastIndexOf("::") + 2),
      protect: r.protect === true,
      retainOnDelete: r.retainOnDelete === true,
      ignoreChanges: r.ignoreChanges ?? [],
      props: plain(r.inputs ?? {}) as Record<string, unknown>,
    }));
}

/** Outputs of the stack, such as the processing register; secrets are left out. */
export function declaredOutputs(deployment: Deployment): Record<string, unknown> {
  const stack = resourcesOf(deployment).find((r) => r.type === "pulumi:pulumi:Stack");
  return plain(stack?.outputs ?? {}) as Record<string, unknown>;
}

export function isChart(type: string): boolean {
  return type === "kubernetes:helm.sh/v4:Chart";
}

/** Strips serialisation marks; a secret becomes the word "[secret]", whatever it holds. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET) return "[secret]";
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => !HIDDEN_KEYS.has(key) && key !== SIGNATURE).map(([key, inner]) => [key, plain(inner)]),
  );
}
