/** An engine that plans and applies what a test tells it, with a policy pack that agrees: what commands make of it is what is looked at. */
import { writeFileSync } from "node:fs";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { OpenOptions, Stage } from "../../../operations/release/stage.ts";
import type { OperationOptions, OperationResult } from "../../../sandbox/workspace/operation.ts";
import { CLEAN } from "../report/results.ts";

const DONE: OperationResult = { changes: {}, seconds: 0, stdout: "" };

export interface Planned {
  op?: string;
  /** Last part of the chain of types, such as `kubernetes:core/v1:Service`. */
  type: string;
  name: string;
  /** Component that it is in. */
  parent?: string;
  /** What the state says that it is. */
  outputs?: object;
}

export interface Engine {
  plan: Planned[];
  /** What the update does to the cluster. */
  up: (options: OperationOptions) => Promise<void>;
  /** Called when the plan has been made, before anybody is asked. */
  planned?: () => Promise<void>;
}

/** @returns `open` of a stage, and what was asked of the engine, in order */
export function fakeEngine({ plan, up, planned }: Engine): { open: Stage["open"]; asked: string[] } {
  const asked: string[] = [];
  const run = (env: OpenOptions["env"], what: string, work: (options: OperationOptions) => Promise<void>) => async (options: OperationOptions = {}): Promise<OperationResult> => {
    asked.push(`${what}${options.target === undefined ? "" : ` ${options.target.join(" ")}`}`);
    for (const one of plan) options.onEvent?.(eventOf(one));
    await work(options);
    const results = env?.["GOLIVE_POLICY_RESULTS"];
    if (results !== undefined) writeFileSync(results, JSON.stringify(CLEAN.results));
    return DONE;
  };
  const open: Stage["open"] = ({ env, changes = [] }) => {
    if (changes.length > 0) asked.push(`with ${changes.map(({ path, value }) => `${path.at(-1) ?? ""}=${String(value)}`).join(" ")}`);
    return Promise.resolve({
      name: "sandbox",
      preview: run(env, "preview", async () => planned?.()),
      up: run(env, "up", up),
      refresh: run(env, "refresh", () => Promise.resolve()),
      close: () => Promise.resolve(),
    });
  };
  return { open, asked };
}

function eventOf({ op = "update", type, name, parent = "golive:release:Release", outputs }: Planned): EngineEvent {
  const urn = `urn:pulumi:sandbox::golive::${parent}$${type}::${name}`;
  const state = { type, urn, custom: true, id: name, parent: "", protect: false, inputs: {}, outputs: outputs ?? {}, provider: "" };
  return { sequence: 1, timestamp: 1, resourcePreEvent: { metadata: { op, urn, type, old: state, new: state, provider: "" }, planning: true } } as unknown as EngineEvent;
}

export const LIVE: Planned = { type: "kubernetes:core/v1:Service", name: "release-live-service" };
