/** Address ranges in CIDR notation. */
import { BlockList, isIP } from "node:net";

/** Whether a range holds every one of these addresses; a text that is no range holds none. */
export function holds(cidr: string, addresses: readonly string[]): boolean {
  const [network = "", length = ""] = cidr.split("/");
  const family = isIP(network);
  const bits = Number(length);
  if (family === 0 || length === "" || !(bits <= (family === 4 ? 32 : 128))) return false;
  const range = new BlockList();
  range.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
  // The list takes an IPv4 address for a part of ::/0 as well; routers do not.
  return addresses.every((address) => isIP(address) === family && range.check(address, family === 4 ? "ipv4" : "ipv6"));
}

/** The largest private networks there are: 10.0.0.0/8 (RFC 1918) and fc00::/7 (RFC 4193). */
const LARGEST_PRIVATE = { v4: 8, v6: 7 };

/** Whether a range is wider than any private network, so that it can not be meant as one. */
export function isPublicRange(cidr: string): boolean {
  const [network = "", length = ""] = cidr.split("/");
  return length !== "" && Number(length) < (network.includes(":") ? LARGEST_PRIVATE.v6 : LARGEST_PRIVATE.v4);
}
