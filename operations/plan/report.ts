/** A plan as text for a person and as JSON for a machine. */
import pc from "picocolors";
import { passedOverText } from "../../policies/passedOver.ts";
import type { ComponentPlan, Plan } from "./plan.ts";
import type { PolicyResult } from "./policy.ts";

export interface PreviewReport {
  stack: string;
  seconds: number;
  resources: Plan["resources"];
  components: {
    name: string;
    type: string;
    resources: number;
    protected: number;
    costDrivers: ComponentPlan["costDrivers"];
  }[];
  policy: PolicyResult;
  /** Charts declared but not rendered here; their objects are in no count. */
  charts: string[];
}

/** The stable JSON form of a preview (`golive preview --json`). */
export function previewReport(stack: string, seconds: number, plan: Plan, policy: PolicyResult): PreviewReport {
  return {
    stack,
    seconds: Math.round(seconds * 10) / 10,
    resources: plan.resources,
    components: plan.components.map((c) => ({
      name: c.name,
      type: c.type,
      resources: c.resources,
      protected: c.protected.length,
      costDrivers: c.costDrivers,
    })),
    policy,
    charts: plan.charts,
  };
}

const OPERATIONS = ["create", "update", "replace", "delete"] as const;

/** Tables of what is made by component, what it protects and what it is billed for. */
export function previewText(stack: string, seconds: number, plan: Plan, policy: PolicyResult): string {
  const rows = plan.components.map((c) => [c.name, ...OPERATIONS.map((o) => count(c[o])), count(c.protected.length)]);
  const totals = ["total", ...OPERATIONS.map((o) => count(plan.resources[o])), count(sum(plan, (c) => c.protected.length))];
  return [
    table(["component", "create", "update", "replace", "delete", "protected"], rows, totals),
    section("Protected: can not be deleted before unprotecting", protectedLines(plan)),
    section("Cost drivers: what is billed, and how much of it", costLines(plan)),
    ...(plan.resources.same === plan.resources.total ? [] : changeLines(plan)),
    ...(plan.charts.length === 0 ? [] : [`${plan.charts.length} charts declared, not looked into here: ${plan.charts.join(", ")}`]),
    policyLines(policy),
    pc.bold(`${plan.resources.total} resources of ${stack} previewed by the real engine in ${seconds.toFixed(1)} s; no cloud, no credentials.`),
  ].join("\n\n");
}

function protectedLines(plan: Plan): string[] {
  return plan.components.filter((c) => c.protected.length > 0).map((c) => `${c.name}: ${c.protected.join(", ")}`);
}

function costLines(plan: Plan): string[] {
  const free = plan.components.filter((c) => c.costDrivers.length === 0).map((c) => c.name);
  return [
    ...plan.components.flatMap((c) => c.costDrivers.map((d, i) => `${(i === 0 ? c.name : "").padEnd(16)} ${String(d.quantity).padStart(5)} × ${d.what}${pc.dim(` (${d.unit})`)}`)),
    ...(free.length === 0 ? [] : [`free of charge, or running on the nodes: ${free.join(", ")}`]),
  ];
}

/** Updates, replacements and deletions are few and matter: each is named with what differs. */
function changeLines(plan: Plan): string[] {
  const lines = plan.changes
    .filter((r) => r.operation !== "create")
    .map((r) => `${r.operation} ${r.name} ${pc.dim(r.type)}${r.diff.length > 0 ? `: ${r.diff.join(", ")}` : ""}`);
  return lines.length === 0 ? [] : [section("Changes to what exists", lines)];
}

function policyLines(policy: PolicyResult): string {
  const head = `Policy ${policy.pack}: ${policy.mandatory} refused, ${policy.advisory} advisory, ${policy.exempted} excepted, ${policy.undecided} not decided before the update${policy.undecidedRelations === 0 ? "" : ` (${policy.undecidedRelations} not until it is over)`}.`;
  const unjudged = passedOverText(policy.passedOver);
  return [policy.mandatory > 0 ? pc.red(head) : pc.green(head), ...(unjudged === undefined ? [] : [`  ${unjudged}`]), ...policy.findings.map((f) => `  ${f.level} ${f.rule} ${f.resource}: ${f.message}`)].join("\n");
}

function section(title: string, lines: string[]): string {
  return [pc.bold(title), ...lines.map((l) => `  ${l}`)].join("\n");
}

function sum(plan: Plan, of: (c: ComponentPlan) => number): number {
  return plan.components.reduce((total, c) => total + of(c), 0);
}

/** A dot for zero keeps the eye on the numbers that are there. */
function count(n: number): string {
  return n === 0 ? "·" : String(n);
}

function table(head: string[], rows: string[][], totals: string[]): string {
  const all = [head, ...rows, totals];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const line = (row: string[]) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  return [pc.bold(line(head)), ...rows.map(line), pc.bold(line(totals))].join("\n");
}
