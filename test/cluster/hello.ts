/** The image of the tests' own web server. */
import path from "node:path";
import { ensureGoTool } from "../../sandbox/engine/goTool.ts";
import { makeImage, type Image } from "../../sandbox/images/archive.ts";
import { RootFs } from "../../sandbox/images/rootFs.ts";

export async function helloImage(): Promise<Image> {
  const program = await ensureGoTool({ name: "hello", version: "v1.0.0", module: "golive.local/hello", package: "golive.local/hello", source: path.join(import.meta.dirname, "hello"), ldflags: ["-s", "-w"] });
  return makeImage({ reference: "sandbox.local/hello:1", layers: [await new RootFs().copy("/hello", program)], entrypoint: ["/hello"] });
}
