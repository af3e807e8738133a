/** What operators and lookers may do beyond seeing what exists. */
import type { Statement } from "./policyDocument.ts";

export interface PeopleScope {
  prefix: string;
  accountId: string;
  region: string;
  clusterName?: string;
}

/** Read-only: metrics, alarms and logs of the stack, and the cluster as its access entry allows. */
export function readonlyStatements(scope: PeopleScope): Statement[] {
  const account = `${scope.region}:${scope.accountId}`;
  return [
    {
      Sid: "ReadLogs",
      Effect: "Allow",
      Action: ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogGroupFields", "logs:StartQuery"],
      Resource: ["aws/eks", "aws/vpc", "aws/rds/instance", "aws/codebuild", "aws/cloudtrail", "aws/elasticache", "aws/vpn"]
        .map((group) => `arn:aws:logs:${account}:log-group:/${group}/${scope.prefix}*`),
    },
    {
      // Queries and metrics know no resources (service authorization reference).
      Sid: "ReadMetrics",
      Effect: "Allow",
      Action: ["logs:GetQueryResults", "logs:StopQuery", "cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:DescribeAlarms"],
      Resource: "*",
    },
    ...clusterStatements(scope),
    noData(),
  ];
}

/**
 * Operators: also a shell inside the network, and database snapshots, but never change what the program declares.
 *
 * The shell is a build of a project of its own. Starting the CI's runner is not among the rights: whoever starts a build
 * can override what it runs, and would run it with the runner's right to fetch tokens of the repository.
 */
export function operatorStatements(scope: PeopleScope): Statement[] {
  const account = `${scope.region}:${scope.accountId}`;
  return [
    ...readonlyStatements(scope),
    {
      Sid: "StartShell",
      Effect: "Allow",
      Action: ["codebuild:StartBuild", "codebuild:StopBuild"],
      Resource: `arn:aws:codebuild:${account}:project/${scope.prefix}-shell`,
    },
    {
      Sid: "SeeBuilds",
      Effect: "Allow",
      Action: ["codebuild:BatchGetBuilds", "codebuild:ListBuildsForProject"],
      Resource: [`arn:aws:codebuild:${account}:project/${scope.prefix}-runner`, `arn:aws:codebuild:${account}:project/${scope.prefix}-shell`],
    },
    {
      // A full right to start CI builds by another policy would bring a repository token into an operator's shell.
      Sid: "RunnerServesCiOnly",
      Effect: "Deny",
      Action: ["codebuild:StartBuild", "codebuild:StartBuildBatch", "codebuild:RetryBuild", "codebuild:RetryBuildBatch"],
      Resource: `arn:aws:codebuild:${account}:project/${scope.prefix}-runner`,
    },
    {
      Sid: "OpenShell",
      Effect: "Allow",
      Action: "ssm:StartSession",
      Resource: [`arn:aws:codebuild:${account}:build/${scope.prefix}-shell:*`, `arn:aws:ssm:${account}:document/SSM-SessionManagerRunShell`],
    },
    {
      Sid: "EndOwnSessions",
      Effect: "Allow",
      Action: ["ssm:ResumeSession", "ssm:TerminateSession"],
      Resource: "arn:aws:ssm:*:*:session/${aws:userid}-*",
    },
    {
      Sid: "SaveDatabase",
      Effect: "Allow",
      Action: "rds:CreateDBSnapshot",
      Resource: [`arn:aws:rds:${account}:db:${scope.prefix}-*`, `arn:aws:rds:${account}:snapshot:${scope.prefix}-*`],
    },
    {
      Sid: "AnswerAlarms",
      Effect: "Allow",
      Action: ["cloudwatch:SetAlarmState", "cloudwatch:EnableAlarmActions", "cloudwatch:DisableAlarmActions"],
      Resource: `arn:aws:cloudwatch:${account}:alarm:${scope.prefix}-*`,
    },
  ];
}

function clusterStatements(scope: PeopleScope): Statement[] {
  if (scope.clusterName === undefined) return [];
  return [{
    Sid: "FindCluster",
    Effect: "Allow",
    Action: ["eks:DescribeCluster", "eks:ListAddons", "eks:ListNodegroups", "eks:DescribeNodegroup", "eks:AccessKubernetesApi"],
    Resource: [
      `arn:aws:eks:${scope.region}:${scope.accountId}:cluster/${scope.clusterName}`,
      `arn:aws:eks:${scope.region}:${scope.accountId}:nodegroup/${scope.clusterName}/*/*`,
    ],
  }];
}

/** Said once more in full, whatever a managed policy of AWS may come to allow. */
function noData(): Statement {
  return {
    Sid: "NoDataAndNoSecrets",
    Effect: "Deny",
    Action: ["s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "rds-db:connect", "kms:Decrypt", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
    Resource: "*",
  };
}
