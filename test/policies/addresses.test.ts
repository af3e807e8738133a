/** Address ranges. */
import { expect, it } from "vitest";
import { contains, isEverywhere, isPrivate, isRange } from "../../policies/addresses.ts";

it.each([
  ["10.0.0.0/8", true], ["10.0.0.1", true], ["0.0.0.0/0", true], ["::/0", true], ["fd00:ec2::254/128", true], ["10.0.0.0/32", true],
  ["fd00:ec2::254/129", false], ["10.0.0.0/33", false], ["10.0.0.0/-1", false], ["10.0.0.0/8.5", false], ["10.0.0.0/1e1", false], ["10.0.0.0/ ", false], ["10.0.0.0/x", false],
  ["10.0.0.0/", false], ["/8", false], ["10.0.0.0/8/8", false], ["10.0.0/8", false], ["fe80::1%eth0/64", false], ["everywhere/0", false], ["*", false], ["", false],
] as const)("%j is a range: %s", (text, expected) => {
  expect(isRange(text)).toBe(expected);
});

it.each([
  ["10.0.0.0/8", "10.255.255.255", true],
  ["10.0.0.0/8", "11.0.0.0", false],
  ["10.0.0.0/8", "10.0.0.0/8", true],
  ["10.20.0.0/16", "10.20.128.0/17", true],
  ["10.20.0.0/16", "10.0.0.0/8", false],
  ["10.20.0.0/16", "10.20.0.0/15", false],
  ["169.254.169.254/32", "169.254.169.254", true],
  ["169.254.169.254", "169.254.169.254", true],
  ["169.254.169.252/31", "169.254.169.254", false],
  ["0.0.0.0/0", "169.254.169.254", true],
  ["0.0.0.0/0", "fd00:ec2::254", false],
  ["::/0", "fd00:ec2::254", true],
  ["::/0", "169.254.169.254", false],
  ["fd00:ec2::254/128", "fd00:ec2:0::254", true],
  ["10.0.0.0/-1", "10.0.0.0", false],
  ["10.0.0.0/8", "10.0.0.0/-1", false],
] as const)("%s holds %s: %s", (outer, inner, expected) => {
  expect(contains(outer, inner)).toBe(expected);
});

it.each([
  ["0.0.0.0/0", true], ["128.0.0.0/1", true], ["8.0.0.0/7", true], ["203.0.0.0/8", false], ["10.0.0.0/8", false], ["10.20.0.0/16", false],
  ["::/0", true], ["2000::/15", true], ["2000::/16", false], ["fc00::/6", true], ["fc00::/7", false], ["fd00::/8", false], ["10.0.0.0", false], ["10.0.0.0/", false], ["", false],
])("%s is everywhere: %s", (range, expected) => {
  expect(isEverywhere(range)).toBe(expected);
});

it.each([
  ["10.20.0.0/16", true], ["172.31.0.0/16", true], ["172.32.0.0/16", false], ["192.168.0.0/16", true], ["192.168.0.0/15", false], ["100.127.0.0/16", true], ["100.128.0.0/16", false],
  ["203.0.113.0/24", false], ["fd12::/48", true], ["fe80::/10", false], ["2001:db8::/32", false], ["sg-1", false],
])("%s is private: %s", (range, expected) => {
  expect(isPrivate(range)).toBe(expected);
});
