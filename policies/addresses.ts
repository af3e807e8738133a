/** Address ranges in CIDR notation: what is in them, which are everywhere, and which are private. An address alone is a range of one. */
import { BlockList, isIP } from "node:net";

/** Private networks (RFC 1918, RFC 4193). */
export const PRIVATE: readonly string[] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

/** What carriers and clusters share among themselves (RFC 6598). */
const SHARED = "100.64.0.0/10";

/** Wider ranges have no single owner: `0.0.0.0/1` and `128.0.0.0/1` together are the internet. IPv6: global unicast is a /3. */
const OWNED = { ipv4: 8, ipv6: 16 };

const LENGTHS = { ipv4: 32, ipv6: 128 };

interface Range {
  family: "ipv4" | "ipv6";
  network: string;
  bits: number;
}

/** Without zone: an interface of one machine is no network. */
function parse(text: string): Range | undefined {
  const [, network = "", length] = /^([^/%]+)(?:\/(\d+))?$/.exec(text) ?? [];
  const version = isIP(network);
  if (version === 0) return undefined;
  const family = version === 4 ? "ipv4" : "ipv6";
  const bits = Number(length ?? LENGTHS[family]);
  return bits <= LENGTHS[family] ? { family, network, bits } : undefined;
}

/** Whether a text is a range or an address at all. */
export function isRange(text: string): boolean {
  return parse(text) !== undefined;
}

/** Whether one range holds all of another; a text that is no range holds none, and is in none. */
export function contains(outer: string, inner: string): boolean {
  const [whole, part] = [parse(outer), parse(inner)];
  // The list takes an IPv4 address for a part of ::/0 as well; routers do not.
  if (whole === undefined || part === undefined || whole.family !== part.family || whole.bits > part.bits) return false;
  const list = new BlockList();
  list.addSubnet(whole.network, whole.bits, whole.family);
  return list.check(part.network, part.family);
}

export function isPrivate(range: string): boolean {
  return [...PRIVATE, SHARED].some((network) => contains(network, range));
}

/** Whether a range is wider than anything that has one owner, private networks apart. */
export function isEverywhere(range: string): boolean {
  const given = parse(range);
  return given !== undefined && given.bits < OWNED[given.family] && !isPrivate(range);
}
