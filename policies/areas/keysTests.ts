/** Tests of single properties that encryption shares over the areas. */
import { type Report, type ResourceRule, shown, type Test, where } from "../rule.ts";
import type { Value } from "../value.ts";

/** A key of our own must be named: not none, and none of those that AWS manages, whose policies nobody can write. */
export function customerKey(): Test {
  return (value) => {
    const key = value.text ?? "";
    if (key === "") return "names no key, must be a customer key";
    return key.includes("alias/aws/") ? `is ${shown(value)}, which AWS manages, must be a customer key` : undefined;
  };
}

/** Anything but this; nothing there is fine, because it stands for something else by default. */
export function isNot(refused: string | boolean): Test {
  return (value) => ((typeof refused === "boolean" ? value.flag : value.text) === refused ? `must not be ${String(refused)}` : undefined);
}

/** By kind, what its properties must be. */
export type Demands = Readonly<Record<string, Readonly<Record<string, Test>>>>;

/** Kinds and check of a rule that asks the same of many kinds, each by its own properties. */
export function demand(demands: Demands): Pick<ResourceRule, "kinds" | "check"> {
  return {
    kinds: Object.keys(demands),
    check: (resource, report) => where(demands[resource.kind.kind] ?? {})(resource, report),
  };
}

/** Puts each part of a resource through the same tests. */
export function parts(values: readonly Value[], tests: Readonly<Record<string, Test>>, report: Report): void {
  for (const value of values) {
    for (const [path, test] of Object.entries(tests)) {
      value.try(() => {
        const place = value.at(path);
        const wrong = test(place);
        if (wrong !== undefined) report(place, wrong);
      });
    }
  }
}
