/** Kubernetes quantities as numbers, for sums in quotas. */

/** `250m` → 250, `1.5` → 1500: thousandths of a core. Throws on anything else. */
export function millicores(quantity: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? [];
  if (number === undefined) throw new Error(`CPU quantity ${quantity}: expected cores such as 1.5, or thousandths such as 250m.`);
  return unit === "m" ? Number(number) : Math.round(Number(number) * 1000);
}

const MEMORY_UNITS: Record<string, number> = { Ki: 1 / 1024, Mi: 1, Gi: 1024 };

/** `512Mi` → 512, `1Gi` → 1024: mebibytes. Throws on anything else. */
export function mebibytes(quantity: string): number {
  const [, number, unit] = /^(\d+)(Ki|Mi|Gi)$/.exec(quantity) ?? [];
  const factor = unit === undefined ? undefined : MEMORY_UNITS[unit];
  if (number === undefined || factor === undefined) throw new Error(`Memory quantity ${quantity}: expected a whole number with Ki, Mi or Gi, such as 512Mi.`);
  return Number(number) * factor;
}

/** Several times a request, as a quantity. */
export function timesCpu(quantity: string, factor: number): string {
  return `${Math.ceil(millicores(quantity) * factor)}m`;
}

export function timesMemory(quantity: string, factor: number): string {
  return `${Math.ceil(mebibytes(quantity) * factor)}Mi`;
}
