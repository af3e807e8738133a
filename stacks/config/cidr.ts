/** IPv4 address ranges as numbers. */

/** Ranges that are routed in no public network (RFC 1918) or by carriers only (RFC 6598). */
export const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

export interface Range {
  first: number;
  last: number;
  bits: number;
}

/** Reads a CIDR whose form the schema has checked. */
export function range(cidr: string): Range {
  const [address = "", bits = "32"] = cidr.split("/");
  const base = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(base / size) * size;
  return { first, last: first + size - 1, bits: Number(bits) };
}

/** Whether the address before the slash is the first of its range. */
export function isAligned(cidr: string): boolean {
  return alignedTo(cidr) === cidr;
}

/** The same range, written with its first address. */
export function alignedTo(cidr: string): string {
  const { first, bits } = range(cidr);
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join(".")}/${bits}`;
}

export function overlap(one: string, other: string): boolean {
  const [a, b] = [range(one), range(other)];
  return a.first <= b.last && b.first <= a.last;
}

export function contains(outer: string, inner: string): boolean {
  const [a, b] = [range(outer), range(inner)];
  return a.first <= b.first && b.last <= a.last;
}
