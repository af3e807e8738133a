/** Kubernetes quantities as numbers (apimachinery, `resource.Quantity`). */

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** `250m` → 0.25, `512Mi` → 536870912, `1e3` → 1000; `undefined` for what is no quantity. */
export function quantity(text: string | undefined): number | undefined {
  const [, number, suffix = ""] = /^(\d+\.?\d*|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/.exec(text ?? "") ?? [];
  if (number === undefined) return undefined;
  const factor = FACTORS[suffix];
  return factor === undefined ? Number(`${number}${suffix}`) : Number(number) * factor;
}
