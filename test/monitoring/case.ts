/** What an alert must do, as data. */
import type { Thresholds } from "../../components/monitoring/alerts/index.ts";
import type { Series } from "./series.ts";

/** A limit; `maxAge` is that of a scheduled job, `state` stands for alerts that have none. */
export type Limit = keyof Thresholds | "maxAge" | "state";

export interface AlertCase {
  /** Labels beside severity, team and window. */
  labels: Record<string, string>;
  /** Series in which what a limit bounds is `factor` times the limit, 1 and more being the bad side. The first one also shows the duration. */
  at: Partial<Record<Limit, (factor: number) => Series>>;
  /** Series at the target: nothing is wrong. */
  target: Series;
  /** Seconds at the target before it begins. Default: none, or 5 minutes for alerts without duration. */
  lead?: number;
  /** Seconds that a rate takes to get over its limit when it begins at 0: its range. */
  ramp?: number;
  /** Seconds until the expression holds in series that are bad from the beginning. Default: two samples of a counter, one of a gauge. */
  starts?: number;
  /** Seconds that a limit other than the first takes to be reached, beside the duration. Default: 10 minutes. */
  reach?: number;
  /** Seconds until the alert must have ended, beside its ranges. Default: 20 minutes. */
  recovery?: number;
  /** Seconds between samples. Default: 30, or 60 for durations above 15 minutes. */
  sample?: number;
  /** Factors on the good and on the bad side. Default: 0.96 and 1.04. */
  factors?: readonly [good: number, bad: number];
  /** Rests on no series, so that it can neither be quiet nor end. */
  constant?: boolean;
}

/** Cases by `name/severity` or `name/severity/window`. */
export type AlertCases = Readonly<Record<string, AlertCase>>;
