/** Metrics in the text format of Prometheus (Prometheus documentation, "Exposition formats"). */

/** Upper bounds in seconds; the targets of 0.2, 1 and 2 s are among them. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

export type Labels = Record<string, string>;

interface Histogram {
  counts: number[];
  sum: number;
  total: number;
}

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();
  readonly #base: Labels;
  inFlight = 0;

  /** @param base labels of every series of requests */
  constructor(base: Labels) {
    this.#base = base;
  }

  /** @param route of the few that there are, never a path as it was asked for */
  answered(method: string, route: string, code: number, seconds: number): void {
    const series = text({ ...this.#base, method, route, code: String(code) });
    this.#requests.set(series, (this.#requests.get(series) ?? 0) + 1);
    const key = text({ ...this.#base, route });
    const histogram = this.#durations.get(key) ?? { counts: BOUNDS.map(() => 0), sum: 0, total: 0 };
    this.#durations.set(key, histogram);
    BOUNDS.forEach((bound, i) => {
      if (seconds <= bound) histogram.counts[i] = (histogram.counts[i] ?? 0) + 1;
    });
    histogram.sum += seconds;
    histogram.total++;
  }

  /** @param ready whether it takes traffic */
  render(ready: boolean): string {
    const usage = process.cpuUsage();
    return [
      ...metric("app_info", "gauge", "Which application this is.", [[text(this.#base), 1]]),
      ...metric("app_ready", "gauge", "Whether it takes traffic.", [["", ready ? 1 : 0]]),
      ...metric("http_requests_total", "counter", "Requests answered.", [...this.#requests]),
      ...metric("http_requests_in_flight", "gauge", "Requests under way.", [["", this.inFlight]]),
      ...this.#histograms(),
      ...metric("process_cpu_seconds_total", "counter", "Processor time used.", [["", (usage.user + usage.system) / 1e6]]),
      ...metric("process_resident_memory_bytes", "gauge", "Memory in use.", [["", process.memoryUsage.rss()]]),
      ...metric("process_start_time_seconds", "gauge", "When it started, in seconds since 1970.", [["", performance.timeOrigin / 1000]]),
      "",
    ].join("\n");
  }

  #histograms(): string[] {
    const name = "http_request_duration_seconds";
    const lines = [`# HELP ${name} Time until a request was answered.`, `# TYPE ${name} histogram`];
    for (const [labels, { counts, sum, total }] of this.#durations) {
      BOUNDS.forEach((bound, i) => lines.push(`${name}_bucket{${labels},le="${bound}"} ${counts[i] ?? 0}`));
      lines.push(`${name}_bucket{${labels},le="+Inf"} ${total}`, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${total}`);
    }
    return lines;
  }
}

function metric(name: string, type: string, help: string, series: [labels: string, value: number][]): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...series.map(([labels, value]) => `${name}${labels === "" ? "" : `{${labels}}`} ${value}`)];
}

function text(labels: Labels): string {
  return Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`).join(",");
}
