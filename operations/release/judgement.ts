/** What the figures of a color mean for its release: nothing here asks or waits. */
import type { Config } from "../../stacks/config.ts";
import type { Figures } from "./figures.ts";
import type { Color } from "./names.ts";

export type SignalLimits = Config["release"]["signals"];

export interface Judgement {
  /** Users are served badly: the color goes back. */
  bad: string[];
  /** Nobody can say yet that it is well: no data, too few requests, or a saturation that a cold start may cause and that may pass. */
  held: string[];
}

/**
 * @param traffic a color with users must show figures of their requests; the one without shows that it is seen, and is
 * judged by the requests that it has had, if there are enough
 */
export function judged(color: Color, figures: Figures, seconds: number, limits: SignalLimits, traffic: "users" | "nobody"): Judgement {
  const { pods = 0, requests = 0, errors, p95, cpu, memory } = figures;
  const [bad, held]: [string[], string[]] = [[], []];
  if (pods === 0) return { bad, held: [`Prometheus reaches no pod of ${color} (up)`] };
  const isEnough = requests >= Math.max(limits.leastRequests, 1);
  if (isEnough) {
    if (errors !== undefined && errors > limits.errorRate) bad.push(`${percent(errors)} of ${count(requests)} requests to ${color} in ${seconds} s are errors, more than ${percent(limits.errorRate)} (release.signals.errorRate)`);
    if (p95 === undefined) held.push(`Prometheus has no durations of requests to ${color} (http_request_duration_seconds)`);
    else if (p95 > limits.p95Seconds) bad.push(`p95 of ${color} is ${inSeconds(p95)} in ${seconds} s, more than ${inSeconds(limits.p95Seconds)} (release.signals.p95Seconds)`);
  } else if (traffic === "users" && limits.leastRequests > 0) {
    held.push(`${color} has had ${count(requests)} of the ${limits.leastRequests} requests that a judgement takes (release.signals.leastRequests) in ${seconds} s`);
  }
  // A rate takes two scrapes, for which a color without users does not have to wait.
  if (cpu === undefined && figures.cpuLimit === true && traffic === "users") held.push(`Prometheus has no CPU of ${color} (container_cpu_usage_seconds_total)`);
  if (cpu !== undefined && cpu > limits.cpu) held.push(`${color} uses ${percent(cpu)} of its CPU limit, more than ${percent(limits.cpu)} (release.signals.cpu)`);
  if (memory === undefined && figures.memoryLimit === true) held.push(`Prometheus has no memory of ${color} (container_memory_working_set_bytes)`);
  if (memory !== undefined && memory > limits.memory) held.push(`a pod of ${color} uses ${percent(memory)} of its memory limit, more than ${percent(limits.memory)} (release.signals.memory)`);
  return { bad, held };
}

/** One line of what was seen of a color that passed. */
export function shown({ requests, errors, p95, cpu, memory }: Figures, seconds: number): string {
  const parts = [
    requests === undefined || requests < 1 ? "no requests" : `${count(requests)} requests`,
    ...(errors === undefined ? [] : [`${percent(errors)} errors`]),
    ...(p95 === undefined ? [] : [`p95 ${inSeconds(p95)}`]),
    ...(cpu === undefined ? [] : [`CPU ${percent(cpu)}`]),
    ...(memory === undefined ? [] : [`memory ${percent(memory)}`]),
  ];
  return `${parts.join(", ")} in ${seconds} s`;
}

/** `0.01234` → `1.23 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** `0.04821` → `0.0482 s`. */
export function inSeconds(value: number): string {
  return `${Number(value.toPrecision(3))} s`;
}

function count(requests: number): string {
  return String(Math.round(requests));
}
