/** Logins, calls to the account, findings, the audit trail; and the bill, where a stolen key shows first. */
import { type Alert, figure, HOUR, MINUTE, type RuleGroup } from "./alert.ts";
import { TRAIL_PAGES } from "./metrics.ts";
import { cloudWatch, requestsOf, type Scope, trailMetric } from "./scope.ts";
import type { Thresholds } from "./thresholds.ts";

const SHARED = { team: "security", dashboard: "security", missing: "quiet" } as const;

/** Rules of EventBridge by what they mean (components/audit/routes.ts); names begin with the stack's prefix. */
const ROUTES = {
  acts: ["root-acts", "key-deletion", "trail-stopped", "detection-stopped", "audit-bucket-touched"],
  threats: ["guardduty-high"],
  suspicions: ["guardduty-medium"],
  findings: ["security-hub", "inspector", "access-analyzer", "config-rules"],
};

export function securityGroup(scope: Scope, limits: Thresholds): RuleGroup {
  return { name: "golive-security", interval: MINUTE, recordings: [], alerts: [...logins(scope, limits), ...account(scope, limits), ...findings(scope), ...trail(scope), cost(limits)] };
}

function logins(scope: Scope, limits: Thresholds): Alert[] {
  return [
    {
      ...SHARED, name: "FailedLogins", severity: 3, for: 10 * MINUTE, expr: `sum(rate(http_requests_total{${requestsOf(scope, 'code=~"401|403"')}}[5m])) > ${figure(limits.refusedLoginsPerSecond)}`,
      summary: "Many logins or tokens are refused", description: "{{ $value | humanize }} requests a second end in 401 or 403.",
    },
    {
      ...SHARED, name: "ConsoleLoginFailures", severity: 3, for: 0, expr: `max(max_over_time(${trailMetric(scope, "sign-in-failures")}[10m])) > ${figure(limits.consoleFailures)}`,
      summary: "Sign-ins to the AWS console fail again and again", description: "{{ $value }} within five minutes.",
    },
  ];
}

/** Whatever happened within a quarter of an hour: events are single points. */
function account(scope: Scope, limits: Thresholds): Alert[] {
  const events = TRAIL_PAGES.map((event) => `label_replace(max(max_over_time(${trailMetric(scope, event)}[15m])), "event", "${event}", "", "")`);
  const acts = `label_replace(${triggered(scope, ROUTES.acts)}, "event", "$1", "dimension_RuleName", "${scope.prefix}-(.+)")`;
  return [
    {
      ...SHARED, name: "SuspiciousActivity", severity: 1, for: 0, expr: `max by (event) (${[...events, acts].join(" or ")}) > 0`,
      summary: "The account was used as it never should be: {{ $labels.event }}", description: "{{ $value }} times. Unless somebody announced it, this is an intrusion.",
    },
    {
      ...SHARED, name: "UnauthorizedCalls", severity: 3, for: 0, expr: `max(max_over_time(${trailMetric(scope, "unauthorized-calls")}[10m])) > ${figure(limits.refusedCalls)}`,
      summary: "Many calls to AWS are refused", description: "{{ $value }} within five minutes.",
    },
  ];
}

function triggered(scope: Scope, routes: string[]): string {
  return `max by (dimension_RuleName) (max_over_time(${cloudWatch("AWS/Events", "TriggeredRules", "Sum")}{dimension_RuleName=~"${scope.prefix}-(${routes.join("|")})"}[15m]))`;
}

function findings(scope: Scope): Alert[] {
  const found = (name: string, severity: 1 | 3, routes: string[], summary: string): Alert => ({
    ...SHARED, name, severity, for: 0, expr: `${triggered(scope, routes)} > 0`, summary, description: "{{ $value }} findings came by {{ $labels.dimension_RuleName }}.",
  });
  return [
    found("ThreatFound", 1, ROUTES.threats, "GuardDuty reports a threat of high severity"),
    found("ThreatSuspected", 3, ROUTES.suspicions, "GuardDuty reports something suspicious"),
    found("SecurityFinding", 3, ROUTES.findings, "A scan found a new weakness"),
    {
      ...SHARED, name: "FindingsNotDelivered", severity: 2, for: 0, expr: `max by (dimension_RuleName) (max_over_time(${cloudWatch("AWS/Events", "FailedInvocations", "Sum")}{dimension_RuleName=~"${scope.prefix}-.+"}[15m])) > 0`,
      summary: "Findings do not reach their topic", description: "{{ $value }} events of {{ $labels.dimension_RuleName }} were not delivered.",
    },
  ];
}

function trail(scope: Scope): Alert[] {
  return [{
    ...SHARED, name: "AuditTrailSilent", severity: 2, for: 15 * MINUTE, expr: `sum(max_over_time(${cloudWatch("AWS/Logs", "IncomingLogEvents", "Sum")}{dimension_LogGroupName="/aws/cloudtrail/${scope.prefix}"}[1h])) == 0`,
    summary: "The audit trail says nothing any more", description: "No event has come to its log group for an hour; a living account has some every minute.",
  }];
}

/** The bill is a sum since the first of the month, so days are compared; at its turn the difference is negative and says nothing. */
function cost(limits: Thresholds): Alert {
  const bill = (offset: number) => `max(${cloudWatch("AWS/Billing", "EstimatedCharges", "Maximum")}{dimension_ServiceName=""}${offset === 0 ? "" : ` offset ${offset}d`})`;
  return {
    ...SHARED, name: "CostJump", team: "platform", severity: 4, for: 6 * HOUR, expr: `(${bill(0)} - ${bill(1)}) / (${bill(1)} - ${bill(2)} > 0) > ${figure(limits.costFactor)}`,
    summary: "A day costs far more than the day before", description: "{{ $value | humanize }} times as much.",
  };
}
