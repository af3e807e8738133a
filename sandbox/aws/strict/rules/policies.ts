/** Which properties hold policies, and of which kind. */
import { block, blocks, type Rule, type Rules } from "./rule.ts";
import { checkPolicy, type PolicyKind } from "./policyGrammar.ts";
import { jsonObject } from "./json.ts";

function policy(property: string, kind: PolicyKind): Rule {
  return (props, fail) => {
    checkPolicy(props[property], property, kind, fail);
  };
}

const inlinePolicies: Rule = (props, fail) => {
  for (const [index, inline] of blocks(props.inlinePolicies)) checkPolicy(inline.policy, `inlinePolicies[${index}].policy`, "identity", fail);
};

/** ECR User Guide, "Lifecycle policy properties": rules with priority, selection and action; priorities are unique. */
const ecrLifecycle: Rule = (props, fail) => {
  const document = jsonObject(props.policy, "policy", fail);
  if (document === undefined) return;
  const priorities = new Set<unknown>();
  const rules = blocks(document.rules);
  if (rules.length === 0) fail("policy", "An ECR lifecycle policy needs rules.");
  for (const [index, rule] of rules) {
    const at = `Rule ${index + 1}`;
    if (!Number.isInteger(rule.rulePriority) || Number(rule.rulePriority) < 1) fail("policy", `${at} needs a rulePriority of 1 or more.`);
    if (priorities.has(rule.rulePriority)) fail("policy", `${at}: the priority ${String(rule.rulePriority)} is used twice.`);
    priorities.add(rule.rulePriority);
    if (!["tagged", "untagged", "any"].includes(String(block(rule.selection).tagStatus))) fail("policy", `${at} needs a selection with tagStatus tagged, untagged or any.`);
    if (!["expire", "transition"].includes(String(block(rule.action).type))) fail("policy", `${at} needs an action of type expire or transition.`);
  }
};

export const policyRules: Rules = {
  "aws:iam/policy:Policy": [policy("policy", "identity")],
  "aws:iam/rolePolicy:RolePolicy": [policy("policy", "identity")],
  "aws:iam/groupPolicy:GroupPolicy": [policy("policy", "identity")],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": [policy("policy", "identity")],
  "aws:iam/role:Role": [policy("assumeRolePolicy", "trust"), inlinePolicies],
  "aws:kms/key:Key": [policy("policy", "resource")],
  "aws:s3/bucketPolicy:BucketPolicy": [policy("policy", "resource")],
  "aws:s3/bucket:Bucket": [policy("policy", "resource")],
  "aws:sns/topic:Topic": [policy("policy", "resource")],
  "aws:sns/topicPolicy:TopicPolicy": [policy("policy", "resource")],
  "aws:sqs/queue:Queue": [policy("policy", "resource")],
  "aws:sqs/queuePolicy:QueuePolicy": [policy("policy", "resource")],
  "aws:secretsmanager/secret:Secret": [policy("policy", "resource")],
  "aws:secretsmanager/secretPolicy:SecretPolicy": [policy("policy", "resource")],
  "aws:backup/vaultPolicy:VaultPolicy": [policy("policy", "resource")],
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": [policy("policyDocument", "resource")],
  "aws:ec2/vpcEndpoint:VpcEndpoint": [policy("policy", "resource")],
  "aws:ecr/repositoryPolicy:RepositoryPolicy": [policy("policy", "resourceWithoutResource")],
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": [ecrLifecycle],
};
