/** Address ranges. */
import { expect, it } from "vitest";
import { holds, isPublicRange } from "../../policies/addresses.ts";

it.each([
  ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255"], true],
  ["10.0.0.0/8", ["10.0.0.0", "11.0.0.0"], false],
  ["10.0.0.0/8", ["11.0.0.0", "10.0.0.0"], false],
  ["169.254.169.254/32", ["169.254.169.254"], true],
  ["169.254.169.252/31", ["169.254.169.254"], false],
  ["0.0.0.0/0", ["169.254.169.254"], true],
  ["0.0.0.0/0", ["fd00:ec2::254"], false],
  ["::/0", ["fd00:ec2::254"], true],
  ["::/0", ["169.254.169.254"], false],
  ["fd00:ec2::254/128", ["fd00:ec2::254"], true],
  ["fd00:ec2::254/129", ["fd00:ec2::254"], false],
  ["10.0.0.0/33", ["10.0.0.0"], false],
  ["10.0.0.0/x", ["10.0.0.0"], false],
  ["10.0.0.0/", ["10.0.0.0"], false],
  ["10.0.0.0", ["10.0.0.0"], false],
  ["everywhere/0", ["10.0.0.0"], false],
  ["", ["10.0.0.0"], false],
] as const)("%s holds %s: %s", (cidr, addresses, expected) => {
  expect(holds(cidr, addresses)).toBe(expected);
});

it.each([
  ["0.0.0.0/0", true], ["8.0.0.0/7", true], ["10.0.0.0/8", false], ["10.20.0.0/16", false],
  ["::/0", true], ["fc00::/6", true], ["fc00::/7", false], ["10.0.0.0", false], ["10.0.0.0/", false], ["", false],
])("%s is wider than any private network: %s", (cidr, expected) => {
  expect(isPublicRange(cidr)).toBe(expected);
});
