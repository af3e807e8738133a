/** Keys, roles, logs, trails, alarms, queues, topics, clusters: documented values that the models do not hold. */
import { isUnknown } from "../../values.ts";
import { checkSchedule } from "./events.ts";
import { absent, block, number, oneOf, range, text, type Rule, type Rules } from "./rule.ts";

/** CloudWatch Logs API, PutRetentionPolicy retentionInDays; 0 is the provider's word for "for ever". */
const LOG_PERIODS = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** KMS API, EnableKeyRotation RotationPeriodInDays: 90 to 2560; only together with rotation. */
const rotation: Rule = (props, fail) => {
  range("rotationPeriodInDays", 90, 2560, "days")(props, fail);
  if (!absent(props.rotationPeriodInDays) && !isUnknown(props.enableKeyRotation) && props.enableKeyRotation !== true) fail("rotationPeriodInDays", "Has an effect only with enableKeyRotation: true.");
  const spec = text(props.customerMasterKeySpec);
  if (props.enableKeyRotation === true && spec !== undefined && spec !== "SYMMETRIC_DEFAULT") fail("enableKeyRotation", `Only symmetric keys rotate, not ${spec}.`);
};

/** KMS API, CreateAlias AliasName: begins with alias/, and alias/aws/ is reserved. */
const aliasName: Rule = (props, fail) => {
  const name = text(props.name);
  if (name !== undefined && !name.startsWith("alias/")) fail("name", `${name}: an alias begins with alias/.`);
  if (name?.startsWith("alias/aws/") === true) fail("name", `${name}: alias/aws/ is reserved for AWS's own keys.`);
};

/** CloudTrail API, CreateTrail CloudWatchLogsLogGroupArn, as aws_cloudtrail asks: the ARN ends in :* and comes with a role. */
const trailLogs: Rule = (props, fail) => {
  const arn = text(props.cloudWatchLogsGroupArn);
  if (arn !== undefined && !arn.endsWith(":*")) fail("cloudWatchLogsGroupArn", `${arn}: must end in :* (all streams of the group).`);
  if (!absent(props.cloudWatchLogsGroupArn) && absent(props.cloudWatchLogsRoleArn)) fail("cloudWatchLogsRoleArn", "Needed with cloudWatchLogsGroupArn.");
  if (!absent(props.cloudWatchLogsRoleArn) && absent(props.cloudWatchLogsGroupArn)) fail("cloudWatchLogsGroupArn", "Needed with cloudWatchLogsRoleArn.");
};

/** CloudWatch API, PutMetricAlarm Period: 10, 20, 30 or a multiple of 60; one metric, or metric queries. */
const alarm: Rule = (props, fail) => {
  const period = number(props.period);
  if (period !== undefined && ![10, 20, 30].includes(period) && (period <= 0 || period % 60 !== 0)) fail("period", `${period} s is not accepted; use 10, 20, 30 or a multiple of 60.`);
  const queries = !absent(props.metricQueries);
  if (!queries && absent(props.metricName) && absent(props.evaluationCriteria)) fail("metricName", "An alarm needs a metricName or metricQueries.");
  if (queries && !absent(props.metricName)) fail("metricName", "An alarm has either a metric or metricQueries.");
  if (!queries && !absent(props.metricName) && absent(props.statistic) && absent(props.extendedStatistic)) fail("statistic", "Needed with metricName (or extendedStatistic).");
  const [points, periods] = [number(props.datapointsToAlarm), number(props.evaluationPeriods)];
  if (points !== undefined && periods !== undefined && points > periods) fail("datapointsToAlarm", `${points} can not be more than evaluationPeriods (${periods}).`);
};

/** SQS API, CreateQueue attributes; FIFO names end in .fifo (SNS CreateTopic as well). */
function fifoName(flag: string): Rule {
  return (props, fail) => {
    const name = text(props.name);
    if (name === undefined || isUnknown(props[flag])) return;
    if (props[flag] === true && !name.endsWith(".fifo")) fail("name", `${name}: the name must end in .fifo.`);
    if (props[flag] !== true && name.endsWith(".fifo")) fail("name", `${name}: only first-in-first-out ones end in .fifo; set ${flag}.`);
  };
}

/** SQS API, CreateQueue QueueName: 80 letters, digits, hyphens and underscores. */
const queueName: Rule = (props, fail) => {
  const name = text(props.name);
  if (name !== undefined && !/^[A-Za-z0-9_-]{1,80}(\.fifo)?$/.test(name)) fail("name", `${name}: at most 80 letters, digits, hyphens and underscores.`);
};

/** EKS User Guide, "Kubernetes versions": major.minor, without a patch. */
const eksVersion: Rule = (props, fail) => {
  const version = text(props.version);
  if (version !== undefined && !/^1\.\d{2}$/.test(version)) fail("version", `${version} is no EKS version; they look like 1.36.`);
};

/** EKS API, NodegroupScalingConfig: minSize ≤ desiredSize ≤ maxSize. Auto Scaling has the same rule. */
function sizes(path: string, min: string, desired: string, max: string): Rule {
  return (props, fail) => {
    const holder = path === "" ? props : block(props[path]);
    const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
    const [low, wanted, high] = [number(holder[min]), number(holder[desired]), number(holder[max])];
    if (low !== undefined && high !== undefined && low > high) fail(at(min), `${low} is more than ${max} (${high}).`);
    if (wanted !== undefined && low !== undefined && wanted < low) fail(at(desired), `${wanted} is less than ${min} (${low}).`);
    if (wanted !== undefined && high !== undefined && wanted > high) fail(at(desired), `${wanted} is more than ${max} (${high}).`);
  };
}

/** EKS API, VpcConfigRequest: at least one of the two endpoints is on. */
const eksEndpoint: Rule = (props, fail) => {
  const { endpointPrivateAccess, endpointPublicAccess } = block(props.vpcConfig);
  if (endpointPublicAccess === false && endpointPrivateAccess !== true && !isUnknown(endpointPrivateAccess)) fail("vpcConfig.endpointPrivateAccess", "One of the two endpoints must be on.");
};

/** Lambda API, CreateFunction: a zip needs handler and runtime; an image has neither. */
const lambdaPackage: Rule = (props, fail) => {
  if (isUnknown(props.packageType)) return;
  const image = props.packageType === "Image";
  for (const property of ["handler", "runtime"]) {
    if (!image && absent(props[property])) fail(property, "Needed for a function that is packed as zip.");
    if (image && !absent(props[property])) fail(property, "Not for a function that is an image.");
  }
  const sources = ["code", "imageUri", "s3Bucket"].filter((source) => !absent(props[source]));
  if (sources.length !== 1) fail(sources[1] ?? "code", "Exactly one of code, imageUri and s3Bucket must be given.");
};

/** IAM API, UpdateAccountPasswordPolicy, CreateRole MaxSessionDuration. */
const session = range("maxSessionDuration", 3600, 43200, "seconds (1 to 12 hours)");

/** Secrets Manager API: a deleted secret waits 7 to 30 days; the provider takes 0 for "at once". */
const recovery: Rule = (props, fail) => {
  const days = number(props.recoveryWindowInDays);
  if (days !== undefined && days !== 0 && (days < 7 || days > 30)) fail("recoveryWindowInDays", `${days} days is not accepted; use 0, or 7 to 30.`);
};

/** Secrets Manager API, RotationRulesType: days or an expression, not both. */
const rotationRules: Rule = (props, fail) => {
  const rules = block(props.rotationRules);
  if (!absent(rules.automaticallyAfterDays) && !absent(rules.scheduleExpression)) fail("rotationRules", "Give automaticallyAfterDays or scheduleExpression, not both.");
  checkSchedule("scheduleExpression", ["rate", "cron"])(rules, (property, reason) => fail(`rotationRules.${property}`, reason));
};

export const operationsRules: Rules = {
  "aws:kms/key:Key": [rotation, range("deletionWindowInDays", 7, 30, "days")],
  "aws:kms/alias:Alias": [aliasName],
  "aws:iam/role:Role": [session],
  "aws:secretsmanager/secret:Secret": [recovery],
  "aws:secretsmanager/secretRotation:SecretRotation": [rotationRules],
  "aws:cloudwatch/logGroup:LogGroup": [oneOf("retentionInDays", LOG_PERIODS)],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [alarm],
  "aws:cloudtrail/trail:Trail": [trailLogs],
  "aws:eks/cluster:Cluster": [eksVersion, eksEndpoint],
  "aws:eks/nodeGroup:NodeGroup": [eksVersion, sizes("scalingConfig", "minSize", "desiredSize", "maxSize")],
  "aws:autoscaling/group:Group": [sizes("", "minSize", "desiredCapacity", "maxSize")],
  "aws:lambda/function:Function": [lambdaPackage],
  "aws:sns/topic:Topic": [fifoName("fifoTopic"), oneOf("tracingConfig", ["PassThrough", "Active"]), oneOf("signatureVersion", [1, 2])],
  "aws:sns/topicSubscription:TopicSubscription": [oneOf("protocol", ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"])],
  "aws:sqs/queue:Queue": [
    fifoName("fifoQueue"), queueName,
    range("visibilityTimeoutSeconds", 0, 43200, "seconds"), range("delaySeconds", 0, 900, "seconds"), range("receiveWaitTimeSeconds", 0, 20, "seconds"),
    // Messages of up to 1 MiB since August 2025.
    range("messageRetentionSeconds", 60, 1209600, "seconds"), range("maxMessageSize", 1024, 1048576, "bytes"), range("kmsDataKeyReusePeriodSeconds", 60, 86400, "seconds"),
  ],
};
