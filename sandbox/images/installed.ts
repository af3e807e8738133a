/** Which version of PostgreSQL this machine has; its packages carry the number in their names. */
import { readdir } from "node:fs/promises";
import { UserError } from "../errors.ts";

/**
 * The newest major version with a server.
 *
 * @throws UserError when there is none
 */
export async function installedPostgres(): Promise<number> {
  const names = await readdir("/usr/lib/postgresql").catch(() => []);
  const versions = names.map(Number).filter((version) => Number.isInteger(version));
  if (versions.length === 0) throw new UserError("An image of PostgreSQL can not be made: it is not installed.", "Install it: apt-get install postgresql");
  return Math.max(...versions);
}
