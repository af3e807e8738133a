/** The dashboards of the tests' stack, and what they ask. */
import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { namespaces } from "../../../components/monitoring/alerts/scope.ts";
import { type BoardName, dashboards } from "../../../components/monitoring/dashboards/index.ts";
import { SCOPE } from "../stack.ts";

export const BUSINESS = ["orders_total", "carts_open", "payments_eur"];

export const BUILT = dashboards({ scope: SCOPE, business: BUSINESS });
export const NAMES = Object.keys(BUILT) as BoardName[];

/** As Grafana reads it: what JSON does not keep is gone. */
export function read(dashboard: Dashboard): Dashboard {
  return JSON.parse(JSON.stringify(dashboard)) as Dashboard;
}

/** Rows are panels, too, and ask nothing. */
export function panelsOf(dashboard: Dashboard): Panel[] {
  return (dashboard.panels ?? []).flatMap((panel) => (panel.type === "row" ? [] : [panel as Panel]));
}

export interface Asked { board: BoardName; panel: string; expr: string }

/** Every query of every panel. */
export function asked(names: readonly BoardName[] = NAMES): Asked[] {
  return names.flatMap((board) => panelsOf(BUILT[board]).flatMap((panel) => exprsOf(panel).map((expr) => ({ board, panel: panel.title ?? "", expr }))));
}

export function exprsOf(panel: Panel): string[] {
  return (panel.targets ?? []).map((target) => (target as unknown as { expr: string }).expr);
}

/** As Grafana asks it, with all values chosen and points some minutes apart. @throws when a variable is left over. */
export function filled(expr: string): string {
  const text = expr.replaceAll("$__rate_interval", "2m").replaceAll("$color", "blue|green").replaceAll("$namespace", namespaces(SCOPE));
  // `$1` belongs to label_replace.
  if (/\$(?!\d)/.test(text)) throw new Error(`a variable is left over in ${text}`);
  return text;
}
