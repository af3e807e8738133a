/** What an update would do, read from the engine's events and added up by component. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { costDrivers, type CostDriver } from "./costDrivers.ts";

/** Operations of the engine, folded to what a reader asks: made, changed, exchanged, removed, left alone. */
export type Operation = "create" | "update" | "replace" | "delete" | "same";

/** One resource of the plan. */
export interface PlannedResource {
  urn: string;
  type: string;
  name: string;
  operation: Operation;
  /** Paths of the properties that differ, where the engine tells. */
  diff: string[];
  protect: boolean;
  parent: string | undefined;
  inputs: Record<string, unknown>;
}

export interface ComponentPlan {
  name: string;
  type: string;
  resources: number;
  create: number;
  update: number;
  replace: number;
  delete: number;
  /** Names of the resources that can not be deleted without unprotecting them first. */
  protected: string[];
  costDrivers: CostDriver[];
}

export interface Plan {
  resources: Record<Operation | "total", number>;
  components: ComponentPlan[];
  /** Charts that were declared but not rendered, because their registry is not reached from here. */
  charts: string[];
  changes: PlannedResource[];
}

const OPERATIONS: Record<string, Operation> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
  same: "same",
};

/** Types that are book-keeping of the engine, not resources of the environment. */
const HIDDEN = /^pulumi:(pulumi:Stack|providers:)/;
const CHART = "kubernetes:helm.sh/v4:Chart";

interface StepState { inputs?: Record<string, unknown>; parent?: string; protect?: boolean }

/** Gathers resources from the events of one preview or update. */
export class PlanCollector {
  readonly #resources = new Map<string, PlannedResource>();

  /** How many resources have been seen, for a progress line. */
  get size(): number {
    return this.#resources.size;
  }

  /** Every resource of the plan, with what happens to it. */
  get resources(): PlannedResource[] {
    return [...this.#resources.values()];
  }

  /** Takes one event; events of other kinds are ignored. */
  add(event: EngineEvent): void {
    const step = event.resourcePreEvent?.metadata;
    if (step === undefined) return;
    const operation = OPERATIONS[step.op];
    if (operation === undefined || HIDDEN.test(step.type)) return;
    const state = (step.new ?? step.old ?? {}) as StepState;
    // A replacement arrives as several steps of one URN; "replace" must not be covered by a later step.
    if (this.#resources.get(step.urn)?.operation === "replace") return;
    this.#resources.set(step.urn, {
      urn: step.urn,
      type: step.type,
      name: nameOf(step.urn),
      operation,
      diff: Object.keys(step.detailedDiff ?? {}),
      protect: state.protect === true,
      parent: state.parent === "" ? undefined : state.parent,
      inputs: state.inputs ?? {},
    });
  }

  /** The plan so far, components in the order in which the program declares them. */
  plan(): Plan {
    const all = [...this.#resources.values()];
    const groups = new Map<string, PlannedResource[]>();
    for (const resource of all) {
      const root = this.#root(resource);
      const group = groups.get(root.urn);
      if (group) group.push(resource);
      else groups.set(root.urn, [resource]);
    }
    return {
      resources: { total: all.length, ...count(all) },
      components: [...groups].map(([urn, members]) => component(this.#resources.get(urn), members)),
      charts: all.filter((r) => r.type === CHART).map((r) => r.name),
      changes: all.filter((r) => r.operation !== "same"),
    };
  }

  /** The ancestor directly below the stack. */
  #root(resource: PlannedResource): PlannedResource {
    let current = resource;
    while (current.parent !== undefined) {
      const parent = this.#resources.get(current.parent);
      if (parent === undefined) break;
      current = parent;
    }
    return current;
  }
}

function component(root: PlannedResource | undefined, members: PlannedResource[]): ComponentPlan {
  const { create, update, replace, delete: removed } = count(members);
  return {
    name: root?.name ?? "",
    type: root?.type ?? "",
    resources: members.length,
    create,
    update,
    replace,
    delete: removed,
    protected: members.filter((r) => r.protect).map((r) => r.name),
    costDrivers: costDrivers(members),
  };
}

function count(resources: PlannedResource[]): Record<Operation, number> {
  const counts: Record<Operation, number> = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  for (const resource of resources) counts[resource.operation] += 1;
  return counts;
}

/** Last part of a URN: the name that the program gave. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
