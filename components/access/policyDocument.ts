/** IAM policy documents as plain data, with outputs allowed where AWS wants an ARN. */
import * as pulumi from "@pulumi/pulumi";

type Values = pulumi.Input<string> | pulumi.Input<string>[];

/** One statement of a policy. `Sid` is required, because reports and tests name statements by it. */
export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, Values>;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: Values;
  NotResource?: Values;
  Condition?: Record<string, Record<string, Values>>;
}

/** The JSON text of a policy; known in preview when every ARN in it is. */
export function policyDocument(statements: Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** Trust policy of a role that one AWS service of this account assumes, safe from the confused deputy. */
export function serviceTrust(service: string, accountId: string, extra?: Record<string, Record<string, Values>>): pulumi.Output<string> {
  return policyDocument([{
    Sid: "ServiceOfThisAccount",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": accountId, ...extra?.["StringEquals"] }, ...without(extra, "StringEquals") },
  }]);
}

function without(conditions: Record<string, Record<string, Values>> | undefined, operator: string): Record<string, Record<string, Values>> {
  return Object.fromEntries(Object.entries(conditions ?? {}).filter(([key]) => key !== operator));
}
