/** What the policy pack said of a preview, in the short form of `golive preview`; `golive gate` tells all of it. */
import type { Issue, Results } from "../../policies/judge.ts";

export interface PolicyFinding {
  rule: string;
  level: "mandatory" | "advisory";
  resource: string;
  message: string;
}

export interface PolicyResult {
  pack: string;
  /** Findings that refuse the update; problems of settings and exceptions are among them. */
  mandatory: number;
  advisory: number;
  /** Checks that exceptions.yaml covers. */
  exempted: number;
  /** Checks for which a value is not known before the update. */
  undecided: number;
  /** Those of them that look at several resources together, which an update decides only when everything is applied. */
  undecidedRelations: number;
  /** Kinds that no rule judges, and how many resources of each there are. */
  passedOver: Results["passedOver"];
  findings: PolicyFinding[];
}

/** Adds up the pack's results; findings that refuse come first. */
export function policyResult({ problems, passedOver, rules }: Results): PolicyResult {
  const issues = rules.flatMap((rule) => rule.issues);
  const undecided = (all: Issue[]): number => checks(all.filter((issue) => issue.outcome === "undecided" && !issue.refuses && issue.exempted === undefined));
  const refusing = issues.filter((issue) => issue.refuses);
  const advice = issues.filter((issue) => !issue.refuses && issue.exempted === undefined && issue.outcome === "violated");
  return {
    pack: "golive",
    mandatory: problems.length + refusing.length,
    advisory: advice.length,
    exempted: checks(issues.filter((issue) => issue.exempted !== undefined)),
    undecided: undecided(issues),
    undecidedRelations: undecided(rules.filter((rule) => rule.relation === true).flatMap((rule) => rule.issues)),
    passedOver,
    findings: [
      ...problems.map((message): PolicyFinding => ({ rule: "exceptions and settings", level: "mandatory", resource: "", message })),
      ...refusing.map((issue) => finding(issue, "mandatory")),
      ...advice.map((issue) => finding(issue, "advisory")),
    ],
  };
}

/** One rule on one resource is one check, however many places it names. */
function checks(issues: Issue[]): number {
  return new Set(issues.map((issue) => `${issue.rule} ${issue.urn}`)).size;
}

function finding(issue: Issue, level: PolicyFinding["level"]): PolicyFinding {
  return { rule: issue.rule, level, resource: issue.resource, message: `${issue.path === "" ? "" : `${issue.path} `}${issue.message}` };
}
