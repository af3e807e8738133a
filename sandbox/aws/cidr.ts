/** IPv4 blocks, as far as subnets need them compared. */
import { isIPv4 } from "node:net";

export interface Cidr {
  /** First address, as a number. */
  readonly first: number;
  readonly bits: number;
}

/** The block, or `undefined` when the text is no block or does not start at its first address. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  const address = match?.[1] ?? "";
  const bits = Number(match?.[2]);
  if (!isIPv4(address) || bits > 32) return undefined;
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return first % 2 ** (32 - bits) === 0 ? { first, bits } : undefined;
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.bits <= inner.bits && overlaps(outer, inner);
}

/** Two blocks either hold one another or share nothing. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  const size = 2 ** (32 - Math.min(a.bits, b.bits));
  return Math.floor(a.first / size) === Math.floor(b.first / size);
}
