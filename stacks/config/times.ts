/** Windows and schedules as numbers; all times are UTC. */

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** A span of minutes on a circle; `start + length` may go past its end. */
export interface Window {
  start: number;
  length: number;
}

function clock(text: string): number {
  const [hours = "0", minutes = "0"] = text.split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** Reads `02:00-03:00`; a window that ends before it starts goes past midnight. */
export function dailyWindow(text: string): Window {
  const [from = "", to = ""] = text.split("-");
  const start = clock(from);
  return { start, length: (clock(to) - start + DAY) % DAY };
}

/** Reads `sun:04:00-sun:05:00`. */
export function weeklyWindow(text: string): Window {
  const at = (end: string) => DAYS.indexOf(end.slice(0, 3)) * DAY + clock(end.slice(4));
  const [from = "", to = ""] = text.split("-");
  const start = at(from);
  return { start, length: (at(to) - start + WEEK) % WEEK };
}

/** Whether a window of every day meets one of the week. */
export function windowsMeet(daily: Window, weekly: Window): boolean {
  for (let day = -1; day <= 7; day++) {
    const start = daily.start + day * DAY;
    // Both circles are cut open; the weekly window may go past Saturday midnight, hence the second look a week later.
    for (const shift of [0, -WEEK]) {
      if (start < weekly.start + shift + weekly.length && weekly.start + shift < start + daily.length) return true;
    }
  }
  return false;
}

/** Minute, hour, day of month, month, day of week: least and most. */
const FIELDS: [number, number][] = [[0, 59], [0, 23], [1, 31], [1, 12], [0, 7]];

/** Values of the five fields of a cron expression, or undefined when one is out of range. */
function fieldsOf(cron: string): Set<number>[] | undefined {
  const parts = cron.split(" ");
  const sets: Set<number>[] = [];
  for (const [index, [least, most]] of FIELDS.entries()) {
    const values = fieldValues(parts[index] ?? "", least, most);
    if (values === undefined) return undefined;
    sets.push(values);
  }
  return sets;
}

function fieldValues(field: string, least: number, most: number): Set<number> | undefined {
  const values = new Set<number>();
  for (const item of field.split(",")) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(item);
    if (match === null) return undefined;
    const [, from, to, step] = match;
    const first = from === undefined ? least : Number(from);
    const last = to !== undefined ? Number(to) : from === undefined || step !== undefined ? most : first;
    const by = step === undefined ? 1 : Number(step);
    if (first < least || last > most || first > last || by < 1) return undefined;
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return values;
}

/** Days looked at: five years, so that 29 February comes twice. */
const SPAN = 5 * 366;

/** Day of month, month and day of week of each of those days; any years will do, these start with a leap year. */
let calendar: [number, number, number][] | undefined;

function days(): [number, number, number][] {
  calendar ??= Array.from({ length: SPAN }, (_, day) => {
    const date = new Date(Date.UTC(2024, 0, 1 + day));
    return [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay()];
  });
  return calendar;
}

/**
 * Longest time between two runs of a schedule, in hours; undefined when the expression is no valid cron, Infinity
 * when it never runs (31 February). As in Kubernetes, day of month and day of week are alternatives when both are set.
 */
export function longestGapHours(cron: string): number | undefined {
  if (!gaps.has(cron)) {
    if (gaps.size >= 1000) gaps.clear();
    gaps.set(cron, computeGap(cron));
  }
  return gaps.get(cron);
}

/** Several rules ask for the same schedule, and the answer takes a walk through five years. */
const gaps = new Map<string, number | undefined>();

function computeGap(cron: string): number | undefined {
  const fields = fieldsOf(cron);
  if (fields === undefined) return undefined;
  const [minutes = new Set(), hours = new Set(), dates = new Set(), months = new Set(), weekdays = new Set()] = fields;
  const [, , dateField = "*", , weekdayField = "*"] = cron.split(" ");
  const both = dateField.startsWith("*") || weekdayField.startsWith("*");
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).sort((one, other) => one - other);
  const [first = 0, latest = 0] = [times[0], times.at(-1)];
  let longest = times.reduce((most, time, index) => Math.max(most, index === 0 ? 0 : time - (times[index - 1] ?? 0)), 0);
  let last: number | undefined;
  let runs = 0;
  let day = -1;
  for (const [date, month, weekday] of days()) {
    day += 1;
    const byDate = dates.has(date);
    const byWeekday = weekdays.has(weekday) || (weekday === 0 && weekdays.has(7));
    if (!months.has(month) || !(both ? byDate && byWeekday : byDate || byWeekday)) continue;
    if (last !== undefined) longest = Math.max(longest, day * DAY + first - last);
    last = day * DAY + latest;
    runs += 1;
  }
  // A single day in five years is as good as never.
  return runs < 2 ? Infinity : longest / 60;
}
