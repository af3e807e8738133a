/** Five-field cron (UTC) as far as the watch needs it: how long may pass between two runs. */

interface Fields { minutes: Set<number>; hours: Set<number>; days: Set<number>; months: Set<number>; weekdays: Set<number>; anyDay: boolean; anyWeekday: boolean }

const DAY = 24 * 60;
/** Five years from 2024 on, the span of the configuration's own rule: what it accepts runs here as well. */
const DAYS_LOOKED_AT = 366 * 5;

/**
 * The longest gap between two runs in hours, rounded up.
 *
 * @throws when the schedule is not five-field cron or never runs.
 */
export function longestGapHours(schedule: string): number {
  const fields = parse(schedule);
  const times = [...fields.hours].flatMap((hour) => [...fields.minutes].map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  let last: number | undefined;
  let longest = 0;
  for (let day = 0; day < DAYS_LOOKED_AT; day++) {
    if (!matches(fields, day)) continue;
    for (const time of times) {
      const now = day * DAY + time;
      if (last !== undefined) longest = Math.max(longest, now - last);
      last = now;
    }
  }
  if (longest === 0) throw new Error(`schedule "${schedule}" runs less than twice in five years; use a date that exists`);
  return Math.ceil(longest / 60);
}

/** Day number from 2024-01-01, a fixed date, so that the answer depends on the schedule alone. */
function matches(fields: Fields, day: number): boolean {
  const date = new Date(Date.UTC(2024, 0, 1 + day));
  if (!fields.months.has(date.getUTCMonth() + 1)) return false;
  const byDay = fields.days.has(date.getUTCDate());
  const byWeekday = fields.weekdays.has(date.getUTCDay());
  // Cron's own rule: when both are restricted, either is enough.
  if (!fields.anyDay && !fields.anyWeekday) return byDay || byWeekday;
  return byDay && byWeekday;
}

function parse(schedule: string): Fields {
  const [minute, hour, day, month, weekday, ...rest] = schedule.split(" ");
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined || rest.length > 0) {
    throw new Error(`schedule "${schedule}" does not have five fields; write for example 0 2 * * *`);
  }
  return {
    minutes: numbers(minute, 0, 59, schedule),
    hours: numbers(hour, 0, 23, schedule),
    days: numbers(day, 1, 31, schedule),
    months: numbers(month, 1, 12, schedule),
    weekdays: new Set([...numbers(weekday, 0, 7, schedule)].map((n) => n % 7)),
    anyDay: day.startsWith("*"),
    anyWeekday: weekday.startsWith("*"),
  };
}

function numbers(field: string, min: number, max: number, schedule: string): Set<number> {
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    const step = Number(match?.[3] ?? 1);
    const from = match?.[1] === undefined ? min : Number(match[1]);
    const to = match?.[2] === undefined ? (match?.[1] === undefined || match[3] !== undefined ? max : from) : Number(match[2]);
    if (match === null || step < 1 || from < min || to > max || from > to) {
      throw new Error(`schedule "${schedule}": ${part} is not a value between ${min} and ${max}, a range or a step`);
    }
    for (let n = from; n <= to; n += step) found.add(n);
  }
  return found;
}
