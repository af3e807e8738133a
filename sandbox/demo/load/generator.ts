/** A load generator with an open model: requests go out by the clock, however slow the answers are. */
import { Agent } from "node:http";
import { type LoadPlan, type LoadRecord, type LoadResult, type Mark } from "./records.ts";
import { now, send } from "./request.ts";
import { arrivals } from "./schedule.ts";

export interface LoadOptions {
  /** `http://10.96.0.10:80`; paths come from `paths`. */
  url: string;
  /** Host header, where the address is not the name. */
  host?: string;
  /** Requests a second; 300 on connections that are kept, 300 on new ones, 2 long ones without. */
  plan?: Partial<LoadPlan>;
  /** Taken in turn by requests that are not long; `/api/version` without. */
  paths?: string[];
  /** How long a long request takes, in seconds; 5 without. */
  longSeconds?: number;
  /** Connections that are kept, used in turn; more are opened while all are busy. 12 without. */
  connections?: number;
  /** Kept connections are replaced after this many seconds; never without. Old ones are closed by this side while nothing is under way on them. */
  connectionSeconds?: number;
  /** Time for one answer beyond what a long request takes, in seconds; 15 without. */
  timeoutSeconds?: number;
  /** Ends by itself after this many seconds. */
  seconds?: number;
  /** Told each record when its request is over; they are not kept in memory then. */
  onRecord?: (record: LoadRecord) => void;
}

export interface Load {
  /** First time by the schedule, milliseconds since 1970. */
  started: number;
  plan: LoadPlan;
  /** Notes that something happened; now, when no time is given. */
  mark(mark: Omit<Mark, "at"> & { at?: number }): Mark;
  /** No more requests; resolves when those under way are over. */
  stop(): Promise<LoadResult>;
  /** Resolves when all is over, by `stop` or by time. */
  ended: Promise<LoadResult>;
}

/** Issue 5: at least 300 a second on kept connections and as many on new ones, a few of 5 s among them. */
const PLAN: LoadPlan = { keepAlive: 300, new: 300, long: 2 };
const CONNECTIONS = 12;
const LONG_SECONDS = 5;
const TIMEOUT_SECONDS = 15;
/** Requests sent in one go. */
const AT_ONCE = 20;
/** Until the first request: connections and timers are set up. */
const START_MS = 20;

/** Starts at once. */
export function startLoad(options: LoadOptions): Load {
  const plan: LoadPlan = { ...PLAN, ...options.plan };
  const paths = options.paths ?? ["/api/version"];
  const { connectionSeconds, seconds = Infinity } = options;
  const slots = Array.from({ length: options.connections ?? CONNECTIONS }, () => ({ agent: keepingAgent(), since: now() }));
  const fresh = new Agent({ keepAlive: false });
  const schedule = arrivals(plan);
  const started = now() + START_MS;
  const underWay = new Set<Promise<void>>();
  const records: LoadRecord[] = [];
  const marks: Mark[] = [];
  const keep = options.onRecord ?? ((record: LoadRecord): void => { records.push(record); });
  let timer: NodeJS.Timeout | undefined;
  let next = schedule.next();
  let lastDue = started;
  let count = 0;
  let stopped = false;
  const over = Promise.withResolvers<LoadResult>();

  /** A slot of its own for each request in turn spreads them over all connections. */
  function keptAgent(at: number): Agent {
    const slot = slots[count % slots.length];
    if (slot === undefined) return fresh;
    if (connectionSeconds !== undefined && at - slot.since >= connectionSeconds * 1000) {
      retire(slot.agent);
      // From now and not from when it was due: the slots keep out of step with each other.
      slot.agent = keepingAgent();
      slot.since = at;
    }
    return slot.agent;
  }

  function fire(due: number, kind: LoadRecord["kind"]): void {
    const long = kind === "long";
    const where = long ? `/slow?seconds=${options.longSeconds ?? LONG_SECONDS}` : paths[count % paths.length] ?? "/";
    const timeoutMs = ((options.timeoutSeconds ?? TIMEOUT_SECONDS) + (long ? options.longSeconds ?? LONG_SECONDS : 0)) * 1000;
    const request = send({ url: new URL(where, options.url), host: options.host, agent: kind === "keepAlive" ? keptAgent(now()) : fresh, kind, due, timeoutMs })
      .then(keep)
      .finally(() => underWay.delete(request));
    underWay.add(request);
    lastDue = due;
    count++;
  }

  function tick(): void {
    for (let sent = 0; next.done !== true; sent++) {
      const { at, kind } = next.value;
      if (at >= seconds * 1000) {
        void stop();
        return;
      }
      const wait = started + at - now();
      if (wait > 0) {
        timer = setTimeout(tick, wait);
        return;
      }
      if (sent === AT_ONCE) {
        // Behind the schedule: answers must be read between requests, or a busy machine would never get to them.
        timer = setTimeout(tick, 0);
        return;
      }
      fire(started + at, kind);
      next = schedule.next();
    }
    void stop();
  }

  async function stop(): Promise<LoadResult> {
    if (!stopped) {
      stopped = true;
      clearTimeout(timer);
      void finish();
    }
    return over.promise;
  }

  async function finish(): Promise<void> {
    await Promise.all(underWay);
    for (const { agent } of slots) agent.destroy();
    fresh.destroy();
    over.resolve({ started, ended: lastDue, plan, marks, records });
  }

  tick();
  return {
    started,
    plan,
    mark: (given) => {
      const mark: Mark = { ...given, at: given.at ?? now() };
      marks.push(mark);
      return mark;
    },
    stop,
    ended: over.promise,
  };
}

function keepingAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Infinity });
}

/** Closes what is idle now, and each other connection when its request is over. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
