/** What a pod of a color may use, by its Deployment: what is used, Prometheus says. */
import type { Api } from "../cluster/api.ts";
import type { Color } from "./names.ts";

export interface Limits {
  /** Absent where a container has none. */
  cores?: number;
  bytes?: number;
}

/** Powers of what a quantity's suffix stands for (Kubernetes API conventions, "Quantity"). */
const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4,
};

/** Sums over the containers of a pod; nothing where there is no Deployment. */
export async function limitsOf(api: Api, namespace: string, color: Color): Promise<Limits> {
  const deployment = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/app-${color}`);
  const spec = deployment?.["spec"] as { template?: { spec?: { containers?: { resources?: { limits?: Record<string, string | number> } }[] } } } | undefined;
  const containers = spec?.template?.spec?.containers ?? [];
  const sum = (resource: string): number | undefined => {
    const each = containers.map(({ resources }) => numberOf(resources?.limits?.[resource]));
    return each.length === 0 || each.includes(undefined) ? undefined : each.reduce<number>((all, one) => all + (one ?? 0), 0);
  };
  const [cores, bytes] = [sum("cpu"), sum("memory")];
  return { ...(cores === undefined ? {} : { cores }), ...(bytes === undefined ? {} : { bytes }) };
}

/** `250m` → 0.25, `512Mi` → 536,870,912; nothing of what is no quantity above 0. */
export function numberOf(quantity: string | number | undefined): number | undefined {
  const [, digits, suffix = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(String(quantity ?? "")) ?? [];
  const factor = SUFFIXES[suffix];
  const value = digits === undefined || factor === undefined ? Number.NaN : Number(digits) * factor;
  return value > 0 ? value : undefined;
}
