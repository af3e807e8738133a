/** Where an alert leads: its runbook and its dashboard. */

/** The folder of the runbooks in the repository; the base of their address where no other is given. */
export const RUNBOOKS = "docs/runbooks";

export function linksOf(alert: { name: string; dashboard: string }, links: { runbooks?: string; grafana?: string }): Record<string, string> {
  return {
    runbook_url: runbookOf(alert.name, links),
    // Without Grafana's address the path, which Alertmanager's templates complete.
    dashboard_url: `${withoutSlash(links.grafana ?? "")}/d/${uidOf(alert.dashboard)}`,
  };
}

/** Where an alert's runbook is; a path of the repository where no address is given. */
export function runbookOf(alert: string, links: { runbooks?: string }): string {
  return `${withoutSlash(links.runbooks ?? RUNBOOKS)}/${alert}.md`;
}

/** Grafana's name of a dashboard, by which alerts find it. */
export function uidOf(dashboard: string): string {
  return `golive-${dashboard}`;
}

function withoutSlash(base: string): string {
  return base.replace(/\/+$/, "");
}
