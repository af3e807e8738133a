/** Changes a stack's file as `pulumi config set` would, and can take the change back. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { writeWhole } from "../../sandbox/engine/files.ts";
import { UserError } from "../../sandbox/errors.ts";
import { parseYaml } from "../../sandbox/workspace/stackFile.ts";

/** Plain values by their path, such as `["golive:images", "green"]`. */
export type Changes = readonly { path: readonly string[]; value: string | number | boolean }[];

/** Puts the file back as it was; leaves it alone, and says so, when somebody has changed it in between. */
export type Restore = () => Promise<"restored" | "changed by somebody else">;

/** Comments and order stay as they are. @throws UserError when the file can not be read or written */
export async function changeConfig(folder: string, stack: string, changes: Changes): Promise<Restore> {
  const file = path.join(folder, `Pulumi.${stack}.yaml`);
  const document = parseYaml(file, () => new UserError(`There is no stack "${stack}": ${file} does not exist.`));
  const before = readFileSync(file, "utf8");
  for (const change of changes) document.setIn(["config", ...change.path], change.value);
  const after = String(document);
  await writeWhole(file, after);
  return async () => {
    if (readFileSync(file, "utf8") !== after) return "changed by somebody else";
    await writeWhole(file, before);
    return "restored";
  };
}
