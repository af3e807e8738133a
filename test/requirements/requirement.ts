/** One phrase of the requirements, the resources that answer it, and an assertion of literal values. */
import type { RENDERINGS } from "./renderings.ts";
import type { Rendered, RenderedResource } from "./rendered.ts";

export interface Requirement {
  /** First column of the table in the requirements, section 1. */
  row: string;
  /** The phrase, word for word. */
  phrase: string;
  /** Which rendering answers it. Default: production. */
  rendering?: keyof typeof RENDERINGS;
  /** What answers it; taking these away must make `check` fail. Empty when the program keeps it by refusing a configuration. */
  resources: (rendered: Rendered) => RenderedResource[];
  /** Throws when the rendered files do not keep the promise. */
  check: (rendered: Rendered) => void;
}

/** A default of the configuration and the place in the rendered files where its value must arrive. */
export interface DefaultEffect {
  /** Key path in the configuration, such as `postgres.replicas`. */
  key: string;
  /** Which rendering shows the default, where it needs another answer beside it to be seen. Default: nothing but defaults. */
  rendering?: keyof typeof RENDERINGS;
  /** Another allowed value; all defaults are changed at once and each must be noticed by its own reading. */
  changed: unknown;
  /** What the other value leads to, literally, where that is not the value itself. */
  becomes?: unknown;
  /** Further keys that must change too for the configuration to stay allowed. */
  with?: Record<string, unknown>;
  /** Reads the effect from the rendered files. */
  read: (rendered: Rendered) => unknown;
  /** What the standard profile's default leads to, literally. */
  expected: unknown;
}
