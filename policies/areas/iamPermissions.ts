/** Who may use a resource, where that is said without a policy document: one permission at a time. */
import type { Resource } from "../resource.ts";
import type { Report, Rule } from "../rule.ts";
import { any, type Value } from "../value.ts";
import { narrows } from "./iamDocuments.ts";

/** Where a permission says for whom it is, and what can narrow it. */
interface Permission {
  who: string;
  limits: readonly string[];
}

const PERMISSIONS: Readonly<Record<string, Permission>> = {
  "aws:lambda:Permission": { who: "principal", limits: ["sourceArn", "sourceAccount", "principalOrgId"] },
  "aws:lambda:LayerVersionPermission": { who: "principal", limits: ["organizationId"] },
  "aws:cloudwatch:EventPermission": { who: "principal", limits: ["condition.value"] },
  "aws:ec2:VpcEndpointService": { who: "allowedPrincipals", limits: [] },
  "aws:ec2:VpcEndpointServiceAllowedPrinciple": { who: "principalArn", limits: [] },
};

/** Held against the same as a condition of a policy: an ARN with its account, an account, an organization. */
function isLimit(value: Value): boolean {
  return value.exists && narrows({ operator: "arnlike", key: "aws:sourcearn", values: [value.text ?? ""] });
}

function checkPermission(resource: Resource, report: Report): void {
  const { who, limits } = PERMISSIONS[resource.kind.kind] ?? { who: "", limits: [] };
  for (const one of resource.at(who).texts) {
    if (one.text === "*" && !any(limits.map((path) => () => isLimit(resource.at(path))))) report(one, `is "*", which is everybody, must name an account or a service${limits.length > 0 ? `, or be narrowed by ${limits.join(" or ")}` : ""}`);
  }
}

export const permissionRules: Rule[] = [
  {
    id: "iam/public-permissions",
    title: "No function, layer, event bus or endpoint service is open to everybody",
    items: ["iam-wildcards", "network-exposure"],
    severity: "critical",
    frameworks: ["FSBP: Lambda.1"],
    why: "A permission with the principal `*` is a public policy in small: every AWS account calls the function, forges events or connects to the service.",
    mend: "Name an account, role or service in the principal, or narrow it by an organization, by `sourceAccount`, or by a `sourceArn` whose account is written out.",
    kinds: Object.keys(PERMISSIONS),
    check: checkPermission,
  },
];
