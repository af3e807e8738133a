/** A valid value for every key, from its own example; used where the real value is encrypted or broken. */
import { z } from "zod";
import { type Path, described, schemaAt, shapeOf } from "./describe.ts";
import { configSchema } from "./schema.ts";

/** The documented example of the key at `path`, or one put together from the keys below it; undefined if there is none. */
export function findExamples(path: Path): unknown {
  const here = schemaAt(configSchema, path);
  return here === undefined ? undefined : exampleOf(here.schema, here.meta.example);
}

function exampleOf(schema: z.core.$ZodType, own: unknown): unknown {
  if (own !== undefined) return structuredClone(own);
  if (!(schema instanceof z.ZodObject)) return undefined;
  const section: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(shapeOf(schema))) {
    const { schema: inner, meta, optional } = described(child);
    if (!optional) section[name] = exampleOf(inner, meta.example);
  }
  return section;
}
