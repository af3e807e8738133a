import { expect, it } from "vitest";
import { quantity } from "../../policies/quantity.ts";

it.each([
  ["250m", 0.25], ["10.5", 10.5], [".25", 0.25], ["1e10", 1e10], ["2", 2], ["1.5", 1.5], [".5", 0.5], ["1.", 1], ["0", 0],
  ["1n", 1e-9], ["1u", 1e-6], ["1k", 1e3], ["1M", 1e6], ["1G", 1e9], ["1T", 1e12], ["1P", 1e15], ["1E", 1e18],
  ["1Ki", 1024], ["512Mi", 536_870_912], ["1Gi", 2 ** 30], ["1Ti", 2 ** 40], ["1Pi", 2 ** 50], ["1Ei", 2 ** 60],
  ["1e3", 1000], ["1E3", 1000], ["1e+3", 1000], ["2e-3", 0.002],
] as const)("%s is %d", (text, number) => {
  expect(quantity(text)).toBeCloseTo(number, 12);
});

it.each(["", "m", "1 Gi", "1Kb", "1ki", "-", "x1", "1x", ".", undefined])("%s is no quantity", (text) => {
  expect(quantity(text)).toBeUndefined();
});
