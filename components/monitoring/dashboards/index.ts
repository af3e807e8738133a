/** The dashboards of a stack. */
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { type Alert, alertGroups, type Links, type Scope, type Thresholds } from "../alerts/index.ts";
import { DEFAULTS } from "../alerts/thresholds.ts";
import { applicationBoard } from "./application.ts";
import { dashboardOf } from "./board.ts";
import { businessBoard } from "./business.ts";
import { databaseBoard } from "./database.ts";
import type { Board, Subject } from "./panel.ts";
import { releaseBoard } from "./release.ts";
import { securityBoard } from "./security.ts";
import { sloBoard } from "./slo.ts";
import { systemBoard } from "./system.ts";

export const BOARD_NAMES = ["application", "release", "slo", "system", "database", "security", "business"] as const;
export type BoardName = (typeof BOARD_NAMES)[number];

/** What dashboards show: the alerts' own scope and limits, so that a line in a panel is where the alert comes. */
export interface Shown {
  scope: Scope;
  limits?: Thresholds;
  links?: Links;
  /** Metrics of the application that the business lives on. */
  business?: readonly string[];
}

export function boards({ business = [], ...shown }: Shown): Record<BoardName, Board> {
  const subject = subjectOf(shown);
  return {
    application: applicationBoard(subject), release: releaseBoard(subject), slo: sloBoard(subject), system: systemBoard(subject),
    database: databaseBoard(subject), security: securityBoard(subject), business: businessBoard(subject, business),
  };
}

/** By name, as Grafana takes them. */
export function dashboards(shown: Shown): Record<BoardName, Dashboard> {
  const all = boards(shown);
  const of = (name: BoardName): Dashboard => dashboardOf(all[name], subjectOf(shown));
  return { application: of("application"), release: of("release"), slo: of("slo"), system: of("system"), database: of("database"), security: of("security"), business: of("business") };
}

function subjectOf({ scope, limits = DEFAULTS, links = {} }: Shown): Subject {
  const alerts: Alert[] = alertGroups(scope, limits).flatMap((group) => group.alerts);
  return { scope, limits, alerts, links };
}
