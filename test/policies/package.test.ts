import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";

function manifest(folder: string): { dependencies: Record<string, string>; main?: string } {
  return JSON.parse(readFileSync(path.join(CHECKOUT, folder, "package.json"), "utf8")) as { dependencies: Record<string, string>; main?: string };
}

it("the pack uses packages of the checkout, in the versions of the checkout", () => {
  const { dependencies } = manifest("policies");
  expect(dependencies).not.toEqual({});
  expect(manifest(".").dependencies).toMatchObject(dependencies);
});

it("the pack's entry is JavaScript, which no runner compiles", () => {
  expect(manifest("policies").main).toBe("start.js");
  expect(readFileSync(path.join(CHECKOUT, "policies", "start.js"), "utf8")).not.toMatch(/require|type /);
});
