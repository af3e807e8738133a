/** The image of the process that every pod has. */
import path from "node:path";
import { type GoToolOptions, type GoToolSpec, ensureGoTool } from "../engine/goTool.ts";
import { type Image, makeImage } from "./archive.ts";
import { RootFs } from "./rootFs.ts";

/** Two seconds on two shared cores, 1 MB. */
const PAUSE_TOOL: GoToolSpec = {
  name: "pause",
  version: "v1.0.0",
  module: "golive.local/pause",
  package: "golive.local/pause",
  source: path.join(import.meta.dirname, "pause"),
  ldflags: ["-s", "-w"],
};

/**
 * `sandbox.local/pause`, a static program alone.
 *
 * @throws UserError when it can not be built or written
 */
export async function pauseImage(options: GoToolOptions = {}): Promise<Image> {
  const program = await ensureGoTool(PAUSE_TOOL, options);
  const fs = await new RootFs().copy("/pause", program);
  return makeImage({ reference: "sandbox.local/pause:1", layers: [fs], entrypoint: ["/pause"] });
}
