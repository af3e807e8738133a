/** Address ranges: which are everywhere, and which are private. */
import type { Value } from "../value.ts";

/** Private networks (RFC 1918) and the shared one of carriers and clusters (RFC 6598). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Wider ranges have no single owner: `0.0.0.0/1` and `128.0.0.0/1` together are the internet. IPv6: global unicast is a /3. */
const OWNED = { v4: 8, v6: 16 };

/** Places at which resources name ranges: security groups, their rules, prefix lists, network ACLs, routes. */
const PLACES = ["cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6", "cidr", "cidrBlock", "ipv6CidrBlock", "destinationCidrBlock", "destinationIpv6CidrBlock"];

export function isEverywhere(range: string): boolean {
  return bitsOf(range) < (range.includes(":") ? OWNED.v6 : OWNED.v4);
}

/** Private, unique local (RFC 4193) included. */
export function isPrivate(range: string): boolean {
  return range.includes(":") ? /^f[cd]/i.test(range) : PRIVATE.some((block) => contains(block, range));
}

/** Looks at each range that a rule or a route names. */
export function eachRange(rule: Value, look: (range: Value, text: string) => void): void {
  for (const place of PLACES) {
    rule.try(() => {
      for (const range of rule.at(place).texts) rule.try(() => look(range, String(range.raw)));
    });
  }
}

function contains(block: string, range: string): boolean {
  const width = 2 ** (32 - bitsOf(block));
  return bitsOf(range) >= bitsOf(block) && Math.floor(addressOf(range) / width) === Math.floor(addressOf(block) / width);
}

function bitsOf(range: string): number {
  return Number(range.split("/")[1]);
}

function addressOf(range: string): number {
  return range.replace(/\/.*/, "").split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
