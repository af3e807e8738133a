/** Started by the language host as `packRunner.ts ENGINE_ADDRESS FOLDER`: runs the policy pack in that folder. */
import { loadPack } from "./packLoader.ts";

try {
  await loadPack(process.argv.at(-1) ?? ".");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
