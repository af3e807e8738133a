/** Where a release stands: both colors, who is live since when, and whether configuration and cluster agree. */
import { colorState, type ColorState, readyEndpoints } from "./colors.ts";
import { COLORS, digestOf, LIVE_SERVICE } from "./names.ts";
import { liveSince, readRecords, type Rejection } from "./records.ts";
import type { Stage } from "./stage.ts";
import { readLive } from "./traffic.ts";

export interface Status {
  stack: string;
  cluster: string;
  live: { color: string; serial: number; ready: number; since?: string; by?: string };
  colors: (ColorState & { isLive: boolean; rejected?: string })[];
  /** What does not agree, each with the mend; none when all does. */
  drift: string[];
  rejected: Rejection[];
}

export async function status(stage: Stage): Promise<Status> {
  const { api, namespace, config, stack } = stage;
  const [live, records, ready, ...states] = await Promise.all([
    readLive(api, namespace), readRecords(api, namespace), readyEndpoints(api, namespace, LIVE_SERVICE), ...COLORS.map((color) => colorState(api, namespace, color)),
  ]);
  const since = liveSince(records, live.color);
  const colors = states.map((state) => {
    const rejected = records.rejected.find(({ digest }) => state.image !== undefined && digest === digestOf(state.image));
    return { ...state, isLive: state.color === live.color, ...(rejected === undefined ? {} : { rejected: rejected.reason }) };
  });
  const drift: string[] = [];
  if (config.activeColor !== live.color) drift.push(`Pulumi.${stack}.yaml says that ${config.activeColor} is live, traffic goes to ${live.color}: bring the checkout up to date, or ./golive flip ${stack} ${config.activeColor}.`);
  if (config.release.serial < live.serial) drift.push(`Pulumi.${stack}.yaml is of release ${config.release.serial}, the cluster of ${live.serial}: this checkout is stale (git pull).`);
  for (const state of states) {
    const wanted = config.images[state.color] ?? config.images[config.activeColor];
    if (state.image === undefined) drift.push(`There is no Deployment app-${state.color}: run pulumi up.`);
    else if (wanted !== undefined && state.image !== wanted) drift.push(`${state.color} runs ${state.image}, Pulumi.${stack}.yaml says ${wanted}: run pulumi up --refresh.`);
    if (state.available < state.desired) drift.push(`${state.color} has ${state.available} of ${state.desired} pods available.`);
  }
  return { stack, cluster: api.name, live: { color: live.color, serial: live.serial, ready, ...(since === undefined ? {} : { since: since.at, by: since.by }) }, colors, drift, rejected: records.rejected };
}

/** The table for people. */
export function statusText(found: Status): string {
  const { live } = found;
  const since = live.since === undefined ? "" : `, since ${live.since} by ${live.by ?? "nobody knows"}`;
  const rows = found.colors.map((one) => [one.isLive ? "→" : " ", one.color, `${one.available}/${one.desired} pods`, `${one.ready} ready`, one.image === undefined ? "no image" : digestOf(one.image).slice(0, 19), one.rejected === undefined ? "" : `rejected: ${one.rejected}`]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    `Stack ${found.stack} on ${found.cluster}`,
    `Live: ${live.color} (release ${live.serial}${since}), ${live.ready} endpoints`,
    "",
    ...rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()),
    ...(found.drift.length === 0 ? [] : ["", ...found.drift.map((line) => `! ${line}`)]),
  ].join("\n");
}
