/**
 * What a node of a common instance type leaves for pods.
 *
 * Sizes: EC2 instance type pages. Reservations: the EKS node image reserves 11 MiB a pod + 255 MiB of memory and
 * 6 % / 1 % / 0.5 % / 0.5 % / 0.25 %… of its cores, and evicts below 100 MiB free (awslabs/amazon-eks-ami, nodeadm,
 * kubelet configuration). Of the advertised memory the hypervisor and kernel keep some; 7.5 % is what Karpenter
 * assumes (setting VM_MEMORY_OVERHEAD_PERCENT).
 */

export interface Capacity {
  milliCpu: number;
  memoryMib: number;
  pods: number;
}

/** Network interfaces and addresses of each, by size, for the families below (EC2 user guide, IP addresses per network interface). */
const INTERFACES: Record<string, [number, number]> = {
  large: [3, 10], xlarge: [4, 15], "2xlarge": [4, 15], "4xlarge": [8, 30], "8xlarge": [8, 30], "12xlarge": [8, 30], "16xlarge": [15, 50], "24xlarge": [15, 50],
};
const CORES: Record<string, number> = { large: 2, xlarge: 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "12xlarge": 48, "16xlarge": 64, "24xlarge": 96 };

/** GiB of memory a core, by family. */
const FAMILIES: Record<string, number> = {
  c5: 2, c6i: 2, c6a: 2, c6g: 2, c7i: 2, c7a: 2, c7g: 2,
  m5: 4, m6i: 4, m6a: 4, m6g: 4, m7i: 4, m7a: 4, m7g: 4,
  r5: 8, r6i: 8, r6a: 8, r6g: 8, r7i: 8, r7a: 8, r7g: 8,
};

/** The burstable families have sizes of their own: cores, GiB, interfaces, addresses of each. */
const BURSTABLE: Record<string, [number, number, number, number]> = {
  medium: [2, 4, 3, 6], large: [2, 8, 3, 12], xlarge: [4, 16, 4, 15], "2xlarge": [8, 32, 4, 15],
};

/** Types that the capacity check knows, for messages. */
export const KNOWN_TYPES = `t3, t3a, t4g (medium to 2xlarge) and ${Object.keys(FAMILIES).join(", ")} (large to 24xlarge)`;

/** What kubelet and system take of the cores, in thousandths. */
function reservedMilliCpu(cores: number): number {
  let reserved = 0;
  for (let core = 1; core <= cores; core++) reserved += core === 1 ? 60 : core === 2 ? 10 : core <= 4 ? 5 : 2.5;
  return Math.ceil(reserved);
}

/** EKS managed node groups allow 110 pods on nodes with fewer than 30 cores, 250 on larger ones (EKS user guide). */
function maxPods(cores: number, interfaces: number, addresses: number): number {
  return Math.min(interfaces * (addresses - 1) + 2, cores < 30 ? 110 : 250);
}

/** What pods can use on one node of this type, or undefined for a type that the table does not have. */
export function allocatable(instanceType: string): Capacity | undefined {
  const [family = "", size = ""] = instanceType.split(".");
  const burstable = ["t3", "t3a", "t4g"].includes(family) ? BURSTABLE[size] : undefined;
  const perCore = FAMILIES[family];
  const cores = burstable?.[0] ?? CORES[size];
  const interfaces = burstable === undefined ? INTERFACES[size] : [burstable[2], burstable[3]] as const;
  if (cores === undefined || interfaces === undefined || (burstable === undefined && perCore === undefined)) return undefined;
  const gib = burstable?.[1] ?? cores * (perCore ?? 0);
  const pods = maxPods(cores, interfaces[0], interfaces[1]);
  return {
    milliCpu: cores * 1000 - reservedMilliCpu(cores),
    memoryMib: Math.floor(gib * 1024 * 0.925) - (11 * pods + 255) - 100,
    pods,
  };
}

/** A Kubernetes CPU quantity in thousandths of a core. */
export function milliCpu(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) : Number(quantity) * 1000;
}

/** A Kubernetes memory quantity in MiB. */
export function memoryMib(quantity: string): number {
  const units: Record<string, number> = { Ki: 1 / 1024, Mi: 1, Gi: 1024 };
  return Number(quantity.slice(0, -2)) * (units[quantity.slice(-2)] ?? 1);
}
