/** Where a release stands: both colors, who is live since when, and whether configuration and cluster agree. */
import { boundsNow } from "./autoscaler.ts";
import type { Brief } from "./brief.ts";
import { canaryOf, routeOf } from "./canary.ts";
import { colorState, type ColorState, readyEndpoints } from "./colors.ts";
import { type Color, COLORS, digestOf, LIVE_SERVICE, otherColor } from "./names.ts";
import { liveSince, readRecords, type Rejection } from "./records.ts";
import { type Signals, signalsNow, signalsText } from "./signalStatus.ts";
import type { Place } from "./stage.ts";
import { table } from "./table.ts";
import { type StateOfLive, stateOfLive } from "./state.ts";
import { type Live, readLive } from "./traffic.ts";

export interface Status {
  stack: string;
  cluster: string;
  live: { color: string; serial: number; ready: number; since?: string; by?: string };
  /** How new images take over, as the stack file says. */
  strategy?: string;
  /** The share that a canary gives to the idle color, in percent, as NGINX's route or the live Service says. */
  canaryWeight?: number;
  /** Whether the engine's state was compared as well: only one that is kept on this machine is. */
  isStateCompared: boolean;
  colors: (ColorState & { isLive: boolean; rejected?: string })[];
  /** How each color answers, by Prometheus. */
  signals: Signals;
  /** What does not agree, each with the mend; none when all does. */
  drift: string[];
  rejected: Rejection[];
}

/** Works with a stack file that has mistakes: it is one of the things that do not agree then. */
export async function status(place: Place): Promise<Status> {
  const { api, namespace, stack } = place;
  const brief = place.brief();
  const [live, records, ready, state, route, signals, states, lifted] = await Promise.all([
    readLive(api, namespace), readRecords(api, namespace), readyEndpoints(api, namespace, LIVE_SERVICE), stateOfLive(place), routeOf(place), signalsNow(place, brief),
    Promise.all(COLORS.map((color) => colorState(api, namespace, color))),
    Promise.all(COLORS.map((color) => stillLifted(place, brief, color))),
  ]);
  const weight = live.canary?.weight ?? canaryOf(route, otherColor(live.color))?.weight;
  const since = liveSince(records, live);
  const colors = states.map((one) => {
    const rejected = records.rejected.find(({ digest }) => one.image !== undefined && digest === digestOf(one.image));
    return { ...one, isLive: one.color === live.color, ...(rejected === undefined ? {} : { rejected: rejected.reason }) };
  });
  const drift = [...fileDrift(stack, brief, live, weight), ...stateDrift(state, live), ...states.flatMap((one) => colorDrift(stack, brief, one)), ...(weight === undefined ? lifted.flat() : [])];
  return {
    stack, cluster: api.name,
    live: { color: live.color, serial: live.serial, ready, ...(since === undefined ? {} : { since: since.at, ...(since.by === undefined ? {} : { by: since.by }) }) },
    ...(brief.strategy === undefined ? {} : { strategy: brief.strategy }), ...(weight === undefined ? {} : { canaryWeight: weight }),
    isStateCompared: state !== undefined, colors, signals, drift, rejected: records.rejected,
  };
}

function fileDrift(stack: string, brief: Brief, live: Live, weight: number | undefined): string[] {
  const file = `Pulumi.${stack}.yaml`;
  const drift: string[] = [];
  if (brief.mistake !== undefined) drift.push(`${file} has mistakes: ./golive config check ${stack} shows them.`);
  if (brief.activeColor !== undefined && brief.activeColor !== live.color) drift.push(`${file} says that ${brief.activeColor} is live, traffic goes to ${live.color}: bring the checkout up to date (git pull), or ./golive flip ${stack} ${live.color} if traffic is right.`);
  if (brief.serial < live.serial) drift.push(`${file} is of release ${brief.serial}, the cluster of ${live.serial}: this checkout is stale (git pull).`);
  const meant = brief.canaryWeight ?? 0;
  if (weight !== undefined && weight !== meant) drift.push(`A canary gives ${weight} % to ${otherColor(live.color)}, ${file} says ${meant} %: run pulumi up, or end it: ./golive rollback ${stack}.`);
  return drift;
}

function stateDrift(state: StateOfLive | undefined, live: Live): string[] {
  if (state === undefined || (state.color === live.color && state.serial === live.serial)) return [];
  return [`The state says that release ${state.serial} sent traffic to ${state.color}: the next update brings it in line, or pulumi refresh.`];
}

function colorDrift(stack: string, { images, activeColor, mistake }: Brief, state: ColorState): string[] {
  const drift: string[] = [];
  const wanted = images[state.color] ?? (activeColor === undefined ? undefined : images[activeColor]);
  if (state.image === undefined) drift.push(`There is no Deployment app-${state.color}: run pulumi up.`);
  else if (mistake === undefined && wanted !== undefined && state.image !== wanted) drift.push(`${state.color} runs ${state.image}, Pulumi.${stack}.yaml says ${wanted}: run pulumi up --refresh.`);
  if (state.available < state.desired) drift.push(`${state.color} has ${state.available} of ${state.desired} pods available.`);
  return drift;
}

/** What a flip has asked for and could not take back, because it was killed. */
async function stillLifted(place: Place, { replicas }: Brief, color: Color): Promise<string[]> {
  const bounds = await boundsNow(place, color);
  if (bounds === undefined || replicas === undefined || bounds.min <= replicas.min) return [];
  return [`Autoscaler app-${color} keeps ${bounds.min} pods at least, Pulumi.${place.stack}.yaml says ${replicas.min}: run pulumi up --refresh when they are not needed.`];
}

/** The table for people. */
export function statusText(found: Status): string {
  const { live } = found;
  const since = live.since === undefined ? "" : `, since ${live.since}${live.by === undefined ? "" : ` by ${live.by}`}`;
  const rows = found.colors.map((one) => [one.isLive ? "→" : " ", one.color, `${one.available}/${one.desired} pods`, `${one.ready} ready`, one.image === undefined ? "no image" : digestOf(one.image).slice(0, 19), one.rejected === undefined ? "" : `rejected: ${one.rejected}`]);
  return [
    `Stack ${found.stack} on ${found.cluster}`,
    ...(found.strategy === undefined ? [] : [`Strategy: ${found.strategy}${found.canaryWeight === undefined ? "" : `, a canary gives ${found.canaryWeight} % to ${otherColor(live.color === "blue" ? "blue" : "green")}`}`]),
    `Live: ${live.color} (release ${live.serial}${since}), ${live.ready} endpoints`,
    "",
    ...table(rows),
    "",
    ...signalsText(found.signals, live.color),
    ...(found.isStateCompared ? [] : ["", "Not looked at: the engine's state (pulumi refresh --preview-only compares it)."]),
    ...(found.drift.length === 0 ? [] : ["", ...found.drift.map((line) => `! ${line}`)]),
  ].join("\n");
}
