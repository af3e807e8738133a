/** What Prometheus says of both colors, asked through the API server's proxy: nothing has to be forwarded, and no port is open to people. */
import { z } from "zod";
import { MONITORING_NAMESPACE, PROMETHEUS_WAY, type Signal, signalQuery, SIGNALS } from "../../stacks/config/releaseSignals.ts";
import type { Api } from "../cluster/api.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { type Color, COLORS } from "./names.ts";

/** Figures of one color over a window; what has no series is absent. */
export interface Figures {
  /** Pods that Prometheus scrapes. */
  pods?: number;
  /** Users' requests in the window, extrapolated from its scrapes. */
  requests?: number;
  /** Share of them that ended in a 5xx; absent where there were none. */
  errors?: number;
  /** Percentiles of their duration, in seconds. */
  p95?: number;
  p99?: number;
  /** Share of its CPU limit that a pod uses, on average; absent where it has no limit, too. */
  cpu?: number;
  /** Share of its memory limit that the fullest pod uses. */
  memory?: number;
  /** Whether its pods have these limits, by its Deployment; without them there is no share to wait for. */
  cpuLimit?: boolean;
  memoryLimit?: boolean;
}

export type Read =
  | { figures: Record<Color, Figures>; windowSeconds: number }
  /** @property isForbidden asking again does not help */
  | { why: string; isForbidden: boolean };

const VECTOR = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("vector"),
    // A sample is a time and a number, which is text because of NaN and infinity (Prometheus, "HTTP API", Expression query result formats).
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});
const FAILURE = z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() });
/** The API server's own answer, when its proxy reaches nobody. */
const STATUS = z.object({ kind: z.literal("Status"), message: z.string() });

/** Never throws: no answer is an answer, too. */
export async function readFigures({ api, namespace }: { api: Api; namespace: string }, windowSeconds: number): Promise<Read> {
  const path = `/api/v1/namespaces/${MONITORING_NAMESPACE}/services/${PROMETHEUS_WAY}/proxy/api/v1/query?query=${encodeURIComponent(signalQuery(namespace, windowSeconds))}`;
  try {
    const [{ status, body }, ...limits] = await Promise.all([api.once({ method: "GET", path }), ...COLORS.map((color) => limitsOf(api, namespace, color))]);
    const parsed = VECTOR.safeParse(body);
    if (status !== 200 || !parsed.success) return { why: whyNot(status, body), isForbidden: status === 401 || status === 403 };
    const colors = COLORS.map((color, index) => {
      const values = valuesOf(parsed.data.data.result.filter(({ metric }) => metric["color"] === color));
      return [color, figuresOf(values, limits[index] ?? {})];
    });
    return { figures: Object.fromEntries(colors) as Record<Color, Figures>, windowSeconds };
  } catch (error) {
    return { why: `Prometheus can not be asked: ${error instanceof Error ? error.message : String(error)}`, isForbidden: false };
  }
}

function whyNot(status: number, body: unknown): string {
  const own = FAILURE.safeParse(body);
  if (own.success) return `Prometheus answers ${status}: ${own.data.errorType}: ${own.data.error}`;
  const proxy = STATUS.safeParse(body);
  if (proxy.success) return `Prometheus can not be reached through the API server (${status}): ${proxy.data.message}`;
  return `what answers as Prometheus (${status}) is none: ${(typeof body === "string" ? body : JSON.stringify(body)).slice(0, 120)}`;
}

type Values = Partial<Record<Signal, number>>;

function valuesOf(samples: readonly { metric: Record<string, string>; value: [number, string] }[]): Values {
  return Object.fromEntries(SIGNALS.flatMap((signal) => {
    const value = Number(samples.find(({ metric }) => metric["signal"] === signal)?.value[1] ?? Number.NaN);
    // A percentile of no requests is NaN; one beyond the last bound of a histogram is infinite where that is its only one.
    return Number.isFinite(value) ? [[signal, value]] : [];
  }));
}

function figuresOf({ pods, requests, errors, p95, p99, cpu, memory }: Values, limits: Limits): Figures {
  return {
    ...some("pods", pods), ...some("requests", requests),
    // Series of failed requests begin with the first of them.
    ...(requests === undefined || requests <= 0 ? {} : { errors: Math.min(1, (errors ?? 0) / requests) }),
    ...some("p95", p95), ...some("p99", p99),
    ...some("cpu", share(cpu, limits.cores)), ...some("memory", share(memory, limits.bytes)),
    cpuLimit: limits.cores !== undefined, memoryLimit: limits.bytes !== undefined,
  };
}

function some<K extends keyof Figures>(name: K, value: number | undefined): Pick<Figures, K> | Record<string, never> {
  return value === undefined ? {} : { [name]: value } as Pick<Figures, K>;
}

function share(used: number | undefined, limit: number | undefined): number | undefined {
  return used === undefined || limit === undefined ? undefined : used / limit;
}
