/** How the address range of the VPC is cut up. Pure arithmetic. */

/** The subnets of one zone. */
export interface ZoneSubnets {
  public: string;
  private: string;
  data: string;
}

/** Zones that the plan has room for; adding one later never moves another's subnets. */
const MAX_ZONES = 4;

/**
 * Cuts a VPC of /16 to /20 for 2 to 4 zones.
 *
 * An eighth for each zone's private subnet (nodes and pods need most), a thirty-second each for its public
 * (NAT gateways only) and data subnets (databases, caches): with /16 that is 8187, 2043 and 2043 usable
 * addresses, with /20 still 507, 123 and 123. The last quarter stays free. Throws on other sizes, on a range
 * whose host bits are set, and on other numbers of zones.
 */
export function planSubnets(cidr: string, zones: number): ZoneSubnets[] {
  const { address, bits } = parseCidr(cidr);
  if (bits < 16 || bits > 20) throw new Error(`Network: cidr ${cidr} is a /${bits}; choose between /16 and /20.`);
  if (!Number.isInteger(zones) || zones < 2 || zones > MAX_ZONES) throw new Error(`Network: ${zones} zones given; 2 to ${MAX_ZONES} are possible.`);
  const small = 2 ** (32 - bits - 5);
  const subnet = (offset: number, length: number) => formatCidr(address + offset * small, length);
  return Array.from({ length: zones }, (_, zone) => ({
    private: subnet(zone * 4, bits + 3),
    public: subnet(16 + zone, bits + 5),
    data: subnet(20 + zone, bits + 5),
  }));
}

/** Address of the VPC's own DNS resolver: the base of its range plus two (VPC user guide). */
export function resolverAddress(cidr: string): string {
  return formatAddress(parseCidr(cidr).address + 2);
}

/** Base address as a number, and length of the prefix; throws on what is not a network address. */
export function parseCidr(cidr: string): { address: number; bits: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) throw new Error(`Network: ${cidr} is not an IPv4 CIDR such as 10.20.0.0/16.`);
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  if (Math.max(a, b, c, d) > 255 || bits > 32) throw new Error(`Network: ${cidr} is not an IPv4 CIDR such as 10.20.0.0/16.`);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - bits);
  if (address % size !== 0) {
    throw new Error(`Network: ${cidr} has host bits set; the network is ${formatCidr(address - (address % size), bits)}.`);
  }
  return { address, bits };
}

function formatCidr(address: number, bits: number): string {
  return `${formatAddress(address)}/${bits}`;
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
