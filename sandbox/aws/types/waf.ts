/** WAF and Shield. */
import { CloudError } from "../failures.ts";
import type { Draft } from "../draft.ts";
import { always, type Formula, type ResourceType, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

const lockToken: Formula = (draft) => draft.uuid(`lock ${textOf(draft.previous?.lockToken ?? "")}`);

/** What CloudFront uses lives in us-east-1, whatever the provider's region (AWS WAF developer guide). */
function admitScope(draft: Draft): void {
  if (draft.text("scope") === "CLOUDFRONT" && draft.region !== "us-east-1") {
    throw new CloudError(`WAFInvalidParameterException: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT (use the region us-east-1, not ${draft.region})`);
  }
}

function scoped(kind: string, more: Partial<ResourceType> = {}): ResourceType {
  return {
    tags: true,
    name: { property: "name", max: 128, prefixProperty: "namePrefix" },
    id: (draft) => draft.uuid(),
    admit: admitScope,
    replaceOn: ["scope"],
    unique: {
      key: (draft) => `${draft.text("scope")} ${draft.name}`,
      error: (draft) => `WAFDuplicateItemException: AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one: ${draft.name}`,
    },
    ...more,
    outputs: {
      arn: (draft) => draft.arn("wafv2", `${draft.text("scope") === "CLOUDFRONT" ? "global" : "regional"}/${kind}/${draft.name}/${draft.id}`),
      lockToken, namePrefix: always(""),
      ...more.outputs,
    },
  };
}

export const waf: TypeTable = {
  "aws:wafv2/webAcl:WebAcl": scoped("webacl", {
    outputs: {
      applicationIntegrationUrl: always(""),
      capacity: (draft) => (Array.isArray(draft.inputs.rules) ? draft.inputs.rules.length * 100 : 0),
    },
    keeps: (known, world) => {
      const user = world.find("aws:wafv2/webAclAssociation:WebAclAssociation", (other) => other.state.webAclArn === known.state.arn)
        ?? world.find("aws:cloudfront/distribution:Distribution", (other) => other.state.webAclId === known.state.arn);
      return user === undefined ? undefined : `WAFAssociatedItemException: AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource: ${user.id}`;
    },
  }),
  "aws:wafv2/ipSet:IpSet": scoped("ipset", { replaceOn: ["scope", "ipAddressVersion"] }),
  "aws:wafv2/regexPatternSet:RegexPatternSet": scoped("regexpatternset"),
  "aws:wafv2/ruleGroup:RuleGroup": scoped("rulegroup", { replaceOn: ["scope", "capacity"] }),
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    id: (draft) => `${draft.text("webAclArn")},${draft.text("resourceArn")}`,
    replaceOn: ["webAclArn", "resourceArn"],
    unique: { key: (draft) => draft.text("resourceArn"), error: (draft) => `WAFInvalidOperationException: ${draft.text("resourceArn")} is associated with a web ACL already` },
  },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
    id: (draft) => draft.text("resourceArn"),
    replaceOn: ["resourceArn"],
    admit: (draft) => {
      for (const target of draft.texts("logDestinationConfigs")) {
        const name = target.split(/[:/]/).filter((part) => part !== "*" && part !== "").at(-1) ?? "";
        if (!name.startsWith("aws-waf-logs-")) {
          throw new CloudError(`WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: LOG_DESTINATION, parameter: ${target} (the name of a destination starts with aws-waf-logs-)`);
        }
      }
    },
  },
  "aws:shield/protection:Protection": {
    global: true,
    tags: true,
    name: { property: "name", max: 128 },
    id: (draft) => draft.uuid(),
    replaceOn: ["resourceArn"],
    unique: { key: (draft) => draft.text("resourceArn"), error: (draft) => `ResourceAlreadyExistsException: ${draft.text("resourceArn")} is protected already` },
    outputs: { arn: (draft) => draft.arn("shield", `protection/${draft.id}`, { region: "" }) },
  },
  "aws:shield/protectionGroup:ProtectionGroup": {
    global: true,
    tags: true,
    name: { property: "protectionGroupId", given: true },
    id: (draft) => draft.name,
    outputs: { protectionGroupArn: (draft) => draft.arn("shield", `protection-group/${draft.name}`, { region: "" }) },
  },
  "aws:shield/subscription:Subscription": {
    global: true,
    id: (draft) => draft.account,
    outputs: { autoRenew: always("ENABLED") },
  },
};
