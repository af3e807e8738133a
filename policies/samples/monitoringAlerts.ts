/** Samples of areas/monitoringAlerts.ts. */
import type { Samples } from "./sample.ts";

const ALERT = "alerts:spec.groups[0].rules[0]";

export const samples: Samples = {
  "monitoring/alert-severity": {
    scene: "monitoring",
    good: [{ set: { [`${ALERT}.labels.severity`]: "info" } }, { set: { [`${ALERT}.labels.severity`]: "4" } }, { set: { "alerts:spec.groups[0].rules[2].labels.severity": "none" } }, { set: { [ALERT]: { record: "job:up:sum", expr: "sum(up)" } } }],
    bad: [
      { set: { [`${ALERT}.labels.severity`]: undefined } },
      { set: { [`${ALERT}.labels.severity`]: "none" } },
      { set: { [`${ALERT}.labels.severity`]: "page" } },
      { set: { [`${ALERT}.labels.severity`]: "5" } },
      { set: { [`${ALERT}.labels.severity`]: "uncritical" } },
      { set: { [`${ALERT}.labels.severity`]: "10" } },
      { set: { "alerts:spec.groups[1].rules[0].labels.severity": undefined } },
    ],
  },
  "monitoring/alert-team": {
    scene: "monitoring",
    bad: [{ set: { [`${ALERT}.labels.team`]: undefined } }, { set: { [`${ALERT}.labels.team`]: "" } }],
  },
  "monitoring/alert-runbook": {
    scene: "monitoring",
    good: [
      { set: { [`${ALERT}.annotations.runbook_url`]: "https://runbooks.example.com/orders" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "https://git.example.com/golive/docs/runbooks/availability.md#errors" } },
    ],
    bad: [
      { set: { [`${ALERT}.annotations.runbook_url`]: undefined } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "docs/runbooks/none.md" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "https://git.example.com/golive/docs/runbooks/none.md#errors" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "http://runbooks.example.com/orders" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "https://runbooks.example.com/" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "see https://runbooks.example.com/orders" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "https://runbooks.example.com/orders or so" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "olddocs/runbooks/availability.md" } },
      { set: { [`${ALERT}.annotations.runbook_url`]: "docs/runbooks/availability.md.txt" } },
    ],
  },
  "monitoring/alert-summary": {
    scene: "monitoring",
    good: [{ set: { [`${ALERT}.annotations.summary`]: undefined, [`${ALERT}.annotations.description`]: "The application does not answer." } }],
    bad: [{ set: { [`${ALERT}.annotations.summary`]: undefined } }, { set: { [`${ALERT}.annotations.summary`]: "" } }],
  },
  "monitoring/alert-duration": {
    scene: "monitoring",
    good: [
      { set: { [`${ALERT}.for`]: undefined, [`${ALERT}.expr`]: "rate(http_errors_total[5m]) > 1" } },
      { set: { "alerts:spec.groups[0].rules[2].expr": " vector( 1 ) " } },
      { set: { "alerts:spec.groups[0].rules[1].for": "1h30m500ms" } },
    ],
    bad: [
      { set: { [`${ALERT}.for`]: undefined } },
      { set: { "alerts:spec.groups[0].rules[2].expr": "vector(10)" }, at: "alerts:spec.groups[0].rules[2].for", also: ["monitoring/dead-mans-switch"] },
      { set: { "alerts:spec.groups[0].rules[2].expr": "1 - vector(1)" }, at: "alerts:spec.groups[0].rules[2].for", also: ["monitoring/dead-mans-switch"] },
      { set: { "alerts:spec.groups[0].rules[2].expr": "vector(1) > 0" }, at: "alerts:spec.groups[0].rules[2].for", also: ["monitoring/dead-mans-switch"] },
      { set: { [`${ALERT}.for`]: "5 minutes" } },
      { set: { [`${ALERT}.for`]: "x5m" } },
      { set: { [`${ALERT}.for`]: "" } },
    ],
  },
  "monitoring/down-in-a-minute": {
    scene: "monitoring",
    good: [
      { set: { [`${ALERT}.for`]: "60s" } },
      { set: { [`${ALERT}.for`]: "5m", [`${ALERT}.labels.severity`]: "warning" } },
      { set: { [`${ALERT}.for`]: "5m", [`${ALERT}.expr`]: "backup == 0" } },
      { set: { [`${ALERT}.for`]: "5m", [`${ALERT}.expr`]: "up == 0.5" } },
      { set: { [`${ALERT}.for`]: undefined, [`${ALERT}.expr`]: "absent(up[1m])" } },
    ],
    bad: [
      { set: { [`${ALERT}.for`]: "61s" } },
      { set: { [`${ALERT}.for`]: "1m1s" } },
      ...["1h", "1d", "1w", "1y", "60001ms"].map((text) => ({ set: { [`${ALERT}.for`]: text } })),
      { set: { [`${ALERT}.for`]: "2m", [`${ALERT}.labels.severity`]: "1" } },
      { set: { [`${ALERT}.for`]: "2m", [`${ALERT}.expr`]: 'up{job="app"} ==0' } },
      { set: { [`${ALERT}.for`]: "2m", [`${ALERT}.expr`]: "pg_up == 0" } },
      { set: { [`${ALERT}.for`]: "2m", [`${ALERT}.expr`]: "probe_success == 0" } },
      { set: { [`${ALERT}.for`]: "2m", [`${ALERT}.expr`]: "absent(up)" } },
    ],
  },
  "monitoring/alert-expression": {
    scene: "monitoring",
    good: [
      { set: { [`${ALERT}.expr`]: "up{job=\"a)\\\"b\", pod=~'c]'} == 0" } },
      { set: { [`${ALERT}.expr`]: "sum by (job) (up) == 0" } },
      { set: { [`${ALERT}.expr`]: "up == 0 or band" } },
    ],
    bad: [
      { set: { [`${ALERT}.expr`]: undefined } },
      { set: { [`${ALERT}.expr`]: " " } },
      { set: { [`${ALERT}.expr`]: '"' } },
      { set: { [`${ALERT}.expr`]: "up == 0 '" } },
      { set: { [`${ALERT}.expr`]: "up ==" } },
      { set: { [`${ALERT}.expr`]: "up and" } },
      { set: { [`${ALERT}.expr`]: "sum(up == 0" } },
      { set: { [`${ALERT}.expr`]: "sum(up]) == 0" } },
      { set: { [`${ALERT}.expr`]: "up) == 0" } },
      { set: { [`${ALERT}.expr`]: "up{ == 0" } },
      { set: { [ALERT]: { record: "job:up:sum", expr: "sum(up" } }, at: `${ALERT}.expr` },
    ],
  },
};
