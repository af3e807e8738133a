/** What lies beside the pack in its checkout, as far as it decides anything. A pack that was copied away has nothing beside it. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

const CHECKOUT = path.join(import.meta.dirname, "..");

/** Paths of the runbooks, such as `docs/runbooks/errors.md`; undefined where there is no folder of documents, and nobody can say. */
export function runbooks(checkout: string = CHECKOUT): string[] | undefined {
  const folder = path.join(checkout, "docs", "runbooks");
  if (!existsSync(path.dirname(folder))) return undefined;
  return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".md")).sort().map((file) => `docs/runbooks/${file}`) : [];
}

/** Names of the stacks that have a file. */
export function stacks(checkout: string = CHECKOUT): string[] {
  return readdirSync(checkout).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
}
