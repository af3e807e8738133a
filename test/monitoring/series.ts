/** Series of a test as Prometheus's unit tests write them. */

/** How a series goes on: a value that stays, a counter's increase a second, or a function of the seconds since the test began. */
export type Shape = { gauge: number } | { rate: number } | { at: (seconds: number) => number };

/** Shapes by series, such as `up{job="app"}`. */
export type Series = Readonly<Record<string, Shape>>;

export const gauge = (value: number): Shape => ({ gauge: value });
export const rate = (perSecond: number): Shape => ({ rate: perSecond });
/** A time that always lies so many seconds back. */
export const ago = (seconds: number): Shape => ({ at: (now) => now - seconds });
/** Falls from a value to 0 within so many seconds. */
export const falling = (from: number, seconds: number): Shape => ({ at: (now) => from - (from / seconds) * now });

/** One stretch of a test; a series that it does not name has no samples in it. */
export interface Phase {
  seconds: number;
  series: Series;
}

/** `input_series` of a test: each series once, over all phases. */
export function inputSeries(phases: readonly Phase[], interval: number): { series: string; values: string }[] {
  const names = [...new Set(phases.flatMap((phase) => Object.keys(phase.series)))];
  return names.map((series) => ({ series, values: valuesOf(series, phases, interval) }));
}

function valuesOf(series: string, phases: readonly Phase[], interval: number): string {
  const parts: string[] = [];
  let from = 0;
  let counter = 0;
  for (const phase of phases) {
    const count = Math.round(phase.seconds / interval);
    const shape = phase.series[series];
    if (count === 0) continue;
    if (shape === undefined) parts.push(`_x${count}`);
    else if ("gauge" in shape) parts.push(steps(shape.gauge, 0, count));
    else if ("rate" in shape) {
      parts.push(steps(counter, shape.rate * interval, count));
      counter += shape.rate * interval * count;
    } else parts.push(Array.from({ length: count }, (_, index) => String(shape.at(from + index * interval))).join(" "));
    from += count * interval;
  }
  return parts.join(" ");
}

/** `1+2x3` means 1, 3, 5, 7. */
function steps(start: number, step: number, count: number): string {
  return count === 1 ? plain(start) : `${plain(start)}+${plain(step)}x${count - 1}`;
}

/** Without exponent, which the notation does not know after a sign. */
function plain(value: number): string {
  return Number(value.toPrecision(15)).toFixed(12).replace(/\.?0+$/, "");
}
