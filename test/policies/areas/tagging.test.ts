/** Which kinds take tags: the list against the typings of the SDK. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { kindOf } from "../../../policies/kinds.ts";
import { TAGGABLE } from "../../../policies/taggable.ts";

const SDK = fileURLToPath(new URL("../../../node_modules/@pulumi/aws/", import.meta.url));

/** The kind of a class of the SDK, when its arguments have a map of tags, or an Auto Scaling group's list. */
function taggable(path: string): string[] {
  const typings = readFileSync(`${SDK}${path}.d.ts`, "utf8");
  const name = /export declare class (\w+) extends pulumi\.CustomResource/.exec(typings)?.[1];
  if (name === undefined) return [];
  const [, args = ""] = typings.split(`export interface ${name}Args {`);
  if (!/^ {4}tags\?: pulumi\.Input<(\{|pulumi\.Input<inputs\.autoscaling\.GroupTag>)/m.test(args)) return [];
  const token = /__pulumiType = '([^']+)'/.exec(readFileSync(`${SDK}${path}.js`, "utf8"))?.[1] ?? "";
  return [kindOf(token).kind];
}

it("lists exactly the kinds whose arguments have tags", () => {
  const modules = readdirSync(SDK, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !["node_modules", "types"].includes(entry.name));
  const kinds = modules.flatMap(({ name }) => readdirSync(SDK + name).filter((file) => /^(?!get[A-Z]|index\.).*\.d\.ts$/.test(file)).flatMap((file) => taggable(`${name}/${file.replace(/\.d\.ts$/, "")}`)));
  expect([...TAGGABLE].sort()).toEqual([...new Set(kinds)].sort());
});
