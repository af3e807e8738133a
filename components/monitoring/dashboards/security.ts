/** Logins, the edge, findings, the audit trail, keys and certificates. */
import { figure } from "../alerts/alert.ts";
import { requestsOf } from "../alerts/scope.ts";
import { PANEL_RANGE } from "./measure.ts";
import { type Board, type Panel, type Subject, watched } from "./panel.ts";

export function securityBoard(subject: Subject): Board {
  return {
    name: "security", title: "Security", from: "now-24h", refresh: "1m",
    description: "Who tries what at the application and in the account, what scans and detectors say, and what is about to end. CloudWatch is some minutes late.",
    rows: [
      { title: "Doors", panels: doors(subject) },
      { title: "Account", panels: account(subject) },
      { title: "Findings", panels: findings(subject) },
      { title: "What ends", panels: ends(subject) },
    ],
  };
}

function doors(subject: Subject): Panel[] {
  return [
    watched(subject, "FailedLogins", { title: "Refused logins and tokens", description: "Answers of 401 and 403 a second.", unit: "reqps", shape: "lines", legend: "refused" }),
    watched(subject, "RateLimitHits", { title: "Refused by the rate limit", description: "Answers of 429 a second, by NGINX.", unit: "reqps", shape: "lines", none: "none refused", legend: "429" }),
    watched(subject, "WafBlocks", { title: "Blocked by the WAF", description: "Requests within CloudWatch's period. An attack, or a rule that hits users.", unit: "short", shape: "lines", none: "none blocked", legend: "blocked" }),
    {
      title: "Refused by route", description: "Where logins and tokens are refused.", unit: "reqps", shape: "lines", width: 24, none: "none refused",
      queries: [{ expr: `sum by (route, code) (rate(http_requests_total{${requestsOf(subject.scope, 'code=~"401|403"')}}${PANEL_RANGE}))`, legend: "{{route}} {{code}}" }],
    },
  ];
}

function account(subject: Subject): Panel[] {
  return [
    watched(subject, "SuspiciousActivity", { title: "What should never happen, 15 minutes", description: "Root, break-glass, sign-ins without MFA, changes of the trail, keys being deleted. Unless announced, an intrusion.", unit: "none", shape: "lines", width: 12, decimals: 0, none: "nothing", legend: "{{event}}" }),
    watched(subject, "ConsoleLoginFailures", { title: "Failed sign-ins to the console, 10 minutes", description: "The most within one of the trail's periods.", unit: "none", shape: "lines", width: 6, decimals: 0, none: "none", legend: "failed" }),
    watched(subject, "UnauthorizedCalls", { title: "Refused calls to AWS, 10 minutes", description: "The most within one of the trail's periods.", unit: "none", shape: "lines", width: 6, decimals: 0, none: "none", legend: "refused" }),
    watched(subject, "AuditTrailSilent", { title: "Audit trail, last hour", description: "Most events within one period; a living account has some every minute.", unit: "short", shape: "lines", width: 12, legend: "events" }),
    watched(subject, "CostJump", { title: "A day's bill against the day's before", description: "A stolen key shows here first. Says nothing at the turn of a month.", unit: "none", shape: "lines", width: 12, decimals: 2, legend: "times as much" }),
  ];
}

function findings(subject: Subject): Panel[] {
  const shown = { unit: "none", shape: "lines", decimals: 0, legend: "{{dimension_RuleName}}", none: "none" } as const;
  return [
    watched(subject, ["ThreatFound", "ThreatSuspected"], { ...shown, title: "Threats, 15 minutes", description: "Findings of GuardDuty of high and medium severity." }),
    watched(subject, "SecurityFinding", { ...shown, title: "Weaknesses, 15 minutes", description: "New findings of Security Hub, Inspector, Access Analyzer and Config." }),
    watched(subject, "FindingsNotDelivered", { ...shown, title: "Not delivered, 15 minutes", description: "Events that did not reach their topic: somebody should have been told." }),
  ];
}

function ends(subject: Subject): Panel[] {
  const left = "Time left; the lines are when alerts come.";
  return [
    watched(subject, "CertificateExpiring", { title: "Certificates that users see", description: left, unit: "s", shape: "lines", legend: "{{instance}}" }),
    watched(subject, "AcmCertificateNotRenewed", { title: "Certificates of ACM", description: `${left} ACM renews 60 days ahead.`, unit: "d", shape: "lines", legend: "{{dimension_CertificateArn}}" }),
    watched(subject, "ClusterCertificateNotRenewed", { title: "Certificates in the cluster", description: `${left} cert-manager renews 30 days ahead.`, unit: "s", shape: "lines", legend: "{{namespace}}/{{name}}" }),
    watched(subject, "ClusterCertificateNotReady", { title: "Certificates that are ready", description: "Whether cert-manager can issue it.", unit: "none", shape: "states", legend: "{{namespace}}/{{name}}", states: { zero: "not ready", one: "ready", bad: 0 } }),
    watched(subject, "KeyRotationOverdue", { title: "Keys, secrets and certificates too old", description: `Problems that the daily check found; keys rotate every 90 days. Its last word holds for a day.`, unit: "none", shape: "numbers", decimals: 0, none: "not checked", legend: "problems" }),
    watched(subject, "PolicyExceptionExpiring", {
      title: "Exceptions from policies", description: `Time left; updates are refused afterwards. Told ${figure(subject.limits.exceptionDays)} days ahead.`, unit: "s", shape: "lines", none: "no exception that ends", legend: "{{rule}} {{resource}}",
    }),
  ];
}
