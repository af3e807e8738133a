/** The policy pack of this checkout: where it is, and what it excepts. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { RULE_TEXTS } from "../../policies/catalog.ts";
import { type Exemptions, readExemptions } from "../../policies/exemptions.ts";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { UserError } from "../../sandbox/errors.ts";
import { stackNames } from "../stacks.ts";

/** The pack that every preview and update of ours runs with. */
export const POLICY_PACK = path.join(CHECKOUT, "policies");

/** The exceptions, when their file holds no mistakes. @throws UserError with exit code 2 naming each mistake */
export function exceptions(): Exemptions {
  const read = readExemptions(readFileSync(path.join(POLICY_PACK, "exceptions.yaml"), "utf8"), RULE_TEXTS, new Date().toISOString().slice(0, 10), stackNames());
  if (read.mistakes.length > 0) throw new UserError(`policies/exceptions.yaml has mistakes:\n${read.mistakes.map((mistake) => `  ${mistake}`).join("\n")}`, "Mend them: an exceptions file that can not be relied on refuses every update. Rules: ./golive policies", 2);
  return read;
}
